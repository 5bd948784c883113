"""Which cells of a table hold an e-mail address, a telephone number or the like, and nothing else.

A cell is judged by itself where its form leaves no doubt, else beside the heading of its column. It cannot
see such things within people's own words: the analysers mask those.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from crawlers.reading.sheets.headings import HEADER_WITHIN, plain
from crawlers.reading.tables import Cell

PersonalKind = Literal["address", "telephone", "ip", "birth", "home", "account"]
Pseudonym = Callable[[str], str]
"""Returns what stands in the place of an e-mail address: always the same for the same address."""

LONGEST_HEADING = 60
LONGEST_CELL = 200
_MAIL = r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}"
_ADDRESS = re.compile(rf"(?:mailto:)?{_MAIL}|[^<>@\n]{{0,80}}<{_MAIL}>|{_MAIL}(?:\s*[,;]\s*{_MAIL}){{1,5}}")
_HOLDS_ADDRESS = re.compile(_MAIL)
_TELEPHONE = re.compile(
    r"(?:tel\.?:?\s?)?(?:"
    r"\+\d{1,3}[\s.()/-]{0,3}(?:\(0\)[\s.-]?)?\d(?:[\s.()/-]{0,2}\d){6,12}"
    r"|00\d{1,3}[\s.()/-]{1,3}\d(?:[\s.()/-]{0,2}\d){6,12}"
    r"|0[1-9](?:[\s.-]?\d\d){4}"
    r")"
)
_DIALLED = re.compile(r"[+(]?\d(?:[\s.()/+-]{0,3}\d){7,16}(?:\s?(?:x|ext\.?|poste)\s?\d{1,5})?")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}")
_ACCOUNT = re.compile(r"[A-Za-z]{2}\d\d(?:\s?[A-Za-z0-9]{2,4}){3,8}|\d[\d\s-]{10,30}\d")
_BORN = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[^\W\d]{3,10}\.?)[-/. ]\d{2,4}")
_HOME = re.compile(r"\A(?=.*\d)(?=.*[^\W\d_]).{6,}", re.DOTALL)

_HEADINGS: dict[PersonalKind, re.Pattern[str]] = {
    "address": re.compile(r"\b(?:e ?mails?|courriels?|mel|mails?|messagerie|correo|posta elettronica)\b"),
    "telephone": re.compile(
        r"\b(?:tel|telephones?|phones?|phonenumber|mobiles?|portables?|gsm|cell ?phone|fax|whatsapp"
        r"|telefonos?|telefon|telefoon|telefonnummer|telefone|handy(?:nummer)?|movil|cellulare|telemovel|contact"
        r"|coordonnees)\b"
    ),
    "ip": re.compile(r"\bip\b|\bip ?address"),
    "birth": re.compile(r"\bnaissance\b|\bbirth|\bdate of birth\b|\bne(?:e)? le\b|\bgeburtsdatum\b|\bdob\b"),
    "home": re.compile(
        r"^(?:adresse|address|anschrift|direccion|indirizzo)(?: (?:postale|postal|complete|client|ligne|line"
        r"|livraison|facturation|street|\d))*$|^(?:rue|street)(?: address)?$"
        r"|\b(?:postal|home|street|mailing) address\b|\badresse postale\b"
    ),
    "account": re.compile(r"\biban\b|\bnumero de carte\b|\bcard number\b|\bsecurite sociale\b"),
}
_TESTS: dict[PersonalKind, re.Pattern[str]] = {
    "telephone": _DIALLED, "ip": _IP, "birth": _BORN, "home": _HOME, "account": _ACCOUNT,
}  # fmt: skip
_IDS = re.compile(r"\b(?:id|ids|identifiant|uuid|ref|reference|token|key|cle|asin|sku|ean|siret|code)\b")
_FEWEST, _MOST = 10_000_000, 10**15
"""Between these a number under the heading of telephones is one: dialled digits without a leading zero."""


def kinds_of(heading: Cell) -> frozenset[PersonalKind]:
    """Return what a column under this heading may hold of people."""
    if not isinstance(heading, str) or len(heading) > LONGEST_HEADING or _HOLDS_ADDRESS.search(heading):
        return frozenset()
    name = plain(heading)
    return frozenset(kind for kind, pattern in _HEADINGS.items() if pattern.search(name))


def is_personal(cell: Cell, kinds: frozenset[PersonalKind] = frozenset(), *, numbered: bool = False) -> bool:
    """Return whether a cell holds what is personal and nothing else.

    `kinds` are what its heading says that it may hold; `numbered` that its heading is that of ids, among
    which a number in the form of a telephone's is none.
    """
    if isinstance(cell, date):
        return "birth" in kinds
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return "telephone" in kinds and _FEWEST <= cell < _MOST
    if not isinstance(cell, str) or not cell or len(cell) > LONGEST_CELL:
        return False
    text = cell.strip(" \t\r\n'\"=\u00a0\u200b")
    if _is_address(text, kinds):
        return True
    if _TELEPHONE.fullmatch(text) and not numbered:
        return True
    return any(test.fullmatch(text) for kind in kinds if (test := _TESTS.get(kind)) is not None)


def _is_address(text: str, kinds: frozenset[PersonalKind]) -> bool:
    if "@" not in text:
        return False
    if _ADDRESS.fullmatch(text):
        return True
    return bool(kinds & {"address", "telephone"}) and _HOLDS_ADDRESS.search(text) is not None


class PersonalCells:
    """Replaces what is personal in the rows of one table, taken one after another from the first."""

    def __init__(self, pseudonym: Pseudonym | None = None) -> None:
        """With a `pseudonym`, e-mail addresses under a heading of such are replaced by it, not dropped."""
        self._pseudonym = pseudonym
        self._kinds: dict[int, frozenset[PersonalKind]] = {}
        self._numbered: set[int] = set()
        self._rows = 0

    def masked(self, cells: Sequence[Cell]) -> list[Cell] | None:
        """Return a row without what is personal; None where nothing of it is."""
        changed: list[Cell] | None = None
        for index, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if self._rows < HEADER_WITHIN:
                self._note_heading(index, cell)
            kinds = self._kinds.get(index, frozenset())
            if is_personal(cell, kinds, numbered=index in self._numbered):
                changed = list(cells) if changed is None else changed
                changed[index] = self._instead(cell, kinds)
        self._rows += any(cell not in (None, "") for cell in cells)
        return changed

    def _note_heading(self, index: int, cell: Cell) -> None:
        if not isinstance(cell, str):
            return
        if kinds := kinds_of(cell):
            self._kinds[index] = self._kinds.get(index, frozenset()) | kinds
        elif len(cell) <= LONGEST_HEADING and _IDS.search(plain(cell)):
            self._numbered.add(index)

    def _instead(self, cell: Cell, kinds: frozenset[PersonalKind]) -> Cell:
        return pseudonym_of(cell, self._pseudonym) if "address" in kinds else ""


def pseudonym_of(cell: Cell, pseudonym: Pseudonym | None) -> str:
    """Return what stands in the place of a cell: the pseudonym of the e-mail address that it is, or ""."""
    text = cell.strip(" \t\r\n'\"=\u00a0\u200b").removeprefix("mailto:") if isinstance(cell, str) else ""
    return pseudonym(text) if pseudonym is not None and _HOLDS_ADDRESS.fullmatch(text) else ""
