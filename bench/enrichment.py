"""Speed, cold start and memory of the enrichment; texts a second are compared with transformers in torch.

    python -m bench.enrichment        SCALE=100000 texts for the memory by default

Rivals score the same texts and the same sentences: the same architecture in float32 through
`transformers.pipeline` one at a time and in its best batches, and a 12-layer BERT-base with five classes
likewise. Their weights are random, which changes no speed: the encoder that ships has 12 layers of width 384,
and so has the first. They need the extra `torch`; without it only our own figures are printed. Ratios of one
run, two cores, everybody in turn, the best of some rounds each. On a machine that others use,
`--processor-time` counts the processor's seconds instead, torch on one thread so that none waits for another.
Texts are made of the sentences of our own gold files, 250 characters each on average as real reviews are.
"""

# A benchmark is a program: it prints its table, and starts itself again to measure memory.
# ruff: noqa: T201, S603

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.measuring import peak_mb
from enrichment.analysers.sentences import split
from enrichment.run import bundled

GOLD = Path(__file__).resolve().parents[1] / "tests" / "eval" / "sentiment" / "gold.jsonl"
MODEL = Path(__file__).resolve().parents[1] / "enrichment" / "models" / "weights" / "tokenizer.json"
BATCH = 256
SENTENCES = 5
CORES = 2
BATCHES, TRIED = (8, 16, 32, 64), 16
"""Sizes of batches that torch tries, on so many texts."""
SHARE_ONE = 20
"""One text in so many is scored one at a time: a minute rather than twenty."""


def texts(count: int) -> Iterator[str]:
    """Yield `count` texts, always the same."""
    pieces = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()]
    dice = random.Random(7)  # noqa: S311 (texts to measure with, not secrets)
    for _ in range(count):
        yield " ".join(dice.choices(pieces, k=SENTENCES))


Contestants = dict[str, tuple[Callable[[], object], int]]
"""By name: the work of a round, and how many texts it is."""


def rates(contestants: Contestants, *, clock: Callable[[], float], rounds: int = 3) -> dict[str, float]:
    """Return texts a second of each, the best of some rounds.

    They take turns, so that what else the machine does slows all alike.
    """
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, (work, _) in contestants.items():
            start = clock()
            work()
            best[name] = min(best[name], clock() - start)
    return {name: count / best[name] for name, (_, count) in contestants.items()}


def all_parts(batch: Sequence[str]) -> list[str]:
    """Return texts and their sentences; a text of one sentence only once."""
    parts = []
    for text in batch:
        spans = split(text)
        parts += [text, *(text[start:end] for start, end in spans if len(spans) > 1)]
    return parts


def split_and_score(score: Callable[[Sequence[str]], object], batch: Sequence[str]) -> None:
    """Split texts into sentences and score all of them, as the enrichment does."""
    score(all_parts(batch))


