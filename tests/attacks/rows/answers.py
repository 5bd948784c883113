"""Answers that no honest service gives: each value of each answer of each source, made hostile in turn."""

import asyncio
import json
import math
import random
import re
from functools import partial
from time import process_time

from crawlers import SOURCES, load_source
from crawlers.access import refresh_token
from crawlers.engine.access.tokens import TokenAnswer, TokenKeeper, TokenRefused, TokenUnavailable
from crawlers.engine.secrets import Secrets
from crawlers.page_reading import read_page
from ouidire.errors import SourceError
from ouidire.items import Parsed
from ouidire.text.json_text import read_json
from tests.attacks.attack import Attack
from tests.support import golden

VALUES = {
    "1e999": "1e999",
    "-1e999": "-1e999",
    "NaN": "NaN",
    "a number of 5,000 digits": "9" * 5_000,
    "a number of 400 digits": "1" + "0" * 400,
    "2 to the 63rd": "9223372036854775808",
    "a negative number": "-1",
    "half a character": '"a\\ud800b"',
    "NUL": '"a\\u0000b"',
    "a path": '"../../etc/passwd"',
    "right to left": '"\\u202egpj.exe"',
    "a key of prototypes": '"__proto__"',
    "300,000 letters": json.dumps("x" * 300_000),
    "3,000 lists within one another": "[" * 3_000 + "]" * 3_000,
    "900 objects within one another": '{"a":' * 900 + "1" + "}" * 900,
    "180 lists within one another": "[" * 180 + "]" * 180,
    "an object": "{}",
    "a list": "[1, 2]",
    "a list of anything": '[{"a": 1}, null, [[]], "x", 1]',
    "true": "true",
    "null": "null",
    "nothing": '""',
    "1e999 as text": '"1e999"',
    "the last moment of all": '"9999-12-31T23:59:59-14:00"',
    "the first moment of all": '"0001-01-01T00:00:00+14:00"',
    "a script for an address": '"javascript:alert(1)"',
    "half an address": '"http://[::1"',
    "a key twice": '{"id": 1, "id": 2, "text": "a", "text": null}',
}
QUICK = (
    "1e999",
    "half a character",
    "NUL",
    "half an address",
    "a list of anything",
    "900 objects within one another",
)
RAW = (
    "\x00", "&#0;", "&#xD800;", "&#x202E;", "\u202e", "\ufffe", "\uffff", "&#1114112;", "<![CDATA[", "]]>",
    "<!--", '"', "1e999", "NaN", "9" * 5_000, "9999-12-31T23:59:59-14:00", "http://[::1", "31/02/2026",
    "\u0660\u00b2\u00bd", "x" * 100_000, "",
)  # fmt: skip
"""What stands in the place of words of a page that is no JSON."""
LONGEST = 300_000
SLOW_S = 2.0
MARK = "@@hostile@@"


def places(value, path=()):
    """Yield the paths of all members of objects; the elements of a list share theirs."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield (*path, name)
            yield from places(each, (*path, name))
    elif isinstance(value, list):
        for each in value:
            yield from places(each, (*path, "*"))


def marked(value, path):
    """Return a value with a mark at a path."""
    if isinstance(value, list):
        return [marked(each, path[1:]) for each in value] if path[0] == "*" else value
    if not isinstance(value, dict) or path[0] not in value:
        return value
    return {**value, path[0]: MARK if len(path) == 1 else marked(value[path[0]], path[1:])}


def bodies(page, hostile):
    """Yield the bodies of a JSON page in which one place at a time is hostile."""
    text = page.text.strip()
    rows = [text] if not text.startswith("{") or "\n{" not in text else text.splitlines()
    try:
        values = [json.loads(each) for each in rows]
    except ValueError:
        return
    for path in dict.fromkeys(each for value in values for each in places(value)):
        made = "\n".join(json.dumps(marked(value, path)) for value in values)
        yield made.replace(json.dumps(MARK), hostile)


def unwritable(value):
    """Return what of a parsed value no file, index or message can hold, or ""."""
    if isinstance(value, dict):
        return next(filter(None, map(unwritable, (*value, *value.values()))), "")
    if isinstance(value, list):
        return next(filter(None, map(unwritable, value)), "")
    if isinstance(value, str) and re.search(r"[\x00\ud800-\udfff]", value):
        return f"text {value[:40]!r}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"number {value}"
    return f"number {value}" if isinstance(value, int) and abs(value) >= 2**63 else ""


def outcome(source, page):
    """Return "" where a page is read into what can be kept, or refused in one message.

    What is slow is read again: the first page of all loads libraries, and a busy machine takes its turn.
    """
    wrong, seconds = reading(source, page)
    if not wrong and seconds > SLOW_S:
        wrong, seconds = reading(source, page)
    return wrong or (f"{seconds:.1f} s" if seconds > SLOW_S else "")


def reading(source, page):
    """Return what is wrong with how a page is read, and the seconds of processor that it took."""
    since = process_time()
    try:
        read = read_page(source, page).model_dump(mode="json")
        wrong = unwritable(read)
        if not wrong:
            Parsed.model_validate(json.loads(json.dumps(read)))
    except SourceError as error:
        wrong = unwritable(str(error))
    except Exception as error:  # noqa: BLE001 (what is raised besides is what is looked for)
        wrong = f"{type(error).__name__}: {error}"[:160]
    return wrong, process_time() - since


def hostile_json(hostile, *, is_quick):
    """Return "kept or refused" when every source bears a value in every place of its own answers."""
    for slug in SOURCES:
        source = load_source(slug)
        pages = [golden.load(each) for each in golden.folders(slug)]
        pages = [
            each for each in pages if each.body.lstrip()[:1] in {b"{", b"["} and len(each.body) < LONGEST
        ]
        for page in pages[: 1 if is_quick else None]:
            outcome(source, page)  # what is imported at the first reading is no cost of the hostile one
            for body in bodies(page, hostile):
                if wrong := outcome(source, golden.changed(page, body=body.encode())):
                    return f"{slug}: {wrong}"
    return "kept or refused"


def hostile_words(hostile, *, times=8):
    """Return "kept or refused" when every source bears words of its own pages that are others."""
    for slug in SOURCES:
        source = load_source(slug)
        for folder in golden.folders(slug):
            page = golden.load(folder)
            if page.body.startswith(b"PK") or len(page.body) > LONGEST:
                continue
            dice, text = random.Random(folder.name), page.text
            words = [found.span() for found in re.finditer(r"[^\s<>\"'=;,]{2,}", text)]
            for _ in range(times if words else 0):
                changed = text
                for start, end in sorted(
                    dice.sample(words, min(len(words), dice.choice((1, 3, 30)))), reverse=True
                ):
                    changed = changed[:start] + hostile + changed[end:]
                if wrong := outcome(source, golden.changed(page, body=changed.encode())):
                    return f"{slug}: {wrong}"
    return "kept or refused"


def token(body):
    """Return "refused" for the answer of a token's endpoint that gives none, "taken" for one that does."""
    grant = refresh_token(
        "https://auth.example/token", refresh="secret:T", client=("secret:I", "secret:S"), advice="ask"
    )
    keeper = TokenKeeper(grant, Secrets({"T": "durable", "I": "us", "S": "p"}))

    async def send(_post):
        return TokenAnswer(200, body)

    try:
        asyncio.run(keeper.ensure(send))
    except (TokenRefused, TokenUnavailable) as error:
        return "refused" if not unwritable(str(error)) else unwritable(str(error))
    value = keeper.headers({"Authorization": "token:Bearer"})["Authorization"]
    return "taken" if value.isprintable() and value.isascii() else f"taken: {value!r}"


