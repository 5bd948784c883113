"""The command line as an operator meets it: each command, its exit code, its JSON, one line for a mistake."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crawlers import SOURCES as CATALOGUE
from ouidire.settings.configuration import load_settings
from service import cli
from service.demo.site import DemoSite
from service.demo.site.pages import get_page
from service.pipeline.installation import Installation

OK, ERROR, USAGE, PARTIAL = 0, 1, 2, 3
NOW = "2026-02-09T08:00:00+01:00"
LATER = "2026-02-09T08:30:00+01:00"
SOURCES = """
[[source]]
source = "schema_org"
brands = ["pousse-compagnie"]
every = "1w"
params = { url = "http://avis-jardin.example/avis/pousse-et-compagnie-lyon", expect = "reviews" }

[[source]]
source = "survey_file"
brands = ["pousse-compagnie"]
every = "1w"
params = { path = "answers.csv" }

[[source]]
source = "google_results"
brands = ["pousse-compagnie"]
every = "1w"

[source.params]
query = "pousse et compagnie"
base_url = "http://moteur.example/search"
render = false
accept_legal_note = true
"""
ANSWERS = """Date;Note;Commentaire;Identifiant
02/02/2026 10:00;9;"=HYPERLINK(""http://evil.example"";""clic"")";1
03/02/2026 10:00;2;"+33 nous a appelés pour rien, <script>alert(1)</script>";2
04/02/2026 10:00;10;"@tous : une équipe formidable à Lyon";3
05/02/2026 10:00;douze;"note illisible";4
"""


def ouidire(*arguments, folder):
    """Run the command in that folder; return its exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.run(arguments)
    finally:
        os.chdir(before)
    return code, out.getvalue(), err.getvalue()


def in_a_process(*arguments, folder):
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "from service.cli import main; main()", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(autouse=True, scope="module")
def quiet():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUIDIRE_LOG", "error")
        patch.setenv("COLUMNS", "200")
        yield


def plain(*arguments, folder, code=OK):
    found, out, err = ouidire(*arguments, folder=folder)
    assert found == code, (found, out, err)
    return out, err


def answered(*arguments, folder, code=OK):
    """The JSON that a command prints: standard output holds nothing else."""
    out, _ = plain(*arguments, "--json", folder=folder, code=code)
    return json.loads(out)


def complained(*arguments, folder, code=ERROR):
    """The one message of a failing command; nothing on standard output."""
    out, err = plain(*arguments, folder=folder, code=code)
    assert out == ""
    return err


@pytest.fixture(scope="module")
def site():
    with DemoSite(week=4) as site:
        yield site


@pytest.fixture(scope="module")
def installation(tmp_path_factory, site):
    """A folder in which `init`, `check` and `run` were called."""
    folder = tmp_path_factory.mktemp("installation")
    made = [
        "--brand",
        "Pousse & Compagnie",
        "--domain",
        "pousse-et-compagnie.example",
        "--recipient",
        "claire@example.fr",
    ]
    out, _ = plain("init", *made, folder=folder)
    assert "ouidire.toml written" in out
    path = folder / "ouidire.toml"
    text = path.read_text().replace(
        "[fetch]", f'[fetch]\nproxy = "{site.url}"\ndelay = 0\ncontact = "mailto:web@example.fr"'
    )
    path.write_text(text + SOURCES)
    (folder / "answers.csv").write_text(ANSWERS)
    return folder


@pytest.fixture(scope="module")
def ran(installation):
    return installation, answered("run", "--now", NOW, folder=installation)


def test_help_and_version(tmp_path):
    code, out, _ = in_a_process("--help", folder=tmp_path)
    assert code == OK
    for command in (
        "init",
        "check",
        "demo",
        "collect",
        "import",
        "parse",
        "reparse",
        "index",
        "search",
        "export",
        "report",
        "run",
        "sources",
        "erase",
    ):
        assert re.search(rf"\b{command}\b", out), command
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", plain("--version", folder=tmp_path)[0])


def test_check_tells_all_that_is_configured(installation):
    report = answered("check", folder=installation, code=PARTIAL)
    assert report["brands"] == ["pousse-compagnie"]
    assert len(report["sources"]) == 3
    assert any("legal" in line.lower() or "source[2]" in line for line in report["warnings"])


def test_run_then_run_again(ran):
    installation, done = ran
    assert {run["source"]: run["status"] for run in done["runs"]} == {
        "schema_org": "ok",
        "survey_file": "ok",
        "google_results": "ok",
    }
    assert [each["outcome"] for each in done["sent"]] == ["sent"]
    assert done["problems"] == []
    again = answered("run", "--now", NOW, folder=installation)
    assert (again["runs"], again["ingested"]) == ([], [])
    assert [each["outcome"] for each in again["sent"]] == ["already_sent"]
    assert len(list((installation / "var" / "outbox").glob("*.eml"))) == 1
    assert "nothing was due" in plain("run", "--now", NOW, folder=installation)[0]


