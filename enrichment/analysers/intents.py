"""Intents that an author states: recommends, warns off, tells others, comes back, leaves, and others.

Each is stated by the author as their own. "Ma voisine me l'avait recommandé" is none. `target` is the name
that follows the words of leaving for someone ("je passe chez Lumicom"); it is not looked for elsewhere. It
cannot see an intent that only the tone implies.
"""

import re
from collections.abc import Sequence
from typing import Any

from enrichment.analysers.sentence_signals import SentenceSignals
from enrichment.base import Analyser, Subject
from enrichment.lexicons.taxonomy import INTENTS
from ouidire.annotations import Intent, IntentFound

_KINDS = (
    "banque|opérateur|assureur|garage|fournisseur|enseigne|boutique|hôtel|restaurant|"
    "bank|provider|airline|company"
)
_CAPITAL = r"[A-ZÉÈÀ][\w&.'’-]*"
_NAME = (
    r"(?P<name>(?:(?:la|le|les|l['’]|une?(?: autre)?|the|a|another)\s?)?"
    rf"(?:{_CAPITAL}(?:\s(?:&|{_CAPITAL})){{0,3}}|concurrence|competition|"
    rf"(?:petite? |autre )?(?:{_KINDS})(?: de quartier)?))"
)
_LEAVING = (
    r"pass[ée]*s?|passons|part[is]*|partie|parti[e]?s|bascul\w+|migr\w+|portée?|confi\w+|transf\w+|"
    r"désormais|maintenant|dorénavant|irai|ira|irons|iront|vais|courses|achats|comptes?|tourn\w+"
)
_TOWARDS = re.compile(
    rf"\b(?i:(?:{_LEAVING})\b[^.!?;]{{0,40}}?\b(?:chez|vers|à|au)|rejoin\w+|direction|opt\w+ pour|"
    r"préf\w+ aller chez|chang\w+ pour|switch\w*(?: over)? to|mov\w+(?: everything| on)? to|gone to|going to|"
    r"go to|chang\w+ to|transferr?\w* \w* ?to|now with|"
    rf"(?:we.re|i.m|am|are) with)\s+{_NAME}"
)
_SELVES = frozenset(("Vous", "Eux", "Moi", "Nous", "Lui", "Elle", "You", "Them", "Me", "I"))


class IntentsAnalyser(Analyser):
    """Fills `intents`, in the order of the taxonomy, each once."""

    name = "intents"
    version = 5
    requires: tuple[str, ...] = ("signals",)
    fills: tuple[str, ...] = ("intents",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Return the intents of each text."""
        return [
            {"intents": tuple(each for name in INTENTS if (each := _intent(name, subject.signals)))}
            for subject in batch
        ]


def _intent(name: Intent, sentences: Sequence[SentenceSignals]) -> IntentFound | None:
    signal = f"intent:{name}"
    present = [each for each in sentences if each.is_present(signal)]
    if not present:
        return None
    best = max(present, key=lambda each: each.probabilities[signal])
    target = None
    if name == "leaves":
        target = next((found for each in present if (found := leaves_for(each.written))), None)
    return IntentFound(
        name=name, probability=best.probabilities[signal], span=best.span(signal), target=target
    )


def leaves_for(sentence: str) -> str | None:
    """Return to whom a sentence of leaving goes, as it writes it; None where it does not say."""
    found = _TOWARDS.search(sentence)
    if not found:
        return None
    name = found["name"].strip(" .'’-")
    return None if not name or name in _SELVES else name
