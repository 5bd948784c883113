"""`ouidire report preview`, `send`, `measure` and `templates`: digests."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, period_named
from service.cli.output import OK, PARTIAL, complain, exit_code, inform, say, say_json
from service.cli.sent_output import sent_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ouidire.period import Period
    from ouidire.settings.editions import ReportLanguage
    from reports.data.context import DigestContext
    from reports.rendering.templating import Templates
    from service.pipeline.installation import Installation
    from service.pipeline.report.sending import SendResult

PeriodOption = Annotated[
    str | None,
    typer.Option(help="A week like 2026-W10 or a month like 2026-02; the last full one by default."),
]


MEASURE_HELP = (
    "Measure the last weeks again, intervals and drivers, as a digest of today would: "
    "`ouidire run` does so for each new one."
)
TEMPLATES_HELP = (
    "Copy our templates into a folder, to be changed there: name it as `templates` in the configuration, "
    "and keep only what you change."
)


class Looks(NamedTuple):
    """What a preview is rendered with: templates (None: ours) and their folder, and the browser."""

    templates: "Templates | None" = None
    browser: str | None = None
    folder: Path | None = None


Sample = Annotated[
    str | None,
    typer.Option(
        help="Show a made-up week instead of the configuration's: "
        "quiet, busy, broken, empty, first, bare or hostile."
    ),
]


def preview(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[
        str | None, typer.Option("--brand", "-b", help="The brand (its slug); our first one by default.")
    ] = None,
    period: PeriodOption = None,
    edition: Annotated[str, typer.Option("--edition", "-e", help="An edition's name.")] = "brand",
    language: Annotated[str | None, typer.Option(help="fr or en; the configuration's by default.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; .html, .txt or .json.")] = Path(
        "digest.html"
    ),
    pdf: Annotated[Path | None, typer.Option(help="Write it as a PDF too, by Chromium.")] = None,
    png: Annotated[Path | None, typer.Option(help="Write it as a picture too, by Chromium.")] = None,
    width: Annotated[int, typer.Option(min=240, max=2000, help="Width of the picture, in pixels.")] = 720,
    dark: Annotated[bool, typer.Option(help="Draw the picture as a dark screen shows it.")] = False,
    sample: Sample = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    live: Annotated[
        bool,
        typer.Option(
            help="Serve it on this machine, and load it again whenever a template or a locale changes."
        ),
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Write the whole digest, which is attached to the mail.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Write a digest's mail to a file and send nothing."""
    from ouidire.system.files import write_atomically
    from reports.preview.screenshot import draw, find_chromium
    from reports.rendering.mail import render_mail
    from reports.rendering.render import render as render_whole
    from reports.rendering.standalone import preview_html, write_preview

    if language not in (None, "fr", "en"):
        raise UsageError(f"{language!r} is no language of the digest; choose fr or en")
    if sample is None:
        context, spoken, looks = _configured(config, now, brand=brand, period=period, edition=edition)
    else:
        context, spoken, looks = _sampled(sample, edition=edition)
    render = render_whole if whole else render_mail
    if live:
        return _live(
            lambda: preview_html(render(context, language or spoken, templates=looks.templates)),
            looks,
            show=show,
        )
    message = render(context, language or spoken, templates=looks.templates)
    if as_json or out.suffix == ".json":
        if not as_json:
            write_atomically(out, context.model_dump_json(indent=1).encode())
        say_json(context)
        return OK
    page = preview_html(message)
    if out.suffix == ".txt":
        write_atomically(out, message.text.encode())
    else:
        write_preview(message, out)
    say(message.subject)
    inform(f"written to {out}")
    for path in (pdf, png):
        if path is not None:
            named = path.with_suffix(".pdf" if path is pdf else ".png")
            draw(
                page,
                named,
                browser=find_chromium(looks.browser),
                width=width,
                scheme="dark" if dark else "light",
            )
            inform(f"written to {named}")
    if show:
        typer.launch(str(out.resolve()))
    return OK


def _configured(
    config: Path, now: str | None, *, brand: str | None, period: str | None, edition: str
) -> tuple["DigestContext", "ReportLanguage", Looks]:
    """Gather a digest of the configuration: its data, its language, and what it is drawn with."""
    from reports.rendering.templating import templates_of
    from service.pipeline.report.collection_facts import waiting_harvests, waiting_problems
    from service.pipeline.report.digests import digest_context, edition_of

    with opened(config, now, writes=False) as installation:
        settings = installation.settings
        if edition not in settings.editions:
            raise UsageError(f"no edition is called {edition!r}; known: {', '.join(settings.editions)}")
        chosen = settings.editions[edition]
        about = period_named(period, timezone=settings.timezone, now=installation.clock(), kind=chosen.every)
        made = edition_of(chosen, brand or (chosen.brands or (settings.own_brands[0].slug,))[0])
        looks = Looks(
            templates_of(settings.template_folder), settings.fetch.browser, settings.template_folder
        )
        for problem in waiting_problems(waiting_harvests(installation)):
            complain(f"ouidire: {problem}")
        return digest_context(installation, about, edition=made), settings.language, looks


