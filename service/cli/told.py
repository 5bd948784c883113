"""What is wrong with a configuration, as a person reads it: with file and line, in their language."""

from collections.abc import Iterable
from pathlib import Path

from ouidire.text.catalogue import catalogue
from ouidire.text.translated import translated
from service.pipeline.examine_file import line_of


class TextOfFile:
    """The text of a configuration's file, and the language of what is said of it."""

    def __init__(self, path: Path, text: str, language: str) -> None:
        self._path, self._text, self._language = path, text, language
        self._words = catalogue(language, "check")

    def lines(self, problems: Iterable[str]) -> list[str]:
        """Return problems or warnings as a person reads them, in the order of the file."""
        numbered = [(line_of(self._text, each) or 0, each) for each in problems]
        return [self.line(each) for _, each in sorted(numbered, key=lambda pair: pair[0])]

    def line(self, problem: str) -> str:
        """Return a problem or a warning in the file's language, after the file and the line."""
        number = line_of(self._text, problem)
        what = translated(problem, self._language)
        if number is None:
            return self._words.fill("report.file", file=str(self._path), what=what)
        return self._words.fill("report.line", file=str(self._path), n=str(number), what=what)

    def warning(self, line: str) -> str:
        """Return a line as a warning."""
        return self._words.fill("report.warning", what=line)

    @property
    def good(self) -> str:
        """Return that nothing is wrong."""
        return self._words.text("report.good")
