"""A preview as a PDF or a PNG, drawn by Chromium: what a reader would see.

It needs a Chromium on the machine, opens one file and nothing else, and cannot see how another mail program
would draw it.
"""

import shutil
from pathlib import Path
from typing import Literal

from ouidire.errors import UsageError
from ouidire.system.files import write_atomically

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
Scheme = Literal["light", "dark"]
WIDTH = 720
_HEIGHT = 900
_MARGIN = "12mm"


def find_chromium(configured: str | None = None) -> str:
    """Return the path of Chromium or Chrome. Raises UsageError where there is none."""
    found = configured or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError(
            "Chromium is not installed: --pdf and --png need it (set fetch.browser, or install chromium)"
        )
    return found


def draw(html: str, path: Path, *, browser: str, width: int = WIDTH, scheme: Scheme = "light") -> Path:
    """Draw a page to a `.pdf` (A4) or a `.png` (`width` CSS pixels, as long as it is), whole or not at all.

    Raises:
        UsageError: the browser cannot be started, the page cannot be drawn, or the file cannot be written.
    """
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as play:
            chromium = play.chromium.launch(
                executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            )
            page = chromium.new_page(
                viewport={"width": width, "height": _HEIGHT}, color_scheme=scheme, java_script_enabled=False
            )
            page.route("**/*", lambda route: route.abort())
            page.set_content(html)
            if path.suffix == ".pdf":
                margin = {"top": _MARGIN, "bottom": _MARGIN}
                made = page.pdf(format="A4", print_background=True, margin=margin, scale=0.9)  # type: ignore[arg-type]  # a TypedDict
            else:
                made = page.screenshot(full_page=True)
            chromium.close()
    except Error as error:
        raise UsageError(f"{browser}: the digest cannot be drawn: {str(error).splitlines()[0]}") from error
    try:
        return write_atomically(path, made)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
