"""The analyser contract: one text in, one statement about it out.

An analyser sees one text at a time, whatever the batch, so that its result does not depend on the text's
neighbours; it never changes what it is given, works offline on a CPU, and leaves None where the text says
nothing. A linker is the other kind: it needs other texts (duplicates, bursts) and works over a stated window
of the corpus.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias

from pydantic import BaseModel, Field

from ouidire.annotations import Annotations
from ouidire.frozen import Frozen
from ouidire.mention import MentionKind

if TYPE_CHECKING:  # enrichment.run imports this module, and numpy is loaded at the first text
    import numpy as np
    from numpy.typing import NDArray

Shingles: TypeAlias = "NDArray[np.uint64]"
"""The hashes of a text's three-word runs, each once, rising; none for a text too short to be told apart."""


class Subject(Frozen):
    """One text to be analysed, already masked: `enrichment.run.Enricher.prepare` makes it.

    `stars` (0–5) and `asked_score` (0–10) are what the author gave, if any. `key` is the cache key of its
    annotations: a hash of all that analysers see of it, taken before masking.

    `done` holds the annotations of the analysers that ran before. `reading` and `signals` hold what an
    analyser that attaches computed for those that require it: the `EncodedText` of "reading" (None where the
    text says nothing), the `SentenceSignals` of "signals".
    """

    text: str
    title: str | None = None
    kind: MentionKind = "review"
    stated_language: str | None = None
    stars: float | None = Field(default=None, ge=0, le=5)
    asked_score: float | None = Field(default=None, ge=0, le=10)
    key: str = ""
    done: Annotations = Field(default_factory=Annotations)
    reading: Any = None
    signals: Any = None


class Analyser(Protocol):
    """One analyser. `name` is unique; `version` grows when its results may change; `requires` names others.

    `fills` are the fields of `Annotations` that it sets. `attaches` is the field of `Subject` that it sets
    instead, for the analysers that require it; `variant` names the model that stands in for the bundled one.
    An analyser that attaches may have None as its version: it is then named in no document and no cache, and
    whatever changes its results raises the version of those that require it.
    """

    name: str
    version: int | None
    requires: tuple[str, ...]
    fills: tuple[str, ...]
    attaches: Literal["reading", "signals"] | None = None
    variant: str = ""

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return, for each subject in order, the values of the fields it fills (a missing key is None)."""


class ModelFilesError(ValueError):
    """The files of a model do not fit one another or this program; the message never quotes a text."""


class LinkSubject(Frozen):
    """One mention as a linker sees it.

    `at` is its date as ISO text, `text` is masked, `stars` are 0–5, `asked_score` 0–10 where one was asked.
    """

    id: str
    source_key: str
    place: str | None = None
    author_key: str | None = None
    at: str
    text: str
    stars: float | None = None
    asked_score: float | None = None


class LinkWindow(NamedTuple):
    """What a linker is given: the mentions of one window, with what is computed of them once.

    `shingles` are those of each subject's text (`enrichment.linkers.shingles`), in the same order.
    `originals` is what the linker "duplicates" found, for those that require it: by id of a near-duplicate,
    the id of the mention that it repeats; None before they were looked for.
    """

    subjects: Sequence[LinkSubject]
    shingles: Sequence[Shingles]
    originals: Mapping[str, str] | None = None


class Linker(Protocol):
    """Links texts of one window to one another, deterministically.

    `requires` names the linkers whose findings the window must hold.
    """

    name: str
    version: int
    requires: tuple[str, ...]

    def link(self, window: LinkWindow) -> dict[str, BaseModel]:
        """Return what was found, by mention id; mentions without a finding are absent."""
