"""What a contest adds up to, in the shapes that other tools know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracker import exports
from tracker.contests import Elector, ElectorKind
from tracker.projection import DEFAULT_POLICY, ContestState
from tracker.stances import ElectorId, Stance
from tracker.testing import MARCH, MemoryLog, on_day, race, report, state_of, told

END = on_day(30)


@pytest.fixture
def state() -> ContestState:
    """aa leans, then supports (told twice, on two days); bb opposes, on day 4."""
    person = Elector(
        id=ElectorId("aa"),
        kind=ElectorKind.PERSON,
        name="Ann Aye",
        office="senator",
        affiliation="Blue",
        weight=3.0,
    )
    roster = replace(race(), electors=(person, *race().electors[1:]))
    events = [
        told(Stance.LEANS_SUPPORT, day=1),
        told(Stance.SUPPORTS, day=2),
        told(Stance.SUPPORTS, day=3),
        told(Stance.OPPOSES, elector="bb", day=4),
    ]
    return state_of(*events, roster=roster).contests[roster.id]


def test_standings_have_a_row_for_each_pair_unknown_ones_too(
    state: ContestState,
) -> None:
    rows = list(exports.standing_rows(state, END, DEFAULT_POLICY))
    assert [(row["elector"], row["candidate"]) for row in rows] == [
        (elector.id, candidate.id)
        for elector in state.roster.electors
        for candidate in state.roster.candidates
    ]
    assert [(row["stance"], row["reports"]) for row in rows[:3]] == [
        ("supports", 2), ("unknown", None), ("opposes", 1)
    ]  # fmt: skip
    assert all(tuple(row) == exports.STANDINGS for row in rows)


def test_a_matrix_has_a_column_for_each_candidate(state: ContestState) -> None:
    rows = list(exports.matrix_rows(state, on_day(1), DEFAULT_POLICY))
    assert exports.matrix_fields(state) == ("elector", "name", "member", "first-one", "second-one")
    assert rows[0] == {
        "elector": "aa", "name": "Ann Aye", "member": True, "first-one": "leans_support",
        "second-one": "unknown",
    }  # fmt: skip
    assert [row["first-one"] for row in rows[1:]] == ["unknown"] * 3


def test_turns_are_the_changes_and_not_the_reports(state: ContestState) -> None:
    rows = list(exports.turn_rows(state, END, DEFAULT_POLICY))
    assert [(row["elector"], row["from"], row["to"]) for row in rows] == [
        ("aa", "unknown", "leans_support"), ("aa", "leans_support", "supports"), ("bb", "unknown", "opposes")
    ]  # fmt: skip
    assert len(list(exports.turn_rows(state, on_day(3), DEFAULT_POLICY))) == 2


def test_endorsements_have_fivethirtyeights_columns(state: ContestState) -> None:
    (row,) = exports.endorsement_rows(state, END, DEFAULT_POLICY)
    assert row == {
        "date": "2024-03-02", "position": "senator", "city": "", "state": "", "endorser": "Ann Aye",
        "endorsee": "First One", "endorser party": "Blue", "source": "https://gazette.example/first-one",
        "order": 1, "category": "person", "body": "The Board", "district": "", "points": 3.0,
    }  # fmt: skip


def test_changes_are_coded_as_event_data_are(state: ContestState) -> None:
    rows = list(exports.cameo_rows(state, END, DEFAULT_POLICY))
    assert [(row["cameo_code"], row["cameo_root"], row["goldstein"], row["plover_type"]) for row in rows] == [
        ("013", "01", 0.4, ""), ("051", "05", 3.4, "SUPPORT"), ("111", "11", -2.0, "ACCUSE")
    ]  # fmt: skip


def test_every_stance_has_its_code_and_the_codebook_tells_each() -> None:
    assert {row["stance"] for row in exports.codebook_rows()} == {stance.value for stance in Stance}
    page = (Path(__file__).parent.parent / "docs" / "codebook.md").read_text("utf-8")
    for row in exports.codebook_rows():
        assert f"| `{row['stance']}` | {row['cameo_code']} {row['cameo_name']} | {row['goldstein']} |" in page


def test_a_stored_event_is_a_cloud_event() -> None:
    (stored,) = MemoryLog().append([report()], MARCH)
    event = exports.cloud_event(stored)
    assert {name: event[name] for name in ("specversion", "id", "source", "type", "time", "subject")} == {
        "specversion": "1.0", "id": stored.id, "source": "/contests/chair-2024",
        "type": "tracker.stance_reported.v1", "time": "2024-03-01T00:00:00.000000Z",
        "subject": "aa/first-one",
    }  # fmt: skip
    # Names of attributes: lower-case letters and digits only (CloudEvents 1.0, 2.1).
    assert all(name.isalnum() and name.islower() for name in event)
    assert event["data"]["hash"] == stored.hash.hex() and event["data"]["stance"] == "supports"
