import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.wikipedia.source import SOURCE, WikipediaParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://fr.wikipedia.org/w/api.php?titles=Pousse"
KNOWN = {
    "page": "7",
    "name": "fr.wikipedia.org/Pousse",
    "title": "Pousse",
    "text": "Une jardinerie.",
    "url": "",
}


def page(body, status=200, kind="list", **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=URL, body=raw.encode(), fetched_at=AT, status=status, kind=kind, context=context)


def article(**more):
    about = {"pageid": 7, "title": "Pousse", "extract": "Une jardinerie.", "revisions": []} | more
    return {"query": {"pages": [about]}}


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def test_the_entity_is_the_article():
    assert entity(WikipediaParams(title="Pousse_et  Cie")) == "fr.wikipedia.org/Pousse et Cie"
    for wrong in ("a|b", "[[Pousse]]", "#x", ""):
        with pytest.raises(ValidationError):
            WikipediaParams(title=wrong)
    (request,) = requests(WikipediaParams(title="Pousse & Cie", language="en"))
    assert request.url.startswith("https://en.wikipedia.org/w/api.php?action=query&")
    assert "titles=Pousse+%26+Cie" in request.url


def test_views_are_asked_for_by_day_up_to_yesterday():
    (views,) = parse(article(title="L'Été / Pousse"), project="fr.wikipedia.org").follow
    assert views.url == (
        "https://wikimedia.org/api/rest_v1/metrics/pageviews/per-article/fr.wikipedia.org/all-access/user/"
        "L%27%C3%89t%C3%A9_%2F_Pousse/daily/20260207/20260308"
    )


def test_views_are_the_reach_of_the_same_mention():
    first = parse(article(), project="fr.wikipedia.org")
    counted = {"items": [{"views": 12}, {"views": 30}, {"views": "x"}, {"views": -4}]}
    (one,) = parse(counted, kind="views", **first.follow[0].context).items
    (before,) = first.items
    assert (one.entity, one.native_id, one.text) == (before.entity, before.native_id, before.text)
    assert (before.extent, before.reach, one.extent, one.reach) == ("summary", None, "full", 42)


def test_no_views_are_no_failure_and_no_zero():
    (one,) = parse({"detail": "no data"}, status=404, kind="views", **KNOWN).items
    assert one.reach is None


def test_changes_of_the_last_days_are_counted():
    dates = ("2026-03-08T10:00:00Z", "2026-03-01T10:00:00Z", "2026-02-20T10:00:00Z", "2026-02-01T10:00:00Z")
    revisions = [{"timestamp": at} for at in dates]
    revisions[1]["tags"] = ["mw-rollback", "visualeditor"]
    revisions[2]["bot"] = True
    (one,) = parse(article(revisions=revisions)).items
    assert one.extra == {"edits": 2, "edits_undone": 1}
    assert one.updated.at == datetime(2026, 3, 8, 10, tzinfo=UTC)


def test_nobody_who_edits_is_kept():
    revision = {"timestamp": "2026-03-08T10:00:00Z", "user": "Jeanne Dupuis", "comment": "voir Jeanne"}
    assert b"Jeanne" not in SOURCE.minimised(page(article(revisions=[revision]))).body


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (article(missing=True), 200, SourceGone),
        (article(pageprops={"disambiguation": ""}), 200, SourceError),
        ({"error": {"code": "maxlag", "info": "lagged"}}, 200, RateLimited),
        ({"error": {"code": "ratelimited", "info": "x"}}, 429, RateLimited),
        ({"error": {"code": "readapidenied", "info": "x"}}, 200, Blocked),
        ({"error": {"code": "badvalue", "info": "x"}}, 200, SourceError),
        ({"query": {"pages": []}}, 200, LayoutChanged),
        ({"query": {"pages": [{"title": "Pousse", "pageid": 7}]}}, 200, LayoutChanged),
        ({"batchcomplete": True}, 200, LayoutChanged),
        ("Too many requests", 429, RateLimited),
        ("<html>403: set a user agent</html>", 403, Blocked),
    ],
)
def test_errors_are_what_they_are(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_views_alone_are_nobodys():
    with pytest.raises(LayoutChanged):
        parse({"items": [{"views": 3}]}, kind="views")


def test_a_crawl_reads_the_article_and_its_views_without_asking_robots_txt(tmp_path):
    def answer(asked):
        if asked.path.startswith("/api/rest_v1/"):
            return Answer({"items": [{"views": 5}, {"views": 6}]})
        return Answer(article(fullurl="https://fr.wikipedia.org/wiki/Pousse"))

    with ApiSite(answer, robots="User-agent: *\nDisallow: /") as site:
        params = {"title": "Pousse", "base_url": site.url, "views_url": site.url}
        done = crawl("wikipedia", params, tmp_path / "run")
        others = crawl("hackernews", {"query": "pousse", "base_url": site.url}, tmp_path / "other")
    assert done.summary.status == "ok"
    assert [(item.extent, item.reach) for item in done.items] == [("summary", None), ("full", 11)]
    assert others.summary.status == "refused_by_robots"
