"""Faults of other forms than JSON-LD: microdata, Trustpilot's data, an Atom feed, a platform's export."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from tests.faults import services
from tests.faults.fault import UNTRUE, Fault, Right
from tests.faults.lab import Lab
from tests.faults.published import NAME, Review, published
from tests.faults.rows.listings import BLIND, SOUND, html, silently, truncated
from tests.faults.shapes import SHAPES, export
from tests.faults.site import Answer, Mangle

Change = Callable[[list[Review]], list[Review]]
MONDAY = date(2026, 3, 9)
A_PART = Right(never=("Rien ne manque", "retirés? de leur site", "silence est réel"))
AT_ONCE = Right(
    codes=(0, 1, 3),
    later=(0, 3),
    never=("retirés? de leur site", "modifiés", "jour qui se détache"),
    foreign=10,
)
NOT_SEARCHED = Right(never=("Rien ne manque",))
"""The search was not seen; the reviews beside it were."""
ALL_SHAPES = {**SHAPES, **services.SHAPES}
OF_SITES = tuple(name for name in ALL_SHAPES if name != "search")


def each(change: Callable[[Review], Review]) -> Change:
    """Change every review of a listing."""
    return lambda listed: [change(one) for one in listed]


def strangers(count: int) -> list[Review]:
    """Return reviews of a plumber's."""
    return [
        Review(
            9000 + number,
            date(2026, 2, 2) + timedelta(days=number % 35),
            1 + number % 5,
            f"Odile {number}",
            f"Plomberie Dupont : chauffe-eau n° {number}, joint changé {number * 7} fois.",
        )
        for number in range(count)
    ]


class Kind(NamedTuple):
    """One kind of fault of a listing, in any form: what it shows then, and what is right."""

    name: str
    kind: str
    change: Change
    right: Right
    declares: int | None = None
    brand: str = NAME


KINDS = (
    Kind("sound", "control", list, SOUND),
    Kind("other_order", "control", lambda listed: listed[::-1], SOUND),
    Kind("emptied", "W1", lambda _: [], BLIND),
    Kind("emptied_counted", "W1", lambda _: [], BLIND, declares=50),
    Kind("a_part_declared", "W3", lambda listed: listed[:30], A_PART, declares=50),
    Kind("only_two_left", "W6", lambda listed: listed[:2], A_PART),
    Kind("another_company", "W2", lambda _: strangers(40), BLIND, brand="Plomberie Dupont"),
    Kind("another_named_the_same", "W2", lambda _: strangers(40), BLIND),
    Kind(
        "texts_gone",
        "W4",
        each(lambda one: one._replace(text="")),
        Right(never=("retirés? de leur site", "modifiés")),
    ),
    Kind(
        "texts_cut",
        "W4",
        each(lambda one: one._replace(text=f"{one.text[:40]}… Lire la suite")),
        Right(never=("retirés? de leur site", "modifiés")),
    ),
    Kind("all_dated_yesterday", "W7/W8", each(lambda one: one._replace(on=MONDAY - timedelta(1))), AT_ONCE),
    Kind("ratings_doubled", "W7/W8", each(lambda one: one._replace(rating=one.rating * 2)), AT_ONCE),
    Kind(
        "translated",
        "W7/W8",
        each(
            lambda one: one._replace(
                text=f"Bouquet {one.number} came in a box, colour {one.number * 31 % 97}, and was fine."
            )
        ),
        AT_ONCE,
    ),
)
"""What a listing shows, in the place of what it should."""
LINES: tuple[tuple[str, Callable[[Answer], Answer]], ...] = (
    ("cut_declared", truncated),
    ("cut_silently", silently),
    ("no_bytes", lambda sound: sound.but(body=b"")),
    ("error_500", lambda _: html("<h1>Erreur</h1>", 500)),
    ("unasked_304", lambda _: Answer(status=304)),
    ("maintenance", lambda _: html("<h1>Site en maintenance</h1><p>Aucun avis ne peut être affiché.</p>")),
)
"""What becomes of every answer on its way."""
_OF_LATEST = frozenset({"a_part_declared", "emptied_counted", "ratings_doubled", "only_two_left"})
NOT_OF = {
    "atom": _OF_LATEST | {"all_dated_yesterday", "texts_gone"},
    "mastodon": _OF_LATEST,
    "bluesky": _OF_LATEST,
    "google_business": frozenset({"emptied_counted"}),
}
"""Kinds that a source cannot have: what shows its latest declares no total, and newspapers redate.

Texts that are gone are played on the RSS feed: what leaves it meanwhile is not read again.
"""


def showing(source: str, kind: Kind) -> Mangle:
    """Return what has a site show another listing."""
    shape = ALL_SHAPES[source]

    def mangle(sound: Answer, url: str, _headers: dict[str, str]) -> Answer:
        if not shape.is_at(url):
            return sound
        listed = kind.change(published(MONDAY))
        return sound.but(body=shape.page(url, listed, total=kind.declares, name=kind.brand))

    return mangle


