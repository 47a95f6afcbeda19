"""The chain: what is hashed, and that any change inside it shows where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.events import StoredEvent
from tracker.log.chain import GENESIS, breaks, link, place
from tracker.log.codec import encode
from tracker.testing import MemoryLog, report

Row = tuple[int, bytes, bytes, bytes]


def rows(number: int) -> list[Row]:
    """A chain of that many rows."""
    made: list[Row] = []
    last = GENESIS
    for seq in range(1, number + 1):
        body = place(seq, f"id{seq}", "2024-03-01T00:00:00.000000Z") + f"content {seq}".encode()
        made.append((seq, last, link(last, body), body))
        last = made[-1][2]
    return made


def found(chain: list[Row]) -> list[int | None]:
    return [fault.seq for fault in breaks(chain)]


def test_a_chain_that_nobody_touched_has_no_break() -> None:
    assert found(rows(5)) == []
    assert found([]) == []


def test_a_stranger_can_make_the_hash_from_what_the_documentation_says() -> None:
    event = report(elector="aa", via=None)
    (stored,) = MemoryLog().append([event], datetime(2024, 3, 1, tzinfo=UTC))
    data = encode(event).data
    words = [
        "1", stored.id, "2024-03-01T00:00:00.000000Z", "stance_reported", "1", "2024-02-22T00:00:00.000000Z",
        "day", "chair-2024", "aa", "first-one", "supports", "official", "0123456789abcdef01234567",
        "reader-1", data,
    ]  # fmt: skip
    assert stored.hash == sha256(bytes(32) + "\x1f".join(words).encode()).digest()
    assert stored.id == sha256("\x1f".join(words[3:]).encode()).hexdigest()[:32]


def test_the_chain_goes_on_from_one_append_to_the_next() -> None:
    log = MemoryLog()
    stored: list[StoredEvent] = []
    for n in range(4):
        stored += log.append(
            [report(speaker=f"{n}a"), report(speaker=f"{n}b")], datetime(2024, 3, 1, tzinfo=UTC)
        )
    assert [event.prev_hash for event in stored] == [GENESIS, *(event.hash for event in stored[:-1])]
    assert len({event.hash for event in stored}) == 8


@settings(max_examples=200, deadline=None)
@given(data=st.data(), number=st.integers(1, 6))
def test_any_changed_byte_is_found_in_its_row(data: st.DataObject, number: int) -> None:
    chain = rows(number)
    at = data.draw(st.integers(0, number - 1))
    part = data.draw(st.sampled_from([1, 2, 3]))
    value = bytearray(chain[at][part])
    position = data.draw(st.integers(0, len(value) - 1))
    value[position] ^= 1 << data.draw(st.integers(0, 7))
    changed = list(chain[at])
    changed[part] = bytes(value)
    chain[at] = tuple(changed)  # type: ignore[assignment]
    assert found(chain)[0] == at + 1


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_row_dropped_inside_is_named(at: int) -> None:
    chain = rows(5)
    del chain[at]
    assert [str(fault) for fault in breaks(chain)] == [f"event {at + 1}: event {at + 1} is missing"]


def test_several_rows_dropped_are_named_together() -> None:
    chain = rows(6)
    del chain[1:4]
    assert [str(fault) for fault in breaks(chain)] == ["event 2: events 2 to 4 are missing"]


def test_two_rows_that_changed_places_are_found() -> None:
    chain = rows(5)
    (two, *of_two), (three, *of_three) = chain[1], chain[2]
    chain[1], chain[2] = (two, *of_three), (three, *of_two)  # type: ignore[assignment]
    assert found(chain)[0] == 2


def test_a_row_put_in_between_is_found() -> None:
    chain = rows(5)
    body = place(3, "other", "2024-03-01T00:00:00.000000Z")
    chain.insert(2, (3, chain[1][2], link(chain[1][2], body), body))
    assert found([(n, *row[1:]) for n, row in enumerate(chain, 1)])[0] == 4


def test_one_changed_row_is_one_break_and_the_rest_is_looked_at() -> None:
    chain = rows(6)
    for at in (1, 4):
        seq, prev, own, body = chain[at]
        chain[at] = (seq, prev, own, body + b"!")
    assert found(chain) == [2, 5]


def test_a_cut_tail_does_not_show_in_the_chain_itself() -> None:
    assert found(rows(5)[:3]) == []
