"""The log beside its peers, in one run: append, replay, rebuild, verify, questions, size, concurrency."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from bench import peers
from bench.race import Contestant, race, timed
from tracker.configuration.contest_file import read_contest
from tracker.contests import Contest
from tracker.errors import DatabaseBusy
from tracker.events import ContestDeclared, Event, StanceReported
from tracker.items import ItemId
from tracker.projection import replay, standings
from tracker.stances import CandidateId, ContestId, ElectorId, Stance
from tracker.store import Store, open_store, schema
from tracker.store.model_rows import ALL_HEARD
from tracker.store.verification import _QUICK, verify
from tracker.testing import report

ROOT = Path(__file__).parent.parent
START = datetime(2024, 1, 1, tzinfo=UTC)
END = START + timedelta(days=4000)
# So many events a contest: at a million, 200 contests of 64 pairs.
EACH = 5000
BATCH = 1000
# So many events go into the peers' files: their figures do not depend on more.
PEERS = 20_000


def _roster(n: int) -> Contest:
    shipped = read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")
    return replace(shipped, id=ContestId("nato-sg-2024" if n == 0 else f"contest-{n:04}"))


def contests(count: int) -> Iterator[list[Event]]:
    """A log of `count` events, contest by contest: about 350 bytes of `data`, three reports an item, stances
    that change now and then."""
    roster = _roster(0)
    electors, candidates = [e.id for e in roster.electors], [c.id for c in roster.candidates[:2]]
    fair = report()
    fair = replace(
        fair,
        speaker="minister",
        confidence=0.5,
        evidence=replace(fair.evidence, text="x", sentence="Aland backs it"),
    )
    stances = [Stance.SUPPORTS] * 3 + [Stance.UNDECIDED, Stance.OPPOSES]
    for c in range(max(1, count // EACH)):
        held = replace(roster, id=_roster_id(c))
        yield [
            ContestDeclared(contest=held.id, occurred_at=START, producer="bench", roster=held),
            *(
                replace(
                    fair,
                    contest=held.id,
                    elector=ElectorId(electors[n % len(electors)]),
                    candidate=CandidateId(candidates[n // len(electors) % 2]),
                    stance=stances[n // 200 % len(stances)],
                    occurred_at=START + timedelta(minutes=n),
                    item=ItemId(sha256(f"{c}-{n // 3}".encode()).hexdigest()[:24]),
                    source=replace(fair.source, url=f"https://g.example/{c:04}{n:06}", title=""),
                )
                for n in range(min(count, EACH) - 1)
            ),
        ]


def _roster_id(n: int) -> ContestId:
    return ContestId("nato-sg-2024" if n == 0 else f"contest-{n:04}")


def records(events: list[Event]) -> list[dict[str, Any]]:
    """The reports as plain records, for the peers: the same content."""
    found = []
    for event in events:
        if isinstance(event, StanceReported):
            plain = msgspec.to_builtins(event)
            hot = (
                "contest",
                "elector",
                "candidate",
                "stance",
                "certainty",
                "occurred_at",
                "item",
                "producer",
            )
            data = {name: value for name, value in plain.items() if name not in hot}
            found.append({**{name: plain[name] for name in hot}, "moment": event.occurred_at, "data": data})
    return found


def measure(count: int) -> None:
    """Everything, on a log of so many events."""
    if not peers.HERE:
        print("(eventsourcing and orjson are not installed: pip install -e '.[bench]' adds these peers)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        some = [event for part in contests(PEERS) for event in part]
        _append(folder, some[:301], 1)
        _append(folder, some, BATCH)
        _guards(folder, some[:PEERS])
        path = folder / "log.db"
        _fill(path, count)
        _size(path, count)
        _replay(folder, path, count, some)
        _models(path, count)
        _chain(path, count)
        _questions(path)
        _concurrency(path)


def _fresh(folder: Path) -> Path:
    return folder / f"{time.perf_counter_ns()}.db"


def _append(folder: Path, events: list[Event], batch: int) -> None:
    told = records(events)

    def ours() -> None:
        with open_store(_fresh(folder)) as store:
            for at in range(0, len(events), batch):
                store.log.append(events[at : at + batch], START)

    contestants: dict[str, Contestant] = {}
    if peers.HERE:
        contestants["plain sqlite3 + orjson, hot fields as columns"] = lambda: peers.plain_append(
            _fresh(folder), told, batch
        )

        def theirs() -> None:
            peer = peers.Peer(_fresh(folder))
            peer.append(told, batch)
            peer.close()

        contestants["eventsourcing: Application.save"] = theirs
    contestants["tracker (chain, guards, ids, read models, full text)"] = ours
    race(f"Append, synchronous=FULL, {batch} a transaction", len(told), contestants, "events/s")


def _guards(folder: Path, events: list[Event]) -> None:
    """What each guard costs: the same rows put in with one thing more at a time."""
    source = _fresh(folder)
    with open_store(source) as store:
        for at in range(0, len(events), BATCH):
            store.log.append(events[at : at + BATCH], START)
        rows = store._database.rows("SELECT * FROM events ORDER BY seq")
        words = store._database.rows(
            "SELECT seq, sentence, speaker, outlet, title FROM evidence ORDER BY seq"
        )

    def put(*more: str, unique: bool = True, chain: bool = False, search: bool = False) -> None:
        with closing(sqlite3.connect(_fresh(folder), isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {schema.PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(schema.EVENTS if unique else schema.EVENTS.replace(" UNIQUE", ""))
            for statement in more:
                connection.execute(statement)
            if search:
                connection.execute(schema._SEARCH)
            last = bytes(32)
            for at in range(0, len(rows), BATCH):
                connection.execute("BEGIN IMMEDIATE")
                page = rows[at : at + BATCH]
                if chain:
                    for row in page:
                        last = sha256(last + row[14].encode()).digest()
                connection.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 17)})", page)
                if search:
                    connection.executemany(
                        "INSERT INTO evidence_search (rowid, sentence, speaker, outlet, title) "
                        "VALUES (?, ?, ?, ?, ?)",
                        words[at : at + BATCH],
                    )
                connection.execute("COMMIT")

    guards = tuple(schema.GUARDS.values())
    race(
        f"What each guard costs: made rows put in, {BATCH} a transaction",
        len(rows),
        {
            "bare rows": lambda: put(unique=False),
            "+ ids unique (an index)": put,
            "+ hash chain": lambda: put(chain=True),
            "+ triggers: append-only": lambda: put(*guards, chain=True),
            "+ index by contest, elector, candidate": lambda: put(*guards, schema._INDEX, chain=True),
            "+ full text": lambda: put(*guards, schema._INDEX, chain=True, search=True),
        },
        "events/s",
    )


def _fill(path: Path, count: int) -> None:
    begun = time.perf_counter()
    with open_store(path) as store:
        for events in contests(count):
            for at in range(0, len(events), BATCH):
                store.log.append(events[at : at + BATCH], START)
        total = store.log.head().seq
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(
        f"\nA log of {total:,} events in {max(1, count // EACH)} contests, "
        f"appended at {total / (time.perf_counter() - begun):,.0f} events/s"
    )


def _size(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        by_part: dict[str, float] = {}
        for name, size in connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            part = (
                "events" if name == "events"
                else "indexes" if name.startswith(("sqlite_autoindex_events", "events_"))
                else "full text" if name.startswith("evidence_search")
                else "read models"
            )  # fmt: skip
            by_part[part] = by_part.get(part, 0) + size
        (data,) = connection.execute(
            "SELECT avg(length(data)) FROM events WHERE elector IS NOT NULL"
        ).fetchone()
    told = ", ".join(f"{part} {size / count:.0f}" for part, size in sorted(by_part.items()))
    log = by_part["events"] + by_part["indexes"]
    print(
        f"  bytes an event of {data:.0f} bytes of data: {log / count:.0f} ({told}); "
        f"file {path.stat().st_size / 1e6:,.0f} MB"
    )


def _replay(folder: Path, path: Path, count: int, some: list[Event]) -> None:
    def fold(store: Store) -> None:
        for contest in replay(store.log.read()).contests.values():
            standings(contest, END)

    with open_store(path, read_only=True) as store:
        taken = timed(lambda: fold(store))
        read = timed(lambda: sum(1 for _ in store.log.read()))
    print(f"\nReplay of {count:,} events")
    print(
        f"  decode alone {count / read:,.0f} events/s; "
        f"decode, fold, weigh each pair {count / taken:,.0f} events/s"
    )
    small = _fresh(folder)
    with open_store(small) as store:
        for at in range(0, len(some), BATCH):
            store.log.append(some[at : at + BATCH], START)
        contestants: dict[str, Contestant] = {}
        if peers.HERE:
            peer = peers.Peer(_fresh(folder))
            peer.append(records(some), BATCH)
            contestants["eventsourcing: notifications and mapper, no fold"] = peer.read
        contestants["tracker: decode alone"] = lambda: sum(1 for _ in store.log.read())
        contestants["tracker: decode, fold, weigh each pair"] = lambda: fold(store)
        race(f"Replay of {len(some):,} events", len(some), contestants, "events/s")


def _models(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TEMP TABLE latest (contest, elector, candidate, reports, seq)")
        heard = ALL_HEARD.replace("latest_reports", "temp.latest")
        bare = "SELECT contest, elector, candidate, max(seq) FROM events GROUP BY contest, elector, candidate"

        def build() -> None:
            connection.execute("DELETE FROM temp.latest")
            connection.execute(heard)

        race(
            "Latest report of each pair, by SQL",
            count,
            {
                "bare GROUP BY on the covering index": lambda: connection.execute(bare).fetchall(),
                "rebuilt": build,
            },
            "events/s",
        )
    with open_store(path) as store:
        print(f"\nAll read models and the search index made anew: {timed(store.remake):.1f} s")
        print(
            f"  compared with the log to the byte: {timed(lambda: list(store.differences())):.1f} s",
            flush=True,
        )


def _chain(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        rows = _QUICK.replace("seq, prev_hash, hash, ", "", 1)

        def bare() -> None:
            for (row,) in connection.execute(rows):
                sha256(row).digest()

        race(
            "Verify",
            count,
            {
                "bare SHA-256 over the same rows": bare,
                "tracker: the chain": lambda: verify(path, chain_only=True),
            },
            "events/s",
        )


def _questions(path: Path) -> None:
    with open_store(path, read_only=True) as store:
        times = []
        contests_there = len(store.states.contests())
        for n in range(200):
            at = START + timedelta(minutes=n * 20)
            begun = time.perf_counter()
            store.standings.as_of(_roster_id(n * 7 % contests_there), at)
            times.append((time.perf_counter() - begun) * 1000)
    ordered = sorted(times)
    print(
        f"\nAs of a moment, one contest, from the read model: median {statistics.median(times):.2f} ms, "
        f"p95 {ordered[190]:.2f} ms"
    )
    command = [sys.executable, "-m", "tracker", "status", "--db", str(path), "--contest", "nato-sg-2024"]
    runs = [
        timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT))
        for _ in range(7)
    ]
    empty = [sys.executable, "-c", "pass"]
    base = [timed(lambda: subprocess.run(empty, check=True)) for _ in range(5)]
    print(
        f"tracker status, whole process: median {statistics.median(runs):.2f} s "
        f"(Python alone {statistics.median(base):.2f} s)",
        flush=True,
    )


def _read_on(path: str, until: float, told: Any) -> None:
    reads = locked = 0
    with open_store(path, read_only=True) as store:
        while time.time() < until:
            try:
                store.standings.as_of(_roster_id(reads % 200), END)
                reads += 1
            except DatabaseBusy:
                locked += 1
    told.put((reads, locked))


def _concurrency(path: Path, seconds: float = 10.0) -> None:
    told: Any = multiprocessing.Queue()
    until = time.time() + seconds
    readers = [
        multiprocessing.Process(target=_read_on, args=(os.fspath(path), until, told)) for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    appends = locked = 0
    with open_store(path) as store:
        while time.time() < until:
            try:
                store.log.append(
                    [replace(report(), contest=_roster_id(0), speaker=f"late {appends}", occurred_at=END)],
                    START,
                )
                appends += 1
            except DatabaseBusy:
                locked += 1
    found = [told.get() for _ in readers]
    for reader in readers:
        reader.join()
    print(
        f"\nOne writer and four readers for {seconds:.0f} s: {appends / seconds:,.0f} appends/s, "
        f"{sum(reads for reads, _ in found) / seconds:,.0f} answers/s, "
        f"{locked + sum(busy for _, busy in found)} times locked"
    )
