"""A page that costs too much to read, among others that are imported."""

import json

from ouidire.settings.configuration import settings_from
from service.pipeline.collect.import_pages import Origin, import_pages
from service.pipeline.collect.saved_pages import page_from
from service.pipeline.installation import Installation
from tests.attacks.rows.pages import AT


def listing(number, date):
    """Return a page of reviews, each with a date of its own."""
    reviews = [
        {
            "@type": "Review",
            "reviewBody": f"Très bon accueil, avis {each}",
            "reviewRating": {"ratingValue": 4, "bestRating": 5},
            "datePublished": date.format(1995 + each % 25, each % 28 + 1),
        }
        for each in range(number)
    ]
    data = {"@context": "https://schema.org", "@type": "LocalBusiness", "name": "Pousse", "review": reviews}
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def test_the_others_are_kept_and_the_page_is_named(tmp_path):
    given = {"brand": [{"slug": "pousse", "name": "Pousse"}], "fetch": {"max_page_seconds": 1}}
    installation = Installation(settings_from(given, base=tmp_path), now=AT)
    plain, rare = listing(5, "{}-03-{:02d}"), listing(4000, "{1} жніўня {0} г")
    pages = []
    texts = {"first.html": plain, "costly.html": rare, "last.html": plain.replace("avis", "retour")}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        pages.append(page_from(tmp_path / name, url=f"https://avis.example/{name}", fetched_at=AT))
    try:
        run = import_pages(installation, pages, Origin("schema_org", "avis.example", ("pousse",)))
    finally:
        installation.close()
    assert (run.status, run.summary.items) == ("degraded", 10)
    assert "https://avis.example/costly.html" in run.reason
    assert "more than 1 s of processor (fetch.max_page_seconds)" in run.reason
