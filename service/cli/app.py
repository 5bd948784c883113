"""The tree of commands. Each command imports what it needs when it runs, so that help answers at once."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.commands import (
    alerts,
    backup,
    collect,
    demo,
    enrich,
    erase,
    import_files,
    index,
    init,
    kibana,
    parse,
    run,
    search,
    serve,
    sources,
    state,
)
from service.cli.commands.analyse import evaluate, export, similar, stats
from service.cli.commands.people import accounts, answers, audit, correct, replies, themes, tokens
from service.cli.commands.report import deliveries, digest
from service.cli.help import SpokenTyper

app = SpokenTyper(
    name="ouidire",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ouï-dire: what people say of a brand, where they say it, told to the people who can act on it.",
)
sources_group = SpokenTyper(
    no_args_is_help=True, help="The catalogue of sources, and how the configured ones are."
)
index_group = SpokenTyper(
    no_args_is_help=True, help="The search index: disposable, rebuilt from what is kept."
)
kibana_group = SpokenTyper(
    no_args_is_help=True, help="What analysts find in Kibana: data views, searches, dashboards."
)
state_group = SpokenTyper(no_args_is_help=True, help="The state: what no harvest and no index can give back.")
report_group = SpokenTyper(no_args_is_help=True, help="The digest, and what became of what was sent.")
alerts_group = SpokenTyper(no_args_is_help=True, help="What cannot wait for Monday.")
correct_group = SpokenTyper(no_args_is_help=True, help="What was read wrongly, and what people say of it.")
people_group = SpokenTyper(no_args_is_help=True, help="Accounts: who logs in, in which role, and sees what.")
token_group = SpokenTyper(no_args_is_help=True, help="Tokens, with which programs ask the service.")
themes_group = SpokenTyper(no_args_is_help=True, help="The themes that came up by themselves.")
answers_group = SpokenTyper(no_args_is_help=True, help="The reviews that await an answer.")
app.add_typer(sources_group, name="sources")
app.add_typer(index_group, name="index")
app.add_typer(state_group, name="state")
app.add_typer(kibana_group, name="kibana")
app.add_typer(report_group, name="report")
app.add_typer(alerts_group, name="alerts")
app.add_typer(answers_group, name="answers")
app.add_typer(themes_group, name="themes")
app.add_typer(correct_group, name="correct")
app.add_typer(people_group, name="people")
app.add_typer(token_group, name="token")

app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("check")(init.check)
app.command("run")(run.run)
app.command("serve", help=serve.SERVE_HELP)(serve.serve)
app.command("collect")(collect.collect)
app.command("import")(import_files.import_files)
app.command("parse")(parse.parse)
app.command("reparse")(parse.reparse)
app.command("enrich")(enrich.enrich)
app.command("evaluate", help=evaluate.EVALUATE_HELP)(evaluate.evaluate)
app.command("reenrich")(enrich.reenrich)
app.command("search")(search.search)
app.command("similar")(similar.similar)
app.command("export")(export.export)
app.command("stats")(stats.stats)
app.command("erase")(erase.erase)
app.command("audit", help=audit.AUDIT_HELP)(audit.audit)
app.command("password", help=serve.HASH_HELP)(serve.password)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
state_group.command("recover", help=state.RECOVER_HELP)(state.recover)
state_group.command("move", help=state.MOVE_HELP)(state.move)
sources_group.command("list")(sources.sources_list)
sources_group.command("try")(sources.sources_try)
sources_group.command("health")(sources.sources_health)
sources_group.command("messages")(sources.sources_messages)
sources_group.command("accept")(sources.sources_accept)
sources_group.command("reject")(sources.sources_reject)
index_group.command("status")(index.index_status)
index_group.command("rebuild")(index.index_rebuild)
index_group.command("move", help=index.MOVE_HELP)(index.index_move)
index_group.command("retry")(index.index_retry)
index_group.command("roles", help=index.ROLES_HELP)(index.index_roles)
kibana_group.command("export")(kibana.kibana_export)
kibana_group.command("import")(kibana.kibana_import)
report_group.command("preview")(digest.preview)
report_group.command("send")(digest.send)
report_group.command("measure", help=digest.MEASURE_HELP)(digest.measure)
report_group.command("templates", help=digest.TEMPLATES_HELP)(digest.templates)
report_group.command("doubts", help=deliveries.DOUBTS_HELP)(deliveries.doubts)
report_group.command("settle")(deliveries.settle)
report_group.command("bounce", help=deliveries.BOUNCE_HELP)(deliveries.bounce)
correct_group.command("queue", help=correct.QUEUE_HELP)(correct.correct_queue)
correct_group.command("set", help=correct.SET_HELP)(correct.correct_set)
correct_group.command("undo", help=correct.UNDO_HELP)(correct.correct_undo)
correct_group.command("list")(correct.correct_list)
correct_group.command("agreement", help=correct.AGREEMENT_HELP)(correct.correct_agreement)
correct_group.command("calibration", help=correct.CALIBRATION_HELP)(correct.correct_calibration)
correct_group.command("export")(correct.correct_export)
correct_group.command("import")(correct.correct_import)
answers_group.command("list", help=answers.LIST_HELP)(answers.answers_list)
themes_group.command("list", help=themes.LIST_HELP)(themes.themes_list)
themes_group.command("rename", help=themes.RENAME_HELP)(themes.themes_rename)
themes_group.command("merge", help=themes.MERGE_HELP)(themes.themes_merge)
themes_group.command("ignore", help=themes.IGNORE_HELP)(themes.themes_ignore)
themes_group.command("reopen", help=themes.REOPEN_HELP)(themes.themes_reopen)
answers_group.command("set", help=answers.SET_HELP)(answers.answers_set)
answers_group.command("send", help=replies.SEND_HELP)(replies.answers_send)
answers_group.command("doubts", help=replies.DOUBTS_HELP)(replies.answers_doubts)
answers_group.command("settle", help=replies.SETTLE_HELP)(replies.answers_settle)
people_group.command("add", help=accounts.ADD_HELP)(accounts.people_add)
people_group.command("list", help=accounts.LIST_HELP)(accounts.people_list)
people_group.command("passwd", help=accounts.RENEW_HELP)(accounts.people_passwd)
people_group.command("limit", help=accounts.LIMIT_HELP)(accounts.people_limit)
people_group.command("remove", help=accounts.REMOVE_HELP)(accounts.people_remove)
token_group.command("create", help=tokens.CREATE_HELP)(tokens.token_create)
token_group.command("list", help=tokens.LIST_HELP)(tokens.token_list)
token_group.command("revoke", help=tokens.REVOKE_HELP)(tokens.token_revoke)
alerts_group.command("preview")(alerts.preview)
alerts_group.command("send")(alerts.send)


@app.callback(invoke_without_command=True)
def version(
    *,
    show: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", help="Add log lines, JSON, to this file; before the command: ouidire --log FILE run."
        ),
    ] = None,
) -> None:
    """Ouï-dire: what people say of a brand, where they say it, told to the people who can act on it."""
    if show:
        from ouidire import __version__

        typer.echo(__version__)
        raise typer.Exit
    if log is not None:
        from ouidire.system.logs import configure

        configure(file=log)
