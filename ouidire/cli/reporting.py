"""Commands of the digest: preview, send, templates."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, period_named
from ouidire.cli.output import ERROR, OK, PARTIAL, say, say_json
from ouidire.errors import UsageError

Period = Annotated[str | None, typer.Option(help="A week like 2026-W10; the last full one by default.")]


def preview(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", "-b", help="The brand (its slug); our first one by default.")] = None,
    period: Period = None,
    language: Annotated[str | None, typer.Option(help="fr or en; the configuration's by default.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; .html, .txt or .json.")] = Path("digest.html"),
    as_json: Json = False,
) -> int:
    """Write a digest to a file and send nothing."""
    from ouidire.files import write_atomically
    from ouidire.pipeline.reporting import digest_context
    from reports.preview import preview_html
    from reports.render import render
    from reports.templating import templates_of

    if language not in (None, "fr", "en"):
        raise UsageError(f"{language!r} is no language of the digest; choose fr or en")
    with opened(config, now, writes=False) as house:
        chosen = period_named(period, timezone=house.settings.timezone, now=house.clock())
        context = digest_context(house, chosen, brand=brand or house.settings.own_brands[0].slug)
        spoken = "en" if (language or house.settings.language) == "en" else "fr"
        message = render(context, spoken, templates=templates_of(house.settings.template_folder))
    if as_json or out.suffix == ".json":
        say_json(context)
        return OK
    text = message.text if out.suffix == ".txt" else preview_html(message)
    write_atomically(out, text.encode())
    say(f"{message.subject}\nwritten to {out}")
    return OK


def send(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[list[str] | None, typer.Option("--brand", "-b", help="Only this brand (its slug); repeat it.")] = None,
    period: Period = None,
    as_json: Json = False,
) -> int:
    """Send a period's digests to those who read them; what was sent is never sent again."""
    from ouidire.pipeline.reporting import send as send_all
    from ouidire.pipeline.sending import TROUBLES

    with opened(config, now) as house:
        known = {each.slug for each in house.settings.own_brands}
        unknown = sorted(set(brand or ()) - known)
        if unknown:
            raise UsageError(f"none of our brands has the slug {unknown[0]!r}; they are {', '.join(sorted(known))}")
        if not house.settings.recipient:
            raise UsageError("no recipient is configured: add a [[recipient]]")
        chosen = period_named(period, timezone=house.settings.timezone, now=house.clock())
        sent = send_all(house, chosen, brands=tuple(brand or ()))
    if as_json:
        say_json(sent)
    else:
        for each in sent:
            say(each.line)
    failed = [each for each in sent if each.outcome in TROUBLES]
    return OK if not failed else ERROR if len(failed) == len(sent) else PARTIAL


def templates(
    folder: Annotated[Path, typer.Argument(help="Where to; files that are there already are kept.")],
    *,
    as_json: Json = False,
) -> int:
    """Copy our templates into a folder, to be changed there: name it as `templates` in the configuration, and keep only what you change."""
    from ouidire.files import write_atomically
    from reports.templating import BUILT_IN, NAMES

    written = [write_atomically(folder / name, (BUILT_IN / name).read_bytes()) for name in NAMES if not (folder / name).exists()]
    if as_json:
        say_json([str(path) for path in written])
    else:
        say(f"{len(written)} of {len(NAMES)} templates written to {folder}")
    return OK
