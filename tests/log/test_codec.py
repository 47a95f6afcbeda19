"""An event and its row: the way there and back, and the stored form that never changes."""

from __future__ import annotations

import json
import typing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.contests import Elector
from tracker.errors import BrokenChain, InputError, UnknownEvent
from tracker.events import ContestDeclared, Event, StoredEvent
from tracker.log.codec import Row, as_stored, decode, encode, fields_of, kinds
from tracker.log.identity import identity
from tracker.log.upcasts import UPCASTS
from tracker.stances import ElectorId
from tracker.testing import MemoryLog, report

GOLDEN = Path(__file__).parent / "golden"


def test_every_kind_of_event_has_a_golden_file(one_of_each: dict[str, Event]) -> None:
    assert set(one_of_each) == {kind.kind for kind in typing.get_args(Event)} == set(kinds())
    assert {path.name for path in GOLDEN.glob("*.json")} >= {
        f"{kind}.v{event.version}.json" for kind, event in one_of_each.items()
    }


@pytest.mark.parametrize("kind", sorted(kind.kind for kind in typing.get_args(Event)))
def test_the_stored_form_of_each_kind_is_the_golden_one(kind: str, one_of_each: dict[str, Event]) -> None:
    event = one_of_each[kind]
    written = {"id": identity(event), "row": encode(event)._asdict()}
    kept = (GOLDEN / f"{kind}.v{event.version}.json").read_text("utf-8")
    assert json.loads(kept) == written, "a stored event never changes shape: make a new version instead"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_row_still_reads(
    path: Path, one_of_each: dict[str, Event], as_first_stored: dict[str, Event]
) -> None:
    kept = json.loads(path.read_text("utf-8"))["row"]
    assert decode(Row(**kept)) == as_first_stored.get(path.stem, one_of_each[kept["kind"]])


def test_every_old_version_has_a_golden_file(as_first_stored: dict[str, Event]) -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {
        *(f"{kind.kind}.v{kind.version}" for kind in typing.get_args(Event)), *as_first_stored
    }  # fmt: skip
    assert {f"{kind}.v{version}" for kind, version in UPCASTS} == set(as_first_stored)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_event_comes_back_as_it_was(data: st.DataObject, any_event: st.SearchStrategy[Event]) -> None:
    event = data.draw(any_event)
    row = encode(event)
    assert decode(row) == event
    assert encode(decode(row)) == row
    assert Row.of_content(row.content()) == row
    assert as_stored(event) == (row, event, row.content())


def test_no_column_is_repeated_in_data(one_of_each: dict[str, Event]) -> None:
    for event in one_of_each.values():
        assert not set(json.loads(encode(event).data)) & set(Row._fields), event.kind


def test_data_is_json_with_sorted_keys_and_without_spaces_or_escapes(one_of_each: dict[str, Event]) -> None:
    for event in one_of_each.values():
        data = encode(event).data
        assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_the_same_moment_in_another_zone_is_the_same_event() -> None:
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=9)))
    assert identity(report(occurred_at=noon)) == identity(report(occurred_at=there))


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        encode(report(occurred_at=datetime(2024, 3, 1, 12)))


def test_a_whole_number_given_for_a_fraction_makes_no_other_event(one_of_each: dict[str, Event]) -> None:
    assert encode(report(confidence=1)) == encode(report(confidence=1.0))
    declared = one_of_each["contest_declared"]
    assert isinstance(declared, ContestDeclared)

    def weighing(weight: float) -> ContestDeclared:
        electors = (Elector(id=ElectorId("aa"), weight=weight, joined=date(2020, 1, 1)),)
        return replace(declared, roster=replace(declared.roster, electors=electors))

    assert encode(weighing(2)) == encode(weighing(2.0))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float, one_of_each: dict[str, Event]) -> None:
    with pytest.raises(InputError, match="confidence is not a number"):
        encode(report(confidence=value))
    declared = one_of_each["contest_declared"]
    assert isinstance(declared, ContestDeclared)
    electors = (Elector(id=ElectorId("aa"), weight=value),)
    with pytest.raises(InputError, match="roster cannot be stored"):
        encode(replace(declared, roster=replace(declared.roster, electors=electors)))


