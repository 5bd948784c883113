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
    assert erase("--author", "Personne", "--everywhere")[0] == 0
