"""`ouidire alerts`: preview, send."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, exit_code, inform, say, say_json
from service.cli.sent_output import sent_line


def preview(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", "-b", help="Only this brand (its slug).")] = None,
    language: Annotated[str | None, typer.Option(help="fr or en; the configuration's by default.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A file to write the message of the first brand that has an alert to; .html or .txt.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Show all alerts that are active now, sent or not; nothing is sent."""
    from ouidire.system.files import write_atomically
    from reports.alerts.alert_text import AlertText
    from reports.alerts.render import render
    from reports.rendering.standalone import preview_html
    from reports.rendering.templating import templates_of
    from service.pipeline.report.alerts import alerts_by_brand, found_alerts

    if language not in (None, "fr", "en"):
        raise UsageError(f"{language!r} is no language of alerts; choose fr or en")
    with opened(config, now, writes=False) as installation:
        known = [each.slug for each in installation.settings.own_brands]
        if brand is not None and brand not in known:
            raise UsageError(f"none of our brands has the slug {brand!r}; they are {', '.join(known)}")
        found = found_alerts(installation, brands=(brand,) if brand else ())
        groups = alerts_by_brand(installation, found)
        chosen = language or installation.settings.language
        if out is not None and groups:
            message = render(groups[0], chosen, templates=templates_of(installation.settings.template_folder))
            write_atomically(out, (message.text if out.suffix == ".txt" else preview_html(message)).encode())
    if as_json:
        say_json(groups)
        return OK
    for group in groups:
        words = AlertText(group, chosen)
        for alert in group.alerts:
            say(f"{group.brand.slug}: {words.sentence(alert)}")
    if not groups:
        inform("no alert")
    elif out is not None:
        inform(f"written to {out}")
    return OK


def send(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Send active alerts to those who get them, each once; quiet hours and the day's budget are kept."""
    from service.pipeline.report.alerts import send_alerts
    from service.pipeline.report.sending import TROUBLES

    with opened(config, now) as installation:
        if not installation.settings.channel and not any(
            each.alerts for each in installation.settings.recipient
        ):
            raise UsageError(
                "nobody gets alerts: set alerts = true for a [[recipient]], or add a [[channel]]"
            )
        sent = send_alerts(installation)
    if as_json:
        say_json(sent)
    else:
        for each in sent:
            say(sent_line(each))
        if not sent:
            inform("no alert that was not sent already")
    bad = [each for each in sent if each.outcome in TROUBLES]
    return exit_code(bad=len(bad), of=len(sent))
