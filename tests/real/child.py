"""A child process of the engine whose source asks for given addresses and reads nothing: for robots.txt."""

import sys

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.run import main
from ouidire.items import Parsed
from ouidire.page import Request


class Addresses(Params):
    urls: tuple[str, ...]


def requests(params, *, since=None):
    yield from (Request(url=url) for url in params.urls)


ABOUT = FactSheet(
    title="Addresses", site="any", kind="reviews", access="web", official_api="none", legal_note="none"
)
SOURCE = Source(
    slug="addresses",
    about=ABOUT,
    params=Addresses,
    entity=lambda _: "addresses",
    requests=requests,
    layouts=(Layout("any", "1993", "anything", lambda _: True, lambda _: Parsed(says_empty=True)),),
)

if __name__ == "__main__":
    sys.exit(main(SOURCE))