def torch_rival(
    *, threads: int, clock: Callable[[], float], **sizes: int
) -> tuple[Callable[[Sequence[str]], object], Callable[[Sequence[str]], object]]:
    """Return a five-star classifier in torch, float32: as a pipeline, and as a function of batches.

    The pipeline takes texts one at a time; batches hold texts of like lengths.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

    torch.set_num_threads(threads)
    marks = {"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "<s>", "sep_token": "</s>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(MODEL), **marks)
    classifier = BertForSequenceClassification(
        BertConfig(vocab_size=len(tokenizer), num_labels=5, **sizes)
    ).eval()
    one = pipeline(
        "text-classification",
        model=classifier,
        tokenizer=tokenizer,
        device="cpu",
        truncation=True,
        max_length=140,
    )

    def alone(parts: Sequence[str]) -> None:
        for part in parts:
            one(part)

    def batched(parts: Sequence[str], size: int) -> None:
        order = sorted(parts, key=len)
        with torch.inference_mode():
            for start in range(0, len(order), size):
                given = tokenizer(
                    order[start : start + size],
                    padding=True,
                    truncation=True,
                    max_length=140,
                    return_tensors="pt",
                )
                classifier(input_ids=given["input_ids"], attention_mask=given["attention_mask"])

    sample = all_parts(list(texts(TRIED)))
    tried = rates(
        {str(size): (partial(batched, sample, size), TRIED) for size in BATCHES}, clock=clock, rounds=1
    )
    best_size = int(max(tried, key=lambda size: tried[size]))
    return alone, lambda parts: batched(parts, best_size)


def speed(count: int, *, processor_time: bool) -> None:
    """Print texts a second of the whole enrichment, and of the rivals."""
    clock = time.process_time if processor_time else time.perf_counter
    batch = list(texts(count))
    some = batch[: max(1, count // SHARE_ONE)]
    enricher = bundled()
    enricher.annotate([enricher.prepare(batch[0])])
    whole = "whole enrichment, batched"
    contestants: Contestants = {
        whole: (lambda: enricher.annotate([enricher.prepare(text) for text in batch]), count),
        "whole enrichment, one at a time": (
            lambda: [enricher.annotate([enricher.prepare(text)]) for text in some],
            len(some),
        ),
    }
    small = {
        "hidden_size": 384,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
    }
    for name, sizes in (("same architecture", small), ("BERT-base, five stars", {})):
        try:
            alone, batched = torch_rival(threads=1 if processor_time else CORES, clock=clock, **sizes)
        except ImportError:
            print("rivals in torch: not measured, the extra `torch` is not installed")
            break
        contestants[f"{name}, torch, one at a time"] = (partial(split_and_score, alone, some), len(some))
        contestants[f"{name}, torch, best batches"] = (partial(split_and_score, batched, batch), count)
    found = rates(contestants, clock=clock)
    second = "second of processor time" if processor_time else "second"
    print(
        f"texts a {second} ({len(all_parts(batch)) / count - 1:.1f} sentences a text); "
        "ratio: the whole enrichment, batched, over it"
    )
    for name, each in found.items():
        print(f"{name:44}{each:8.1f}   ratio {found[whole] / each:5.1f}")


def cold() -> float:
    """Return the seconds from starting Python to the first annotated text."""
    code = "from enrichment.run import *; e = bundled(); e.annotate([e.prepare('Parfait, merci.')])"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def peak(count: int) -> float:
    """Return the peak memory (MB) of a process that enriches `count` texts, batch after batch."""
    command = [sys.executable, "-m", "bench.enrichment", "--only-enrich", str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def enrich(count: int) -> None:
    """Enrich `count` texts, keep nothing, print the peak memory in MB."""
    enricher, batch = bundled(), []
    for text in texts(count):
        batch.append(enricher.prepare(text))
        if len(batch) == BATCH:
            enricher.annotate(batch)
            batch = []
    enricher.annotate(batch)
    print(peak_mb())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=int, default=400, help="texts for the speeds")
    parser.add_argument(
        "--scale",
        type=int,
        default=int(os.environ.get("SCALE", "100000")),
        help="texts for the memory, against a tenth of them",
    )
    parser.add_argument("--only-speed", action="store_true", help="leave out cold start and memory")
    parser.add_argument("--only-enrich", type=int, help=argparse.SUPPRESS)
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="count the processor's seconds: for a machine that others use",
    )
    options = parser.parse_args()
    if options.only_enrich:
        enrich(options.only_enrich)
        return
    speed(options.texts, processor_time=options.processor_time)
    if options.only_speed:
        return
    print(f"cold start to the first text     {min(cold() for _ in range(3)):8.2f} s")
    small, large = peak(options.scale // 10), peak(options.scale)
    print(
        f"peak memory {small:.0f} MB at {options.scale // 10:,} texts, {large:.0f} MB at {options.scale:,}   "
        f"ratio {large / small:.2f}"
    )


if __name__ == "__main__":
    main()
