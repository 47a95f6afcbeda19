"""The reader's figures: how many items a second, what a start costs, and texts written to stop it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tracker.configuration.contest_file import read_contest
from tracker.contests import Contest, Elector
from tracker.countries import COUNTRIES
from tracker.extraction import Reader
from tracker.items import Item, ItemId
from tracker.stances import ElectorId
from tracker.testing import hostile_texts

SHIPPED = Path(__file__).parent.parent / "config" / "contests" / "nato-sg-2024.toml"
START = datetime(2024, 1, 1, tzinfo=UTC)
ELECTORS = 193
RUNS = 5
FILLER = "The council met on Tuesday to discuss the budget for roads, schools and hospitals in the region. "
TOLD = (
    "Spain supports Mark Rutte for NATO chief, its foreign minister said on Thursday. Hungary and Slovakia "
    "have yet to endorse the Dutch prime minister, while Türkiye opposes him and Norway will not block him. "
)
LOAD = """
import resource, sys, time
begun = time.process_time()
from pathlib import Path
from tracker.configuration.contest_file import read_contest
from tracker.extraction.reader import Reader
from tracker.extraction.lexicon import language
reader = Reader(read_contest(Path(sys.argv[1])))
reader._names(language("en"))
print(time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def item(text: str, title: str = "") -> Item:
    return Item(
        id=ItemId("x"), source="s", url="", title=title, summary=text, body="", lang="en", published_at=START
    )


def words(text: str, count: int) -> str:
    found = text.split()
    return " ".join((found * (count // len(found) + 1))[:count])


def wide() -> Contest:
    """The shipped race with 193 electors: other states beside the shipped ones."""
    shipped = read_contest(SHIPPED)
    known = [elector.id for elector in shipped.electors]
    others = [code for code in COUNTRIES if code not in known][: ELECTORS - len(known)]
    return replace(shipped, electors=(*shipped.electors, *(Elector(id=ElectorId(code)) for code in others)))


def rate(work: Callable[[], object], count: int) -> float:
    """Items a second of processor time: the best of several runs, as others share the machine."""
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return count / best


def reading() -> None:
    reader = Reader(wide())
    dull = item(words(FILLER, 50), words(FILLER, 10))
    relevant = item(
        words(TOLD + FILLER * 2, 50), "Spain supports Mark Rutte for NATO chief, foreign minister says"
    )
    print(f"\nReader, {ELECTORS} electors, headline and summary of 60 words, one core")
    for title, one, count in (
        ("items that name nobody", dull, 5000),
        ("relevant items", relevant, 200),
    ):
        reader.read(one)

        def read(one: Item = one, count: int = count) -> None:
            for _ in range(count):
                reader.read(one)

        print(f"  {title:<44} {rate(read, count):>10,.0f} items/s")
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, str(SHIPPED)], capture_output=True, text=True, check=True
    ).stdout.split()
    print(f"  {'import, roster and language':<44} {float(loaded[0]):>10.2f} s, {loaded[1]} MB at most")
    print("\nReader, texts of 1 MB written to stop it")
    for kind, text in hostile_texts(
        1_000_000, "Mark Rutte", ("Spain", "Hungary", "Slovakia", "Romania")
    ).items():
        begun = time.process_time()
        reader.read(item(text, "NATO"))
        print(f"  {kind:<44} {time.process_time() - begun:>10.2f} s")
