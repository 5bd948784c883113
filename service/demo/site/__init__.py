"""The demo's local web site: see `server.DemoSite`; `STORY.md` describes what happens in each week."""

from service.demo.site.server import DemoSite

__all__ = ["DemoSite"]
