"""The text of a configuration: what any editor saves is read, what is no TOML answered with what to write."""

import inspect
import re
import tomllib

import pytest

from ouidire.errors import ConfigError
from ouidire.settings.file_text import read_text, read_toml
from ouidire.text.translated import translated

TEXT = 'language = "fr"\n# été\n[[brand]]\nname = "Pousse"\n'
ENGLISH = re.compile(r"\b(?:write|close|line|expected|invalid|illegal|newline|the)\b", re.IGNORECASE)


def refused(tmp_path, data):
    path = tmp_path / "o.toml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(ConfigError) as caught:
        read_toml(read_text(path), path=path)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{path}: ")
    return problem.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_what_an_editor_of_any_system_saves_is_read(tmp_path, data):
    path = tmp_path / "o.toml"
    path.write_bytes(data)
    assert read_text(path) == TEXT
    assert read_toml(read_text(path), path=path)["brand"] == [{"name": "Pousse"}]


def test_another_encoding_is_named_with_its_line(tmp_path):
    assert refused(tmp_path, TEXT.encode("latin-1")).startswith(
        "line 2 is not in UTF-8; save the file in UTF-8"
    )
    for encoding in ("utf-16", "utf-16-le"):
        data = (b"" if encoding == "utf-16" else b"\xff\xfe") + TEXT.encode(encoding)
        assert refused(tmp_path, data) == "it is written in UTF-16; save it in UTF-8"


@pytest.mark.parametrize(
    ("line", "advised"),
    [
        ("name = “Pousse”", "write straight quotation marks"),
        ("names = [«a»]", "write straight quotation marks"),
        ("public = True", "write true or false, in small letters"),
        ("public = oui  # pour tous", "write true or false, in small letters"),
        ("delay = 0,5", "write a point in a number"),
        ('data = "C:\\Users\\moi"', "write a path with / in it"),
        ('name = "Pousse', "close the quotation marks on the same line"),
        ("name = 'Pousse", "close the quotation marks of line 2"),
        ("name = Pousse et Cie", "write a text in quotation marks"),
        ("brands = [pousse]", "write a text in quotation marks"),
        ("name =", "write a value after ="),
        ('{"brand": []}', "write one setting a line"),
    ],
)
def test_a_usual_slip_is_answered_with_what_to_write(tmp_path, line, advised):
    said = refused(tmp_path, f'language = "fr"\n{line}\n[serve]\n')
    assert said.startswith("cannot be read as TOML: ")
    assert f"; {advised}" in said
    french = translated(said, "fr")
    assert french.startswith("ce n’est pas du TOML lisible")
    assert not re.search(
        r"\b(?:write|close|line|expected|invalid|illegal|newline|the)\b", french, re.IGNORECASE
    )


def test_a_table_that_stands_twice_is_named_as_it_is_written(tmp_path):
    said = refused(tmp_path, "[fetch.proxy]\na = 1\n[fetch.proxy]\nb = 1\n")
    assert "Cannot declare 'fetch.proxy' twice" in said


@pytest.mark.parametrize(
    "data", [b"\x00" * 20, b"[brand", b"\xff", b"=", b"a = [1,\n", b"a = \\", b"a" * 100_000]
)
def test_what_is_no_configuration_is_one_message(tmp_path, data):
    assert "\n" not in refused(tmp_path, data)


def test_what_cannot_be_opened_is_one_message(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        read_text(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read as TOML"):
        read_text(tmp_path)


def test_every_message_of_the_parser_has_its_french():
    source = inspect.getsource(tomllib._parser)
    found = re.findall(r'suffixed_err\(\s*src, pos, f?"((?:[^"\\]|\\.)+)"', source)
    assert len(found) > 12
    for text in found:
        message = re.sub(r"\{[^}]+\}", "'x'", text).replace("\\\\", "\\")
        assert translated(message, "fr") != message, message
