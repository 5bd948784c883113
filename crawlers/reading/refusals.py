"""Whether a page is a refusal: a challenge, a captcha, a consent or login wall, a plain "access denied".

Sites refuse with status 200 as often as with 403, so the body decides first. It is conservative: each rule
wants a mark that only the refusing software writes *and* a page with little to read, so that a real page with
a captcha script, a cookie banner or an article about Cloudflare is not taken for one. What it cannot see: a
site that answers with plausible but false content, and refusals in software that it does not know (those end
as a changed layout).
"""

import html
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from crawlers.reading.dates import fold
from crawlers.reading.extract import title_of
from ouidire.errors import Blocked, RateLimited, SourceError, SourceGone
from ouidire.page import Page

LARGEST = 300_000
"""Bytes: the longest refusal that we know of, Google's consent page, has 200 kB; longer pages are real."""
BRIEF = 2_500
"""Characters a refusal shows at most: Google's "unusual traffic" page has 1,000, a long Cloudflare one 1,500.
"""
TERSE = 900
"""Characters, for marks that real pages carry as well (a captcha in a form, a password field)."""


class _Rule(NamedTuple):
    name: str
    marks: tuple[str, ...]
    """Lower-case substrings, one of which must be in the source (patterns would take half a second)."""
    seen: re.Pattern[str] | None
    """What must be readable too (title and visible text, folded: lower case, no accents), or None."""
    longest: int
    """Characters of visible text above which the page is a real one."""


def _rule(name: str, marks: tuple[str, ...], seen: str | None = None, *, longest: int = BRIEF) -> _Rule:
    return _Rule(name, marks, re.compile(seen) if seen else None, longest)


EMPTY = r"^\W*$"
RULES = (
    _rule(
        "cloudflare_js_challenge",
        (
            "_cf_chl_opt",
            "cf-browser-verification",
            "jschl-answer",
            "jschl_answer",
            "__cf_chl_",
            "cf-chl-widget",
            "challenge-platform/h/",
            "challenge-form",
            "challenge-running",
        ),
        r"just a moment|checking your browser|verify(?:ing)? you are human|enable javascript and cookies"
        r"|un instant|verifiez que vous etes|verification de votre navigateur|attention required"
        r"|ddos protection|needs to review the security|einen moment",
    ),
    _rule(
        "cloudflare_denied",
        ("cf-error-details", "cf-wrapper", "cdn-cgi/styles/"),
        r"access denied|you have been blocked|error 10(?:05|06|07|08|09|10|12|15|20)"
        r"|you are being rate limited|acces refuse",
    ),
    _rule(
        "google_captcha",
        ("captcha-form", "/sorry/"),
        r"unusual traffic|trafic (?:exceptionnel|inhabituel)|ungewohnlichen datenverkehr|trafico inusual"
        r"|traffico insolito|about this page|a propos de cette page",
    ),
    _rule(
        "consent_wall",
        ("consent.google.", "consent.youtube."),
        r"before you continue|avant d'acceder|avant de continuer|bevor sie|antes de (?:ir|continuar)"
        r"|prima di continuare|voordat je",
        longest=12_000,
    ),
    _rule(
        "consent_wall",
        ("guce.", "consent.yahoo.", "collectconsent", "consent-overlay", "consent-page"),
        r"cookies",
        longest=6_000,
    ),
    _rule(
        "consent_wall",
        (
            "onetrust",
            "didomi",
            "sp_message",
            "sourcepoint",
            "axeptio",
            "quantcast",
            "usercentrics",
            "cookiebot",
            "tarteaucitron",
            "trustarc",
            "consentmanager",
        ),
        r"cookies",
        longest=TERSE,
    ),
    _rule("datadome", ("captcha-delivery.com", "var dd={"), longest=TERSE),
    _rule(
        "perimeterx",
        ("px-captcha", "captcha.px-c", "_pxblockedurl", "_pxappid"),
        r"press (?:&|and) hold|human|robot|blocked|denied|humain|before we continue",
        longest=TERSE,
    ),
    _rule(
        "incapsula",
        ("_incapsula_resource", "incapsula incident", "visid_incap"),
        rf"request unsuccessful|incident id|additional security check|access denied|{EMPTY}",
        longest=TERSE,
    ),
    _rule("aws_waf", ("gokuprops", "awswaf"), rf"human|robot|captcha|javascript|{EMPTY}", longest=TERSE),
    _rule(
        "akamai",
        ("edgesuite.net", "sec-if-cpt-container", "errors.edgekey"),
        rf"access denied|don't have permission|acces refuse|powered and protected|{EMPTY}",
        longest=TERSE,
    ),
    _rule("kasada", ("kpsdk", "/149e9513-01fa-4fb0-aad4-566afd725d1b/"), EMPTY, longest=TERSE),
    _rule("captcha", ("validatecaptcha", "captchacharacters")),
    _rule(
        "captcha",
        ("anomaly-modal", "anomaly.js"),
        r"bots use duckduckgo|select all squares|challenge to continue",
    ),
    _rule(
        "captcha",
        (
            "vercel security checkpoint",
            "anubis_challenge",
            "sucuri",
            "ddos-guard",
            "qrator",
            "f5_cspm",
            "the requested url was rejected",
        ),
        rf"verif|making sure you|not a (?:ro)?bot|denied|checking|rejected|support id|{EMPTY}",
        longest=TERSE,
    ),
    _rule(
        "captcha",
        ("captcha", "cf-turnstile", "geetest"),
        r"(?:not|pas) (?:a |un )?robot|are (?:you )?(?:a )?human"
        r"|(?:etes|es) (?:bien )?(?:un )?(?:humain|robot)|solve|unusual|inhabituel|security check"
        r"|verification de securite|complete the captcha|robot check|robot or human|suspicious activity"
        r"|prove you",
        longest=TERSE,
    ),
    _rule(
        "javascript_required",
        ("retry/enablejs", "sg_trbl"),
        rf"javascript|if you're having trouble|redirect|{EMPTY}",
        longest=500,
    ),
    _rule(
        "login_wall",
        ("password",),
        r"(?:log|sign) ?in to (?:continue|see|view)|you must log in|join (?:linkedin|to view)"
        r"|connectez-vous pour (?:continuer|voir|acceder)"
        r"|identifiez-vous pour|vous devez (?:vous connecter|etre connecte)|melde dich an|inicia sesion para",
        longest=TERSE,
    ),
    _rule(
        "login_wall",
        ("authwall", "login_form", "loginform"),
        r"log ?in|sign ?in|connexion|connectez-vous|s'identifier",
        longest=TERSE,
    ),
    _rule(
        "access_denied",
        ("<title",),
        r"^(?:error )?40[13]\b|^access (?:to this page has been )?denied|^acces (?:refuse|interdit)"
        r"|^forbidden|^(?:you(?:'ve| have) been )?blocked|^pardon our interruption|^robot check"
        r"|^are you (?:a )?(?:human|robot)|^security check|^attention required|^just a moment"
        r"|^(?:bot|human) verification|^verification de securite|^request rejected|^web page blocked"
        r"|^too many requests",
        longest=TERSE,
    ),
    _rule(
        "access_denied",
        (
            "blocked",
            "bloqu",
            "don't have permission",
            "pardner",
            "automated access",
            "robot",
            "denied",
            "interdit",
            "refus",
        ),
        r"blocked by network security|whoa there, pardner|you don't have permission to access"
        r"|your (?:ip|access) (?:address )?has been|votre (?:adresse )?ip a ete bloqu|automated access"
        r"|robots? detect|votre acces .{0,30}(?:bloque|refuse|interdit)",
        longest=TERSE,
    ),
)
"""Software and sites that refuse, the most particular first."""

