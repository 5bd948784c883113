"""`ouidire check` on configurations as newcomers break them: one pass tells all, with lines and advice."""

import pytest

from service.cli import run

BRAND = '[[brand]]\nslug = "pousse"\nname = "Pousse"\n'
SOURCE = (
    '[[source]]\nsource = "schema_org"\nbrands = ["pousse"]\nparams = { url = "https://a.example/avis" }\n'
)
WHOLE = BRAND + SOURCE
TWO = (
    'timezone = "Europe/Pari"\n'
    + BRAND
    + SOURCE
    + '[digest]\nweekday = "lundy"\nhour = 99\n[[recipient]]\naddress = "personne"\n'
)
PLAIN = 'user = "x"\npassword_env = "P"\n'
ELASTIC = '[index]\nbackend = "elasticsearch"\nurl = "http://es.example:9200"\n' + PLAIN
PRIVATE = SOURCE.replace("avis", "f?token=abcdef123456")

LINE = {"fr": "ligne", "en": "line"}
BROKEN = {
    "a setting": ('timezon = "UTC"\n' + WHOLE, [(2, "timezon", "« timezone »", "'timezone'")]),
    "a table": (WHOLE + "[dijest]\nhour = 7\n", [(9, "dijest", "« digest »", "'digest'")]),
    "a source": (WHOLE.replace("schema_", "shema_"), [(6, "shema_org", "« schema_org »", "'schema_org'")]),
    "a brand": (WHOLE.replace('["pousse"]', '["pouse"]'), [(7, "pouse", "« pousse »", "'pousse'")]),
    "an edition": (
        WHOLE + '[[recipient]]\naddress = "a@b.fr"\neditions = ["brnd"]\n',
        [(11, "brnd", "« brand »", "'brand'")],
    ),
    "a parameter": (
        WHOLE.replace("{ url", "{ ulr"),
        [(8, "params.url", "il manque", "it is missing"), (8, "params.ulr", "« url »", "'url'")],
    ),
    "a word for a number": (
        WHOLE + '[digest]\nhour = "sept"\n',
        [(10, "digest.hour", "nombre entier", "whole number")],
    ),
    "an hour": (WHOLE + "[digest]\nhour = 27\n", [(10, "digest.hour", "23 ou moins", "23 or less")]),
    "a table for a number": (WHOLE + "[fetch.delay]\nx = 1\n", [(9, "fetch.delay", "un nombre", "a number")]),
    "a day": (
        WHOLE + '[digest]\nstart = "31/02/2026"\n',
        [(10, "digest.start", "comme 2026-03-09", "like 2026-03-09")],
    ),
    "a duration": (
        WHOLE.replace("params", 'every = "1 jour"\nparams'),
        [(8, "every", "30m, 12h, 1d", "30m, 12h, 1d")],
    ),
    "a timetable": (WHOLE.replace("params", 'cron = "61 * * * *"\nparams'), [(5, "cron", "30 6", "30 6")]),
    "a slug twice": (BRAND + WHOLE, [(2, "pousse", "deux fois", "twice")]),
    "a source twice": (WHOLE + SOURCE, [(9, "source[1]", "gardez-en une", "keep one")]),
    "a brand without source": (
        WHOLE + '[[brand]]\nslug = "carre"\nname = "Carré"\n',
        [(9, "Carré", "aucune source", "no source")],
    ),
    "an edition of no place": (
        WHOLE.replace("params", 'place = "Lyon"\nparams')
        + '[[edition]]\nname = "l"\nrole = "place"\nplaces = ["Lion"]\n',
        [(13, "Lion", "« Lyon »", "'Lyon'")],
    ),
    "a survey that is nowhere": (
        BRAND
        + '[[source]]\nsource = "survey_file"\nbrands = ["pousse"]\nparams = { path = "enquetes/*.csv" }\n',
        [(8, "enquetes", "aucun fichier", "no file")],
    ),
    "an open host": (
        WHOLE + '[serve]\nhost = "0.0.0.0"\n',
        [(10, "serve.host", "serve.password_file", "serve.password_file")],
    ),
    "a password in the clear to a mail server": (
        WHOLE + '[smtp]\nhost = "mail.example"\nsecurity = "none"\n' + PLAIN,
        [(11, "smtp.security", "starttls", "starttls")],
    ),
    "a password in the clear to Elasticsearch": (WHOLE + ELASTIC, [(11, "index.url", "https", "https")]),
    "a password written out": (
        WHOLE + '[smtp]\nhost = "mail.example"\npassword = "x"\n',
        [(11, "smtp.password", "« password_env »", "'password_env'")],
    ),
    "a token written out": (
        BRAND + PRIVATE,
        [(8, "la valeur de token|the value of token", "{secret:NAME}", "{secret:NAME}")],
    ),
    "no closing quotation mark": (
        WHOLE + '[digest]\nsender = "a@b.fr\n',
        [(None, "10", "fermez les guillemets", "close the quotation marks")],
    ),
    "French quotation marks": (
        WHOLE.replace('"Pousse"', "«Pousse»"),
        [(None, "4", "guillemets droits", "straight quotation marks")],
    ),
    "a capital": (WHOLE + "[serve]\nmcp = True\n", [(None, "10", "true ou false", "true or false")]),
    "another encoding": (
        WHOLE.replace("Pousse", "Forêt").encode("latin-1"),
        [(None, "4", "en UTF-8", "in UTF-8")],
    ),
    "a notepad's encoding": (WHOLE.encode("utf-16"), [(None, "UTF-16", "en UTF-8", "in UTF-8")]),
    "one bracket": ('[brand]\nslug = "x"\nname = "X"\n', [(2, "brand", "[[brand]]", "[[brand]]")]),
    "a brand alone": ('brand = "Pousse"\n', [(2, "brand", "[[brand]]", "[[brand]]")]),
    "nothing": ("", [(None, "brand", "[[brand]]", "[[brand]]")]),
    "several at once": (
        TWO,
        [
            (2, "timezone", "« Europe/Paris »", "'Europe/Paris'"),
            (11, "digest.weekday", "nombre entier", "whole number"),
            (12, "digest.hour", "23 ou moins", "23 or less"),
            (14, "recipient[0].address", "adresse", "address"),
        ],
    ),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_is_answered_in_one_pass(name, language, tmp_path, monkeypatch, capsys):
    text, expected = BROKEN[name]
    path = tmp_path / "ouidire.toml"
    first = f'language = "{language}"\n'
    if isinstance(text, bytes):
        coding = "utf-16" if text.startswith(b"\xff\xfe") else "latin-1"
        path.write_bytes((first + text.decode(coding)).encode(coding))
    else:
        path.write_text(first + text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUIDIRE_LANG", language)
    assert run(["check"]) in {1, 3}
    lines = " ".join(each.replace("\u00a0", " ").replace("\u202f", " ") for each in capsys.readouterr())
    told = [each for each in lines.splitlines() if "ouidire.toml" in each]
    for number, what, french, english in expected:
        advice = french if language == "fr" else english
        where = f"{LINE[language]} {number}" if number else "ouidire.toml"
        found = [each for each in told if any(word in each for word in what.split("|")) and advice in each]
        assert any(where in each for each in found), (what, advice, told)
    assert "Traceback" not in lines
    assert "pydantic" not in lines


def test_a_good_one_is_said_to_be_good(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ouidire.toml"
    told = '[fetch]\ncontact = "mailto:a@b.fr"\n[[recipient]]\naddress = "a@b.fr"\n'
    path.write_text('language = "fr"\n' + WHOLE + told, encoding="utf-8")
    assert run(["check"]) == 0
    assert "ligne" not in capsys.readouterr().err
