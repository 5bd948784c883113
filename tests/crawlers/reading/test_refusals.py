import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.refusals import check_refused, refusal
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.growth import AT_MOST, TIMES, growth

AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
PROSE = "<p>" + "Une jardinerie où l’on prend le temps de conseiller, même un samedi de mars. " * 60 + "</p>"


def page(body, url="https://www.exemple.fr/avis", **more):
    return Page(url=url, body=body.encode() if isinstance(body, str) else body, fetched_at=AT, **more)


def wall(title, text, head=""):
    return page(f"<html><head><title>{title}</title>{head}</head><body><div>{text}</div></body></html>")


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (
            wall(
                "Just a moment...",
                "Checking your browser before accessing",
                "<script>window._cf_chl_opt={}</script>",
            ),
            "cloudflare_js_challenge",
        ),
        (
            wall(
                "Un instant…",
                "Vérifiez que vous êtes humain",
                '<script src="/cdn-cgi/challenge-platform/h/g/x.js"></script>',
            ),
            "cloudflare_js_challenge",
        ),
        (
            wall(
                "Access denied | x", "Sorry, you have been blocked", '<link href="/cdn-cgi/styles/main.css">'
            ),
            "cloudflare_denied",
        ),
        (
            wall(
                "https://www.google.com/search?q=x",
                'Our systems have detected unusual traffic <form id="captcha-form"></form>',
            ),
            "google_captcha",
        ),
        (
            wall(
                "Avant d'accéder à la recherche Google",
                '<form action="https://consent.google.com/save">Avant d’accéder à Google</form>',
            ),
            "consent_wall",
        ),
        (
            wall(
                "Journal",
                "Nous et nos partenaires utilisons des cookies.",
                '<script src="https://cdn.cookielaw.org/onetrust.js"></script>',
            ),
            "consent_wall",
        ),
        (wall("site", "", '<script src="https://ct.captcha-delivery.com/c.js"></script>'), "datadome"),
        (page('{"url":"https://geo.captcha-delivery.com/captcha/?x"}'), "datadome"),
        (
            wall(
                "Access to this page has been denied.",
                'Press & Hold to confirm you are a human <div id="px-captcha"></div>',
            ),
            "perimeterx",
        ),
        (wall("", "", '<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>'), "incapsula"),
        (
            wall(
                "",
                "Request unsuccessful. Incapsula incident ID: 12",
                '<iframe src="/_Incapsula_Resource"></iframe>',
            ),
            "incapsula",
        ),
        (
            wall("Access Denied", "You don't have permission to access this server. errors.edgesuite.net"),
            "akamai",
        ),
        (wall("Human Verification", "", "<script>window.gokuProps = {}</script>"), "aws_waf"),
        (
            wall("Robot Check", 'Enter the characters <form action="/errors/validateCaptcha"></form>'),
            "captcha",
        ),
        (wall("Sécurité", 'Je ne suis pas un robot <div class="h-captcha"></div>'), "captcha"),
        (wall("LinkedIn", 'Sign in to continue <input type="password">'), "login_wall"),
        (wall("403 Forbidden", "nginx"), "access_denied"),
        (wall("Blocked", "whoa there, pardner! Your request has been blocked"), "access_denied"),
        (page("", url="https://www.google.com/sorry/index?continue=x"), "google_captcha"),
        (page("", url="https://consent.youtube.com/m?continue=x"), "consent_wall"),
        (page("", url="https://www.linkedin.com/authwall?x"), "login_wall"),
        (page("", status=403), "forbidden"),
        (page("[]", status=429), "rate_limited"),
    ],
)
def test_refusals_are_known_by_their_body(stored, kind):
    assert refusal(stored) == kind


@pytest.mark.parametrize(
    "stored",
    [
        wall(
            "Avis",
            PROSE,
            '<script src="https://www.google.com/recaptcha/api.js"></script><div class="g-recaptcha">je '
            "ne suis pas un robot</div>",
        ),
        wall("Avis", PROSE + '<div id="onetrust-banner-sdk">Nous utilisons des cookies</div>'),
        wall(
            "Avis",
            PROSE,
            '<script src="https://js.datadome.co/tags.js"></script><script '
            'src="/_Incapsula_Resource?x"></script>',
        ),
        wall(
            "Avis",
            PROSE,
            "<script>window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>",
        ),
        wall(
            "Comment lever un captcha",
            PROSE + "Just a moment: checking your browser before accessing, access denied, robot",
        ),
        wall("Avis", PROSE + '<form><input type="password"> Connectez-vous pour voir plus</form>'),
        wall("Bonjour", "Bienvenue"),
        page(""),
        page("{}"),
        page("<noscript>Please enable cookies</noscript>" + "x" * 400_000),
    ],
)
def test_real_pages_are_not_refusals(stored):
    assert refusal(stored) is None


def test_a_challenge_with_kilobytes_of_arithmetic():
    body = (
        "<title>Just a moment...</title><form id=challenge-form></form><div>"
        + "(!+[]+(!![])+!![])+" * 2000
        + "</div>"
    )
    assert refusal(page(body)) == "cloudflare_js_challenge"


def test_what_is_raised():
    check_refused(page(PROSE))
    with pytest.raises(Blocked, match=r"www\.exemple\.fr refused the page \(forbidden, HTTP 403\): use"):
        check_refused(page("", status=403))
    with pytest.raises(RateLimited) as caught:
        check_refused(page("", status=429, headers={"retry-after": "120"}))
    assert caught.value.retry_after == AT + timedelta(minutes=2)
    with pytest.raises(Blocked) as caught:
        check_refused(page("", status=403, headers={"retry-after": "Wed, 11 Mar 2026 06:00:00 GMT"}))
    assert caught.value.retry_after == datetime(2026, 3, 11, 6, tzinfo=UTC)
    for status in (404, 410):
        with pytest.raises(SourceGone):
            check_refused(page(PROSE, status=status))
    with pytest.raises(SourceError) as error:
        check_refused(page(PROSE, status=502))
    assert not isinstance(error.value, Blocked | SourceGone)


def test_golden_pages_of_all_sources_that_yield_items_are_not_refusals(repository):
    seen = 0
    for path in sorted((repository / "tests" / "pages").glob("*/*/page.htm*")):
        if '"raises"' in (path.parent / "expected.json").read_text(encoding="utf-8"):
            continue
        seen += 1
        assert (
            refusal(
                page(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else Path(path).read_bytes())
            )
            is None
        ), path
    assert seen > 5


@given(st.binary(max_size=2000), st.integers(100, 599))
def test_any_page_has_one_answer(body, status):
    stored = page(body, status=status)
    answer = refusal(stored)
    assert answer is None or isinstance(answer, str)
    if status in {403, 429}:
        assert answer is not None


@pytest.mark.parametrize(
    ("piece", "count"), [("<", 250_000), ("<!--", 60_000), ("<script>", 30_000), ("<a ", 80_000)]
)
def test_hostile_markup_is_read_in_one_pass(piece, count):
    small, large = (page(piece * size + " captcha <title") for size in (count // TIMES, count))
    assert refusal(small) is refusal(large) is None
    assert growth(refusal, small, large) < AT_MOST
