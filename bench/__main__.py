"""Measured figures, as ratios side by side in one run: `make bench`.

Each contestant runs three times, interleaved; the median is shown. Absolute figures depend on the machine
and on what else it does; use the ratios.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bench.reading import reading
from tracker.configuration.contest_file import read_contest
from tracker.events import ContestDeclared, Event
from tracker.projection import replay, standings
from tracker.stances import CandidateId, ElectorId
from tracker.store import open_store
from tracker.testing import report

ROOT = Path(__file__).parent.parent
START = datetime(2024, 1, 1, tzinfo=UTC)
RUNS = 3


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def race(title: str, count: int, contestants: dict[str, Callable[[], object]], unit: str) -> None:
    """Run the contestants in turn and print each one's rate and its ratio to the first."""
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(RUNS):
        for name, work in contestants.items():
            taken[name].append(timed(work))
    print(f"\n{title}")
    first = statistics.median(next(iter(taken.values())))
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"  {name:<44} {count / median:>10,.0f} {unit}  x{first / median:.2f}")


def events(count: int) -> list[Event]:
    contest = read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")
    electors, candidates = [e.id for e in contest.electors], [c.id for c in contest.candidates[:2]]
    declared = ContestDeclared(contest=contest.id, occurred_at=START, producer="bench", roster=contest)
    fair = report(contest=contest.id)
    told = [
        replace(
            fair,
            elector=ElectorId(electors[n % len(electors)]),
            candidate=CandidateId(candidates[n % 2]),
            occurred_at=START + timedelta(minutes=n),
        )
        for n in range(count)
    ]
    return [declared, *told]


def appending(folder: Path, batch: int, count: int) -> None:
    made = events(count)
    rows = [(n, json.dumps({"n": n, "text": "x" * 350})) for n in range(len(made))]
    number = 0

    def fresh() -> Path:
        nonlocal number
        number += 1
        return folder / f"{batch}-{number}.db"

    def plain(chain: bool) -> None:
        connection = sqlite3.connect(fresh(), isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE e (seq INTEGER PRIMARY KEY, data TEXT, hash BLOB)")
        last = b""
        for at in range(0, len(rows), batch):
            connection.execute("BEGIN IMMEDIATE")
            for seq, data in rows[at : at + batch]:
                last = sha256(last + data.encode()).digest() if chain else b""
                connection.execute("INSERT INTO e VALUES (?, ?, ?)", (seq, data, last))
            connection.execute("COMMIT")
        connection.close()

    def ours() -> None:
        with open_store(fresh()) as store:
            for at in range(0, len(made), batch):
                store.log.append(made[at : at + batch], START)

    race(
        f"Append, synchronous=FULL, {batch} a transaction",
        len(made),
        {
            "plain sqlite3 + json": lambda: plain(False),
            "plain sqlite3 + json + SHA-256 chain": lambda: plain(True),
            "tracker (chain, guards, ids, indexes, search)": ours,
        },
        "events/s",
    )


def replaying(folder: Path, count: int) -> None:
    path = folder / "replay.db"
    with open_store(path) as store:
        store.log.append(events(count), START)

        def scan() -> None:
            connection = sqlite3.connect(path)
            for row in connection.execute("SELECT data FROM events ORDER BY seq"):
                json.loads(row[0])
            connection.close()

        def fold() -> None:
            state = replay(store.log.read())
            for contest in state.contests.values():
                standings(contest, START + timedelta(days=4000))

        race(
            f"Replay of {count:,} events",
            count,
            {
                "plain sqlite3: select and json.loads": scan,
                "tracker: decode": lambda: sum(1 for _ in store.log.read()),
                "tracker: decode, fold, weigh every pair": fold,
            },
            "events/s",
        )


def main() -> None:
    reading()
    with tempfile.TemporaryDirectory() as folder:
        appending(Path(folder), 1, 300)
        appending(Path(folder), 1000, 20_000)
        replaying(Path(folder), 50_000)


main()
