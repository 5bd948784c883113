"""The losses of the network, task by task; each is a sum over the items that carry its target."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from enrichment.training.encoder.items import TrainingText
from enrichment.training.encoder.network import ASPECTS, SIGNALS

NEIGHBOUR = 0.05
"""Share of a star's target given to its neighbours: stars are noisy, and seldom by more than one."""
WEIGHTS = {
    "stars": 1.0,
    "order": 2.0,
    "tone": 0.3,
    "classes": 1.0,
    "asked": 3.0,
    "site": 0.5,
    "aspects": 0.5,
    "polarity": 0.5,
    "signals": 0.5,
}
MEANING = 1.5
_BIG = -1e4


def total(
    found: dict[str, Tensor],
    items: Sequence[TrainingText],
    offsets: dict[str, np.ndarray],
    meanings: dict[str, np.ndarray],
) -> Tensor:
    """Return the weighted loss per item of a batch."""
    parts = stars(found["stars"], items, offsets)
    parts["tone"] = _classes(found["tone"], [item.tone for item in items])
    parts["classes"] = _classes(found["classes"], [item.group for item in items])
    parts["asked"] = _numbers(found["asked"], [item.asked for item in items])
    parts["site"] = _numbers(found["site"], [item.site for item in items])
    parts.update(sentence_labels(found, items))
    loss = sum((WEIGHTS[name] * value for name, value in parts.items()), torch.zeros(()))
    known = [place for place, item in enumerate(items) if item.key in meanings]
    if known:
        target = torch.from_numpy(
            np.stack([meanings[items[place].key] for place in known]).astype(np.float32)
        )
        loss = loss + MEANING * (1 - (found["meaning"][known] * target).sum(1)).sum()
    return loss / len(items)


def stars(scores: Tensor, items: Sequence[TrainingText], offsets: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """Cross-entropy with neighbours, and the ranked probability score, both under the source's offset."""
    shift = np.zeros((len(items), 5), np.float32)
    target = np.zeros((len(items), 5), np.float32)
    exact = np.zeros(len(items), np.float32)
    bare = np.zeros(len(items), np.float32)
    for place, item in enumerate(items):
        if item.stars is None:
            continue
        if item.source in offsets:
            shift[place] = offsets[item.source]
        target[place, list(item.stars)] = 1
        exact[place], bare[place] = item.exact, not item.exact
        if item.exact:
            star = item.stars[0]
            target[place, star] = 1 - 2 * NEIGHBOUR
            target[place, max(star - 1, 0)] += NEIGHBOUR
            target[place, min(star + 1, 4)] += NEIGHBOUR
    chances = functional.log_softmax(scores + torch.from_numpy(shift), 1)
    aim, exactly, barely = torch.from_numpy(target), torch.from_numpy(exact), torch.from_numpy(bare)
    cross = -(aim * chances).sum(1) * exactly
    allowed = -torch.logsumexp(chances + (1 - aim.clamp(max=1)) * _BIG, 1) * barely
    ranked = (chances.exp().cumsum(1) - aim.cumsum(1)).pow(2).sum(1) * exactly
    return {"stars": cross.sum() + allowed.sum(), "order": ranked.sum()}


def sentence_labels(found: dict[str, Tensor], items: Sequence[TrainingText]) -> dict[str, Tensor]:
    """Return the losses of aspects, their polarity and signals, over the labelled sentences of a batch."""
    places = [
        place for place, item in enumerate(items) if item.aspects is not None and item.signals is not None
    ]
    if not places:
        return {}
    aspects = torch.zeros(len(places), ASPECTS)
    signals = torch.zeros(len(places), SIGNALS)
    polarity = torch.full((len(places), ASPECTS), -100)
    for row, place in enumerate(places):
        for aspect, sign in (items[place].aspects or {}).items():
            aspects[row, aspect] = 1
            polarity[row, aspect] = sign
        for signal in items[place].signals or ():
            signals[row, signal] = 1
    scores = found["aspect_polarity"][places].reshape(-1, 3)
    return {
        "aspects": functional.binary_cross_entropy_with_logits(
            found["aspects"][places], aspects, reduction="sum"
        ),
        "polarity": functional.cross_entropy(
            scores, polarity.reshape(-1), reduction="sum", ignore_index=-100
        ),
        "signals": functional.binary_cross_entropy_with_logits(
            found["signals"][places], signals, reduction="sum"
        ),
    }


def _classes(scores: Tensor, wanted: Sequence[int | None]) -> Tensor:
    target = torch.tensor([-100 if each is None else each for each in wanted])
    return functional.cross_entropy(scores, target, reduction="sum", ignore_index=-100)


def _numbers(scores: Tensor, wanted: Sequence[tuple[float | None, ...]]) -> Tensor:
    target = torch.tensor([[float("nan") if each is None else each for each in row] for row in wanted])
    known = ~target.isnan()
    return (torch.sigmoid(scores)[known] - target[known]).pow(2).sum()
