"""Faults of a site with a listing of reviews: what does not come, what comes broken, what another says."""

import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.faults.fault import FALSE, Fault, Right
from tests.faults.lab import Lab
from tests.faults.published import PAGE, Review, published
from tests.faults.site import LISTING, Answer, Mangle, gzipped, page_of_reviews

HTML = {"Content-Type": "text/html; charset=utf-8"}
BLIND = Right(never=FALSE)
SOUND = Right(codes=(0,), hides=("degraded", "layout_changed", "blocked"), never=("n’a pas pu",), now=(1,))


def html(body: str, status: int = 200) -> Answer:
    """Return a page without a review."""
    return Answer(f'<!doctype html><meta charset="utf-8">{body}'.encode(), status=status, headers=HTML)


def page_number(url: str) -> int:
    """Return which page of the listing an address asks for."""
    found = re.search(r"page=(\d+)", url)
    return int(found[1]) if found else 1


def every(answer: Answer) -> Mangle:
    """Answer everything with one thing."""
    return lambda _sound, _url, _headers: answer


def on_page(number: int, change: Callable[[Answer], Answer]) -> Mangle:
    """Change one page of the listing."""
    return lambda sound, url, _: change(sound) if page_number(url) == number else sound


def on_all(change: Callable[[Answer], Answer]) -> Mangle:
    """Change each page of the listing."""
    return lambda sound, _url, _headers: change(sound)


def breaking(mangle: Mangle) -> Callable[[Lab], None]:
    """Return what makes the site answer so."""

    def breaks(lab: Lab) -> None:
        lab.site.mangle = mangle

    return breaks


def reviews(
    change: Callable[[dict[str, object], int], dict[str, object] | None], *, total: bool = True
) -> Mangle:
    """Change each review's data on every page; None leaves it out."""

    def mangle(sound: Answer, _url: str, _headers: dict[str, str]) -> Answer:
        def each(match: re.Match[str]) -> str:
            data = json.loads(match[1])
            listed = data["review"]
            data["review"] = [
                made
                for one in listed
                if (made := change(one, int(str(one["@id"]).rpartition("-")[2]))) is not None
            ]
            if not total:
                data.pop("aggregateRating", None)
            return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'

        text = re.sub(
            r'<script type="application/ld\+json">(.*?)</script>', each, sound.body.decode(), flags=re.DOTALL
        )
        return sound.but(body=text.encode())

    return mangle


def without(*names: str) -> Callable[[dict[str, object], int], dict[str, object]]:
    """Leave fields out of a review."""
    return lambda one, _: {name: value for name, value in one.items() if name not in names}


def replaced(pattern: str, new: str) -> Callable[[Answer], Answer]:
    """Replace words of a page."""
    return lambda sound: sound.but(body=re.sub(pattern, new, sound.body.decode(), flags=re.DOTALL).encode())


