"""The seed race from its feed files to its standings and alerts: exactly what its own page expects.

`expected.json` was written from the texts, by the labelling rules, before the reader first ran on them.
A difference is the reader's (or a disagreement to be kept on record), never a reason to change the seeds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tracker.clock import SetClock, iso, parse_end
from tracker.configuration.contest_file import read_contest
from tracker.contests import Contest
from tracker.extraction import Reader
from tracker.feeds.files import read
from tracker.items import Item
from tracker.projection import ContestState, leader, standing, standings
from tracker.projection import replay as fold
from tracker.service.backfill import Progress, rerun
from tracker.service.ingest import Line
from tracker.stances import CandidateId, ElectorId
from tracker.store import open_store
from tracker.store.verification import verify

ROOT = Path(__file__).parents[2]
RACE = ROOT / "seeds" / "nato-sg-2024"
# When the feeds were fetched, as far as a replay goes: after the last item.
SEEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def contest() -> Contest:
    return read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")


@cache
def expected() -> dict[str, Any]:
    read_json: dict[str, Any] = json.loads((RACE / "expected.json").read_text("utf-8"))
    return read_json


def items(files: Iterable[Path]) -> list[Item]:
    found = [item for path in files for item in read(path, seen_at=SEEN_AT)]
    assert all(isinstance(item, Item) for item in found)
    return [item for item in found if isinstance(item, Item)]


def replayed(database: Path, files: Iterable[Path]) -> tuple[Progress, str]:
    """The race replayed into a database; how it went, and the head of the log."""
    clock = SetClock(SEEN_AT)
    with open_store(database) as store:
        line = Line(store, [Reader(contest())], {}, clock=clock)
        return rerun(line, items(files), clock), store.log.head().hash.hex()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seeds") / "race.db"
    progress, _ = replayed(path, sorted(RACE.joinpath("feeds").iterdir()))
    assert (progress.failed, progress.queued) == (0, 0)
    return path


@pytest.fixture(scope="module")
def state(database: Path) -> ContestState:
    with open_store(database, read_only=True) as store:
        held = fold(store.log.read()).contest(contest().id)
    assert held is not None
    return held


@pytest.mark.parametrize("checkpoint", expected()["checkpoints"], ids=lambda c: c["as_of"])
def test_the_standings_of_a_checkpoint_come_out(state: ContestState, checkpoint: dict[str, Any]) -> None:
    as_of = parse_end(checkpoint["as_of"])
    differences = []
    for candidate, picture in checkpoint["candidates"].items():
        for elector, wanted in picture["standings"].items():
            held = standing(state, (ElectorId(elector), CandidateId(candidate)), as_of)
            got = {
                "stance": held.stance.value if held.stance else "unknown",
                "certainty": held.certainty.value if held.certainty else None,
                "disputed": held.disputed,
            }
            if got != wanted:
                differences.append(f"{candidate} {elector}: expected {wanted}, got {got}")
    assert not differences, "\n".join(differences)
    assert leader(state, standings(state, as_of), as_of) == checkpoint["leader"]


def test_exactly_the_expected_alerts_come_out_in_order(database: Path) -> None:
    with open_store(database, read_only=True) as store:
        got = [
            {
                "at": iso(alert.at),
                "elector": alert.elector,
                "candidate": alert.candidate,
                "from": alert.was.value if alert.was else "unknown",
                "to": alert.now.value if alert.now else "unknown",
                "certainty": alert.certainty.value if alert.certainty else None,
                "link": alert.url,
            }
            for alert in (kept.alert for kept in store.outbox.alerts())
        ]
    wanted = expected()["alerts"]
    missing = [f"missing: {one}" for one in wanted if one not in got]
    extra = [f"not expected: {one}" for one in got if one not in wanted]
    assert not missing + extra, "\n".join(missing + extra)
    assert got == wanted


def test_a_second_replay_adds_nothing_and_any_order_of_files_gives_the_same_log(
    database: Path, tmp_path: Path
) -> None:
    files = sorted(RACE.joinpath("feeds").iterdir())
    again, head = replayed(database, files)
    assert (again.new, again.events, again.alerts) == (0, 0, 0)
    for seed in (1, 2):
        shuffled = random.Random(seed).sample(files, len(files))
        assert replayed(tmp_path / f"{seed}.db", shuffled)[1] == head
    assert verify(database).ok
