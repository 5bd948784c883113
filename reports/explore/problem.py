"""The error for a view that cannot be read, with its sentence in either language."""

from ouidire.errors import UsageError
from ouidire.text.catalogue import catalogue

SHOWN = 400
"""Characters of a wrong value that a message quotes."""


class ViewError(UsageError):
    """A filter, value or date that no view has; `str(error)` is the English sentence.

    `key` names the sentence in the catalogue ("explorer", section `problem`), `values` fill it.
    """

    def __init__(self, key: str, **values: str) -> None:
        self.key = key
        self.values = {name: _quoted(value) for name, value in values.items()}
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the message in a language: what is wrong, and what may stand there."""
        from reports.explore.spoken_values import filters_shown, values_shown

        values = self.values
        if "known" not in values:  # what there is, named in that language
            if self.key == "unknown_value":
                values = {**values, "known": values_shown(values["name"], values["value"], language)}
            elif self.key == "unknown_filter":
                values = {**values, "known": filters_shown(values["name"], language)}
        return catalogue(language, "explorer").fill(f"problem.{self.key}", **values)


def _quoted(value: str) -> str:
    """Return a value as a message may hold it: printable, on one line, cut where it is long."""
    return ("".join(char if char.isprintable() else " " for char in value))[:SHOWN]
