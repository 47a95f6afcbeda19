"""Contestants run in turn, and their medians side by side."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

RUNS = 3
Contestant = Callable[[], object]


def timed(work: Contestant) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def race(
    title: str, count: int, contestants: dict[str, Contestant], unit: str, runs: int = RUNS
) -> dict[str, float]:
    """Run the contestants in turn, print each one's rate and its ratio to the first; seconds by name."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, work in contestants.items():
            taken[name].append(timed(work))
    print(f"\n{title}")
    medians = {name: statistics.median(times) for name, times in taken.items()}
    first = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"  {name:<58} {count / median:>11,.0f} {unit}  x{first / median:.2f}", flush=True)
    return medians
