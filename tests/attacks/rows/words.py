"""What strangers write: formulas for spreadsheets, and texts against our regular expressions."""

import csv
import io
from functools import partial

from service.pipeline.keep.export import safe_csv
from tests.attacks.attack import Attack
from tests.support.patterns import PACKAGES, discovered, steepest

FORMULAS = {
    "a command": "=cmd|'/C calc'!A0",
    "a link": '=HYPERLINK("http://evil.example";"x")',
    "plus": "+33 6",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "behind a semicolon": "Bien;=cmd|'/C calc'!A0;fin",
    "behind a comma": "Bien,=cmd|'/C calc'!A0",
    "behind a tab": "Bien\t=1+1",
    "behind a bar": "Bien|=1+1",
    "behind a line break": "Super\n=1+1",
    "behind a carriage return": "Super\r=1+1",
    "behind a line separator": "Super\u2028=1+1",
    "behind blanks": "Bien; =1+1",
    "behind a quote": 'Bien;"=1+1"',
    "full-width": "＝1+1",
    "full-width behind a semicolon": "Bien;＝1+1",
    "behind a no-break space": "\u00a0=1+1",
}


def as_read(text):
    """Return "text" when a written cell begins no formula, whichever separator its reader cuts at."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_NONNUMERIC).writerow([safe_csv(text)])
    for separator in ",;\t|":
        for line in written.getvalue().replace('"', "").splitlines():
            for cell in line.split(separator):
                if cell.strip(" \u00a0\u202f")[:1] in tuple("=+-@＝＋－＠"):
                    return f"formula by {separator!r}: {cell}"
    return "text"


def linear(package):
    """Return "linear" when every pattern of a package is; the names of those that are not otherwise."""
    steep = [each.where for each in discovered() if each.where.startswith(f"{package}.") and steepest(each)]
    return ", ".join(steep) or "linear"


def attacks():
    """Return the attacks by words."""
    return [
        *(
            Attack("formulas", name, repr(text), "text", partial(as_read, text))
            for name, text in FORMULAS.items()
        ),
        *(
            Attack(
                "regular expressions",
                each,
                "texts made of their own parts",
                "linear",
                partial(linear, each),
                slow=True,
            )
            for each in PACKAGES
        ),
    ]
