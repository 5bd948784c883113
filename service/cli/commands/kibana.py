"""`ouidire kibana`: export, import."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from ouidire.settings.editions import ReportLanguage
from service.cli.options import DEFAULT_CONFIG, Config, Json, settings_of
from service.cli.output import OK, inform, say_json

Tongue = Annotated[str, typer.Option("--language", help="Of titles and labels: fr or en.")]


def kibana_export(
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write, as ouidire.ndjson.")],
    config: Config = DEFAULT_CONFIG,
    *,
    language: Tongue = "fr",
    as_json: Json = False,
) -> int:
    """Write Kibana's data views, searches and dashboards to a file that Kibana imports."""
    from service.pipeline.index.kibana import export_objects

    count = export_objects(settings_of(config), out, language=_language(language))
    if as_json:
        say_json({"file": str(out), "objects": count})
    else:
        inform(f"{count} objects written to {out}: in Kibana, Stack Management › Saved Objects › Import")
    return OK


def kibana_import(
    url: Annotated[str, typer.Argument(help="Where Kibana answers, as https://localhost:5601.")],
    config: Config = DEFAULT_CONFIG,
    *,
    language: Tongue = "fr",
    space: Annotated[str, typer.Option(help="A space of Kibana; its default one without this.")] = "",
    user: Annotated[
        str | None, typer.Option(help="A user of Kibana; without it, the credentials of [index] are used.")
    ] = None,
    password_env: Annotated[
        str, typer.Option(help="Environment variable that holds the user's password.")
    ] = "ELASTIC_PASSWORD",  # noqa: S107 (a name)
    as_json: Json = False,
) -> int:
    """Import data views, searches and dashboards into Kibana. Importing twice changes nothing."""
    from service.pipeline.index.kibana import import_objects

    settings = settings_of(config)
    count = import_objects(
        settings, url, language=_language(language), space=space, user=user, password_env=password_env
    )
    if as_json:
        say_json({"url": url, "objects": count})
    else:
        inform(f"{count} objects imported into {url}: open Dashboards, « Ouï-dire »")
    return OK


def _language(name: str) -> ReportLanguage:
    if name == "fr":
        return "fr"
    if name == "en":
        return "en"
    raise UsageError(f"{name!r} is no language of ours; choose fr or en")
