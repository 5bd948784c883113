"""A shop's mentions and moments of delight beside those of all its brand's shops. Data only."""

from typing import Literal

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures import Figure


class BesideAll(Frozen):
    """Counts of one shop, or product, beside those of all, itself among them.

    `n` mentions are its own, `whole` those of all `members` that are spoken of. The rates of delight are None
    where its own mentions are too few for one: counts alone then stand.
    """

    kind: Literal["place", "subject"]
    members: int = Field(ge=0)
    n: int = Field(ge=0)
    whole: int = Field(ge=0)
    delight: Figure | None = None
    delight_of_all: Figure | None = None
