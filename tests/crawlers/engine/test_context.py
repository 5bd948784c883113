"""The context of a run, as the parts that Scrapy builds find it."""

from types import SimpleNamespace

import pytest
import scrapy

from crawlers.engine.context import context_of


def test_a_crawler_of_another_spider_has_no_context():
    process = SimpleNamespace(spider=scrapy.Spider(name="autre"))
    with pytest.raises(TypeError, match="no crawl context"):
        context_of(process)
