"""A brand under a new slug keeps its past: what was collected under a former one becomes its own.

The index is written before the state: killed in between, the next pass finds in the state what is left to
do, and what it writes again changes nothing. It cannot see that two slugs are one brand: the configuration
says so (`formerly`), and is asked for it.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple, get_args

import structlog

from ouidire.batches import batched
from ouidire.documents import Document, Kind
from ouidire.index import Query, Term
from ouidire.settings.brand import Brand
from ouidire.settings.configuration import Settings
from ouidire.state import State
from ouidire.state.measured import MARK as MEASURED
from ouidire.state.measured import Measured, measured_of
from ouidire.state.people.corrections import rename_corrected_brands
from ouidire.state.renames import (
    BrandRuns,
    brands_of_runs,
    has_mentions_of,
    is_named_anywhere,
    rename_brands,
    renamed_brands,
)
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.installation import Installation
from service.pipeline.report.kept_measures import measure_id

log = structlog.get_logger()
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def take_over_former_brands(installation: Installation) -> int:
    """Put the present slug of each brand in the place of its former ones; return how many had to be.

    Nothing to do costs a few queries for each former slug. Raises IndexUnavailable.
    """
    wanted = {slug: brand.slug for brand in installation.settings.brand for slug in brand.formerly or ()}
    if not wanted:
        return 0
    with installation.state.read() as connection:
        slugs = {former: now for former, now in wanted.items() if is_named_anywhere(connection, former)}
    if not slugs:
        return 0
    for kind in KINDS:
        _rename_documents(installation, kind, slugs)
    for former, now in slugs.items():
        _rename_measures(installation, former, now)
    with installation.state.begin() as connection:
        rename_brands(connection, slugs)
        rename_corrected_brands(connection, slugs)
    log.info("brands renamed", **slugs)
    return len(slugs)


def _rename_documents(installation: Installation, kind: Kind, slugs: Mapping[str, str]) -> None:
    """Write the documents of a kind that bear a former slug again; their revisions stay."""
    former = tuple(slugs)
    fields = ("brands", "owner_brand") if kind == "search_result" else ("brands",)
    ids = {
        str(row["id"])
        for field in fields
        for row in installation.index.scan(
            Query(kind=kind, where=(Term(field=field, any_of=former),)), ("id",)
        )
    }
    for batch in batched(sorted(ids), BATCH):
        held = installation.index.get_many(kind, batch)
        commit(installation, Changes(documents=[_renamed(each, slugs) for each in held.values()]))


def _renamed(document: Document, slugs: Mapping[str, str]) -> Document:
    changes: dict[str, object] = {"brands": renamed_brands(document.brands, slugs)}
    if document.kind == "search_result" and document.owner_brand is not None:
        changes["owner_brand"] = slugs.get(document.owner_brand, document.owner_brand)
    return document.model_copy(update=changes)


def _rename_measures(installation: Installation, former: str, now: str) -> None:
    """Keep the measures of a former slug under the present one, but for those that are kept there already."""
    with installation.state.read() as connection:
        old = [each for each in measured_of(connection, former) if each.document is not None]
        of_none = [each for each in measured_of(connection, "") if each.document is not None]
        kept = {each.id for each in measured_of(connection, now)}
    changes: list[Measured] = []
    for each in old:
        document = each.document
        if document is None or document.period_start is None:
            continue
        kind = "week" if "W" in each.period else "month"
        key = measure_id(now, kind, document.period_start, document.name, document.subject or "")
        if key not in kept:
            present = document.model_copy(update={"id": key, "revision": 1, "brands": (now,)})
            changes.append(Measured(id=key, brand=now, period=each.period, revision=1, document=present))
        changes.append(each.model_copy(update={"revision": each.revision + 1, "document": None}))
    for each in of_none:  # of a source, whatever brands it speaks of
        if each.document is not None and former in each.document.brands:
            document = each.document.model_copy(
                update={"brands": renamed_brands(each.document.brands, {former: now})}
            )
            changes.append(each.model_copy(update={"document": document}))
    commit(installation, Changes(measures=changes, dropped_marks=[MEASURED] if changes else ()))


class BrandQuestion(NamedTuple):
    """The line that asks whether a brand was renamed, and whether it may be one of ours."""

    line: str
    ours: bool


def brand_question(settings: Settings, state: State) -> BrandQuestion | None:
    """Return the question whether a new brand is a former one under another slug; None where none is.

    It is asked while the state holds mentions of a brand that the configuration no longer has, and a brand
    without a past of its own, which does not say whether it was called otherwise, may have taken its place:
    it has its sources, resembles it, or is ours where none of ours has a past. Raises ConfigError.
    """
    known = {slug for brand in settings.brand for slug in (brand.slug, *(brand.formerly or ()))}
    with state.read() as connection:
        runs = brands_of_runs(connection)
        gone = [slug for slug in sorted(runs) if slug not in known and has_mentions_of(connection, slug)]
    if not gone:
        return None
    new = [
        brand
        for brand in settings.brand
        if brand.formerly is None and any(_may_be(brand, slug, settings, runs) for slug in gone)
    ]
    if not new:
        return None
    left, come = " and ".join(gone), " or ".join(brand.slug for brand in new)
    listed = ", ".join(f'"{slug}"' for slug in gone)
    return BrandQuestion(
        f"brand: the state holds mentions of {left}, which the configuration no longer has; has it become "
        f"{come}? Then write formerly = [{listed}] in the [[brand]] of {come}; if not, formerly = [] there",
        ours=any(brand.role == "own" for brand in new),
    )


def _may_be(brand: Brand, former: str, settings: Settings, runs: Mapping[str, BrandRuns]) -> bool:
    """Whether a brand may be a former one: it was not there before, and has taken its place."""
    before, now = runs[former], runs.get(brand.slug)
    if now is not None and now.first < before.last:
        return False
    keys = {each.key for each in configured_sources(settings) if brand.slug in each.settings.brands}
    if before.source_keys & (keys | (now.source_keys if now is not None else frozenset())):
        return True
    begins = brand.slug.startswith(former) or former.startswith(brand.slug)
    if begins or get_close_matches(former, [brand.slug]):
        return True
    return brand.role == "own" and not any(
        runs[each.slug].first < before.last
        for each in settings.brand
        if each.role == "own" and each.slug in runs
    )