def _sampled(sample: str, *, edition: str) -> tuple["DigestContext", "ReportLanguage", Looks]:
    """Gather the digest of a made-up week. Raises UsageError for one that does not exist."""
    from tempfile import TemporaryDirectory

    from ouidire.settings.editions import BUILT_IN
    from reports.builders.digest import build
    from reports.samples import BRANDS, KINDS, NOW, OWN, PERIOD, SOURCES, documents
    from search.sqlite.index import SqliteIndex
    from service.pipeline.report.digests import edition_of

    kind = next((each for each in KINDS if each == sample), None)
    known = {each.name: each for each in BUILT_IN}
    if kind is None:
        raise UsageError(f"{sample!r} is no sample; choose {', '.join(KINDS)}")
    if edition not in known:
        raise UsageError(f"no edition of the samples is called {edition!r}; known: {', '.join(known)}")
    with TemporaryDirectory() as folder:
        index = SqliteIndex(Path(folder) / "index.db")
        index.ensure()
        index.upsert(documents(kind))
        context = build(
            index,
            PERIOD,
            edition=edition_of(known[edition], OWN.slug),
            brands=BRANDS,
            now=NOW,
            sources=SOURCES,
        )
        index.close()
    return context, "fr", Looks()


def _live(page: "Callable[[], str]", looks: Looks, *, show: bool) -> int:
    """Serve a preview until interrupted."""
    from reports.preview.preview_server import FOLDERS, Live

    served = Live(page, folders=FOLDERS if looks.folder is None else (*FOLDERS, looks.folder))
    inform(f"{served.url} (Ctrl+C ends it)")
    if show:
        typer.launch(served.url)
    try:
        served.serve()
    except KeyboardInterrupt:
        say("")
    return OK


def measure(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Measure the last weeks again."""
    from ouidire.state.measured import require_measuring
    from service.pipeline.report.kept_measures import measure_due

    with opened(config, now) as installation:
        with installation.state.begin() as connection:
            require_measuring(connection)
        done = measure_due(installation)
    if as_json:
        say_json({"measured": done})
    else:
        inform(f"measured: {done} weeks" if done != 1 else "measured: 1 week")
    return OK


def send(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", "-b", help="Only this brand (its slug); repeat it.")
    ] = None,
    period: PeriodOption = None,
    again: Annotated[
        str | None,
        typer.Option(
            "--again",
            metavar="PERIOD",
            help="Send this period's digests once more: to --to, or to those who were refused or failed.",
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="With --again: only to this recipient; repeat it."),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(
            "--test",
            metavar="ADDRESS",
            help="Send the digest to this address alone, to try it; the others get theirs by themselves "
            "from then on.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Send a period's digests to those who read them; what was sent is never sent again by itself."""
    from service.pipeline.report.collection_facts import waiting_harvests, waiting_problems
    from service.pipeline.report.sending import TROUBLES

    if to and again is None:
        raise UsageError("--to goes with --again PERIOD: it says to whom that period's digests go once more")
    if again is not None and period is not None:
        raise UsageError("name the period once: by --again, or by --period")
    with opened(config, now) as installation:
        known = {each.slug for each in installation.settings.own_brands}
        unknown = sorted(set(brand or ()) - known)
        if unknown:
            raise UsageError(
                f"none of our brands has the slug {unknown[0]!r}; they are {', '.join(sorted(known))}"
            )
        if test is None and not installation.settings.recipient:
            raise UsageError("no recipient is configured: add a [[recipient]]")
        chosen = period_named(
            again or period, timezone=installation.settings.timezone, now=installation.clock()
        )
        sent = _sent(installation, chosen, brands=tuple(brand or ()), again=again, to=to, test=test)
        if again is not None and not sent:
            raise UsageError(
                f"nobody was refused the digests of {chosen.key}; name who is to get theirs again with --to"
            )
        waiting = waiting_problems(waiting_harvests(installation))
    if as_json:
        say_json(sent)
    else:
        for each in sent:
            say(sent_line(each))
    for problem in waiting:
        complain(f"ouidire: {problem}")
    failed = [each for each in sent if each.outcome in TROUBLES]
    code = exit_code(bad=len(failed), of=len(sent))
    return PARTIAL if code == OK and waiting else code


def _sent(
    installation: "Installation",
    period: "Period",
    *,
    brands: tuple[str, ...],
    again: str | None,
    to: list[str] | None,
    test: str | None,
) -> "list[SendResult]":
    """Send a period's digests: to one address to try them, once more, or to all who get them."""
    from service.pipeline.report.beginning import send_test
    from service.pipeline.report.digests import send_digests, send_digests_again

    if test is not None:
        return send_test(installation, period, address=test, brands=brands)
    if again is not None:
        return send_digests_again(installation, period, to=tuple(to or ()), brands=brands)
    return send_digests(installation, period, brands=brands)


def templates(
    folder: Annotated[Path, typer.Argument(help="Where to; files that are there already are kept.")],
    *,
    as_json: Json = False,
) -> int:
    """Copy our templates into a folder."""
    from ouidire.system.files import write_atomically
    from reports.rendering.templating import BUILT_IN, NAMES

    written = [
        write_atomically(folder / name, (BUILT_IN / name).read_bytes())
        for name in NAMES
        if not (folder / name).exists()
    ]
    if as_json:
        say_json([str(path) for path in written])
    else:
        inform(f"{len(written)} of {len(NAMES)} templates written to {folder}")
    return OK
