"""Shows what the demo collected in the explorer: the pages of the service, at the demo's own moment.

Nothing is collected, sent or decided meanwhile: there is no scheduler beside the pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ouidire.errors import OuidireError, UsageError
from ouidire.settings.configuration import load_settings
from service.demo import crawl_time
from service.pipeline.installation import Installation
from service.serve.scheduler.events import View
from service.serve.web.server import Site


@contextmanager
def open_pages(folder: Path, *, weeks: int, port: int) -> Iterator[str]:
    """Serve the pages of a played demo while the block runs, and give their address.

    They show the moment of the demo's last week, whatever today is. Raises UsageError for a taken port.
    """
    now = crawl_time(weeks)
    settings = load_settings(folder / "ouidire.toml")
    serving = settings.serve.model_copy(update={"port": port})
    installation = Installation(settings.model_copy(update={"serve": serving}), now=now)
    site = Site(installation, lambda: View(started_at=now, looked_at=now))
    try:
        with _opened(site, port):
            yield site.address
    finally:
        installation.close()


@contextmanager
def _opened(site: Site, port: int) -> Iterator[None]:
    opening = site.open()
    try:
        opening.__enter__()
    except OuidireError as error:
        raise UsageError(f"cannot listen on 127.0.0.1:{port}; choose another --port ({error})") from error
    try:
        yield
    finally:
        opening.__exit__(None, None, None)
