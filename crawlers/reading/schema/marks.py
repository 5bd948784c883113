"""Whether a page may state reviews or ratings in a syntax of structured data, before any of it is read.

They are cheap looks at words in scripts and attributes, and let more through than readers then find.
"""

import re

from ouidire.page import Page

WORDS = ("review", "rating", "recommendation")
"""Each type and property that states a review has one of these in its name."""
ELDER = "data-vocabulary.org"
"""What schema.org replaced in 2011, as microdata or RDFa."""
_JSON_LD = re.compile(r"ld(?:\+|&#x2b;|&#43;)json")
_SCRIPTS = "//script[contains(translate(@type, 'JSONLD', 'jsonld'), 'ld+json')]/text()"


def in_json_ld(page: Page) -> bool:
    """Return whether a JSON-LD script has a word of reviews."""
    return bool(_JSON_LD.search(page.lowered)) and _have_word(page, _SCRIPTS)


def in_rdfa(page: Page) -> bool:
    """Return whether RDFa other than data-vocabulary.org's has a word of reviews."""
    return _in_rdfa(page) and not _is_elder(page)


def in_microdata(page: Page) -> bool:
    """Return whether microdata other than data-vocabulary.org's has a word of reviews."""
    return _in_microdata(page) and not _is_elder(page)


def in_data_vocabulary(page: Page) -> bool:
    """Return whether microdata or RDFa of data-vocabulary.org has a word of reviews."""
    return _is_elder(page) and (_in_microdata(page) or _in_rdfa(page))


def in_any(page: Page) -> bool:
    """Return whether any of the syntaxes has a word of reviews."""
    return in_json_ld(page) or _in_microdata(page) or _in_rdfa(page)


def _in_microdata(page: Page) -> bool:
    return "itemscope" in page.lowered and _have_word(page, "//@itemtype | //@itemprop")


def _in_rdfa(page: Page) -> bool:
    return "typeof=" in page.lowered and _have_word(page, "//@typeof | //@property | //@rel")


def _is_elder(page: Page) -> bool:
    return ELDER in page.lowered and "schema.org" not in page.lowered


def _have_word(page: Page, xpath: str) -> bool:
    found = page.selector.root.xpath(xpath)  # plain strings: a Selector for each would cost ten times more
    return any(word in text.lower() for text in found for word in WORDS)
