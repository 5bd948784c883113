"""Where one answers: the platform's own page for replies where one is known, else the review's address.

The pages ask for the owner's account; none is ever opened by Ouï-dire. A page for all reviews of an account
stands where no address of a single one is known.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ouidire.documents import MentionDocument

Address = Callable[[MentionDocument], str | None]
_TRUSTPILOT_ID = re.compile(r"(?:^|/)([0-9a-f]{24})(?:$|[/?#])")


def _google(_document: MentionDocument) -> str:
    return "https://business.google.com/reviews"


def _trustpilot(document: MentionDocument) -> str:
    listed = "https://businessapp.b2b.trustpilot.com/reviews"
    for stated in (document.native_id, document.url):
        found = _TRUSTPILOT_ID.search(stated or "")
        if found is not None:
            return f"{listed}/{found[1]}"
    return listed


def _app_store(document: MentionDocument) -> str | None:
    app = document.entity.rpartition("/")[2]
    return f"https://appstoreconnect.apple.com/apps/{app}/distribution" if app.isdigit() else None


def _play(_document: MentionDocument) -> str:
    return "https://play.google.com/console/developers"


BY_SOURCE: Mapping[str, Address] = MappingProxyType(
    {
        "google_business": _google,
        "trustpilot": _trustpilot,
        "trustpilot_api": _trustpilot,
        "appstore_connect": _app_store,
        "play_owner": _play,
    }
)
"""By how a review was read."""
BY_SITE: Mapping[str, Address] = MappingProxyType({"trustpilot.com": _trustpilot})
"""By where it was published, however it was read; subdomains for countries included."""


def reply_address(document: MentionDocument) -> str | None:
    """Return where a review is answered: its platform's page for owners, else its own address, if any."""
    known = BY_SOURCE.get(document.source)
    for site, address in BY_SITE.items():
        if document.site == site or document.site.endswith(f".{site}"):
            known = known or address
    return (known(document) if known else None) or document.url
