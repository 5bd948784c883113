"""`ouidire init` and `ouidire check`."""

import re
import sys
from typing import Annotated, NamedTuple

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment
from service.cli.output import OK, PARTIAL, answer_to, confirmed, inform, say, say_json


def init(
    config: Config = DEFAULT_CONFIG,
    *,
    brand: Annotated[str | None, typer.Option(help="The brand's name; asked for when it is missing.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A domain that the brand owns; repeat it.")] = None,
    competitor: Annotated[list[str] | None, typer.Option(help="A competitor's name; repeat it.")] = None,
    trustpilot: Annotated[
        str | None, typer.Option(help="The domain under which Trustpilot lists the brand.")
    ] = None,
    google: Annotated[
        bool, typer.Option("--google", help="Read the Google reviews of the brand's own places.")
    ] = False,
    apps: Annotated[
        list[str] | None, typer.Option("--app", help="An app: its address or number in the App Store.")
    ] = None,
    feed: Annotated[list[str] | None, typer.Option(help="A feed's address; repeat it.")] = None,
    page: Annotated[list[str] | None, typer.Option(help="A page with reviews; repeat it.")] = None,
    survey: Annotated[list[str] | None, typer.Option(help="A survey's file; repeat it.")] = None,
    reviews: Annotated[list[str] | None, typer.Option(help="A platform's export; repeat it.")] = None,
    tries: Annotated[
        bool, typer.Option("--try", help="Fetch each page once, to find what reads it.")
    ] = False,
    address: Annotated[str | None, typer.Option("--recipient", help="Who gets the digest.")] = None,
    language: Annotated[str, typer.Option(help="Language of the digest: fr or en.")] = "fr",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing configuration.")] = False,
) -> int:
    """Write a commented configuration by asking for the brand and the places where people speak of it."""
    from ouidire.settings.configuration import settings_from_text
    from ouidire.system.files import write_atomically
    from service.pipeline.config_template import configuration
    from service.pipeline.configured_sources import configured_sources
    from service.pipeline.first_sources import trustpilot_name

    if config.exists() and not force:
        raise UsageError(f"{config} exists already; edit it, or give --force to overwrite it")
    given = Places(
        google=google,
        trustpilot=trustpilot,
        apps=apps or [],
        feeds=feed or [],
        pages=page or [],
        surveys=survey or [],
        reviews=reviews or [],
    )
    if brand is None:
        if not sys.stdin.isatty():
            raise UsageError("give the brand's name with --brand")
        brand = answer_to("Brand")
        domain = domain or _asked("Its domains, comma-separated")
        competitor = competitor or _asked("Competitors, comma-separated")
        given = _asked_places(given)
        tries = tries or (bool(given.pages) and confirmed("Try the pages now (one request each)?"))
        address = address or next(iter(_asked("Who gets the digest (an e-mail address)")), None)
    text = configuration(
        brand=brand,
        domains=[re.sub(r"^https?://(?:www\.)?|/.*$", "", each.strip().lower()) for each in domain or []],
        competitors=competitor or [],
        trustpilot=trustpilot_name(given.trustpilot) if given.trustpilot else None,
        sources=_blocks(brand, given, tries=tries),
        recipient=address,
        language=language,
    )
    configured_sources(settings_from_text(text, path=config))  # nothing is written that cannot be used
    write_atomically(config, text.encode())
    inform(f"{config} written. Read it, then: ouidire check, ouidire run")
    return OK


class Places(NamedTuple):
    """Where people speak of the brand, as a newcomer says it."""

    google: bool
    trustpilot: str | None
    apps: list[str]
    feeds: list[str]
    pages: list[str]
    surveys: list[str]
    reviews: list[str]


def _asked_places(given: Places) -> Places:
    """Ask for what was not given as an option."""
    return Places(
        google=given.google or confirmed("Has it a Google profile that you manage?"),
        trustpilot=given.trustpilot or next(iter(_asked("Its domain on Trustpilot")), None),
        apps=given.apps or _asked("Its app: address or number in the App Store"),
        feeds=given.feeds or _asked("Feeds to read (addresses, comma-separated)"),
        pages=given.pages or _asked("Pages with reviews of it (addresses, comma-separated)"),
        surveys=given.surveys or _asked("The file of its survey"),
        reviews=given.reviews or _asked("Exports of reviews (files, comma-separated)"),
    )


def _blocks(brand: str, places: Places, *, tries: bool) -> list[tuple[str, str]]:
    """Return the sources of the places, as text. Raises UsageError for an address that is none."""
    from ouidire.settings.fetch import FetchSettings
    from service.pipeline import first_sources as first
    from service.pipeline.config_template import slug_of

    slug, fetch = slug_of(brand), FetchSettings() if tries else None
    blocks = [
        *([first.google_block(slug)] if places.google else []),
        *(first.app_block(each, slug) for each in places.apps),
        *(first.page_block(each, slug, names=[brand], fetch=fetch) for each in places.pages),
        *(first.feed_block(each, slug, [brand]) for each in places.feeds),
        *(first.file_block(each, slug, slug="survey_file") for each in places.surveys),
        *(first.file_block(each, slug, slug="review_file") for each in places.reviews),
    ]
    return list(dict.fromkeys(blocks))  # what was said twice is read once


def _asked(question: str) -> list[str]:
    """Return what is answered to a question, comma-separated; nothing for a blank answer."""
    return _listed(answer_to(f"{question} (blank for none)", default="", show_default=False))


def check(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Check the whole configuration: every problem at once. Nothing is fetched."""
    from ouidire.clock import system_clock
    from ouidire.errors import ConfigError
    from service.cli.told import TextOfFile
    from service.pipeline.check_configuration import check as check_all
    from service.pipeline.examine_file import examine_file

    examined = examine_file(config)
    words = TextOfFile(config, examined.text, examined.language)
    if examined.settings is None:
        raise ConfigError(words.lines(examined.problems))
    try:
        report = check_all(examined.settings, now=moment(now) or system_clock())
    except ConfigError as error:
        raise ConfigError(words.lines(error.problems)) from error
    warnings = tuple(words.lines(report.warnings))
    if as_json:
        say_json(report.model_copy(update={"warnings": warnings}))
    else:
        for line in report.lines:
            say(line)
        for line in warnings:
            say(words.warning(line))
        if not warnings:
            say(words.good)
    return PARTIAL if warnings else OK


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
