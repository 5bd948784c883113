"""A backup rehearsed: taken, taken again, damaged, and put in the place of an installation that is lost."""

import json
import shutil
import stat

import pytest

from ouidire.errors import ConfigError, UsageError
from ouidire.index import Query
from ouidire.privacy import load_key
from ouidire.state.runs import list_runs
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.backup import back_up, restore
from service.pipeline.keep.forget import erase
from tests.support.pipeline_chain import LYON, configuration, listing


@pytest.fixture
def played(chain):
    made = chain(dict(configuration(), source=[listing("pousse-et-compagnie-lyon")]))
    made.week(2)
    return made


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def held(installation):
    documents = {row["id"]: row["text"] for row in installation.index.scan(Query(), ("id", "text"))}
    with installation.state.read() as connection:
        return documents, [(run.id, run.status, run.new) for run in list_runs(connection)]


def test_an_installation_that_is_lost_is_put_back_whole(played, tmp_path):
    installation = played.open(2)
    before = held(installation)
    secret = installation.secret
    done = back_up(installation, tmp_path / "backup", with_key=True)
    installation.close()
    assert done.with_key
    assert done.copied + 1 == done.files
    data = installation.settings.path(None, "")
    shutil.rmtree(data)
    manifest = restore(installation.settings, tmp_path / "backup")
    assert set(manifest.files) == {
        "state.db",
        "key",
        *(name for name in contents(tmp_path / "backup") if name.startswith("harvest/")),
    }
    again = installation = played.open(2)
    assert again.secret == secret
    assert stat.S_IMODE((data / "key").stat().st_mode) == 0o600
    rebuild(again)
    assert held(again) == before
    installation.close()
    done = played.week(3)  # and life goes on: what is new is found, what is known is known
    (run,) = [each.run for each in done.ingested]
    assert (run.source_key, run.status, run.full) == (LYON, "ok", True)
    assert len(held(played.open(3))[0]) == len(before[0]) + run.new


def test_a_second_backup_copies_what_changed_and_drops_what_was_erased(played, tmp_path):
    folder = tmp_path / "backup"
    installation = played.open(2)
    first = back_up(installation, folder)
    assert not (folder / "key").exists()
    same = back_up(installation, folder)
    assert (same.copied, same.removed, same.files) == (1, 0, first.files)
    victim = installation.index.search(Query(), size=1).hits[0].document
    words = " ".join(victim.text.split()[:4]).encode()
    erase(installation, item_id=victim.id)
    done = back_up(installation, folder)
    assert done.copied > 1
    assert done.removed > 0
    assert not any(words in data for data in contents(folder).values())


def test_it_is_for_its_owner_alone(played, tmp_path):
    back_up(played.open(2), tmp_path / "backup", with_key=True)
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    assert {
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "backup").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    } == {0o600}


@pytest.mark.parametrize("harm", ["cut", "gone", "other", "manifest", "outside"])
def test_a_damaged_backup_is_refused_before_anything_is_written(played, tmp_path, harm):
    folder = tmp_path / "backup"
    installation = played.open(2)
    back_up(installation, folder, with_key=True)
    installation.close()
    shutil.rmtree(installation.settings.path(None, ""))
    victim = next(path for path in sorted((folder / "harvest").rglob("*")) if path.is_file())
    if harm == "cut":
        victim.write_bytes(victim.read_bytes()[:-1])
    elif harm == "gone":
        victim.unlink()
    elif harm == "other":
        data = bytearray(victim.read_bytes())
        data[-1] ^= 1
        victim.write_bytes(bytes(data))
    elif harm == "manifest":
        (folder / "manifest.json").write_text("{")
    else:
        text = (folder / "manifest.json").read_text().replace('"state.db"', '"harvest/../../../state.db"')
        (folder / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match=r"damaged|manifest|no file of a backup"):
        restore(installation.settings, folder)
    assert not installation.settings.path(None, "state.db").exists()
    assert not installation.settings.path(None, "harvest").exists()


def test_nothing_is_overwritten_and_no_key_is_made_up(played, tmp_path):
    folder = tmp_path / "backup"
    installation = played.open(2)
    back_up(installation, folder)
    with pytest.raises(UsageError, match="something already"):
        restore(installation.settings, folder)
    installation.close()
    key = tmp_path / "kept.key"
    shutil.copyfile(installation.settings.path(None, "key"), key)
    shutil.rmtree(installation.settings.path(None, ""))
    with pytest.raises(UsageError, match="holds no key"):
        restore(installation.settings, folder)
    restore(installation.settings, folder, key=key)
    assert installation.settings.path(None, "key").read_bytes() == key.read_bytes()


def test_places_that_cannot_hold_a_backup(played, tmp_path):
    installation = played.open(2)
    with pytest.raises(UsageError, match="inside the data folder"):
        back_up(installation, installation.settings.path(None, "backup"))
    with pytest.raises(UsageError, match="no whole backup"):
        restore(installation.settings.model_copy(update={"base": tmp_path / "elsewhere"}), tmp_path)


def tampered(folder, change):
    """Change a backup's manifest by hand, as whoever can write to the backup's disk can."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "name",
    [
        "harvest//{outside}/authorized_keys",
        "harvest/../../authorized_keys",
        "harvest/./a/../../authorized_keys",
        "/{outside}/authorized_keys",
        "harvest/a//b",
        "harvest/a\\..\\b",
        "harvest/",
        "harvest",
        "key/../harvest/a",
    ],
)
def test_a_manifest_that_leads_outside_restores_nothing(played, tmp_path, name):
    installation = played.open(2)
    backup, outside = tmp_path / "backup", tmp_path / "outside"
    back_up(installation, backup, with_key=True)
    installation.close()
    outside.mkdir()
    data = installation.settings.path(None, "")
    shutil.rmtree(data)

    def add(manifest):
        name_in = name.format(outside=str(outside).lstrip("/"))
        manifest["files"][name_in] = next(iter(manifest["files"].values()))
        manifest["hmac"] = ""  # as a backup of a former version has it

    tampered(backup, add)
    with pytest.raises(UsageError, match="no file of a backup"):
        restore(installation.settings, backup)
    assert not data.exists() or not contents(data)
    assert not contents(outside)


def test_a_manifest_changed_without_the_key_restores_nothing(played, tmp_path):
    installation = played.open(2)
    backup = tmp_path / "backup"
    back_up(installation, backup, with_key=True)
    installation.close()
    data = installation.settings.path(None, "")
    shutil.rmtree(data)
    tampered(backup, lambda manifest: manifest.update(version="0.0.1"))
    with pytest.raises(UsageError, match="was not written with this key"):
        restore(installation.settings, backup)
    assert not data.exists() or not contents(data)


def test_a_link_inside_the_backup_is_not_followed(played, tmp_path):
    installation = played.open(2)
    backup = tmp_path / "backup"
    back_up(installation, backup, with_key=True)
    installation.close()
    data = installation.settings.path(None, "")
    shutil.rmtree(data)
    kept = next(path for path in sorted((backup / "harvest").rglob("*")) if path.is_file())
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        restore(installation.settings, backup)


@pytest.mark.parametrize("text", ["", "00" * 5, "00" * 31])
def test_a_key_that_is_cut_short_is_refused(tmp_path, text):
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(ConfigError, match="restore it from your backup"):
        load_key(path)
