"""Models of a request to make and of the page that came back: all that a parser may see.

A page knows its bytes, its address, its headers and when it was fetched; it cannot see the network, the clock
or the configuration, so that what was read from it today can be read from it again in a year.
"""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ouidire.errors import LayoutChanged
from ouidire.frozen import Frozen
from ouidire.text.json_text import read_json
from ouidire.text.markup import MOST_ATTRIBUTES, absurd_tag

if TYPE_CHECKING:
    from parsel import Selector


_NO_CHARACTERS = re.compile(r"[\ufffe\uffff]")


class Request(Frozen):
    """One fetch to be made, built by a source and made by the engine.

    `kind` and `context` travel to the page unchanged (and are kept with it), so that a parser knows what it
    was asked for; `render` asks for a browser.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    render: bool = False
    kind: str = "list"
    context: dict[str, str] = Field(default_factory=dict)


class Page(BaseModel):
    """A stored answer. `headers` has lower-case names; `url` is the final address, after redirects."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    url: str
    body: bytes
    fetched_at: AwareDatetime
    status: int = 200
    headers: dict[str, str] = Field(default_factory=dict)
    kind: str = "list"
    context: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The body as text, by its byte-order mark, header, declared encoding or a guess."""
        from ouidire.text.charset import decode

        return decode(self.body, content_type=self.headers.get("content-type", ""))

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, in which marks of layouts and of refusals are looked for."""
        return self.text.lower()

    @cached_property
    def selector(self) -> "Selector":
        """The body as an HTML tree (lxml by parsel); base URL set to the page's.

        Raises LayoutChanged for a page with a tag of so many attributes that libxml2 takes minutes for it.
        """
        from parsel import Selector

        if (tag := absurd_tag(self.text)) is not None:
            raise LayoutChanged(
                f"a page that can be read as HTML (one tag has more than {MOST_ATTRIBUTES} attributes)",
                selector=tag[:20],
            )
        # Without the type, parsel would take a JSON body for JSON.
        text = _NO_CHARACTERS.sub("", self.text)  # lxml fails at them once they stand in a name
        return Selector(text=text, type="html", base_url=self.url)

    def with_body(self, body: bytes) -> Self:
        """Return the page with another body; a copy would keep what was decoded of the old one."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(fields | {"body": body}))

    def json_value(self) -> Any:  # noqa: ANN401 (a raw payload)
        """Return the body as JSON. Raises ValueError when it is none."""
        return read_json(self.text)
