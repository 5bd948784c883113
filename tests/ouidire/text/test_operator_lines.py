"""Lines that operators read, as the code composes them: no English in French, but what a machine said."""

import re

import pytest

from ouidire.text.translated import translated

ENGLISH = re.compile(
    r"\b(the|it|its|is|are|was|were|and|or|of|to|no|not|there|this|that|with|for|again|then|gave|could)\b"
)
MACHINE = re.compile(
    r"`[^`]*`|\((database is locked|unable to open|file is not a database|no such table: meta)\)"
)
SAID = re.compile(r": 554 no$")
LINES = [
    (
        "the index /d/var/index.db cannot be used: another process is writing to it; try again "
        "when it has finished (database is locked)"
    ),
    (
        "the index /d/var/index.db cannot be used: the disk is full; free some space and run "
        "the command again (disk full)"
    ),
    (
        "the index /d/var/index.db cannot be used: the disk answers with an error; check it, "
        "then run `ouidire index rebuild` (disk I/O error)"
    ),
    (
        "the index /d/var/index.db cannot be used: there is none, or it leads nowhere; run "
        "`ouidire index rebuild` (unable to open)"
    ),
    (
        "the index /d/var/index.db cannot be used: it may not be written; check its owner and "
        "permissions (readonly)"
    ),
    ("the index /d/var/index.db cannot be used: it may not be read; check its owner and permissions (x)"),
    ("the index /d/var/index.db cannot be used: it is damaged; run `ouidire index rebuild` (malformed)"),
    (
        "the index /d/var/index.db cannot be used: it is no index of ours, or is damaged; run "
        "`ouidire index rebuild` (file is not a database)"
    ),
    (
        "the index /d/var/index.db cannot be used: the disk is full, or this file may not "
        "grow; make room, then run the command again: nothing is lost (x)"
    ),
    (
        "the index /d/var/index.db cannot be used: it cannot be opened by this user; check who "
        "owns it and its folder, and their permissions (x)"
    ),
    (
        "the index /d/var/index.db cannot be used: a folder stands in its place; move that "
        "away, then run `ouidire index rebuild`"
    ),
    (
        "the index /d/var/index.db cannot be used: a part of it is missing; run `ouidire index "
        "rebuild` (no such table: meta)"
    ),
    (
        "the index /d/var/index.db cannot be used: Permission denied; check its folder and the "
        "space left on the disk"
    ),
    "the index /d/var/index.db is being rebuilt by another process; try again when it has finished",
    (
        "the index /d/var/index.db is being written to or rebuilt by another process; try "
        "again when it has finished"
    ),
    "there is no index at /d/var/index.db; run `ouidire index rebuild`",
    "the index /d/var/index.db is being replaced again and again; try again",
    "/d/var/index.db is no index of ours; run `ouidire index rebuild`",
    (
        "the index /d/var/index.db was built for other versions (layout 3, schema 4; this "
        "program needs layout 4, schema 5); run `ouidire index rebuild`"
    ),
    (
        "the index at http://es:9200 cannot be used: the alias o-mention leads nowhere: there "
        "is no index yet, or it was removed; `ouidire index rebuild` makes it anew"
    ),
    (
        "the index at http://es:9200 cannot be used: the alias o-mention leads to 2 indices "
        "(a, b); `ouidire index rebuild` makes it anew"
    ),
    (
        "the index at http://es:9200 cannot be used: mention is read from a and written to b; "
        "`ouidire index rebuild` makes it anew"
    ),
    "smtp.example did not ask for the message: 554 no",
    "smtp.example: the line broke while the message was handed over (timed out); it may have left",
    "smtp.example: the answer to the message makes no sense (299 hm); it may have left",
    "hooks.example: the line broke while it was posted (timed out); it may have arrived",
    (
        "an earlier attempt was refused for good: correct the address or take the recipient "
        "off the configuration, or send it once more by `ouidire report send --again`"
    ),
    (
        "an earlier attempt was cut short: it may have left, and is not sent again; ask who "
        "reads it whether it arrived, then settle it: `ouidire report doubts` says how"
    ),
    "it is larger than 5 MB: no delivery report of a digest is",
    "it cannot be read as an e-mail",
    (
        "it is no delivery report (RFC 3464): read it, and take the address off the "
        "configuration if it says so"
    ),
    "it quotes no message of ours: no Message-ID that Ouï-dire gives",
    (
        "the harvest could not be written: No space left on device; look at the disk and at "
        "who may write to it"
    ),
    (
        "feed:x: its last run is dated in the future: the clock was wrong then, or is now "
        "(2027-01-01T00:00Z); it delays nothing: look at the clock"
    ),
    (
        "reddit:x: 3 known mentions were not asked for again for 48 hours, the time in which "
        "what is deleted there must be deleted here; see why its runs fail, or erase (7 days "
        "after they were last seen they are removed)"
    ),
    (
        "run 2026 of feed:x: 5 texts could not be analysed (ValueError); they are counted, and "
        "are in no other figure; `ouidire reenrich` tries again"
    ),
    (
        "run 2026 of feed:x: the site gives other dates to 3 of 4 known mentions at once; what "
        "was known stands, new mentions are in; look at the page, then `ouidire sources accept "
        "2026` if it is right, `ouidire sources reject 2026` if not"
    ),
    (
        "run 2026 of feed:x: the site shows reviews of which none is known, in the place of 3 "
        "of 4 known mentions at once; nothing of the run is used; look at the page, then "
        "`ouidire sources accept 2026` if it is right, `ouidire sources reject 2026` if not"
    ),
    (
        "brand: the state holds mentions of a, which the configuration no longer has; has it "
        'become b? Then write formerly = ["a"] in the [[brand]] of b; if not, formerly = [] '
        "there; until then no digest and no alert is sent"
    ),
    "waits for feed:x, feed:y until 2026-03-09T12:00Z (digest.wait), then goes as incomplete",
    "to be sent again, as a person asked",
    "source[0].params.path: no file is there: a.csv (there is b.csv)",
    (
        "edition[0].sources: no source of the catalogue is configured under the name 'x': this "
        "edition would be empty"
    ),
    (
        "an older file (it was read before, on 2026-01-01, and another one since): what is "
        "known keeps the newer file's values; if it is newer, say when it was exported with "
        "--fetched-at"
    ),
    (
        "an older file (it ends on 2026-01-01, and a file was read that goes to 2026-02-01): "
        "what is known keeps the newer file's values; if it is newer, say when it was exported "
        "with --fetched-at"
    ),
    "ended at fetch.max_minutes: its robots.txt asks for 30 s between two requests (Crawl-delay)",
    "3 parts of the pages could not be read whole (cut)",
    "a text of its own, shown whole, in 10% of 40 mentions, usually 90%",
    "author filled in 10% of 40 mentions, usually 90%",
    "api.x gave no access token (HTTP 503): try again later",
    "a redirect led the browser to an address that may not be fetched",
    "HTTP 503: the stream was not opened",
    "a source of files reads file: addresses of this machine only",
    "a rendered page cannot be asked for with a secret: every script on it could read it",
    "robots.txt could not be read (HTTP 503), so nothing is allowed",
    (
        "source[0]: feed:x was never read, and the configuration no longer has feed:y, of "
        'which 3 mentions are known; has it moved? Then write formerly = "feed:y" in that '
        '[[source]]; if it is another, formerly = "" there; until then it is not read'
    ),
    "/b holds no whole backup: there is no manifest.json",
    "the day's budget of 5 is used up",
    "the state cannot be read now; the log says why",
    "no delivery of ours to a reader of the configuration is called so",
    "counted as sent: the state that knew was lost",
    "counted as sent: it became due after the backup that was put back",
    "a number in it has no end (NaN, an infinity, or beyond 64 bits)",
]


@pytest.mark.parametrize("line", LINES, ids=lambda each: each[:50])
def test_a_line_for_operators_is_french(line):
    said = SAID.sub("", MACHINE.sub("", translated(line, "fr")))
    assert not ENGLISH.findall(said), said