@pytest.mark.parametrize("text", ["half \ud83d an emoji", "\ude00", "both \ud83d\ude00 halves"])
def test_half_an_emoji_is_stored_as_a_replacement_sign_of_the_same_length(text: str) -> None:
    event = report(speaker=text, producer=text)
    row, stored, _ = as_stored(event)
    assert decode(row) == stored
    assert isinstance(stored, type(event))
    assert len(stored.speaker) == len(text)
    assert stored.speaker == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert identity(event) == identity(stored)


@pytest.mark.parametrize("text", ["\x00", "line\nbreak", "\x1e\x1f", "\x7f\x85\u2028\ufeff"])
def test_control_characters_in_the_words_survive(text: str) -> None:
    event = report(speaker=text, condition=text)
    assert decode(encode(event)) == event


@pytest.mark.parametrize("character", ["\x1e", "\x1f"])
@pytest.mark.parametrize("column", ["contest", "elector", "candidate", "item", "producer"])
def test_a_column_never_holds_what_separates_columns(column: str, character: str) -> None:
    with pytest.raises(InputError, match="control character"):
        encode(report(**{column: f"a{character}b"}))


def test_moving_text_from_one_column_to_the_next_makes_another_event() -> None:
    assert identity(report(elector="ab", candidate="c")) != identity(report(elector="a", candidate="bc"))
    assert identity(report(item=None)) != identity(report(item=""))


def test_an_unknown_kind_or_a_newer_version_says_so_and_where() -> None:
    row = encode(report())
    with pytest.raises(UnknownEvent, match="event 7: unknown kind 'rumour_heard'") as unknown:
        decode(row._replace(kind="rumour_heard"), seq=7)
    assert unknown.value.seq == 7
    with pytest.raises(UnknownEvent, match="has version 9, this program knows up to 1"):
        decode(row._replace(version=9))
    with pytest.raises(UnknownEvent, match="no step leads"):
        decode(row._replace(version=0))


@pytest.mark.parametrize(
    "change",
    [
        {"data": "{}"},
        {"data": "not json"},
        {"data": ""},
        {"stance": "adores"},
        {"stance": None},
        {"occurred_at": "yesterday"},
    ],
)
def test_a_row_that_lacks_what_its_kind_needs_is_a_broken_one(change: dict[str, str | None]) -> None:
    with pytest.raises(BrokenChain, match="event 3: the row is no stance_reported") as broken:
        decode(encode(report())._replace(**change), seq=3)
    assert broken.value.seq == 3


def test_the_time_of_recording_has_no_part_in_the_id() -> None:
    first, second = MemoryLog(), MemoryLog()
    (early,) = first.append([report()], datetime(2024, 1, 1, tzinfo=UTC))
    (late,) = second.append([report()], datetime(2025, 1, 1, tzinfo=UTC))
    assert early.id == late.id == identity(report())
    assert early.hash != late.hash


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_events_that_differ_have_ids_that_differ(
    data: st.DataObject, any_event: st.SearchStrategy[Event]
) -> None:
    one, other = data.draw(any_event), data.draw(any_event)
    assert (encode(one) == encode(other)) == (identity(one) == identity(other))


def test_a_stored_event_prints_with_the_names_of_the_table() -> None:
    stored: StoredEvent = MemoryLog().append([report()], datetime(2024, 3, 1, tzinfo=UTC))[0]
    printed = fields_of(stored)
    place = ["seq", "id", "kind", "version", "recorded_at"]
    assert list(printed) == [*place, *Row._fields[2:], "prev_hash", "hash"]
    assert printed["recorded_at"] == "2024-03-01T00:00:00.000000Z"
    assert json.loads(json.dumps(printed))["data"]["evidence"]["text"] == "Aland backs First One"
