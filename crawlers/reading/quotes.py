"""Quotations within posts: what a post repeats of others is not its author's words.

It cannot see quotations that nothing marks.
"""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement

QUOTES: Final = (
    ".//blockquote | .//aside[contains(concat(' ', @class, ' '), ' quote ')]"
    " | .//*[contains(@class, 'bbcode_quote') or contains(@class, 'bbCodeQuote')"
    " or contains(@class, 'bbCodeBlock--quote') or contains(@class, 'ipsQuote')"
    " or contains(concat(' ', @class, ' '), ' quotecontent ')"
    " or contains(concat(' ', @class, ' '), ' quotetitle ')]"
    " | .//div[starts-with(translate(@style, ' ', ''), 'margin:20px')][div[@class='smallfont']]"
    " | .//table[.//td[@class='quote']]"
)
"""Elements in which Discourse, phpBB, vBulletin, XenForo and Invision put what a post quotes."""


_QUOTED_LINE: Final = re.compile(r"\s{0,3}>[>\s]{0,8}[\w\"'«“‘(\[*_]")
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def drop_quotes(root: "HtmlElement") -> None:
    """Remove from a post's element what it quotes of others; the words after a quotation stay."""
    for quote in root.xpath(QUOTES):
        if quote.getparent() is not None and quote is not root:
            quote.drop_tree()


def without_quoted_lines(text: str) -> str:
    """Return a text without the lines that quote another's words after ">", as mails and Markdown do."""
    kept = [line for line in text.split("\n") if not _QUOTED_LINE.match(line)]
    return _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()