def test_search(ran):
    installation, _ = ran
    found = answered("search", "équipe formidable", folder=installation)
    assert found["total"] == 1
    assert found["hits"][0]["document"]["asked_score"] == 10
    out, _ = plain("search", "l'agence (", folder=installation)
    assert re.match(r"\d+ mentions", out)
    assert answered("search", "", "--source", "survey_file", folder=installation)["total"] == 3


def test_exports_are_whole_and_no_cell_is_a_formula(ran):
    installation, _ = ran
    counted = {
        answered("export", "--out", f"out{ending}", folder=installation)["mentions"]
        for ending in (".csv", ".xlsx", ".jsonl")
    }
    (count,) = counted
    assert count > 20
    with (installation / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count
    texts = [row["text"] for row in rows if row["source"] == "survey_file"]
    assert sorted(text[:2] for text in texts) == ["'+", "'=", "'@"]
    words = [value for row in rows for value in row.values() if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in words)
    cells = [cell for row in load_workbook(installation / "out.xlsx").active.iter_rows() for cell in row]
    assert len(cells) % (count + 1) == 0
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d", "b"}
    assert b"<f>" not in zipfile.ZipFile(installation / "out.xlsx").read("xl/worksheets/sheet1.xml")
    lines = [json.loads(line) for line in (installation / "out.jsonl").read_text().splitlines()]
    assert len(lines) == count
    assert any(line["text"].startswith("=HYPERLINK") for line in lines)
    assert not list(installation.glob(".*part"))


def test_a_digest_can_be_looked_at_and_is_sent_once(ran):
    installation, _ = ran
    plain("report", "preview", "--now", NOW, "--out", "digest.html", folder=installation)
    html = (installation / "digest.html").read_text()
    assert "<script>alert(1)</script>" not in html
    plain("report", "preview", "--now", NOW, "--out", "digest.txt", folder=installation)
    assert "Pousse & Compagnie" in (installation / "digest.txt").read_text()
    assert (
        answered("report", "preview", "--now", NOW, folder=installation)["brand"]["slug"]
        == "pousse-compagnie"
    )
    assert [each["outcome"] for each in answered("report", "send", "--now", NOW, folder=installation)] == [
        "already_sent"
    ]
    assert [
        each["outcome"]
        for each in answered("report", "send", "--now", NOW, "--period", "2026-W05", folder=installation)
    ] == ["sent"]


def test_sources(ran):
    installation, _ = ran
    listed = answered("sources", "list", folder=installation)
    assert [each["slug"] for each in listed] == sorted(CATALOGUE)
    health = answered("sources", "health", "--now", NOW, folder=installation)
    assert {each["status"] for each in health} == {"ok"}
    assert all(each["next_due"].startswith("2026-02-16") for each in health)


def test_index_status_and_rebuild(ran):
    installation, _ = ran
    before = answered("index", "status", folder=installation)
    assert (before["waiting_runs"], before["counts"]["mention"] > 20) == (0, True)
    rebuilt = answered("index", "rebuild", folder=installation)
    assert rebuilt["counts"] == before["counts"]


def test_a_damaged_index_says_what_to_do_and_is_rebuilt(ran):
    installation, _ = ran
    place = (installation / "var" / "index.db").resolve()
    count = answered("search", "", folder=installation)["total"]
    for path in place.parent.glob("index.db*-*"):
        path.unlink()
    place.write_bytes(b"no database at all" * 1000)
    assert "ouidire index rebuild" in complained("search", "livraison", folder=installation)
    answered("index", "rebuild", folder=installation)
    assert answered("search", "", folder=installation)["total"] == count


def test_collect_import_parse_reparse(ran, site, tmp_path):
    installation, _ = ran
    (run,) = answered(
        "collect",
        "--source",
        "schema_org",
        "--full",
        "--now",
        "2026-02-09T09:00:00+01:00",
        folder=installation,
    )
    assert (run["status"], run["new"], run["unchanged"] > 20) == ("ok", 0, True)
    (tmp_path / "more.csv").write_text("Score,Comment\n7,Correct mais un peu long à la caisse\n")
    (run,) = answered("import", "survey_file", str(tmp_path / "more.csv"), "--now", NOW, folder=installation)
    assert (run["status"], run["new"]) == ("ok", 1)
    exported = tmp_path / "avis.csv"
    exported.write_text("Date;Note;Nom;Avis\n03/02/2026;5;Ana;Un figuier superbe\n04/02/2026;1;;Trop cher\n")
    preview = answered("import", "review_file", str(exported), "--dry-run", "--now", NOW, folder=tmp_path)
    assert [each["field"] for each in preview[0]["columns"]] == ["date", "rating", "author", "text"]
    (run,) = answered("import", "review_file", str(exported), "--now", NOW, folder=installation)
    assert (run["status"], run["new"]) == ("ok", 2)
    exported.write_text(exported.read_text() + "05/02/2026;4;Léo;De bons conseils\n")
    (run,) = answered("import", "review_file", str(exported), "--now", NOW, folder=installation)
    assert (run["new"], run["updated"], run["unchanged"], run["vanished"]) == (1, 0, 2, 0)
    older = tmp_path / "avant.csv"
    older.write_text("Date;Note /5;Nom;Avis\n03/02/2026;2;Ana;Un figuier superbe\n")
    (run,) = answered("import", "review_file", str(older), "--now", NOW, folder=installation)
    assert (run["new"], run["updated"]) == (0, 0)
    assert "older file" in run["reason"]
    (run,) = answered(
        "import", "review_file", str(older), "--now", NOW, "--fetched-at", LATER, folder=installation
    )
    assert (run["new"], run["updated"]) == (0, 1)
    page = get_page(4, "avis-jardin.example", "/avis/terre-folle", "")
    (tmp_path / "page.html").write_bytes(page.body)
    url = "http://avis-jardin.example/avis/terre-folle"
    read = answered(
        "parse", "schema_org", str(tmp_path / "page.html"), "--url", url, "--fetched-at", NOW, folder=tmp_path
    )
    assert (
        read["status"],
        read["declared_total"],
        len([each for each in read["items"] if each["item"] == "mention"]),
    ) == ("ok", 20, 20)
    runs = answered("reparse", "--now", "2026-02-10T06:00:00+01:00", folder=installation)
    assert {run["kind"] for run in runs} == {"reparse"}
    assert {run["status"] for run in runs} <= {"ok"}
    assert sum(run["new"] for run in runs) == 0


def test_erase(ran):
    installation, _ = ran
    (hit,) = answered("search", "équipe formidable", folder=installation)["hits"]
    out, err = plain("erase", "--mention", hit["document"]["id"], folder=installation, code=USAGE)
    assert "équipe formidable" in out
    assert "nothing was erased" in err
    assert answered("search", "équipe formidable", folder=installation)["total"] == 1
    done = answered("erase", "--mention", hit["document"]["id"], "--yes", folder=installation)
    assert done["mentions"] == 1
    assert answered("search", "équipe formidable", folder=installation)["total"] == 0
    out, _ = plain("erase", "--mention", hit["document"]["id"], "--yes", folder=installation, code=ERROR)
    assert "It is erased already" in out
    assert "one of --url, --author or --mention" in complained("erase", folder=installation, code=USAGE)


# --- Mistakes ---


@pytest.fixture
def small(tmp_path):
    """A configuration of one brand and nothing else."""
    plain("init", "--brand", "Banc", folder=tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["check", "--config", "none.toml"], ERROR, "there is no such file"),
        (["run", "--now", "yesterday"], USAGE, "is not a date and time"),
        (["search", "x", "--since", "32/13"], USAGE, "is not in the calendar"),
        (["search", "x", "--sentiment", "happy"], USAGE, "is no sentiment"),
        (["collect", "--source", "nothing"], USAGE, "no configured source"),
        (["parse", "nothing", "ouidire.toml", "--url", "http://x.example/"], USAGE, "nothing"),
        (["import", "survey_file", "none.csv"], USAGE, "none.csv"),
        (["import", "facebook", "ouidire.toml"], USAGE, "Facebook can be read by"),
        (["collect", "--source", "shema_org"], USAGE, "did you mean 'schema_org'"),
        (["import", "schema_org", "ouidire.toml"], USAGE, "--url"),
        (["import", "survey_file", "ouidire.toml", "--brand", "nobody"], USAGE, "no brand has the slug"),
        (["export", "--out", "missing/out.csv"], USAGE, "is no folder"),
        (["export", "--out", "out.pdf"], USAGE, ".csv, .xlsx or .jsonl"),
        (["report", "preview", "--brand", "nobody"], USAGE, "no brand has the slug"),
        (["report", "preview", "--period", "W99"], USAGE, "is no period"),
        (["report", "send"], USAGE, "no recipient is configured"),
        (["frobnicate"], USAGE, "frobnicate"),
        (["parse"], USAGE, "Missing argument"),
        (["search", "--filter", "colour=red"], USAGE, "There is no filter"),
    ],
)
def test_a_mistake_gets_one_message_and_an_exit_code(small, arguments, code, says):
    err = complained(*arguments, folder=small, code=code)
    assert says in err
    assert len(err.strip().splitlines()) <= 8


