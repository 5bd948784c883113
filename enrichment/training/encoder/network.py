"""The network that is trained: one encoder, and heads that read every span of a text from one pass over it.

A head gives each token its values and a weight; a span's values are the weighted mean over its tokens
(softmax within the span). The whole text is one span, each sentence another: what is known of sentences costs
no further pass.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, LAYERS, ATTENTION_HEADS, INNER, POSITIONS = 384, 12, 12, 1536, 512
MIDDLE = 6
"""Layer whose states join the last one's in the embedding: fine-tuning keeps more of the base there."""
CLIP = 8.0
"""Token weights are exp(CLIP·tanh(x/CLIP)): bounded, so that no token's weight overflows."""
EPSILON = 1e-12


@dataclass(frozen=True)
class Head:
    """One head: `values` scores per span, whose tokens are weighed by `own` weights, each shared alike."""

    name: str
    values: int
    own: int = 1


ASPECTS, SIGNALS = 20, 21
HEADS = (
    Head("stars", 5),
    Head("tone", 3),
    Head("classes", 3),
    Head("asked", 3),
    Head("site", 2),
    Head("aspects", ASPECTS, ASPECTS),
    Head("aspect_polarity", 3 * ASPECTS, ASPECTS),
    Head("signals", SIGNALS, SIGNALS),
)
"""`asked`: score, satisfaction, return intention of a survey (0–1); `site`: recommends, score out of ten."""


class EncoderLayer(nn.Module):
    """One transformer layer, post-norm."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.drop = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """Return the next states, batch × tokens × width."""
        batch, length, _ = states.shape
        query, key, value = (
            self.qkv(states).view(batch, length, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        )
        # written out: for texts this short, the fused kernel's backward pass takes several times as long on
        # CPUs
        scores = query @ key.transpose(-1, -2) * (WIDTH // ATTENTION_HEADS) ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e4)
        mixed = torch.softmax(scores, -1).to(value.dtype) @ value
        states = self.norm1(states + self.drop(self.out(mixed.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.norm2(states + self.drop(self.down(functional.gelu(self.up(states)))))


class Network(nn.Module):
    """Encoder and heads; `pieces` counts the vocabulary, its last 256 being the bytes."""

    def __init__(self, pieces: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.pieces = pieces
        self.words = nn.Embedding(pieces, WIDTH)
        self.words.weight.requires_grad_(False)
        self.bytes = nn.Embedding(257, WIDTH, padding_idx=0)
        nn.init.zeros_(self.bytes.weight)
        self.places = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.drop = nn.Dropout(dropout) if dropout else nn.Identity()
        self.layers = nn.ModuleList(EncoderLayer(dropout) for _ in range(LAYERS))
        self.values = nn.ModuleDict({head.name: nn.Linear(WIDTH, head.values) for head in HEADS})
        self.weights = nn.ModuleDict({head.name: nn.Linear(WIDTH, head.own) for head in HEADS})
        for name in self.weights:
            nn.init.zeros_(self.weights[name].weight)
        self.meaning = nn.Linear(2 * WIDTH, WIDTH)

    def encode(self, ids: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the middle and the last states of ids (batch × tokens); `mask` is True where a token is."""
        extra = (ids - (self.pieces - 257)).clamp(min=0)
        states = self.words(ids) + self.bytes(extra) + self.places.weight[: ids.shape[1]]
        states = self.drop(self.norm(states))
        attend = None if mask is None else mask[:, None, None, :]
        middle = states
        for index, layer in enumerate(self.layers, 1):
            states = layer(states, attend)
            if index == MIDDLE:
                middle = states
        return middle, states

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor, count: int) -> dict[str, Tensor]:
        """Return each head's values per span, float32. `spans` gives each token's span, `count` for none."""
        middle, last = self.encode(ids, mask)
        flat, place = last.reshape(-1, WIDTH), spans.reshape(-1)
        found: dict[str, Tensor] = {}
        for head in HEADS:
            values = self.values[head.name](flat).float()
            weights = torch.exp(CLIP * torch.tanh(self.weights[head.name](flat).float() / CLIP))
            spread = weights.repeat_interleave(head.values // head.own, 1) if head.own > 1 else weights
            top = _sum(values * spread, place, count)
            found[head.name] = top / _sum(spread.expand_as(values), place, count).clamp(min=1e-9)
        both = torch.cat([middle.reshape(-1, WIDTH), flat], 1).float()
        ones = torch.ones(len(place), 1)
        mean = _sum(both, place, count) / _sum(ones, place, count).clamp(min=1)
        found["meaning"] = functional.normalize(self.meaning(mean).float(), dim=1)
        return found


def _sum(values: Tensor, place: Tensor, count: int) -> Tensor:
    return torch.zeros(count + 1, values.shape[1]).index_add(0, place, values)[:count]


def from_base(folder: Path, kept: list[int], unknown: int = 3) -> Network:
    """Return a network that starts as the base model: a `transformers` folder (BERT layout) and kept ids."""
    state = load_file(str(folder / "model.safetensors"))
    state = {name.removeprefix("bert."): value.float() for name, value in state.items()}
    network = Network(len(kept) + 256)
    words = state["embeddings.word_embeddings.weight"]
    with torch.no_grad():
        network.words.weight.copy_(torch.cat([words[kept], words[unknown].expand(256, -1)]))
        network.places.weight.copy_(
            state["embeddings.position_embeddings.weight"]
            + state["embeddings.token_type_embeddings.weight"][0]
        )
        _copy(network.norm, state, "embeddings.LayerNorm")
        for index, layer in enumerate(network.layers):
            key = f"encoder.layer.{index}."
            for kind in ("weight", "bias"):
                three = [state[f"{key}attention.self.{each}.{kind}"] for each in ("query", "key", "value")]
                getattr(layer.qkv, kind).copy_(torch.cat(three))
            _copy(layer.out, state, f"{key}attention.output.dense")
            _copy(layer.norm1, state, f"{key}attention.output.LayerNorm")
            _copy(layer.up, state, f"{key}intermediate.dense")
            _copy(layer.down, state, f"{key}output.dense")
            _copy(layer.norm2, state, f"{key}output.LayerNorm")
        network.meaning.weight.copy_(torch.cat([torch.zeros(WIDTH, WIDTH), torch.eye(WIDTH)], 1))
        network.meaning.bias.zero_()
    return network


def _copy(module: nn.Module, state: dict[str, Tensor], key: str) -> None:
    module.weight.copy_(state[f"{key}.weight"])
    module.bias.copy_(state[f"{key}.bias"])
