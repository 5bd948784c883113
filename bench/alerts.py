"""Alerts on simulated days: false alarms in quiet months, and the delay of the alert on a planted crisis.

    python -m bench.alerts            MONTHS=40 simulated months for each volume

A brand is followed on five sources of unequal size. Days have a weekly rhythm, a mood of their own that all
sources share, and come in clusters (each source's count is a negative binomial of variance about twice its
mean); the share of bad mentions varies from day to day. A mention is known six hours later at most: every
source is read at 0, 6, 12 and 18 o'clock, and the day so far is tested then, as `ouidire run` does. An alert
of the same kind is not sent again for three days. A crisis begins at 9 o'clock; its delay is counted in hours
from there to the reading that gives an alert.
"""

# A benchmark is a program: it prints its table.
# ruff: noqa: T201

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ouidire.measures import Day, SeriesKey, unusual_day

MONTHS = int(os.environ.get("MONTHS", "40"))
SHARES = (0.45, 0.25, 0.15, 0.10, 0.05)
RHYTHM = (1.1, 1.0, 1.0, 1.0, 1.0, 1.2, 0.7)
READINGS = (6, 12, 18, 24)
MOOD = 0.15
"""Standard deviation of a day's mood, that is of the logarithm of its volume."""
CLUSTERS = 2.0
"""Variance over mean of a source's count, given the mood."""
TONES = np.array((0.20, 0.12, 0.68))
"""Bad, neutral and good mentions, in a usual day."""
WOBBLE = 0.02
"""Correlation of two mentions of one day."""
PAST = 57
AGAIN = 3
FIRST_HOUR = 9


class Crisis(NamedTuple):
    """A planted crisis: `times` the volume on some sources, `bad` mentions of the whole day as a share.

    Where `bad` is None the share is unchanged.
    """

    name: str
    times: float = 1.0
    sources: tuple[int, ...] = (0, 1, 2, 3, 4)
    bad: float | None = None


CRISES = (
    Crisis("volume ×2 everywhere", 2.0),
    Crisis("volume ×3 everywhere", 3.0),
    Crisis("volume ×6 on one source in four", 6.0, (1,)),
    Crisis("as many mentions, half of them bad", 1.0, bad=0.5),
    Crisis("volume ×2, 60% of them bad", 2.0, bad=0.6),
)


class Hours(NamedTuple):
    """One day: the hour of each mention and its tone (−1, 0, 1), for each source."""

    hours: tuple[np.ndarray, ...]
    tones: tuple[np.ndarray, ...]


def day_of(
    rng: np.random.Generator, mean: float, weekday: int, crisis: Crisis | None, *, begins: float = 0.0
) -> Hours:
    """Draw one day; `begins` is the hour from which the crisis is felt."""
    mood = np.exp(rng.normal(-MOOD * MOOD / 2, MOOD))
    usual = rng.dirichlet(TONES * (1 / WOBBLE - 1))
    hours, tones = [], []
    for number, share in enumerate(SHARES):
        here = crisis if crisis and number in crisis.sources else None
        rate = mean * share * RHYTHM[weekday] * mood
        count = rng.negative_binomial(rate / (CLUSTERS - 1), 1 / CLUSTERS)
        at = rng.uniform(7, 24, count)
        tone = rng.choice((-1, 0, 1), count, p=usual)
        if here:  # from the first hour on: more of them, or other ones
            more = rng.negative_binomial(max(1e-9, rate * (here.times - 1)) / (CLUSTERS - 1), 1 / CLUSTERS)
            late = rng.uniform(max(7.0, begins), 24, more)
            mix = usual if here.bad is None else np.array((here.bad, 0.1, 0.9 - here.bad))
            if here.bad is not None:
                tone = np.where(at >= begins, rng.choice((-1, 0, 1), count, p=mix), tone)
            at, tone = np.concatenate((at, late)), np.concatenate((tone, rng.choice((-1, 0, 1), more, p=mix)))
        hours.append(at)
        tones.append(tone)
    return Hours(tuple(hours), tuple(tones))


def known_at(day: Hours, hour: float) -> list[Day]:
    """Return the sums of a day that are known at an hour: the whole brand, then each source."""
    known = [tone[at < hour] for at, tone in zip(day.hours, day.tones, strict=True)]
    return [_day(np.concatenate(known)), *(_day(tone) for tone in known)]