def message(body):
    """Return "read" when every source that a service writes to bears a message."""
    for slug in SOURCES:
        reader = load_source(slug).read_message
        if reader is None:
            continue
        try:
            read = read_json(body)
        except ValueError:
            continue
        if reader(read) not in {None, "new", "changed"}:
            return f"{slug}: {reader(read)!r}"
    return "read"


MESSAGE = {"events": [{"eventName": "service-review-created", "version": "1", "eventData": {"id": "x"}}]}
TOKENS = {
    "no JSON": (b"<html>", "refused"),
    "a list": (b"[]", "refused"),
    "a number": (b'{"access_token": 1}', "refused"),
    "blanks": (b'{"access_token": "  "}', "refused"),
    "a line break": (b'{"access_token": "a\\r\\nX: y"}', "refused"),
    "half a character": (b'{"access_token": "a\\ud800"}', "refused"),
    "another script": ('{"access_token": "жетон"}'.encode(), "refused"),
    "depth": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "refused"),
    "1e999 seconds": (b'{"access_token": "t", "expires_in": 1e999}', "taken"),
    "NaN seconds": (b'{"access_token": "t", "expires_in": NaN}', "taken"),
    "many digits": (b'{"access_token": "t", "expires_in": ' + b"9" * 5_000 + b"}", "refused"),
    "a list of seconds": (b'{"access_token": "t", "expires_in": [1]}', "taken"),
    "a minute less than none": (b'{"access_token": "t", "expires_in": -60}', "taken"),
    "bytes of no encoding": (b'{"error": "\xff\xfe\x00"}', "refused"),
    "a NUL in its refusal": (b'{"error": "a\\u0000b"}', "refused"),
    "an error of a million letters": (b'{"error": "' + b"x" * 1_000_000 + b'"}', "refused"),
}


def attacks():
    """Return the attacks by answers."""
    right = "kept or refused"
    quick = {name: partial(hostile_json, VALUES[name], is_quick=True) for name in QUICK}
    every = {name: partial(hostile_json, value, is_quick=False) for name, value in VALUES.items()}
    messages = {
        f"{name} at {'.'.join(path)}": json.dumps(marked(MESSAGE, path)).replace(json.dumps(MARK), value)
        for name, value in VALUES.items()
        for path in dict.fromkeys(places(MESSAGE))
    }
    return [
        *(Attack("answers", name, "in each first answer", right, play) for name, play in quick.items()),
        *(
            Attack("answers", f"{name}, everywhere", "in every answer", right, play, slow=True)
            for name, play in every.items()
        ),
        *(
            Attack("words", repr(each[:20]), "for words", right, partial(hostile_words, each), slow=True)
            for each in RAW
        ),
        *(
            Attack("tokens", name, body[:60].decode("latin-1"), is_right, partial(token, body))
            for name, (body, is_right) in TOKENS.items()
        ),
        *(
            Attack("messages", name, body[:60], "read", partial(message, body))
            for name, body in messages.items()
        ),
    ]
