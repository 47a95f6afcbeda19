"""`tracker.open`: a database as tables."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tracker
from tracker.errors import StoreError, UnknownName
from tracker.events import ContestDeclared
from tracker.stances import ContestId, Stance
from tracker.store import open_store
from tracker.testing import MARCH, on_day, race, told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "t.db"
    declared = ContestDeclared(contest=race().id, occurred_at=MARCH, producer="tests", roster=race())
    with open_store(found) as store:
        store.log.append([declared, told(Stance.SUPPORTS, day=2), told(Stance.OPPOSES, day=5)], MARCH)
    return found


WITHOUT = """
import json, sys
sys.modules["pandas"] = None
import tracker
with tracker.open(sys.argv[1]) as opened:
    print(json.dumps([opened.contests, opened.matrix(as_of="2024-03-02"), len(opened.events()),
                      len(opened.turns()), len(opened.endorsements()), len(opened.standings())]))
"""


def test_without_pandas_a_table_is_a_list_of_records(path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    contests, matrix, *counts = json.loads(ran.stdout)
    assert contests == ["chair-2024"] and counts == [3, 2, 1, 8]
    assert [row["first-one"] for row in matrix] == ["supports", "unknown", "unknown", "unknown"]


def test_with_pandas_a_table_is_a_frame_with_times(path: Path) -> None:
    pytest.importorskip("pandas")
    with tracker.open(path) as opened:
        frame = opened.turns()
        assert list(frame["to"]) == ["supports", "opposes"]
        assert frame["at"].iloc[0].to_pydatetime() == on_day(2)
        early = opened.standings(as_of=datetime(2024, 3, 1, tzinfo=UTC))
        assert set(early["stance"]) == {"unknown"}


def test_a_contest_must_be_named_where_there_are_several_and_be_there(path: Path) -> None:
    other = race(id=ContestId("other-2025"))
    with open_store(path) as store:
        store.log.append(
            [ContestDeclared(contest=other.id, occurred_at=MARCH, producer="t", roster=other)], MARCH
        )
    with tracker.open(path) as opened, pytest.raises(UnknownName, match="name one of them"):
        opened.matrix()
    with tracker.open(path, contest="chair-2025") as opened, pytest.raises(UnknownName, match="chair-2025"):
        opened.matrix()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        tracker.open(tmp_path / "no.db")