def listing(
    listed: Callable[[list[Review]], list[Review]], *, total: int | None = -1, **more: object
) -> Mangle:
    """Serve another listing than the sound one: whole, in pages of ten; `total` -1 is the true one."""

    def mangle(_sound: Answer, url: str, _headers: dict[str, str]) -> Answer:
        from_all = listed(published(date(2026, 3, 9)))
        number = page_number(url)
        part = from_all[(number - 1) * PAGE : number * PAGE]
        pages = max(1, -(-len(from_all) // PAGE))
        said = len(from_all) if total == -1 else total
        return Answer(page_of_reviews(part, number=number, pages=pages, total=said, **more))  # type: ignore[arg-type]

    return mangle


def foreign(count: int, name: str, host: str) -> list[dict[str, object]]:
    """Return reviews of another company."""
    return [
        {
            "@type": "Review",
            "@id": f"http://{host}#avis-{9000 + number}",
            "author": {"@type": "Person", "name": "Odile"},
            "datePublished": f"2026-03-{2 + number % 7:02d}",
            "reviewBody": f"{name} : dépannage du chauffe-eau n° {number}, joint changé {number * 7} fois.",
            "reviewRating": {"@type": "Rating", "ratingValue": 1 + number % 5, "bestRating": 5},
        }
        for number in range(count)
    ]


def company(count: int, name: str = "Plomberie Dupont", host: str = "avis.example/fleurs") -> Answer:
    """Return another company's page."""
    data = {
        "@context": "https://schema.org",
        "@type": "Store",
        "name": name,
        "url": f"http://{host}",
        "review": foreign(count, name, host),
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": 3, "reviewCount": count},
    }
    return html(f'<h1>{name}</h1><script type="application/ld+json">{json.dumps(data)}</script>')


def moved(to: str) -> Mangle:
    """Redirect the listing elsewhere, where another company's page stands."""

    def mangle(sound: Answer, url: str, _: dict[str, str]) -> Answer:
        if url.startswith(LISTING):
            return Answer(status=301, headers={"Location": to})
        return company(40, host=to.removeprefix("http://")) if url.startswith(to) else sound

    return mangle


def robots(answer: Answer) -> Callable[[Lab], None]:
    """Return what makes robots.txt say so."""

    def breaks(lab: Lab) -> None:
        lab.site.robots = answer

    return breaks


def truncated(sound: Answer, share: float = 0.5) -> Answer:
    """Send a part of what is declared."""
    return sound.but(body=sound.body[: int(len(sound.body) * share)], declared=len(sound.body))


def silently(sound: Answer, share: float = 0.5) -> Answer:
    """Send a part, without a declared length."""
    return sound.but(body=sound.body[: int(len(sound.body) * share)], declared=-1)


def cut_gzip(sound: Answer, share: float = 0.6) -> Answer:
    """Send a gzip stream without its end, and no length."""
    whole = gzipped(sound)
    return whole.but(body=whole.body[: int(len(whole.body) * share)], declared=-1)


def shifted(days: int) -> Callable[[dict[str, object], int], dict[str, object]]:
    """Date each review so many days later."""

    def change(one: dict[str, object], _: int) -> dict[str, object]:
        on = date.fromisoformat(str(one["datePublished"])) + timedelta(days=days)
        return {**one, "datePublished": min(on, date(2026, 3, 8)).isoformat()}

    return change


def scaled(one: dict[str, object], _: int) -> dict[str, object]:
    """Write the ratings on a scale of ten that still calls itself one of five."""
    rating = dict(one["reviewRating"])  # type: ignore[call-overload]
    return {**one, "reviewRating": {**rating, "ratingValue": int(rating["ratingValue"]) * 2}}


DOES_NOT_COME: tuple[tuple[str, Mangle], ...] = (
    *(
        (f"status_{status}", every(html("<h1>Erreur</h1>", status)))
        for status in (400, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504)
    ),
    ("dropped", every(Answer(drop=True))),
    ("reset", every(Answer(reset=True))),
    ("retry_after_a_day", every(Answer(status=429, headers={"Retry-After": "86400"}))),
    ("redirect_circle", lambda _s, _u, _h: Answer(status=302, headers={"Location": LISTING})),
    ("redirect_nowhere", every(Answer(status=302, headers={}))),
    ("status_204", every(Answer(status=204, declared=0))),
    ("no_bytes", every(Answer(b""))),
    ("unasked_304", every(Answer(status=304))),
    ("later_pages_500", lambda s, u, _: html("<h1>Erreur</h1>", 500) if page_number(u) > 1 else s),
    ("second_page_403", on_page(2, lambda _: html("<h1>Non</h1>", 403))),
    ("third_page_dropped", on_page(3, lambda _: Answer(drop=True))),
)
COMES_BROKEN: tuple[tuple[str, Mangle], ...] = (
    ("not_gzip", on_all(lambda sound: sound.with_header("Content-Encoding", "gzip"))),
    ("binary", every(Answer(bytes(range(256)) * 40, headers=HTML))),
    ("a_pdf", every(Answer(b"%PDF-1.7\n" + bytes(3000), headers={"Content-Type": "application/pdf"}))),
    ("json_error", every(Answer(b'{"error": "internal"}', headers={"Content-Type": "application/json"}))),
    (
        "zlib_cut",
        every(
            Answer(zlib.compress(b"<p>avis</p>" * 90)[:20], headers={**HTML, "Content-Encoding": "deflate"})
        ),
    ),
    ("half_of_each_declared", on_all(truncated)),
    ("half_of_each_silently", on_all(silently)),
    ("second_page_half_silently", on_page(2, silently)),
    ("second_page_90_percent", on_page(2, lambda s: silently(s, 0.55))),
    ("gzip_cut_first", on_page(1, cut_gzip)),
    ("gzip_cut_second", on_page(2, cut_gzip)),
    ("gzip_cut_tail", on_page(5, lambda s: cut_gzip(s, 0.8))),
    ("second_block_broken", on_page(2, replaced(r'"review": \[', '"review": [,'))),
    ("nul_bytes_only", every(Answer(bytes(4000), headers=HTML))),
    (
        "picture",
        every(
            Answer(
                b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + bytes(400),
                headers={"Content-Type": "image/png"},
            )
        ),
    ),
)
SAYS_NOTHING: tuple[tuple[str, Mangle], ...] = (
    (
        "error_says_none",
        every(
            html("<h1>Avis</h1><p>Une erreur est survenue : aucun avis n’a pu être chargé. Réessayez.</p>")
        ),
    ),
    (
        "error_says_no_review",
        every(html("<h1>Reviews</h1><p>Sorry, no reviews could be loaded right now.</p>")),
    ),
    ("maintenance", every(html("<h1>Site en maintenance</h1><p>Revenez bientôt.</p>"))),
    ("says_none_after_forty", every(html("<h1>Fleurs Témoin</h1><p>Aucun avis pour le moment.</p>"))),
    ("empty_list_counted_zero", listing(lambda _: [])),
    ("empty_list_uncounted", listing(lambda _: [], total=None)),
    ("empty_list_counted_fifty", listing(lambda _: [], total=50)),
    ("soft_404", every(html("<title>Page introuvable</title><h1>Cette page n’existe plus</h1>"))),
    ("parked_domain", every(html("<title>avis.example est à vendre</title><p>Achetez ce domaine.</p>"))),
    ("login_page", every(html('<h1>Connexion</h1><form><input type="password" name="p"></form>'))),
    ("script_only", every(html('<div id="root"></div><script src="/app.js"></script>'))),
    (
        "captcha",
        every(
            html(
                '<title>Just a moment...</title><div class="g-recaptcha">Vérifiez que vous êtes humain</div>'
            )
        ),
    ),
    (
        "consent",
        every(html("<title>Avant d’accéder au site</title><form><button>Tout accepter</button></form>")),
    ),
    (
        "filtered_none",
        every(html("<h1>Fleurs Témoin</h1><p>Aucun avis ne correspond à votre recherche.</p><p>50 avis</p>")),
    ),
)
A_PART: tuple[tuple[str, Mangle], ...] = (
    ("thirty_of_fifty_declared", listing(lambda all_: all_[:30], total=50)),
    ("forty_of_fifty_declared", listing(lambda all_: all_[:40], total=50)),
    ("twenty_of_fifty_declared", listing(lambda all_: all_[:20], total=50)),
    ("pager_cut_after_two", on_page(2, replaced(r'<a rel="next".*?</a>', ""))),
    ("pager_cut_after_one", on_page(1, replaced(r'<a rel="next".*?</a>', ""))),
    (
        "second_page_is_the_first",
        lambda s, u, _h: (
            s
            if page_number(u) != 2
            else Answer(page_of_reviews(published(date(2026, 3, 9))[:10], number=2, pages=5, total=50))
        ),
    ),
    ("pager_loops", lambda s, _u, _h: s.but(body=re.sub(rb"\?page=\d+", b"?page=2", s.body))),
    ("newest_missing", listing(lambda all_: all_[10:], total=None)),
    ("only_twelve_left", listing(lambda all_: all_[:12])),
    ("only_two_left", listing(lambda all_: all_[:2])),
    ("every_third_left_out", listing(lambda all_: [each for each in all_ if each.number % 3], total=None)),
)
ANOTHER: tuple[tuple[str, Mangle], ...] = (
    ("another_company", every(company(40))),
    ("another_company_of_ten", every(company(10))),
    ("another_same_name_no_id_in_common", every(company(40, name="Fleurs Témoin"))),
    ("another_named_alike", every(company(40, name="Fleurs Témoin Plomberie"))),
    ("moved_to_another_host", moved("http://plomberie.example/avis")),
    ("moved_to_another_entity", moved("http://avis.example/plomberie")),
    ("five_other_shops", every(company(5, name="Nos autres boutiques"))),
    ("half_foreign", on_page(2, lambda _: company(10))),
)
LEFT_OUT: tuple[tuple[str, Mangle], ...] = (
    ("no_rating", reviews(without("reviewRating"))),
    ("no_text", reviews(without("reviewBody"))),
    ("no_date", reviews(without("datePublished"))),
    ("no_author", reviews(without("author"))),
    ("half_without_rating", reviews(lambda one, n: one if n % 2 else without("reviewRating")(one, n))),
    ("third_without_date", reviews(lambda one, n: one if n % 3 else without("datePublished")(one, n))),
    ("half_without_text", reviews(lambda one, n: one if n % 2 else without("reviewBody")(one, n))),
    (
        "texts_cut",
        reviews(lambda one, _: {**one, "reviewBody": str(one["reviewBody"])[:40] + "… Lire la suite"}),
    ),
    ("texts_all_the_same", reviews(lambda one, _: {**one, "reviewBody": "Lire la suite"})),
    (
        "ratings_null",
        reviews(lambda one, _: {**one, "reviewRating": {"@type": "Rating", "ratingValue": None}}),
    ),
    (
        "ratings_all_five",
        reviews(
            lambda one, _: {**one, "reviewRating": {"@type": "Rating", "ratingValue": 5, "bestRating": 5}}
        ),
    ),
    ("dates_unreadable", reviews(lambda one, _: {**one, "datePublished": "récemment"})),
)
WHOLESALE: tuple[tuple[str, Mangle], ...] = (
    ("all_dated_yesterday", reviews(lambda one, _: {**one, "datePublished": "2026-03-08"})),
    ("all_dated_a_day_later", reviews(shifted(1))),
    ("all_dated_a_week_later", reviews(shifted(7))),
    (
        "all_dated_a_year_before",
        reviews(lambda one, _: {**one, "datePublished": str(one["datePublished"]).replace("2026", "2025")}),
    ),
    ("scale_doubled", reviews(scaled)),
    ("ids_renamed", reviews(lambda one, n: {**one, "@id": f"{LISTING}#r{n}xyz"})),
    ("ids_gone", reviews(without("@id"))),
    ("texts_in_capitals", reviews(lambda one, _: {**one, "reviewBody": str(one["reviewBody"]).upper()})),
    (
        "texts_translated",
        reviews(
            lambda one, n: {
                **one,
                "reviewBody": f"Bouquet {n} was delivered in a box, colour {n * 31 % 97}, and it was fine.",
            }
        ),
    ),
    (
        "texts_all_one_translation",
        reviews(
            lambda one, _: {
                **one,
                "reviewBody": "This review was translated automatically and cannot be shown.",
            }
        ),
    ),
)


def _rows(kind: str, how: str, rows: tuple[tuple[str, Mangle], ...], right: Right) -> list[Fault]:
    return [Fault(name, kind, how, breaking(mangle), right) for name, mangle in rows]


def _withdraw(*numbers: int) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        lab.site.published = lambda until: [each for each in published(until) if each.number not in numbers]

    return breaks


def _quiet(lab: Lab) -> None:
    lab.site.published = lambda until: [
        each for each in published(until) if each.on < date(2026, 3, 2) or each.number > 49
    ]


def _edited(one: dict[str, object], number: int) -> dict[str, object]:
    return {**one, "reviewBody": f"{one['reviewBody']} Merci."} if number == 17 else one


CONTROLS = (
    Fault("sound", "control", "nothing at all", lambda _: None, SOUND),
    Fault(
        "quiet_week",
        "control",
        "nothing was published this week",
        _quiet,
        Right(codes=(0,), never=("n’a pas pu",), now=(1,)),
    ),
    Fault(
        "one_withdrawn",
        "control",
        "one review of fifty is withdrawn",
        _withdraw(12),
        Right(
            codes=(0,),
            tells=("Un avis retiré",),
            never=("n’a pas pu",),
            now=(1,),
        ),
    ),
    Fault(
        "one_edited",
        "control",
        "one author adds a word, and takes it back: a cut text looks the same until a second run",
        breaking(reviews(_edited)),
        replace(SOUND, lost=1, foreign=1),
    ),
    Fault("gzip", "control", "every page is compressed", breaking(on_all(gzipped)), SOUND),
    Fault(
        "unknown_encoding",
        "control",
        "every page claims a coding that nobody knows, and is plain",
        breaking(on_all(lambda sound: sound.with_header("Content-Encoding", "zz-9"))),
        SOUND,
    ),
    Fault(
        "third_block_without_end",
        "control",
        "a block of data lacks its last brackets, and nothing else",
        breaking(on_page(3, replaced(r"\}\]\}?</script>", "</script>"))),
        SOUND,
    ),
    Fault(
        "no_length",
        "control",
        "no page declares its length",
        breaking(on_all(lambda s: s.but(declared=-1))),
        SOUND,
    ),
    Fault(
        "total_off_by_one",
        "control",
        "one more is declared than is shown",
        breaking(listing(lambda all_: all_, total=51)),
        SOUND,
    ),
    Fault(
        "no_total", "control", "no total is declared", breaking(listing(lambda all_: all_, total=None)), SOUND
    ),
    Fault("other_order", "control", "oldest first", breaking(listing(lambda all_: all_[::-1])), SOUND),
    Fault(
        "name_in_capitals",
        "control",
        "the shop writes its name in capitals",
        breaking(on_all(replaced('"name": "Fleurs Témoin"', '"name": "FLEURS TÉMOIN"'))),
        SOUND,
    ),
    Fault(
        "robots_allow",
        "control",
        "robots.txt admits us",
        robots(Answer(b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})),
        SOUND,
    ),
    Fault(
        "moved_within_the_site",
        "control",
        "a redirect to the same listing, with a parameter",
        breaking(
            lambda s, u, _: (
                Answer(status=302, headers={"Location": f"{LISTING}?ref=1"}) if u == LISTING else s
            )
        ),
        SOUND,
    ),
)

FAULTS = (
    *_rows("reach", "the listing does not come", DOES_NOT_COME, BLIND),
    Fault(
        "robots_forbid",
        "reach",
        "robots.txt forbids us",
        robots(Answer(b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})),
        BLIND,
    ),
    Fault("robots_503", "reach", "robots.txt answers 503", robots(Answer(status=503)), BLIND),
    Fault(
        "crawl_delay_of_a_day",
        "M5",
        "robots.txt asks for a day between pages",
        robots(Answer(b"User-agent: *\nCrawl-delay: 86400\n", headers={"Content-Type": "text/plain"})),
        Right(shows=("(?i)crawl-delay",)),
        fetch="timeout = 20\nmax_minutes = 0.05",
    ),
    Fault(
        "too_slow",
        "reach",
        "each page takes longer than the limit",
        breaking(on_all(lambda s: s.but(wait=2.0))),
        BLIND,
        fetch="timeout = 0.6",
    ),
    *_rows("body", "what comes is broken", COMES_BROKEN, BLIND),
    *_rows("W1", "a page without a review", SAYS_NOTHING, BLIND),
    *_rows(
        "W3",
        "a part of the listing",
        A_PART,
        Right(never=("Rien ne manque", "retirés? de leur site", "silence est réel")),
    ),
    *_rows("W2", "another company's page", ANOTHER, BLIND),
    *_rows(
        "W4",
        "fields are left out or blurred",
        LEFT_OUT,
        Right(never=("retirés? de leur site", "modifiés")),
    ),
    *_rows(
        "W7/W8",
        "everything changes at once",
        WHOLESALE,
        Right(
            codes=(0, 1, 3),
            later=(0, 3),
            never=("retirés? de leur site", "modifiés", "jour qui se détache"),
            foreign=10,
        ),
    ),
    Fault(
        "window",
        "W9",
        "a listing that shows its latest twenty, without a total",
        lambda _: None,
        Right(codes=(0,), never=("retirés? de leur site", "n’a pas pu"), now=(1,)),
        source="window",
    ),
    *CONTROLS,
)
"""Every fault of a listing; `foreign` counts the new texts of a site that rewrote its own."""
