"""`ouidire init` and `ouidire check`."""

import sys
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, settings_of
from service.cli.output import OK, PARTIAL, say, say_json


def init(
    config: Config = DEFAULT_CONFIG,
    *,
    brand: Annotated[str | None, typer.Option(help="The brand's name; asked for when it is missing.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A domain that the brand owns; repeat it.")] = None,
    competitor: Annotated[list[str] | None, typer.Option(help="A competitor's name; repeat it.")] = None,
    trustpilot: Annotated[
        str | None, typer.Option(help="The domain under which Trustpilot lists the brand.")
    ] = None,
    address: Annotated[str | None, typer.Option("--recipient", help="Who gets the digest.")] = None,
    language: Annotated[str, typer.Option(help="Language of the digest: fr or en.")] = "fr",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing configuration.")] = False,
) -> int:
    """Write a commented configuration by asking for the brand."""
    from ouidire.system.files import write_atomically
    from service.pipeline.config_template import configuration

    if config.exists() and not force:
        raise UsageError(f"{config} exists already; edit it, or give --force to overwrite it")
    asks = sys.stdin.isatty()
    if brand is None:
        if not asks:
            raise UsageError("give the brand's name with --brand")
        brand = typer.prompt("Brand")
        domain = domain or _listed(typer.prompt("Its domains, comma-separated", default=""))
        competitor = competitor or _listed(typer.prompt("Competitors, comma-separated", default=""))
        trustpilot = (
            trustpilot or typer.prompt("Its domain on Trustpilot (blank for none)", default="") or None
        )
        address = (
            address
            or typer.prompt("Who gets the digest (an e-mail address, blank for none)", default="")
            or None
        )
    text = configuration(
        brand=brand,
        domains=domain or [],
        competitors=competitor or [],
        trustpilot=trustpilot,
        recipient=address,
        language=language,
    )
    write_atomically(config, text.encode())
    settings_of(config)
    say(f"{config} written. Read it, then: ouidire check, ouidire run")
    return OK


def check(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Check the whole configuration: every problem at once. Nothing is fetched."""
    from ouidire.clock import system_clock
    from service.pipeline.check_configuration import check as check_all

    report = check_all(settings_of(config), now=moment(now) or system_clock())
    if as_json:
        say_json(report)
    else:
        for line in report.lines:
            say(line)
        for line in report.warnings:
            say(f"warning: {line}")
    return PARTIAL if report.warnings else OK


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
