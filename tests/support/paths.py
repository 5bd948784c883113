"""Where tests find things: the checkout, test pages, gold files, and saved real pages and texts."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "tests" / "pages"
EVAL = ROOT / "tests" / "eval"
SHARED = Path(os.environ.get("OUIDIRE_SHARED") or ROOT.parent / "shared")
