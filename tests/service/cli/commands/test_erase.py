"""`ouidire erase`: what would go is shown and asked for; an address or a name of several is refused."""

import json

import pytest

from service.cli import run

CONFIGURATION = '[[brand]]\nslug = "pousse"\nname = "Pousse"\n[privacy]\n'
EXPORT = (
    "Id avis;Date de l'avis;Note /5;Avis;Auteur;Lien de l'avis\n"
    "A1000001;02/02/2026;2;Carton ouvert à la livraison;Maud L.;https://a.example/avis/1\n"
    "A1000002;03/02/2026;5;Très bon accueil à Lyon;Ana;https://a.example/avis/1\n"
    "A1000003;04/02/2026;4;Bons conseils;Ana;https://a.example/avis/3\n"
)
OTHER = (
    "Id avis;Date de l'avis;Note /5;Avis;Auteur\n"
    "B1000001;02/02/2026;1;Attente trop longue en caisse;Maud L.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("erase")
    (place / "ouidire.toml").write_text(CONFIGURATION)
    for name, text in (("lyon", EXPORT), ("nantes", OTHER)):
        (place / f"{name}.csv").write_text(text)
        arguments = ["--config", str(place / "ouidire.toml"), "--name", name]
        assert run(["import", "review_file", str(place / f"{name}.csv"), *arguments]) == 0
    return place


def test_erasures_are_shown_asked_for_and_as_narrow_as_they_can_be(folder, capsys):
    config = ["--config", str(folder / "ouidire.toml")]

    def erase(*words):
        capsys.readouterr()
        code = run(["erase", *words, *config])
        return code, *capsys.readouterr()

    def ids():
        capsys.readouterr()
        assert run(["search", "", "--json", *config]) == 0
        return {each["document"]["native_id"] for each in json.loads(capsys.readouterr().out)["hits"]}

    everything = {"A1000001", "A1000002", "A1000003", "B1000001"}
    code, out, err = erase("--url", "https://a.example/avis/1", "--yes")
    assert code == 2
    assert "2 mentions stand at this address" in err
    assert "Carton ouvert" in out
    assert "Très bon accueil" in out
    code, out, err = erase("--url", "https://a.example/avis/3")
    assert code == 2
    assert "nothing was erased; --yes" in err
    assert "Bons conseils" in out
    code, out, err = erase("--author", "Maud L.", "--yes")
    assert code == 2
    assert "several sites (lyon, nantes)" in err
    code, _, err = erase("--author", "Maud L.", "--site", "nante", "--yes")
    assert code == 2
    assert "did you mean 'nantes'?" in err
    code, _, err = erase("--author", "Personne", "--yes")
    assert code == 2
    assert "--everywhere" in err
    assert ids() == everything

    assert erase("--author", "Maud L.", "--site", "nantes", "--yes")[0] == 0
    assert ids() == everything - {"B1000001"}
    assert erase("--url", "https://a.example/avis/3", "--yes")[0] == 0
    assert ids() == {"A1000001", "A1000002"}
    assert erase("--url", "https://a.example/avis/1", "--all", "--yes")[0] == 0
    assert ids() == set()
    code, out, _ = erase("--author", "Personne", "--everywhere")
    assert code == 0
    assert "it will be refused from now on" in out
    code, out, _ = erase("--url", "https://a.example/avis/nulle-part", "--yes")
    assert code == 1
    assert "No mention is known at this address" in out
    code, out, _ = erase("--mention", "nobody", "--yes")
    assert code == 1
    assert "No mention has this id" in out


LISTING = (
    "Id avis;Date de l'avis;Note /5;Avis;Auteur;Lien de l'avis\n"
    "C1000001;02/02/2026;2;Carton ouvert;Maud L.;https://b.example/avis#v-1\n"
    "C1000002;03/02/2026;5;Très bon accueil;Ana;https://b.example/avis#v-2\n"
    "C1000003;04/02/2026;4;Bons conseils;Ana;https://b.example/avis#v-3\n"
)


def test_a_review_is_erased_by_its_own_address_among_those_of_its_page(tmp_path, capsys):
    (tmp_path / "ouidire.toml").write_text(CONFIGURATION)
    (tmp_path / "avis.csv").write_text(LISTING)
    config = ["--config", str(tmp_path / "ouidire.toml")]
    assert run(["import", "review_file", str(tmp_path / "avis.csv"), "--name", "avis", *config]) == 0

    def erase(*words):
        capsys.readouterr()
        code = run(["erase", *words, *config])
        return code, *capsys.readouterr()

    def left():
        capsys.readouterr()
        run(["search", "", "--json", *config])
        return {each["document"]["native_id"] for each in json.loads(capsys.readouterr().out)["hits"]}

    code, _, err = erase("--url", "https://b.example/avis", "--yes")
    assert code == 2
    assert "3 mentions stand at this address" in err
    assert erase("--url", "https://b.example/avis#v-9", "--all", "--yes")[0] == 1, "of no review"
    code, out, _ = erase("--url", "https://b.example/avis#v-2", "--yes")
    assert code == 0
    assert "Bons conseils" not in out
    assert left() == {"C1000001", "C1000003"}
    assert erase("--url", "b.example/avis#v-3", "--yes")[0] == 0
    assert left() == {"C1000001"}
    for gone in ("https://b.example/avis#v-3", "https://b.example/avis#v-2"):
        code, out, _ = erase("--url", gone, "--yes")
        assert code == 1
        assert "No mention is known" in out
    assert left() == {"C1000001"}, "the one that is left is another's"
    assert erase("--url", "http://b.example/avis#v-1", "--yes")[0] == 0
    assert left() == set()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--url", ""),
        ("--author", " ", "--everywhere"),
        ("--mention", ""),
        ("--url", "x", "--mention", "y"),
    ],
)
def test_what_names_nothing_is_refused(words, folder, capsys):
    assert run(["erase", *words, "--yes", "--config", str(folder / "ouidire.toml")]) == 2
    assert "say what to erase" in capsys.readouterr().err


def test_an_option_of_another_way_is_refused(folder, capsys):
    config = ["--config", str(folder / "ouidire.toml")]
    assert run(["erase", "--mention", "x", "--all", *config]) == 2
    assert "--all goes with --url" in capsys.readouterr().err
