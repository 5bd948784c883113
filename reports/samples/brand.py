"""The fictional brand of the samples: its name, competitors and sources, and the week that they end with."""

from datetime import date, timedelta
from typing import Literal

from ouidire.period import period_of
from ouidire.settings.brand import Brand
from reports.data.context import SourceInfo

SampleKind = Literal["quiet", "busy", "broken", "empty", "first", "bare", "hostile"]
KINDS: tuple[SampleKind, ...] = ("quiet", "busy", "broken", "empty", "first", "bare", "hostile")
OWN = Brand(slug="pousse", name="Pousse & Compagnie", domains=("pousse-et-compagnie.example",))
RIVALS = (
    Brand(slug="arrosoir", name="Le Grand Arrosoir", role="competitor", domains=("grand-arrosoir.example",)),
    Brand(slug="terre-folle", name="Terre Folle", role="competitor", domains=("terre-folle.example",)),
)
BRANDS = (OWN, *RIVALS)
PERIOD = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
NOW = PERIOD.end + timedelta(hours=7)
PLACES = ("Lyon", "Nantes", "Lille", "Strasbourg")
SOURCES = tuple(
    SourceInfo(source=slug, source_key=key, title=title, name=name, every=timedelta(days=1))
    for slug, key, title, name in (
        ("trustpilot", "trustpilot:pousse", "Trustpilot", "Trustpilot"),
        ("schema_org", "schema_org:verdict", "Verdict Clients", "Verdict Clients"),
        ("survey_file", "survey_file:caisse", "Enquête en caisse", "Enquête en caisse"),
        ("feed", "feed:carnet", "Le Carnet Vert", "Le Carnet Vert"),
        ("google_results", "google_results:pousse", "Google", "Google"),
    )
)
HOSTS = {
    "trustpilot": "trustpilot.example",
    "schema_org": "verdict-clients.example",
    "feed": "carnet-vert.example",
}
