"""Made-up weeks of a made-up brand: what `ouidire report preview --sample` shows, and what tests look at."""

from reports.samples.brand import BRANDS, KINDS, NOW, OWN, PERIOD, RIVALS, SOURCES, SampleKind
from reports.samples.weeks import documents

__all__ = ["BRANDS", "KINDS", "NOW", "OWN", "PERIOD", "RIVALS", "SOURCES", "SampleKind", "documents"]
