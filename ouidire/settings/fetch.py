"""The configuration of fetching: pace, patience, sizes and hosts. It fetches nothing."""

from pydantic import Field

from ouidire.frozen import Frozen


class FetchSettings(Frozen):
    """How pages are fetched. Times in seconds, sizes in megabytes (10⁶ bytes)."""

    contact: str | None = Field(
        default=None, description="An address or URL in the user agent, where a site's owner can reach you."
    )
    delay: float = Field(
        default=1.0,
        ge=0,
        description="Seconds between two requests to one site; slowed further by auto-throttle and "
        "Retry-After.",
    )
    concurrency: int = Field(default=2, ge=1, le=16, description="Requests under way at one site.")
    parallel: int = Field(
        default=2,
        ge=1,
        le=16,
        description="Sites crawled side by side; a site is never crawled by two runs at once.",
    )
    timeout: float = Field(default=30.0, gt=0, description="Seconds before a request is given up.")
    retries: int = Field(
        default=3,
        ge=0,
        le=10,
        description="How often a request that failed for a passing reason is tried again.",
    )
    max_retry_after: float = Field(
        default=300.0,
        ge=0,
        description="The longest Retry-After, in seconds, that a run waits for; "
        "beyond it the run ends as blocked.",
    )
    max_page_mb: float = Field(default=20.0, gt=0, description="Larger pages are refused.")
    max_page_seconds: float = Field(
        default=20.0,
        ge=1,
        description="Seconds of processor that reading one page may take; ten times as many for a file.",
    )
    max_redirects: int = Field(default=5, ge=0, le=20, description="Redirects followed for one page.")
    max_pages: int = Field(
        default=500,
        ge=1,
        description="Pages fetched in one run of one source; beyond it the run is degraded.",
    )
    max_minutes: float = Field(
        default=60.0, gt=0, description="A run that lasts longer is ended, and kept as degraded."
    )
    max_memory_mb: float = Field(
        default=1500.0,
        gt=0,
        description="A crawling process that grows beyond it is ended (the browser is not counted).",
    )
    allow_hosts: tuple[str, ...] = Field(
        default=(), description="Private hosts that may be fetched all the same (an intranet, a test server)."
    )
    proxy: str | None = Field(
        default=None, description="An HTTP proxy for every request, such as http://proxy.example:3128."
    )
    browser: str | None = Field(
        default=None,
        description="Path of Chromium or Chrome; found by itself where it is installed in a usual place.",
    )
