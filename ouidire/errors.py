"""Every error that a user can meet: what happened, where, and what to do next.

A message here is written for the person who runs Ouï-dire; programming errors are ordinary exceptions and are
never caught as these. It cannot see third-party exceptions: they are translated where they are raised.
"""

from datetime import datetime


class OuidireError(Exception):
    """Base of all expected failures; `str(error)` is one clear message for a person."""


class ConfigError(OuidireError):
    """The configuration is wrong.

    `problems` holds one line for each error found, each with its key and a hint.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UsageError(OuidireError):
    """A command was called with arguments that make no sense (exit code 2)."""


class StateError(OuidireError):
    """The state database cannot be read, written or migrated."""


class MissingStateError(StateError):
    """There is no state where one was expected."""


class HarvestError(OuidireError):
    """A stored harvest is missing, damaged or not sealed."""


class SourceError(OuidireError):
    """A source failed; the other sources go on."""


class Blocked(SourceError):  # noqa: N818 (the design's name for it)
    """The site refused us: 403, captcha, consent wall, 429 or quota after retries.

    `retry_after` is when the site said we may come back, if it said so (aware UTC). `only_here` is true where
    it refused this page alone: others may still be asked for.
    """

    def __init__(self, message: str, *, retry_after: datetime | None = None, only_here: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.only_here = only_here


class RateLimited(Blocked):
    """A quota or 429 that outlasted our retries."""


CHANGED = "the site has probably changed its layout"
"""The end of the message on a page that is not as expected; no site has changed before its first reading."""


class LayoutChanged(SourceError):  # noqa: N818 (the design's name for it)
    """The page was received but no longer has the layout that its parser expects.

    `what` is what was looked for, `selector` the expression or key that no longer finds it, `layout` the
    name of the layout that knew the page all the same, if any.
    """

    def __init__(self, what: str, *, selector: str, layout: str | None = None) -> None:
        super().__init__(f"{what}: nothing found by {selector!r}; {CHANGED}")
        self.what = what
        self.selector = selector
        self.layout = layout


class ScriptsNeeded(LayoutChanged):
    """The page shows nothing to whoever runs no scripts."""

    def __init__(self) -> None:
        SourceError.__init__(
            self, "the page shows nothing without scripts; try `render = true` in the source's parameters"
        )
        self.what = "a page that shows something without scripts"
        self.selector = "visible text"


class FileNotUnderstood(LayoutChanged):
    """A file of the user's own was read but is not what was expected; its message speaks of the file.

    `what` is what was looked for, and what the file holds instead; `selector` the part of it.
    """

    def __init__(self, what: str, *, selector: str) -> None:
        SourceError.__init__(self, f"the file does not hold {what}")
        self.what = what
        self.selector = selector


class SourceGone(SourceError):  # noqa: N818 (the design's name for it)
    """The page, shop or app no longer exists (404, 410 or the page says so)."""


class Quarantined(OuidireError):  # noqa: N818 (the design's name for it)
    """An item that can never be processed: kept aside with its reason, never retried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IndexUnavailable(OuidireError):  # noqa: N818 (the design's name for it)
    """The search index cannot be reached or refused the work; harvests wait for it."""


class AnalysisUnavailable(OuidireError):  # noqa: N818 (as the index)
    """Texts cannot be analysed here and now: no disk, memory or model; harvests wait for it."""


class DeliveryError(OuidireError):
    """A message could not be delivered. `final` is true when trying again would not help (an SMTP 5xx)."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final
