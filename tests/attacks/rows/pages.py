"""Pages that cost much to read: each source reads them in linear time, or refuses them."""

import gzip
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from time import process_time

from crawlers import SOURCES, load_source
from crawlers.page_reading import DirectReader
from crawlers.reading.budget import LOOKUPS, may_look_up, page_budget
from crawlers.reading.dates import stated_date
from ouidire.errors import SourceError
from ouidire.page import Page
from tests.attacks.attack import Attack

AT = datetime(2026, 3, 9, 8, tzinfo=UTC)
SMALL, TIMES = 8_000, 4
TOO_STEEP = 9.0
CHEAP = 0.1
"""Seconds below which a page is cheap, whatever it costs at a quarter of the size."""
HEAD = "<!DOCTYPE html><html><head><title>Avis</title></head><body>"
LD = '<script type="application/ld+json">'
PAGES = {
    "open tags": ("", "<div>"),
    "unclosed tags": ("", "<a"),
    "brackets": ("", "<"),
    "closed tags": ("", "</p>"),
    "ampersands": ("", "&"),
    "entities": ("", "&#x41;"),
    "comments never closed": ("", "<!--"),
    "attributes": ("<p ", "a=1 "),
    "titles": ("", "<title"),
    "blanks": ("<p>", " "),
    "line breaks": ("<p>", " \n"),
    "no-break spaces": ("<p>", "\u00a0"),
    "quotes in JSON": (LD + '{"a":"', '\\"'),
    "brackets in JSON": (LD, "["),
    "braces in JSON": (LD, '{"a":'),
    "commas in JSON": (LD + "[", "1,"),
    "comments in JSON": (LD, "/*"),
    "values in a row": (LD, "{}"),
    "many scripts": ("", LD + "{</script>"),
    "items": ("", '<div itemscope itemtype="http://schema.org/Review"><b itemprop="reviewRating">5</b>'),
    "references": ('<div itemscope itemref="', "a "),
    "RDFa": ("", '<div vocab="http://schema.org/" typeof="Review"><b property="reviewBody">x'),
    "digits": ("<p>", "9"),
    "dates": ("<p>", "12 "),
    "stars": ("<p>", "★"),
    "results": ('<div id="search">', '<div class="g"><a href="https://a.example/"><h3>x</h3></a></div>'),
    "entries": ('<?xml version="1.0"?><rss version="2.0"><channel>', "<item><title>x</title>"),
    "names of XML": ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', "<a:b "),
    "cards": ("", '<article class="review"><p>x'),
}
RARE = "3 жніўня {} г"


def page(begin, part, size):
    """Return a page of a size, made of one part."""
    start = begin if begin.startswith("<?xml") else HEAD + begin
    body = start + part * max(1, size // len(part))
    return Page(url="https://avis.example/avis", body=body.encode(), fetched_at=AT)


def seconds(reader, given):
    """Return the seconds of processor that reading a page takes."""
    since = process_time()
    with suppress(SourceError):
        reader.read(given)
    return process_time() - since


def reading(begin, part):
    """Return "linear" when every source reads a kind of page so; else the source and its growth."""
    for slug in SOURCES:
        reader = DirectReader(load_source(slug))
        large = seconds(reader, page(begin, part, SMALL * TIMES))
        if large < CHEAP:
            continue
        small = max(1e-6, min(seconds(reader, page(begin, part, SMALL)) for _ in range(2)))
        large = min(large, seconds(reader, page(begin, part, SMALL * TIMES)))
        if large > CHEAP and large / small > TOO_STEEP:
            return f"{slug}: {large / small:.0f} times as long for {TIMES} times as much"
    return "linear"


def references(size):
    """Return a page of one review that refers to elements which lie within one another."""
    names = [f"x{number}" for number in range(min(1_000, size // 30))]
    body = (
        f'{HEAD}<div itemscope itemtype="http://schema.org/Review" itemref="{" ".join(names)}">'
        '<b itemprop="reviewRating">5</b></div>' + "".join(f"<div id={name}>" for name in names)
    )
    body += "<b>x</b>" * (size // 10)
    return Page(url="https://avis.example/avis", body=body.encode(), fetched_at=AT)


def referred():
    """Return "linear" when elements within one another are not read again for each reference."""
    reader = DirectReader(load_source("schema_org"))
    large = min(seconds(reader, references(400_000)) for _ in range(2))
    growth = large / max(0.02, seconds(reader, references(100_000)))
    return "linear" if growth < TOO_STEEP else f"{large:.1f} s"


def lookups(texts):
    """Return how many dates of a page's texts a costly look-up is made for."""
    with page_budget():
        return str(sum(may_look_up(each) for each in texts))


def date_after_budget():
    """Return whether a page whose budget is spent still reads the dates that cost nothing."""
    with page_budget(0):
        plain = stated_date("12 mars 2024", fetched_at=AT + timedelta(days=1))
        rare = stated_date(RARE.format(2024), fetched_at=AT)
    return f"{plain is not None} {rare is None}"


def inflated():
    """Return whether a body that claims to be a page but is compressed is read as its own bytes alone."""
    body = gzip.compress(b"0" * 50_000_000)
    given = Page(url="https://avis.example/", body=body, fetched_at=AT)
    since = process_time()
    try:
        DirectReader(load_source("schema_org")).read(given)
    except SourceError:
        return "refused" if process_time() - since < 5 else "slow"
    return "read"


def attacks():
    """Return the attacks by pages."""
    many = [RARE.format(1000 + number) for number in range(5 * LOOKUPS)]
    return [
        *(
            Attack(
                "pages",
                name,
                f"{begin[:20]!r} and then {part!r} without end",
                "linear",
                partial(reading, begin, part),
                slow=True,
            )
            for name, (begin, part) in PAGES.items()
        ),
        Attack(
            "look-ups", "dates in a rare language", "a thousand dates", str(LOOKUPS), partial(lookups, many)
        ),
        Attack(
            "look-ups",
            "one date again and again",
            "a thousand times",
            "1000",
            partial(lookups, many[:1] * 1000),
        ),
        Attack("look-ups", "plain dates after that", "none left", "True True", date_after_budget),
        Attack("look-ups", "a bomb for a body", "50 MB of zeros, compressed", "refused", inflated),
        Attack("pages", "references that nest", "a thousand", "linear", referred, slow=True),
    ]
