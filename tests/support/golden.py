"""Golden pages: each read by its source's parser and compared with what was read when it was last looked at.

`tests/pages/<slug>/params.json` is an example of the source's parameters; each `<date-case>/` beside it
holds `page.*` (gzipped or not), `meta.json` (url, fetched_at, status, headers, kind, context) and
`expected.json`: what the parser yields, or `{"raises": "LayoutChanged"}`, and the layout that knows the page.
To write `expected.json` anew after a change that is meant:

    python -m tests.support.golden [SLUG ...]

then read the difference that git shows: a snapshot that nobody reads proves nothing.
"""

import gzip
import json
import sys

from crawlers import SOURCES, load_source
from ouidire.errors import SourceError
from ouidire.page import Page
from tests.support.paths import PAGES


def folders(*slugs):
    """The folders of all golden pages, or of those of some sources, in order."""
    return [
        folder
        for slug in slugs or sorted(SOURCES)
        for folder in sorted((PAGES / slug).glob("*"))
        if (folder / "meta.json").exists()
    ]


def load(folder):
    """The stored page of a folder."""
    files = [path for path in sorted(folder.iterdir()) if path.name.startswith("page.")]
    assert len(files) == 1, f"{folder} must hold exactly one page.*"
    body = files[0].read_bytes()
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return Page(body=gzip.decompress(body) if files[0].suffix == ".gz" else body, **meta)


def changed(page, **fields):
    """The page with other fields; a new one, since a copy would keep the text already decoded."""
    return Page(**(page.model_dump() | fields))


def read(folder):
    """What the parser makes of the page now, as JSON values."""
    source, page = load_source(folder.parent.name), load(folder)
    try:
        parsed = source.parse(page)
    except SourceError as error:
        layout = source.layout_of(page)
        return {"raises": type(error).__name__, "layout": layout.name if layout else None}
    told = parsed.model_dump(mode="json")
    unsaid = {"silent", "taken", "counted", "site", "subject"}
    return {name: value for name, value in told.items() if value or name not in unsaid}


def expected(folder):
    """What it made of it when it was last looked at."""
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def main(slugs):
    """Write every expected.json anew."""
    for folder in folders(*slugs):
        text = json.dumps(read(folder), ensure_ascii=False, indent=1) + "\n"
        path = folder / "expected.json"
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"written: {path.relative_to(PAGES.parent)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
