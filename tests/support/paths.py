"""Where tests find things: the checkout, the test pages, the gold files, and the folder of saved real pages and texts."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "tests" / "pages"
EVAL = ROOT / "tests" / "eval"
SHARED = Path(os.environ.get("OUIDIRE_SHARED") or ROOT.parent / "shared")