def test_every_problem_of_a_configuration_is_told_at_once(small):
    path = small / "ouidire.toml"
    path.write_text(
        path.read_text()
        + '\n[[source]]\nsource = "trustpillot"\nevery = "often"\n'
        + '\n[[recipient]]\naddress = "nobody"\nbrands = ["bank"]\n'
    )
    err = complained("check", folder=small)
    lines = path.read_text().splitlines()
    every = lines.index('every = "often"') + 1
    assert f"ouidire.toml, ligne {every} : source[0].every" in err.replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    assert "vouliez-vous dire «\u00a0trustpilot\u00a0»" in err
    assert "recipient[0].address" in err
    path.write_text(path.read_text().replace('"nobody"', '"a@b.fr"').replace('"often"', '"1d"'))
    assert "vouliez-vous dire «\u00a0banc\u00a0»" in complained("check", folder=small)
    path.write_text(
        path.read_text().replace('["bank"]', '["banc"]').replace('language = "fr"', 'language = "en"')
    )
    assert "no source is called 'trustpillot'; did you mean 'trustpilot'?" in complained(
        "check", folder=small
    )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("[brand", "cannot be read as TOML"),
        ("brand = 1\nbrand = 2", "cannot be read as TOML"),
        ("\udcff", "line 1 is not in UTF-8"),
    ],
)
def test_a_broken_toml_is_told_with_its_place(small, broken, message):
    (small / "ouidire.toml").write_bytes(broken.encode("utf-8", "surrogateescape"))
    err = complained("run", folder=small)
    assert f"ouidire.toml: {message}" in err


