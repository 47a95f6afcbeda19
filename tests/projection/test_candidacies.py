"""Where a candidacy stands on a day, who leads, who was chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tracker.claims import CandidacyStep
from tracker.contests import Candidate, CandidateStatus, Elector
from tracker.events import CandidacyReported, ContestDecided, Event, ReportConfirmed, ReportRetracted
from tracker.log.identity import identity
from tracker.projection import (
    Choice,
    ContestState,
    Policy,
    Running,
    candidate_status,
    decision,
    leader,
    proposed,
    running,
    standings,
)
from tracker.rules import Rule
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance
from tracker.testing import on_day, race, state_of, told

FIRST, SECOND = CandidateId("first-one"), CandidateId("second-one")
MENTIONED, DECLARED = CandidateStatus.MENTIONED, CandidateStatus.DECLARED
DECLINED, WITHDRAWN = CandidateStatus.DECLINED, CandidateStatus.WITHDRAWN


def step(
    what: CandidacyStep,
    day: float,
    certainty: Certainty = Certainty.OFFICIAL,
    outlet: str = "W",
    time: ClaimTime = ClaimTime.NOW,
) -> CandidacyReported:
    plain = told(Stance.SUPPORTS, outlet=outlet)
    return CandidacyReported(
        contest=race().id, candidate=FIRST, step=what, by=None, certainty=certainty, time=time, speaker="",
        occurred_at=on_day(day), precision=Precision.INSTANT, item=None, source=plain.source,
        evidence=plain.evidence, rule="r", producer="p",
    )  # fmt: skip


def statuses(candidate: Candidate, *events: Event, days: tuple[float, ...]) -> list[CandidateStatus]:
    state = state_of(*events, roster=race(candidates=(candidate,))).contests[race().id]
    return [candidate_status(state, candidate, on_day(day)) for day in days]


def somebody(**fields: object) -> Candidate:
    return replace(Candidate(id=FIRST, name="First One"), **fields)  # type: ignore[arg-type]


def test_the_rosters_dates_come_one_after_the_other() -> None:
    candidate = somebody(status=WITHDRAWN, declared=date(2024, 3, 5), withdrawn=date(2024, 3, 20))
    assert statuses(candidate, days=(4, 5, 19, 20)) == [MENTIONED, DECLARED, DECLARED, WITHDRAWN]


@pytest.mark.parametrize("status", list(CandidateStatus))
def test_a_status_without_a_date_holds_from_the_start(status: CandidateStatus) -> None:
    assert statuses(somebody(status=status), days=(1, 30)) == [status, status]


def test_a_candidate_out_without_a_date_is_not_brought_back_by_the_day_he_declared() -> None:
    candidate = somebody(status=WITHDRAWN, declared=date(2024, 3, 5))
    assert statuses(candidate, days=(1, 9)) == [WITHDRAWN, WITHDRAWN]


def test_an_official_word_sets_it_and_a_mention_undoes_nothing() -> None:
    events = (
        step(CandidacyStep.DECLARED, 2), step(CandidacyStep.MENTIONED, 3), step(CandidacyStep.WITHDRAWN, 4),
        step(CandidacyStep.MENTIONED, 5),
    )  # fmt: skip
    assert statuses(somebody(), *events, days=(1, 3, 5)) == [MENTIONED, DECLARED, WITHDRAWN]


def test_an_old_declaration_does_not_undo_a_withdrawal_of_the_roster() -> None:
    candidate = somebody(status=WITHDRAWN, declared=date(2024, 3, 5), withdrawn=date(2024, 3, 20))
    assert statuses(candidate, step(CandidacyStep.NOMINATED, 12), days=(25,)) == [WITHDRAWN]


def test_one_report_enters_a_candidate() -> None:
    assert statuses(somebody(), step(CandidacyStep.NOMINATED, 2, Certainty.REPORTED), days=(2,)) == [DECLARED]


def test_it_takes_two_origins_to_take_a_candidate_out_or_back_in() -> None:
    candidate = somebody(status=DECLARED)
    out = [
        step(CandidacyStep.WITHDRAWN, day, Certainty.REPORTED, outlet)
        for day, outlet in ((2, "W"), (3, "W"), (4, "X"))
    ]
    assert statuses(candidate, *out, days=(2, 3, 4)) == [DECLARED, DECLARED, WITHDRAWN]
    back = [
        step(CandidacyStep.DECLARED, day, Certainty.REPORTED, outlet) for day, outlet in ((6, "W"), (7, "X"))
    ]
    assert statuses(candidate, *out, *back, days=(6, 7)) == [WITHDRAWN, DECLARED]


def test_unnamed_sources_take_nobody_out_and_enter_with_two_origins() -> None:
    leaks = [
        step(CandidacyStep.WITHDRAWN, day, Certainty.ANONYMOUS, outlet)
        for day, outlet in ((2, "W"), (3, "X"))
    ]
    assert statuses(somebody(status=DECLARED), *leaks, days=(4,)) == [DECLARED]
    tips = [
        step(CandidacyStep.DECLARED, day, Certainty.ANONYMOUS, outlet) for day, outlet in ((2, "W"), (3, "X"))
    ]
    assert statuses(somebody(), *tips, days=(2, 3)) == [MENTIONED, DECLARED]


def test_a_confirmed_leak_counts() -> None:
    leak = step(CandidacyStep.DECLINED, 2, Certainty.ANONYMOUS)
    stand_by = ReportConfirmed(
        contest=race().id, report=identity(leak), reason="asked him", occurred_at=on_day(3), producer="editor"
    )
    assert statuses(somebody(status=DECLARED), leak, stand_by, days=(2,)) == [DECLINED]


@pytest.mark.parametrize("time", [ClaimTime.FUTURE, ClaimTime.CONDITIONAL, ClaimTime.HISTORICAL])
def test_what_is_foretold_or_past_changes_nothing(time: ClaimTime) -> None:
    assert statuses(somebody(), step(CandidacyStep.DECLARED, 2, time=time), days=(3,)) == [MENTIONED]


def test_a_guess_and_a_retracted_report_change_nothing() -> None:
    guess = step(CandidacyStep.DECLARED, 2, Certainty.SPECULATION)
    wrong = step(CandidacyStep.DECLARED, 2)
    gone = ReportRetracted(
        contest=race().id, report=identity(wrong), reason="x", occurred_at=on_day(3), producer="editor"
    )
    assert statuses(somebody(), guess, wrong, gone, days=(4,)) == [MENTIONED]


def ahead(state: ContestState, day: float = 9) -> CandidateId | None:
    return leader(state, standings(state, on_day(day)), on_day(day))


def of(*events: Event, **changes: object) -> ContestState:
    return state_of(*events, roster=race(**changes)).contests[race().id]


def test_the_leader_has_most_supporters_and_there_is_none_on_a_tie() -> None:
    one = told(Stance.SUPPORTS, elector="aa")
    other = told(Stance.SUPPORTS, elector="bb", candidate="second-one")
    third = told(Stance.SUPPORTS, elector="cc", candidate="second-one", day=2)
    assert ahead(of()) is None
    assert ahead(of(one)) == FIRST
    assert ahead(of(one, other)) is None
    assert ahead(of(one, other, third)) == SECOND
    assert ahead(of(one, other, third), day=1) is None


def test_a_lean_makes_no_leader() -> None:
    assert ahead(of(told(Stance.LEANS_SUPPORT))) is None


def test_a_candidate_that_is_out_cannot_lead() -> None:
    both = [told(Stance.SUPPORTS, elector=e) for e in ("aa", "bb")]
    rival = told(Stance.SUPPORTS, elector="cc", candidate="second-one")
    assert ahead(of(*both, rival, step(CandidacyStep.WITHDRAWN, 3)), day=2) == FIRST
    assert ahead(of(*both, rival, step(CandidacyStep.WITHDRAWN, 3)), day=3) == SECOND


def test_only_electors_with_a_vote_that_day_make_a_leader() -> None:
    electors = (
        Elector(id=ElectorId("aa"), joined=date(2024, 3, 5)),
        Elector(id=ElectorId("bb"), votes=False),
        Elector(id=ElectorId("cc")),
    )
    backers = [told(Stance.SUPPORTS, elector=e) for e in ("aa", "bb")]
    assert ahead(of(*backers, electors=electors), day=4) is None
    assert ahead(of(*backers, electors=electors), day=5) == FIRST


def test_where_votes_are_weighted_weight_makes_the_leader() -> None:
    electors = (
        Elector(id=ElectorId("aa"), weight=5.0),
        Elector(id=ElectorId("bb")),
        Elector(id=ElectorId("cc")),
    )
    told_ = [
        told(Stance.SUPPORTS, elector="aa"),
        *(told(Stance.SUPPORTS, elector=e, candidate="second-one") for e in ("bb", "cc")),
    ]
    assert ahead(of(*told_, electors=electors)) == SECOND
    assert ahead(of(*told_, electors=electors, rule=Rule(kind="weighted_majority"))) == FIRST


def test_a_decision_holds_from_its_day() -> None:
    chosen = ContestDecided(
        contest=race().id, candidate=FIRST, reason="the board voted", occurred_at=on_day(5),
        precision=Precision.DAY, producer="editor",
    )  # fmt: skip
    state = of(chosen)
    assert decision(state, on_day(4)) is None
    made = decision(state, on_day(5))
    assert made == Choice(candidate=FIRST, at=on_day(5), by="editor", entered=identity(chosen))
    undone = ReportRetracted(
        contest=race().id, report=identity(chosen), reason="not yet", occurred_at=on_day(6), producer="editor"
    )
    assert decision(of(chosen, undone), on_day(9)) is None


def test_two_official_origins_decide_and_one_or_the_press_only_propose() -> None:
    told_ = [
        step(CandidacyStep.CHOSEN, 3, Certainty.REPORTED, "X"),
        step(CandidacyStep.CHOSEN, 4, Certainty.OFFICIAL, "Y"),
        step(CandidacyStep.CHOSEN, 5, Certainty.OFFICIAL, "Y"),
        step(CandidacyStep.CHOSEN, 6, Certainty.OFFICIAL, "Z"),
    ]
    state = of(*told_)
    assert [decision(state, on_day(day)) for day in (3, 4, 5)] == [None, None, None]
    only_told = proposed(state, on_day(5))
    assert only_told is not None and (only_told.candidate, len(only_told.reports)) == (FIRST, 3)
    made = decision(state, on_day(6))
    assert made is not None and (made.candidate, made.at, made.by, made.entered) == (
        FIRST,
        on_day(6),
        "",
        None,
    )
    assert decision(state, on_day(9), Policy(decision_origins=0)) is None
    assert decision(state, on_day(9), Policy(decision_origins=3)) is None
    # A choice is no step of the candidacy itself.
    assert candidate_status(state, state.roster.candidates[0], on_day(9)) is DECLARED


def test_a_person_confirms_what_the_reader_proposes() -> None:
    told_ = step(CandidacyStep.CHOSEN, 3, Certainty.REPORTED, "X")
    word = ReportConfirmed(
        contest=race().id, report=identity(told_), reason="seen", occurred_at=on_day(4), producer="A. Clerk"
    )
    made = decision(of(told_, word), on_day(5), Policy(decision_origins=0))
    assert made is not None and (made.at, made.by) == (on_day(3), "A. Clerk")


def test_what_is_foretold_or_guessed_of_a_choice_proposes_nothing() -> None:
    told_ = [
        step(CandidacyStep.CHOSEN, 3, time=ClaimTime.FUTURE),
        step(CandidacyStep.CHOSEN, 3, Certainty.SPECULATION),
    ]  # fmt: skip
    assert proposed(of(*told_), on_day(9)) is None


def run(candidate: Candidate, *events: Event, day: float, **roster: object) -> Running:
    held = state_of(*events, roster=race(candidates=(candidate,), **roster)).contests[race().id]
    return running(held, candidate, on_day(day))


def by(event: CandidacyReported, elector: str) -> CandidacyReported:
    return replace(event, by=ElectorId(elector))


def test_a_candidacy_goes_from_announced_over_two_nominations_to_one_taken_back_and_stays() -> None:
    steps = (
        step(CandidacyStep.DECLARED, 2),
        by(step(CandidacyStep.NOMINATED, 4), "bb"),  # not the candidate's own state
        by(step(CandidacyStep.NOMINATED, 5), "cc"),
        by(step(CandidacyStep.RESCINDED, 7), "bb"),
        by(step(CandidacyStep.RESCINDED, 9), "cc"),
    )
    found = {day: run(somebody(nationality="aa"), *steps, day=day) for day in (1, 3, 6, 8, 10)}
    assert found[1] == Running(status=MENTIONED)
    assert (found[3].status, found[3].entered, found[3].nominators) == (DECLARED, on_day(2), ())
    assert found[6].nominators == ("bb", "cc")
    assert (found[8].nominators, found[8].rescinded) == (("cc",), ("bb",))
    # Nobody nominates the candidate any more, who stays all the same.
    assert (found[10].status, found[10].nominators, found[10].left) == (DECLARED, (), None)


def test_a_nomination_can_come_back() -> None:
    steps = (
        by(step(CandidacyStep.NOMINATED, 2), "bb"), step(CandidacyStep.RESCINDED, 4),
        by(step(CandidacyStep.NOMINATED, 6), "bb"),
    )  # fmt: skip
    assert run(somebody(), *steps, day=5).rescinded == ("bb",)  # nobody named: the only one there is
    assert (run(somebody(), *steps, day=7).nominators, run(somebody(), *steps, day=7).rescinded) == (
        ("bb",),
        (),
    )


def test_a_rescission_that_names_nobody_takes_back_none_of_two() -> None:
    steps = (by(step(CandidacyStep.NOMINATED, 2), "bb"), by(step(CandidacyStep.NOMINATED, 3), "cc"))
    found = run(somebody(), *steps, step(CandidacyStep.RESCINDED, 4), day=5)
    assert found.nominators == ("bb", "cc")


def test_one_report_does_not_take_a_nomination_back_and_two_origins_do() -> None:
    nominated = by(step(CandidacyStep.NOMINATED, 2), "bb")
    told_ = [
        by(step(CandidacyStep.RESCINDED, day, Certainty.REPORTED, outlet), "bb")
        for day, outlet in ((4, "X"), (5, "Y"))
    ]
    found = {day: run(somebody(), nominated, *told_, day=day).nominators for day in (4, 5)}
    assert found == {4: ("bb",), 5: ()}


def test_the_nominators_of_the_roster_are_there_from_the_start() -> None:
    candidate = somebody(status=DECLARED, nominated_by=(ElectorId("aa"), ElectorId("mx")))
    assert run(candidate, day=1).nominators == ("aa", "mx")


def test_who_enters_after_nominations_closed_is_late_and_runs() -> None:
    close = {"nominations_close": date(2024, 3, 10)}
    in_time = run(somebody(), step(CandidacyStep.DECLARED, 10), day=20, **close)
    late = run(somebody(), step(CandidacyStep.DECLARED, 11), day=20, **close)
    assert (in_time.late, late.late, late.status) == (False, True, DECLARED)


def test_leaving_is_dated_and_undone_by_coming_back() -> None:
    steps = (
        step(CandidacyStep.DECLARED, 2),
        step(CandidacyStep.WITHDRAWN, 5),
        step(CandidacyStep.DECLARED, 8),
    )
    assert run(somebody(), *steps, day=6).left == on_day(5)
    assert run(somebody(), *steps, day=9) == Running(status=DECLARED, entered=on_day(2))
