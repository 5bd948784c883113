"""The demo's local web site: see `server.DemoSite`; what happens in each week is told in `STORY.md`."""

from service.demo.site.server import DemoSite

__all__ = ["DemoSite"]
