"""Enrichment: what is inferred of each text, offline on a CPU.

Explicit catalogues; nothing is loaded at import.

`ANALYSERS` and `LINKERS` map a name to where its class lives ("module:Class"); `load` imports it when it is
needed. "reading" runs the encoder once over each text and its sentences, "signals" computes the signals of
the sentences once; both attach their results for the analysers that require them.
"""

from importlib import import_module
from typing import Any

from ouidire.errors import ConfigError

ANALYSERS: dict[str, str] = {
    "language": "enrichment.analysers.language:LanguageAnalyser",
    "sentences": "enrichment.analysers.sentences:SentenceSplitter",
    "reading": "enrichment.analysers.encode:ReadingAnalyser",
    "signals": "enrichment.analysers.sentence_signals:SignalsAnalyser",
    "sentiment": "enrichment.analysers.sentiment:SentimentAnalyser",
    "advocacy": "enrichment.analysers.advocacy:AdvocacyAnalyser",
    "memory": "enrichment.analysers.memory:MemoryAnalyser",
    "embedding": "enrichment.analysers.embedding:EmbeddingAnalyser",
    "theme_vectors": "enrichment.analysers.theme_vectors:ThemeVectorAnalyser",
    "delight": "enrichment.analysers.delight:DelightAnalyser",
    "effort": "enrichment.analysers.effort:EffortAnalyser",
    "intents": "enrichment.analysers.intents:IntentsAnalyser",
    "journey": "enrichment.analysers.journey:JourneyAnalyser",
    "aspects": "enrichment.analysers.aspects:AspectAnalyser",
}
LINKERS: dict[str, str] = {
    "duplicates": "enrichment.linkers.duplicates:DuplicateLinker",
    "suspicion": "enrichment.linkers.suspicion:SuspicionLinker",
}


def load(name: str, catalogue: dict[str, str]) -> Any:  # noqa: ANN401 (an Analyser or a Linker, as the catalogue says)
    """Return a new instance of a catalogue's entry; raises ConfigError when there is none of that name."""
    if name not in catalogue:
        raise ConfigError([f"{name!r} is not known: choose among {', '.join(sorted(catalogue))}"])
    module, _, attribute = catalogue[name].partition(":")
    return getattr(import_module(module), attribute)()
