"""Supported by a count only: what a count that names who is missing says of all others."""

from __future__ import annotations

from dataclasses import replace

from tracker.alerts import compare, position, seats_for
from tracker.events import Event, EventId, ReportRetracted, SupportImplied
from tracker.log.identity import identity
from tracker.projection import ContestState, standing
from tracker.rules import Outcome
from tracker.stances import CandidateId, Certainty, ElectorId, Precision, Stance, Voice
from tracker.testing import on_day, race, state_of, told

FIRST = CandidateId("first-one")


def implied(*missing: str, day: float, certainty: Certainty = Certainty.REPORTED) -> SupportImplied:
    plain = told(Stance.SUPPORTS, outlet="W")
    everybody = ("aa", "bb", "cc", "dd")
    return SupportImplied(
        contest=race().id, candidate=FIRST, count=EventId(f"count on {day}"), certainty=certainty, speaker="",
        electors=tuple(ElectorId(e) for e in everybody if e not in missing),
        holdouts=tuple(map(ElectorId, missing)),
        occurred_at=on_day(day), precision=Precision.INSTANT, item=None, source=plain.source,
        evidence=plain.evidence, rule="count", producer="p",
    )  # fmt: skip


def of(*events: Event) -> ContestState:
    return state_of(*events).contests[race().id]


def counted(state: ContestState, day: float) -> tuple[str, ...]:
    return tuple(seat.elector for seat in seats_for(state, FIRST, on_day(day)) if seat.counted)


def test_it_fills_what_is_unknown_and_is_replaced_by_firmer_evidence() -> None:
    state = of(
        implied("dd", day=2),
        told(Stance.SUPPORTS, elector="bb", day=3),
        told(Stance.OPPOSES, elector="cc", day=4, voice=Voice.OUTLET, certainty=Certainty.REPORTED),
    )
    assert counted(state, 1) == ()
    assert counted(state, 2) == ("aa", "bb", "cc")
    assert counted(state, 3) == ("aa", "cc")
    assert counted(state, 4) == ("aa",)
    assert standing(state, (ElectorId("aa"), FIRST), on_day(9)).stance is None  # it is no standing


def test_it_projects_and_does_not_decide() -> None:
    state = of(implied(day=2), told(Stance.SUPPORTS, elector="aa", day=1))
    found = position(state, FIRST, on_day(3))
    assert (found.outcome, found.have, found.missing) == (Outcome.PROJECTED, 1, ("bb", "cc", "dd"))
    assert found.toward == ("bb", "cc", "dd")


def test_own_words_short_of_support_are_not_filled_but_a_lean_goes_where_it_leans() -> None:
    state = of(
        told(Stance.UNDECIDED, elector="aa", day=1),
        told(Stance.LEANS_SUPPORT, elector="bb", day=1),
        told(Stance.UNDECIDED, elector="cc", day=1, voice=Voice.OUTLET, silence=True),
        implied("dd", day=2),
    )
    assert counted(state, 3) == ("bb", "cc")


def test_a_later_count_replaces_the_one_before_and_a_guess_does_not() -> None:
    state = of(
        implied("dd", day=2), implied("cc", "dd", day=3), implied(day=4, certainty=Certainty.SPECULATION)
    )
    assert counted(state, 2) == ("aa", "bb", "cc")
    assert counted(state, 5) == ("aa", "bb")


def test_it_is_undone_with_itself_or_with_its_count() -> None:
    told_ = implied("dd", day=2)
    for report in (identity(told_), told_.count):
        back = ReportRetracted(
            contest=race().id, report=report, reason="wrong", occurred_at=on_day(5), producer="editor"
        )
        assert counted(of(told_, back), 9) == ()


def test_it_raises_no_alert() -> None:
    before = of(told(Stance.OPPOSES, elector="dd", day=1))
    after = replace(before, implied=of(implied("dd", day=2)).implied)
    assert compare(before, after, now=on_day(3)) == ()