def _day(tones: np.ndarray) -> Day:
    n, bad, good = len(tones), int((tones < 0).sum()), int((tones > 0).sum())
    # an analyser is not sure of itself: a good mention counts 0.8 and a bad one −0.8
    return Day(n=n, read=n, total=0.8 * (good - bad), squares=0.64 * (good + bad), negative=bad)


class Past:
    """The days so far, as series."""

    def __init__(self) -> None:
        self.series: list[list[Day]] = [[] for _ in range(len(SHARES) + 1)]

    def add(self, day: Hours) -> None:
        """Close a day."""
        for series, whole in zip(self.series, known_at(day, 24), strict=True):
            series.append(whole)
            del series[:-PAST]

    def alerts(self, day: Hours, hour: float) -> set[str]:
        """Return the kinds of alert that a reading of the day gives."""
        now = known_at(day, hour)
        keys = [SeriesKey("brand"), *(SeriesKey("brand", str(number)) for number in range(len(SHARES)))]
        series = {
            key: [*past[-PAST + 1 :], today] for key, past, today in zip(keys, self.series, now, strict=True)
        }
        return {each.kind for each in unusual_day(series)}


def quiet(
    mean: float, months: int, seed: int, *, readings: tuple[int, ...] = READINGS
) -> tuple[float, float]:
    """Return the false alarms in a month, and the share of months with any, over quiet months."""
    rng = np.random.default_rng(seed)
    past = Past()
    sent: dict[str, int] = {}
    alarms = np.zeros(months)
    for number in range(-PAST, 30 * months):
        day = day_of(rng, mean, number % 7, None)
        for hour in readings if number >= 0 else ():
            for kind in past.alerts(day, hour):
                if number - sent.get(kind, -AGAIN) >= AGAIN:
                    sent[kind] = number
                    alarms[number // 30] += 1
        past.add(day)
    return float(alarms.mean()), float((alarms > 0).mean())


def delays(mean: float, crisis: Crisis, crises: int, seed: int) -> Iterator[float]:
    """Yield the delay in hours of each planted crisis; infinity where three days pass without an alert."""
    rng = np.random.default_rng(seed)
    for number in range(crises):
        past = Past()
        for back in range(PAST, 0, -1):
            past.add(day_of(rng, mean, (number - back) % 7, None))
        yield _delay(rng, past, mean, number, crisis)


def _delay(rng: np.random.Generator, past: Past, mean: float, first: int, crisis: Crisis) -> float:
    for day_number in range(3):
        day = day_of(rng, mean, (first + day_number) % 7, crisis, begins=0 if day_number else FIRST_HOUR)
        for hour in READINGS:
            if 24 * day_number + hour > FIRST_HOUR and past.alerts(day, hour):
                return 24.0 * day_number + hour - FIRST_HOUR
        past.add(day)
    return float("inf")


def main() -> None:
    """Print both tables."""
    began = time.perf_counter()
    print(f"False alarms on {MONTHS} simulated quiet months (one brand, five sources, four readings a day)\n")
    print(f"{'mentions a day':>16}{'alarms a month':>18}{'months with any':>18}")
    for number, mean in enumerate((2, 10, 40, 200)):
        rate, months = quiet(mean, MONTHS, 20_260_000 + number)
        print(f"{mean:>16}{rate:>18.2f}{months:>18.0%}", flush=True)
    crises = max(20, MONTHS)
    print(
        f"\nPlanted crises ({crises} of each): share found within three days, "
        "and hours from the beginning to the alert\n"
    )
    print(f"{'':<38}{'mentions a day':>15}{'found':>8}{'median':>9}{'nine in ten':>13}")
    for number, crisis in enumerate(CRISES):
        for mean in (10, 40, 200):
            hours = sorted(delays(mean, crisis, crises, 20_261_000 + number))
            found = sum(each < float("inf") for each in hours) / crises
            shown = [
                f"{each:.0f} h" if each < float("inf") else "–"
                for each in (hours[crises // 2], hours[int(0.9 * crises)])
            ]
            print(f"{crisis.name:<38}{mean:>15}{found:>8.0%}{shown[0]:>9}{shown[1]:>13}", flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
