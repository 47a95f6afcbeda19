"""Found changes beside expected ones: the arithmetic, worked by hand."""

from __future__ import annotations

from datetime import timedelta

from tracker.backtests import Change, Checkpoint, backtest_json, compared
from tracker.stances import CandidateId, ElectorId, Stance
from tracker.testing import on_day


def change(elector: str, to: Stance | None, day: float, **more: timedelta) -> Change:
    return Change(
        elector=ElectorId(elector), candidate=CandidateId("first-one"), to=to, at=on_day(day), **more
    )


def test_each_change_answers_one_expected_and_the_nearest_first() -> None:
    expected = [change("aa", Stance.SUPPORTS, 10), change("aa", Stance.SUPPORTS, 12)]
    found = [change("aa", Stance.SUPPORTS, 11.5)]
    outcome = compared(expected, found)
    assert outcome.matched == ((expected[1], found[0]),)
    assert outcome.missed == (expected[0],)
    assert (outcome.precision, outcome.recall) == (1.0, 0.5)
    assert outcome.lead_hours == (12.0,)


def test_the_window_has_an_edge_and_a_fact_may_have_its_own() -> None:
    found = [change("aa", Stance.SUPPORTS, 13), change("bb", Stance.SUPPORTS, 30)]
    near, late = change("aa", Stance.SUPPORTS, 10), change("bb", Stance.SUPPORTS, 10)
    assert len(compared([near, late], found).matched) == 1
    wide = change("bb", Stance.SUPPORTS, 10, window=timedelta(days=31))
    assert len(compared([near, wide], found).matched) == 2
    assert len(compared([change("aa", Stance.SUPPORTS, 9.99)], found).matched) == 0


def test_a_false_flip_is_a_side_on_which_nobody_expected_the_elector() -> None:
    expected = [change("aa", Stance.SUPPORTS, 10)]
    found = [
        change("aa", Stance.SUPPORTS, 10),
        change("aa", Stance.LEANS_SUPPORT, 20),
        change("aa", Stance.OPPOSES, 21),
        change("bb", Stance.SUPPORTS, 5),
        change("cc", None, 5),
    ]
    outcome = compared(expected, found)
    assert outcome.false_flips == (found[2],)
    assert outcome.extra == (found[1], found[3], found[4])
    assert outcome.precision == 0.2


def test_nothing_expected_and_nothing_found_has_no_share() -> None:
    assert (compared([], []).precision, compared([], []).recall) == (None, None)
    assert backtest_json(compared([], []))["lead_hours"]["median"] is None


def test_checkpoints_that_differ_are_listed_with_what_was_found() -> None:
    point = Checkpoint(
        elector=ElectorId("aa"), candidate=CandidateId("first-one"), stance=None, as_of=on_day(3)
    )
    outcome = compared([], [], [(point, None), (point, Stance.SUPPORTS)])
    assert (outcome.checkpoints, outcome.wrong) == (2, ((point, Stance.SUPPORTS),))
