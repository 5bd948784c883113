"""The pages, from plain data and words; whatever comes from outside is escaped by the engine."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.serve.web.status import ServiceStatus
from service.serve.web.words import PageWords


@cache
def _engine() -> Environment:
    return Environment(
        loader=PackageLoader("service.serve.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, words: PageWords, **values: object) -> str:
    """Return a page."""
    return _engine().get_template(f"{name}.html.j2").render(w=words, **values)


def status_page(status: ServiceStatus, words: PageWords, *, form: str = "", logged_in: bool = False) -> str:
    """Return the page that shows how the service is."""
    idle = [each for each in status.sources if each.status != "running"]
    following = min(idle, key=lambda each: max(each.next_run or status.now, status.now), default=None)
    return page("status", words, s=status, following=following, form=form, logged_in=logged_in)


@cache
def style() -> bytes:
    """Return the style sheet."""
    return files("service.serve.web").joinpath("templates", "style.css").read_bytes()
