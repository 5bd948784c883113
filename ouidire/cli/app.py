"""The tree of commands. Each command imports what it needs when it runs, so that help answers at once."""

import typer

from ouidire.cli import (
    alerting,
    analysts,
    collecting,
    demonstration,
    finding,
    forgetting,
    indexing,
    keeping,
    reporting,
    scoring,
    serving,
    setting_up,
    settling,
)

app = typer.Typer(
    name="ouidire",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ouï-dire: what people say of a brand, where they say it, told to the people who can act on it.",
)
sources = typer.Typer(no_args_is_help=True, help="The catalogue of sources, and how the configured ones are.")
index = typer.Typer(no_args_is_help=True, help="The search index: disposable, rebuilt from what is kept.")
kibana = typer.Typer(no_args_is_help=True, help="What analysts find in Kibana: data views, searches, dashboards.")
report = typer.Typer(no_args_is_help=True, help="The digest, and what became of what was sent.")
alerts = typer.Typer(no_args_is_help=True, help="What cannot wait for Monday.")
app.add_typer(sources, name="sources")
app.add_typer(index, name="index")
app.add_typer(kibana, name="kibana")
app.add_typer(report, name="report")
app.add_typer(alerts, name="alerts")

app.command("demo")(demonstration.demo)
app.command("init")(setting_up.init)
app.command("check")(setting_up.check)
app.command("run")(collecting.run)
app.command("serve")(serving.serve)
app.command("collect")(collecting.collect)
app.command("import")(collecting.import_files)
app.command("parse")(collecting.parse)
app.command("reparse")(collecting.reparse)
app.command("enrich")(scoring.enrich)
app.command("reenrich")(scoring.reenrich)
app.command("search")(finding.search)
app.command("export")(finding.export)
app.command("erase")(forgetting.erase)
app.command("password")(serving.password)
app.command("backup")(keeping.backup)
app.command("restore")(keeping.restore)
sources.command("list")(collecting.sources_list)
sources.command("health")(collecting.sources_health)
index.command("status")(indexing.index_status)
index.command("rebuild")(indexing.index_rebuild)
index.command("move")(indexing.index_move)
index.command("retry")(indexing.index_retry)
index.command("roles")(indexing.index_roles)
kibana.command("export")(analysts.kibana_export)
kibana.command("import")(analysts.kibana_import)
report.command("preview")(reporting.preview)
report.command("send")(reporting.send)
report.command("measure")(reporting.measure)
report.command("templates")(reporting.templates)
report.command("doubts")(settling.doubts)
report.command("settle")(settling.settle)
report.command("bounce")(settling.bounce)
alerts.command("preview")(alerting.preview)
alerts.command("send")(alerting.send)


@app.callback(invoke_without_command=True)
def version(
    *,
    show: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    """Ouï-dire: what people say of a brand, where they say it, told to the people who can act on it."""
    if show:
        from ouidire import __version__

        typer.echo(__version__)
        raise typer.Exit
