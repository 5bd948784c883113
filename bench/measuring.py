"""Shared by the benchmarks: durations, peak memory, and how both are printed."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes, once."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p95(taken: list[float]) -> float:
    """Return the 95th percentile of at least two durations."""
    return statistics.quantiles(taken, n=20)[-1]


def percentiles(taken: list[float]) -> str:
    """Format the median and the 95th percentile of durations given in seconds."""
    return f"p50 {1e3 * statistics.median(taken):8.2f} ms   p95 {1e3 * p95(taken):8.2f} ms"


def peak_mb() -> float:
    """Return the peak memory of this process in MB (10⁶ bytes)."""
    # VmHWM, since ru_maxrss counts what the parent held before exec.
    with Path("/proc/self/status").open() as lines:
        kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kib * 1024 / 1e6


def growth(small: float, large: float) -> str:
    """Format the growth of a peak (MB) when there was ten times more to do, beside the aim."""
    return f"x {large / small:.2f}, {large - small:+.0f} MB (aim 1.1 and 40 MB at most)"
