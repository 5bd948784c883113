"""`ouidire sources`: the catalogue of sources, and how the configured ones are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.language import sentence, value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, settings_of
from service.cli.output import ERROR, OK, PARTIAL, complain, inform, say, say_json, say_table
from service.cli.run_output import GOOD, status_word
from service.cli.sent_output import colon

if TYPE_CHECKING:
    from service.pipeline.collect.source_health import SourceHealth
    from service.pipeline.collect.try_source import TriedPlace

RunId = Annotated[
    str, typer.Argument(help="The id of the run, as `ouidire run` and `ouidire sources health` name it.")
]


def sources_list(*, as_json: Json = False) -> int:
    """List the catalogue of sources."""
    from crawlers import SOURCES, load_source

    listed = [load_source(slug) for slug in SOURCES]
    if as_json:
        say_json(
            [
                {
                    "slug": each.slug,
                    **each.about.model_dump(mode="json"),
                    "params": each.params.model_json_schema(),
                }
                for each in listed
            ]
        )
        return OK
    rows = [
        (
            each.slug,
            value_named("value.source", each.slug, file="sources"),
            value_named("source_kind", each.about.kind),
            value_named("access", each.about.access),
            words().text("access.key") if each.about.needs_key else "",
            words().text("access.opt_in") if each.about.opt_in else "",
        )
        for each in listed
    ]
    say_table(("source", "reads", "kind", "access", "", ""), rows)
    return OK


def sources_try(
    place: Annotated[str, typer.Argument(help="A web address, or a name of the catalogue.")],
    config: Config = DEFAULT_CONFIG,
    *,
    as_json: Json = False,
) -> int:
    """Try a place before it is configured: who reads it, what one page holds, what to write."""
    from ouidire.settings.fetch import FetchSettings
    from service.pipeline.collect.try_source import try_place

    settings = settings_of(config) if config.exists() else None
    own = settings.own_brands[:1] if settings else []
    tried = try_place(
        place,
        brand=own[0].slug if own else "my-brand",
        names=own[0].names if own else ("My brand",),
        fetch=settings.fetch if settings else FetchSettings(),
    )
    if as_json:
        say_json(tried)
    else:
        _say_tried(tried)
    return OK if tried.source else ERROR


def _say_tried(tried: "TriedPlace") -> None:
    """Print what is known of a place, and the configuration to paste."""
    if tried.source:
        title = value_named("value.source", tried.source, file="sources")
        read = f"{tried.place}: read by {tried.source} ({title})"
        inform(f"{read}, its layout `{tried.layout}`" if tried.layout else read)
    else:
        inform(f"{tried.place}: no source reads it as it is")
    if tried.status:
        _say_page(tried)
    if tried.reason:
        inform(f"  {tried.reason}")
    for line in tried.advice:
        inform(f"  {line}")
    if tried.limits:
        say(f"  {words().text('tried.limits')}{colon()}{sentence(tried.limits)}")
    if tried.legal_note:
        say(f"  {words().text('tried.legal')}{colon()}{sentence(tried.legal_note)}")
    if tried.toml:
        inform("  to paste into the configuration:")
        say("")
        say(tried.toml)


def _say_page(tried: "TriedPlace") -> None:
    """Print what the one page that was fetched holds."""
    inform(f"  one page: {status_word(tried.status)}, items: {tried.items}, left out: {tried.rejected}")
    if tried.declared_total:
        inform(f"  the page states {tried.declared_total} in all")
    for example in tried.examples:
        say(f"    {example}")
    if tried.robots:
        say(f"  {sentence(f'robots.txt {tried.robots}')}")
    say(f"  {words().text('tried.scripts' if tried.needs_script else 'tried.no_scripts')}")
    say(f"  {words().text('tried.key' if tried.needs_key else 'tried.no_key')}")


def sources_health(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Say how each configured source is: last run, last good one, what changed."""
    from ouidire.text.catalogue import catalogue
    from service.pipeline.collect.source_health import health_of

    with opened(config, now, writes=False) as installation:
        listed = health_of(installation)
        words = catalogue(installation.settings.language, "pages")
    if as_json:
        say_json(listed)
    else:
        rows = [
            (
                each.key,
                words.text(f"statuses.{each.status_key}"),
                each.last_run,
                each.last_good,
                each.items,
                each.next_due,
                _note(each),
            )
            for each in listed
        ]
        say_table(("source", "status", "last run", "last good", "items", "next", "note"), rows)
        for line in (line for each in listed for line in each.asked):
            complain(f"ouidire: {line}")
    bad = any(each.status not in (*GOOD, "never run") or each.asked for each in listed)
    return PARTIAL if bad else OK


def sources_messages(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Print the address for each source to which its service can send messages (webhooks)."""
    from service.pipeline.collect.message_tokens import message_addresses

    with opened(config, now, writes=False) as installation:
        listed = message_addresses(installation)
    if as_json:
        say_json(listed)
        return OK
    say_table(("source", "address"), [(each.key, each.address) for each in listed])
    if not listed:
        complain("ouidire: no configured source takes messages")
    return OK


def sources_accept(
    run: RunId, config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False
) -> int:
    """Accept what a site has changed wholesale in a run: the next `ouidire run` applies it."""
    return _answered(run, config, now, accept=True, as_json=as_json)


def sources_reject(
    run: RunId, config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False
) -> int:
    """Reject what a site has changed wholesale in a run: what was known stands."""
    return _answered(run, config, now, accept=False, as_json=as_json)


def _answered(run: str, config: Path, now: str | None, *, accept: bool, as_json: bool) -> int:
    from service.pipeline.answers import answer

    with opened(config, now) as installation:
        given = answer(installation, run, accept=accept)
    if as_json:
        say_json(given)
        return OK
    follows = "`ouidire run` applies it" if accept else "what was known stands"
    answer_word = value_named("answered", given.answer)
    kinds = ", ".join(value_named("wholesale", kind) for kind in given.kinds)
    inform(f"{answer_word}: {kinds} of {given.source_key}, run {given.run_id}; {follows}")
    return OK


def _note(health: "SourceHealth") -> str:
    """Return the note of a source, since when its site serves another layout, and what its key has spent."""
    change = health.layout_change
    spent = (each.sentence for each in health.budgets)
    said = filter(None, (health.note, change.sentence if change else "", *spent))
    return "; ".join(sentence(each) for each in said)
