"""The explorer's templates, filled; whatever comes from outside is escaped by the engine."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.rendering.templating import web
from reports.typography import tame


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=PackageLoader("service.serve.web.explorer"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.filters["link"] = web
    engine.filters["tame"] = tame
    return engine


def render(name: str, **values: object) -> str:
    """Return a page."""
    return _engine().get_template(f"{name}.html.j2").render(values)


@cache
def script() -> bytes:
    """Return the script of the queues' keys."""
    return files("service.serve.web.explorer").joinpath("templates", "explorer.js").read_bytes()


@cache
def style() -> bytes:
    """Return the style sheet."""
    return files("service.serve.web.explorer").joinpath("templates", "explorer.css").read_bytes()