STATUSES = {
    401: "login_wall",
    402: "payment_required",
    403: "forbidden",
    407: "forbidden",
    429: "rate_limited",
    451: "forbidden",
}

_INVISIBLE = re.compile(
    r"<(script|style|noscript|template|svg|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>")
_WORD = re.compile(
    r"[^\W\d_]{2,} ?"
)  # a challenge may carry kilobytes of hidden arithmetic: only words are read
_RESULTS = re.compile(r"id=[\"']?(?:rso|search|topstuff|botstuff|b_results|links)\b")


def refusal(page: Page) -> str | None:
    """Return the kind of refusal that a page is, or None for a page that may be read.

    Kinds are the names of `RULES` and of `STATUSES`; "consent_wall" and "captcha" cover several makers.
    """
    by_address = _by_address(page.url)
    if by_address:
        return by_address
    if len(page.body) <= LARGEST and not _is_data(page):
        kind = _by_body(page)
        if kind:
            return kind
    if _is_data(page) and b"captcha-delivery.com" in page.body[:2000]:
        return "datadome"
    return STATUSES.get(page.status)


def check_refused(page: Page) -> None:
    """Raise RateLimited, Blocked, SourceGone (404, 410) or SourceError (5xx) for a page not to be parsed."""
    kind = refusal(page)
    if kind is not None:
        message = f"{urlsplit(page.url).hostname} refused the page ({kind}, HTTP {page.status})"
        if page.status == 429:  # noqa: PLR2004 (Too Many Requests)
            raise RateLimited(
                f"{message}: slow this source down, or use the site's API", retry_after=_retry_after(page)
            )
        raise Blocked(
            f"{message}: use the site's API, an export file or a licensed provider",
            retry_after=_retry_after(page),
        )
    if page.status in {404, 410}:
        raise SourceGone(
            f"{page.url} no longer exists (HTTP {page.status}): correct the source's address or remove it"
        )
    if page.status >= 400:  # noqa: PLR2004 (where errors begin)
        raise SourceError(f"{urlsplit(page.url).hostname} answered HTTP {page.status}: try again later")


def _by_address(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if re.search(r"(^|\.)google\.[a-z.]{1,20}$", host) and parts.path.startswith("/sorry"):
        return "google_captcha"
    if re.match(r"consent\.(google|youtube|yahoo)\.", host):
        return "consent_wall"
    return "login_wall" if re.match(r"/(authwall|uas/login|checkpoint/lg)\b", parts.path) else None


def _is_data(page: Page) -> bool:
    return page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def _by_body(page: Page) -> str | None:
    text = page.text
    marked = [rule for rule in RULES if any(mark in page.lowered for mark in rule.marks)]
    if not marked or _RESULTS.search(text):
        return None
    bare = _MARKUP.sub(" ", _COMMENT.sub(" ", _INVISIBLE.sub(" ", text)))
    visible = " ".join(bare.split())
    seen = fold(html.unescape(f"{title_of(page)} {visible}")).strip()
    length = sum(map(len, _WORD.findall(seen)))
    return next(
        (
            rule.name
            for rule in marked
            if length <= rule.longest and (rule.seen is None or rule.seen.search(seen))
        ),
        None,
    )


def _retry_after(page: Page) -> datetime | None:
    """Return when the site lets us come back (`Retry-After`, in seconds or as a date), or None."""
    value = page.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,7}", value):
        return page.fetched_at + timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