def _breaking(mangle: Mangle) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        lab.site.mangle = mangle

    return breaks


def _on_all(source: str, change: Callable[[Answer], Answer]) -> Mangle:
    shape = ALL_SHAPES[source]
    return lambda sound, url, _headers: change(sound) if shape.is_at(url) else sound


def _of_sites() -> Iterator[Fault]:
    for source in OF_SITES:
        for kind in KINDS:
            if kind.name in NOT_OF.get(source, frozenset()):
                continue
            right = replace(kind.right, foreign=12) if source == "atom" else kind.right
            yield Fault(
                f"{source}_{kind.name}",
                kind.kind,
                "the listing shows something else",
                _breaking(showing(source, kind)),
                right,
                source=source,
            )
        for name, change in LINES:
            right = A_PART if name.startswith("cut") else BLIND
            yield Fault(
                f"{source}_{name}",
                "body",
                "what comes is broken",
                _breaking(_on_all(source, change)),
                right,
                source=source,
            )


def _rewritten(change: Callable[[str], str | None]) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        path = lab.folder / "reviews.csv"
        made = change(path.read_text())
        if made is None:
            path.unlink()
        else:
            path.write_text(made)

    return breaks


def _exported(change: Change) -> Callable[[Lab], None]:
    return _rewritten(lambda _: export(change(published(MONDAY))))


OF_EXPORTS: tuple[tuple[str, str, Callable[[Lab], None], Right], ...] = (
    ("sound", "control", _rewritten(str), SOUND),
    ("other_order", "control", _exported(lambda listed: listed[::-1]), SOUND),
    ("gone", "body", _rewritten(lambda _: None), BLIND),
    ("empty", "body", _rewritten(lambda _: ""), BLIND),
    ("heading_alone", "W1", _exported(lambda _: []), BLIND),
    ("cut_in_a_row", "W3", _rewritten(lambda text: text[: len(text) * 6 // 10]), A_PART),
    ("is_html", "body", _rewritten(lambda _: "<html><body>Session expirée</body></html>"), BLIND),
    ("another_company", "W2", _exported(lambda _: strangers(40)), BLIND),
    (
        "texts_gone",
        "W4",
        _exported(each(lambda one: one._replace(text=""))),
        Right(never=("retirés? de leur site", "modifiés")),
    ),
    (
        "all_dated_yesterday",
        "W7/W8",
        _exported(each(lambda one: one._replace(on=MONDAY - timedelta(1)))),
        AT_ONCE,
    ),
    ("ratings_doubled", "W7/W8", _exported(each(lambda one: one._replace(rating=one.rating * 2))), AT_ONCE),
    (
        "column_renamed",
        "body",
        _rewritten(lambda text: text.replace("Note sur 5", "Colonne 7", 1)),
        Right(codes=(0, 1, 3), never=UNTRUE),
    ),
)

OF_SEARCHES: tuple[tuple[str, str, Callable[[Answer], Answer], Right], ...] = (
    ("sound", "control", lambda sound: sound, SOUND),
    ("other_query", "W2", lambda _: _results("Plomberie Dupont"), NOT_SEARCHED),
    ("nothing_found", "W1", lambda _: _results(number=0), NOT_SEARCHED),
    ("two_of_eight", "W6", lambda _: _results(number=2), NOT_SEARCHED),
    (
        "quota_spent",
        "body",
        lambda sound: sound.but(body=b'{"error": "Your account has run out of searches."}'),
        NOT_SEARCHED,
    ),
    ("cut_declared", "body", truncated, NOT_SEARCHED),
    ("cut_silently", "body", silently, NOT_SEARCHED),
    ("no_bytes", "body", lambda sound: sound.but(body=b""), NOT_SEARCHED),
    ("error_500", "body", lambda _: html("<h1>Erreur</h1>", 500), NOT_SEARCHED),
    ("unasked_304", "W5", lambda _: Answer(status=304), NOT_SEARCHED),
    ("is_a_page", "body", lambda _: html("<h1>Site en maintenance</h1>"), NOT_SEARCHED),
)


def _results(query: str = NAME, number: int = 8) -> Answer:
    return Answer(services.results(query, number), headers=services.JSON)


def _of_searches() -> Iterator[Fault]:
    for name, kind, change, right in OF_SEARCHES:
        mangle = _on_all("search", change)
        yield Fault(
            f"search_{name}", kind, "the search answers so", _breaking(mangle), right, source="search"
        )


FAULTS = (
    *_of_sites(),
    *_of_searches(),
    *(
        Fault(f"export_{name}", kind, "the export is another", breaks, right, source="export")
        for name, kind, breaks, right in OF_EXPORTS
    ),
)
