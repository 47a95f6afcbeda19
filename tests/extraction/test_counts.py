"""Numbers of supporters told beside others: read where it is told beside whom."""

from __future__ import annotations

from extraction_cases import read


def test_others_are_counted_beside_those_named() -> None:
    reading = read(
        "NATO: Rutte", "Spain and Italy back Rutte, and 16 other allies support him, diplomats said."
    )
    [count] = reading.counts
    assert (count.low, count.high, set(count.beside)) == (16, 16, {"es", "it"})


def test_more_than_nobody_named_is_no_number_of_supporters() -> None:
    reading = read("NATO: Rutte", "3 more allies have promised to back Rutte, diplomats said.")
    assert not reading.counts