def test_two_at_once_are_refused(small):
    installation = Installation(load_settings(small / "ouidire.toml"), now=datetime(2026, 3, 2, tzinfo=UTC))
    with installation.exclusive():
        err = complained("run", folder=small)
    assert f"another Ouï-dire is at work here (process {os.getpid()}" in err
    assert plain("run", folder=small)[0].strip() == "nothing was due"


def test_a_data_folder_that_cannot_be_written(small):
    (small / "var").write_text("a file where a folder should be")
    err = complained("run", folder=small)
    assert "var" in err
    err = complained("index", "status", folder=small)
    assert "var" in err


def test_a_state_that_is_no_database_or_of_a_newer_version(small):
    plain("run", folder=small)
    with closing(sqlite3.connect(small / "var" / "state.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "newer than this Ouï-dire" in complained("run", folder=small)
    for path in (small / "var").glob("state.db*"):
        path.unlink()
    (small / "var" / "state.db").write_bytes(b"not a database" * 500)
    assert "restore it from your backup" in complained("run", folder=small)


def test_a_lost_key_is_not_made_anew_in_silence(small):
    plain("run", folder=small)
    (small / "var" / "key").write_text("not hexadecimal")
    (small / "one.csv").write_text("Score,Comment\n7,Correct\n")
    err = complained("import", "survey_file", "one.csv", folder=small)
    assert "privacy.key_file" in err


def test_a_damaged_harvest_is_told_of_and_the_rest_goes_on(small):
    (small / "one.csv").write_text("Score,Comment\n7,Correct\n")
    (small / "two.csv").write_text("Score,Comment\n3,Mauvais accueil\n")
    text = (small / "ouidire.toml").read_text()
    for name in ("one", "two"):
        text += '\n[[source]]\nsource = "survey_file"\nbrands = ["banc"]\n'
        text += f'params = {{ path = "{name}.csv", survey = "{name}" }}\n'
    (small / "ouidire.toml").write_text(text)
    answered("collect", "--no-ingest", folder=small)
    damaged, _ = sorted((small / "var" / "harvest").rglob("items-*.zst"))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-9])
    done = answered("run", folder=small, code=PARTIAL)
    assert len(done["ingested"]) == 1
    assert "is damaged" in done["problems"][0]
    assert answered("index", "status", folder=small)["waiting_runs"] == 1
    damaged.write_bytes(whole)
    assert len(answered("run", folder=small)["ingested"]) == 1


def test_demo_twice(tmp_path):
    code, out, _ = in_a_process("demo", "demo", "--weeks", "2", "--json", folder=tmp_path)
    first = json.loads(out)
    assert code in (OK, PARTIAL)
    assert first["changed"] is True
    assert (tmp_path / "demo" / "digest.html").exists()
    mails = sorted(path.name for path in (tmp_path / "demo" / "var" / "outbox").glob("*.eml"))
    assert len(mails) == 4
    second = answered("demo", "demo", "--weeks", "2", folder=tmp_path)
    assert second["changed"] is False
    assert any("Nothing has changed" in line for line in second["lines"])
    assert sorted(path.name for path in (tmp_path / "demo" / "var" / "outbox").glob("*.eml")) == mails
