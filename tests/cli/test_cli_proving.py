"""`tracker prove`: a proof that plain Python checks, and that no change to any part of it survives."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli import check_proof
from tracker.cli.exits import Exit
from tracker.store import open_store

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]


def published(path: Path, seq: int | None = None) -> str:
    with open_store(path, read_only=True) as store:
        if seq is None:
            head = store.log.head()
            return f"{head.seq}:{head.hash.hex()}"
        stored = next(store.log.read(after=seq - 1))
        return f"{stored.seq}:{stored.hash.hex()}"


@pytest.fixture
def proof(tracker: Tracker, race: Path) -> dict[str, Any]:
    assert race.exists()
    result = tracker("prove", "2")
    assert result.returncode == 0, result.stderr
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_a_stranger_checks_a_proof_with_the_script_alone(
    tracker: Tracker, race: Path, tmp_path: Path
) -> None:
    assert tracker("prove", "2", "-o", "proof.json").returncode == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "check.py").write_text(tracker("prove", "--script").stdout, "utf-8")
    (elsewhere / "proof.json").write_bytes((tmp_path / "proof.json").read_bytes())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # -I -S: without this project, its environment, or any installed package.
        return subprocess.run(
            [sys.executable, "-I", "-S", "check.py", *arguments],
            cwd=elsewhere, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip

    good = run("proof.json", published(race))
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.startswith(
        f"Proved: event 2 (stance_reported) is in the log that ends in {published(race)}"
    )
    assert '"elector": "north-quay"' in good.stdout
    other = run("proof.json", f"4:{'0' * 64}")
    assert other.returncode == 1 and other.stdout.startswith("NOT PROVED: the rows lead to 4:")
    alone = run("proof.json")
    assert alone.returncode == 0 and "compare it with one published elsewhere" in alone.stdout


def test_a_proof_holds_the_event_as_it_is_stored_and_the_rows_to_the_head(
    proof: dict[str, Any], race: Path
) -> None:
    assert proof["format"] == "tracker-proof-1"
    assert (proof["event"]["seq"], proof["event"]["elector"]) == (2, "north-quay")
    assert proof["event"]["data"]["evidence"]["text"] == "north-quay supports anna-berg"
    assert len(proof["rows"]) == 3 and proof["head"]["seq"] == 4
    assert list(check_proof.check(proof, published(race))) == []


def test_any_changed_character_of_any_row_or_of_the_event_is_found(proof: dict[str, Any], race: Path) -> None:
    head, rows_read = published(race), 0
    for n, row in enumerate(proof["rows"]):
        for at in range(len(row)):
            changed = row[:at] + chr(ord(row[at]) + 1) + row[at + 1 :]
            if row[at] in "\x1e\x1f" or '"data"' in changed:
                continue
            rows = [*proof["rows"][:n], changed, *proof["rows"][n + 1 :]]
            try:
                faults = list(check_proof.check({**proof, "rows": rows}, head))
            except ValueError:
                continue  # no longer a row at all
            assert faults, (n, at)
            rows_read += 1
    assert rows_read > 100 and proof["event"]
    for name in proof["event"]:
        changed_event = {**proof["event"], name: "something else"}
        assert list(check_proof.check({**proof, "event": changed_event}, head)), name


def test_rows_left_out_swapped_or_put_in_are_found(proof: dict[str, Any], race: Path) -> None:
    first, second, third = proof["rows"]
    for rows in ([first, third], [first, third, second], [first, second, second, third], [second, third]):
        assert list(check_proof.check({**proof, "rows": rows}, published(race)))
    assert list(check_proof.check({**proof, "prev_hash": "00" * 32}, published(race)))


def test_a_head_published_soon_after_makes_a_short_proof(tracker: Tracker, race: Path) -> None:
    result = tracker("prove", "2", "--head", published(race, 3))
    assert result.returncode == 0, result.stderr
    made = json.loads(result.stdout)
    assert len(made["rows"]) == 2
    assert list(check_proof.check(made, published(race, 3))) == []


def test_what_cannot_be_proved_is_refused(tracker: Tracker, race: Path) -> None:
    later = tracker("prove", "4", "--head", published(race, 2))
    assert later.returncode == Exit.INPUT and "event 4 came after the head at 2" in later.stderr
    foreign = tracker("prove", "2", "--head", f"3:{'0' * 64}")
    assert foreign.returncode == Exit.INPUT and "event 3 of this log has another hash" in foreign.stderr
    beyond = tracker("prove", "99")
    assert beyond.returncode == Exit.INPUT and "the log has no event 99; its last is 4" in beyond.stderr
    unknown = tracker("prove", "ffffffffffff0")
    assert unknown.returncode == Exit.USAGE and "no event 'ffffffffffff0'" in unknown.stderr
    assert tracker("prove").returncode == Exit.USAGE


@pytest.mark.usefixtures("race")
def test_verify_publishes_the_head_that_a_proof_leads_to(tracker: Tracker, race: Path) -> None:
    assert tracker("verify").stdout.splitlines()[-1] == f"head {published(race)}"
