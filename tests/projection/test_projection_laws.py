"""The laws of the fold: order, repetition, rebuilding, undoing, and the two clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from race_events import candidacies, counts, reports_of, rounds, votes

from tracker.events import (
    ContestDeclared,
    Event,
    EventId,
    ReportConfirmed,
    ReportReinstated,
    ReportRetracted,
    StoredEvent,
)
from tracker.log.identity import identity
from tracker.projection import (
    EMPTY,
    ContestState,
    Standing,
    State,
    apply,
    candidate_status,
    leader,
    replay,
    standing,
    standings,
    suppose,
)
from tracker.rules import Reopening, Rule
from tracker.stances import CandidateId, ClaimTime, ElectorId
from tracker.testing import MARCH, MemoryLog, on_day, race

RACE = race(rule=Rule(kind="majority", reopens=Reopening.DOUBLES))
DECLARED = ContestDeclared(contest=RACE.id, occurred_at=MARCH, producer="tests", roster=RACE)
PAIR = (ElectorId("aa"), CandidateId("first-one"))
END = on_day(40)

reports = reports_of(
    electors=["aa", "bb"],
    outlets=["W", "X", "Y", "Z"],
    times=[ClaimTime.HISTORICAL, ClaimTime.CONDITIONAL],
)
facts = st.lists(st.one_of(reports, reports, reports, counts, candidacies, votes, rounds), max_size=12)


@st.composite
def words(draw: st.DrawFn, about: Sequence[Event]) -> list[Event]:
    """Words of a person on some of these reports, in the order in which they were said."""
    if not about:
        return []
    kinds: list[Any] = [ReportRetracted, ReportReinstated, ReportConfirmed]
    said = draw(
        st.lists(
            st.tuples(
                st.sampled_from(kinds),
                st.integers(0, len(about) - 1),
            ),
            max_size=5,
        )
    )
    return [
        kind(
            contest=RACE.id, report=identity(about[index]), reason="because", producer="editor",
            # All in one instant: only the order of the log tells which came last.
            occurred_at=on_day(30),
        )
        for kind, index in said
    ]  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """Two logs of the same events: facts in any order and repeated, words in one order, mixed anyhow."""
    told_ = draw(facts)
    said = draw(words(told_))
    return draw(mixed(told_, said)), draw(mixed(told_, said))


@st.composite
def mixed(draw: st.DrawFn, told_: Sequence[Event], said: Sequence[Event]) -> list[Event]:
    repeated = [*told_, *(draw(st.lists(st.sampled_from(told_), max_size=4)) if told_ else [])]
    log: list[Event] = draw(st.permutations(repeated))
    places = sorted(draw(st.lists(st.integers(0, len(log)), min_size=len(said), max_size=len(said))))
    for shift, (place, word) in enumerate(zip(places, said, strict=True)):
        log.insert(place + shift, word)
    return log


def stored(events: Sequence[Event]) -> list[StoredEvent]:
    """Places in a log for events, repeated ones too: the fold must not rely on the log to refuse them."""
    return [
        StoredEvent(seq=n, id=identity(event), recorded_at=MARCH, prev_hash=b"", hash=b"", event=event)
        for n, event in enumerate([DECLARED, *events], start=1)
    ]


def contest(state: State) -> ContestState:
    return state.contests[RACE.id]


def verdict(found: Standing) -> tuple[object, ...]:
    """A standing without the reasons of what did not count."""
    return (
        found.stance, found.certainty, found.since, found.disputed, found.silence, found.reports,
        found.origins, found.carried_by and found.carried_by.id,
    )  # fmt: skip


@given(logs())
def test_order_of_arrival_and_repetition_leave_no_trace(two: tuple[list[Event], list[Event]]) -> None:
    one, other = (contest(replay(stored(log))) for log in two)
    assert one == other
    assert standings(one, END) == standings(other, END)


@given(logs())
def test_rebuilt_equals_live(two: tuple[list[Event], list[Event]]) -> None:
    events = stored(two[0])
    live = EMPTY
    for event in events:
        live = apply(live, event)
    assert live == replay(events)


@given(logs(), st.data())
def test_a_log_can_be_folded_in_parts(two: tuple[list[Event], list[Event]], data: st.DataObject) -> None:
    events = stored(two[0])
    cut = data.draw(st.integers(1, len(events)))
    assert replay(events[cut:], replay(events[:cut])) == replay(events)


@given(logs())
def test_a_state_never_changes(two: tuple[list[Event], list[Event]]) -> None:
    first, *rest = stored(two[0])
    before = replay([first])
    replay(rest, before)
    assert before == replay([first])


@given(logs(), reports)
def test_supposing_is_storing(two: tuple[list[Event], list[Event]], more: Event) -> None:
    log = MemoryLog()
    log.append([DECLARED, *two[0]], MARCH)
    state = replay(log.read())
    supposed = suppose(state, [(identity(more), more)])
    log.append([more], MARCH)
    assert supposed.contests == replay(log.read()).contests


@given(facts, reports)
def test_a_retraction_undoes_exactly(told_: list[Event], wrong: Event) -> None:
    if wrong in told_:
        return
    retraction = ReportRetracted(
        contest=RACE.id, report=identity(wrong), reason="wrong", occurred_at=END, producer="editor"
    )
    without = standings(contest(replay(stored(told_))), END)
    for log in ([*told_, wrong, retraction], [retraction, *told_, wrong]):
        undone = standings(contest(replay(stored(log))), END)
        for pair in {**undone, **without}:
            found, held = undone.get(pair, Standing()), without.get(pair, Standing())
            assert verdict(found) == verdict(held)


@given(facts, reports)
def test_reinstating_undoes_the_retraction(told_: list[Event], report: Event) -> None:
    about = {"contest": RACE.id, "report": identity(report), "reason": "x", "producer": "editor"}
    back_and_forth: list[Event] = [
        ReportRetracted(**about, occurred_at=END),  # type: ignore[arg-type]
        ReportReinstated(**about, occurred_at=END),  # type: ignore[arg-type]
    ]
    plain = standings(contest(replay(stored([*told_, report]))), END)
    assert standings(contest(replay(stored([*told_, report, *back_and_forth]))), END) == plain


@given(facts, facts, st.integers(1, 5))
def test_what_happens_later_does_not_change_the_past(
    told_: list[Event], later: list[Event], day: int
) -> None:
    as_of = on_day(day)
    after = [replace(event, occurred_at=event.occurred_at + timedelta(days=10)) for event in later]
    before, then = (contest(replay(stored(log))) for log in (told_, [*told_, *after]))
    old, new = standings(before, as_of), standings(then, as_of)
    assert {pair: verdict(new.get(pair, Standing())) for pair in old} == {
        p: verdict(s) for p, s in old.items()
    }
    assert leader(before, old, as_of) == leader(then, new, as_of)
    for candidate in RACE.candidates:
        assert candidate_status(before, candidate, as_of) == candidate_status(then, candidate, as_of)


@given(logs(), facts)
@settings(max_examples=50)
def test_what_was_known_does_not_change(two: tuple[list[Event], list[Event]], later: list[Event]) -> None:
    log = MemoryLog()
    log.append([DECLARED, *two[0]], MARCH)
    noon = replay(log.read(known_at=MARCH))
    log.append(later, MARCH + timedelta(hours=1))
    assert replay(log.read(known_at=MARCH)) == noon


@given(logs())
def test_every_report_has_one_reason_and_the_carrier_carries(two: tuple[list[Event], list[Event]]) -> None:
    state = contest(replay(stored(two[0])))
    for pair, held in state.reports.items():
        found = standing(state, pair, END)
        assert [reason.report for reason in found.reasons] == [report.id for report in held]
        carrying = [reason.report for reason in found.reasons if reason.outcome.value == "carries"]
        assert carrying == ([found.carried_by.id] if found.carried_by else [])
        assert (found.stance is None) == (found.certainty is None) == (found.since is None)
        assert found.origins <= found.reports <= len(held)


@given(facts)
def test_a_retraction_of_nothing_changes_nothing(told_: list[Event]) -> None:
    stray = ReportRetracted(
        contest=RACE.id, report=EventId("no such report"), reason="x", occurred_at=END, producer="editor"
    )
    with_it = standings(contest(replay(stored([stray, *told_]))), END)
    assert with_it == standings(contest(replay(stored(told_))), END)
