"""Pages sent instead of Google's results: captcha, consent, "enable JavaScript", challenges.

Only a page without results is judged: since 2025 every result page carries an `enablejs` redirect for
browsers without JavaScript, and since 2021 many carry a consent dialogue over real results. It cannot see the
status of a saved page.
"""

from typing import TYPE_CHECKING, Final

from ouidire.errors import Blocked, RateLimited
from ouidire.page import Page

if TYPE_CHECKING:
    from parsel import Selector

_TOO_MANY: Final = 429
_REFUSED: Final = frozenset({401, 403, 407, 451, 503})

_WALLS: Final = (
    (
        (
            "//form[@id='captcha-form']|//*[@id='recaptcha']"
            "|//*[contains(concat(' ',@class,' '),' g-recaptcha ')]|//form[contains(@action,'/sorry/')]"
        ),
        "Google asks for a captcha (unusual traffic)",
    ),
    (
        (
            "//form[contains(@action,'consent.google') or contains(@action,'consent.youtube')"
            " or starts-with(@action,'/save')]"
            "|//a[contains(@href,'consent.google')]"
        ),
        "Google shows its consent page instead of results",
    ),
    (
        (
            "//*[@id='challenge-form' or @id='cf-wrapper' or @id='challenge-running'"
            " or @id='cf-challenge-running' or @id='trk_jschal_js']"
            "|//script[contains(@src,'/cdn-cgi/challenge-platform') or contains(text(),'_cf_chl_opt')]"
            "|//title[normalize-space()='Just a moment...']"
        ),
        "a challenge page stands before the results",
    ),
    (
        (
            "//noscript//*[contains(@content,'enablejs') or contains(@href,'enablejs')]"
            "|//a[contains(@href,'enablejs')]|//noscript[contains(.,'enablejs')]|//*[@id='yvlrue']"
        ),
        "Google serves only its 'enable JavaScript' page; let a browser render the search (render = true)",
    ),
)


def refusal(page: Page, tree: "Selector") -> Blocked | None:
    """Return why a page without results is a refusal, or None when it is not one."""
    if page.status == _TOO_MANY:
        return RateLimited(
            "Google answered 429 (too many requests); search less often or use the search_api source"
        )
    if "/sorry/" in page.url or page.url.startswith("https://consent."):
        return Blocked(
            f"Google led to {page.url.split('?', 1)[0]} instead of results; search less often or use the "
            "search_api source"
        )
    for xpath, message in _WALLS:
        if tree.xpath(xpath):
            return Blocked(f"{message}; search less often or use the search_api source")
    if page.status in _REFUSED:
        return Blocked(f"Google answered {page.status}; search less often or use the search_api source")
    return None
