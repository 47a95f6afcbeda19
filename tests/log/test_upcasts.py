"""Old shapes are brought up step by step."""

from __future__ import annotations

import pytest

from tracker.errors import UnknownEvent
from tracker.log.upcasts import UPCASTS, Fields, upcast


def _named(fields: Fields) -> Fields:
    return {**fields, "speaker": fields["who"]}


def _voiced(fields: Fields) -> Fields:
    return {**fields, "voice": "outlet"}


STEPS = {("heard", 1): _named, ("heard", 2): _voiced}


def test_each_step_is_taken_from_the_version_stored_to_the_present_one() -> None:
    old: Fields = {"who": "a"}
    assert upcast("heard", 1, old, to=3, steps=STEPS) == {"who": "a", "speaker": "a", "voice": "outlet"}
    assert upcast("heard", 2, old, to=3, steps=STEPS) == {"who": "a", "voice": "outlet"}
    assert upcast("heard", 3, old, to=3, steps=STEPS) == {"who": "a"}
    assert old == {"who": "a"}


def test_a_version_from_the_future_is_named_with_its_place() -> None:
    with pytest.raises(
        UnknownEvent, match="event 5: heard has version 4, this program knows up to 3"
    ) as unknown:
        upcast("heard", 4, {}, to=3, steps=STEPS, seq=5)
    assert unknown.value.seq == 5


def test_a_missing_step_is_named() -> None:
    with pytest.raises(UnknownEvent, match="heard has version 2, and no step leads from there to 3"):
        upcast("heard", 1, {"who": "a"}, to=3, steps={("heard", 1): _named})


def test_no_step_is_kept_for_a_kind_that_no_longer_exists() -> None:
    from tracker.log.codec import kinds

    assert {kind for kind, _ in UPCASTS} <= set(kinds())
