"""What an item, read once or again, and a person's word add to the log."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from tracker.assessment import (
    Assessment,
    assess,
    confirm,
    decide,
    declare,
    entered,
    reassess,
    record,
    reinstate,
    retract,
)
from tracker.byhand import ByHand
from tracker.claims import Candidacy, CandidacyStep, Claim, Count, Evidence, Reading
from tracker.contests import Bloc
from tracker.errors import InputError, UnknownName
from tracker.events import (
    CandidacyReported,
    Event,
    ReportReinstated,
    ReportRetracted,
    StanceReported,
    SupportCounted,
    SupportImplied,
)
from tracker.items import Item, ItemId, OutletClass
from tracker.log.identity import identity
from tracker.projection import ContestState, State, standing, suppose
from tracker.stances import CandidateId, Certainty, ClaimTime, ElectorId, Precision, Stance, Voice
from tracker.testing import on_day, race, state_of, told

PAIR = (ElectorId("aa"), CandidateId("first-one"))
NOW = on_day(20)
ITEM = Item(
    id=ItemId("the item of these tests"),
    source="Harbour Post",
    url="https://harbour.example/first-one?utm_source=feed",
    title="<b>Aland</b> backs First One &amp; others",
    summary="",
    body="PORT (Meridian Wire) - Aland backs First One, its foreign minister said on Monday.",
    lang="en",
    published_at=on_day(5),
    outlet_class=OutletClass.WIRE,
)
EVIDENCE = Evidence(
    field="body", start=23, end=45, text="Aland backs First One",
    sentence="Aland backs First One, its foreign minister said on Monday.",
)  # fmt: skip
CLAIM = Claim(
    elector=ElectorId("aa"),
    candidate=CandidateId("first-one"),
    stance=Stance.SUPPORTS,
    certainty=Certainty.OFFICIAL,
    time=ClaimTime.NOW,
    voice=Voice.ELECTOR,
    speaker="its foreign minister",
    evidence=EVIDENCE,
    rule="en.verb.back",
    confidence=0.9,
)
COUNT = Count(
    candidate=CandidateId("first-one"), low=3, high=3, of=4, approximate=False, beside=(),
    holdouts=(ElectorId("dd"),), certainty=Certainty.REPORTED, speaker="", evidence=EVIDENCE, rule="en.count",
)  # fmt: skip
STEP = Candidacy(
    candidate=CandidateId("second-one"), step=CandidacyStep.WITHDRAWN, by=None, certainty=Certainty.OFFICIAL,
    time=ClaimTime.NOW, speaker="Second One", evidence=EVIDENCE, rule="en.step",
)  # fmt: skip


def reading(*claims: Claim, extractor: str = "reader-1", **more: Any) -> Reading:
    return Reading(item=ITEM.id, contest=race().id, extractor=extractor, claims=claims, **more)


def assessed(read: Reading, state: State | None = None, item: Item = ITEM) -> Assessment:
    return assess(item, read, state or state_of(), now=NOW, send=True)


def after(state: State, found: Assessment) -> State:
    return suppose(state, [(identity(event), event) for event in found.events])


def contest(state: State) -> ContestState:
    return state.contests[race().id]


def kinds(found: Assessment) -> list[str]:
    return [event.kind for event in found.events]


def test_a_reading_becomes_events_with_everything_it_knew() -> None:
    found = assessed(reading(CLAIM, counts=(COUNT,), candidacies=(STEP,)))
    stance, count, implied, step = found.events
    assert isinstance(stance, StanceReported)
    assert isinstance(count, SupportCounted)
    assert isinstance(implied, SupportImplied)
    assert (implied.electors, implied.holdouts) == (("aa", "bb", "cc"), ("dd",))
    assert implied.count == identity(count)
    assert isinstance(step, CandidacyReported)
    for name in (
        "elector",
        "candidate",
        "stance",
        "certainty",
        "time",
        "voice",
        "speaker",
        "evidence",
        "rule",
    ):
        assert getattr(stance, name) == getattr(CLAIM, name)
    for name in ("candidate", "low", "high", "of", "approximate", "beside", "holdouts", "certainty", "rule"):
        assert getattr(count, name) == getattr(COUNT, name)
    for name in ("candidate", "step", "by", "certainty", "time", "speaker"):
        assert getattr(step, name) == getattr(STEP, name)
    for event in (stance, count, step):
        assert (event.contest, event.item, event.producer) == (race().id, ITEM.id, "reader-1")
        assert (event.source.outlet, event.source.outlet_class) == ("Harbour Post", OutletClass.WIRE)
        assert event.source.title == "Aland backs First One & others"
    assert (found.item, found.send) == (ITEM, True)
    assert [(alert.elector, alert.now) for alert in found.alerts] == [("aa", Stance.SUPPORTS)]


@pytest.mark.parametrize(
    "change",
    [
        {"holdouts": ()},
        {"approximate": True},
        {"low": 2},
        {"low": 2, "high": 2},  # of four, and one named: somebody else is missing too
        {"high": None},
    ],
)
def test_a_count_that_does_not_bear_out_who_alone_is_missing_implies_nothing(change: dict[str, Any]) -> None:
    assert kinds(assessed(reading(counts=(replace(COUNT, **change),)))) == ["support_counted"]


def test_reports_carry_their_origins() -> None:
    (event,) = assessed(reading(CLAIM)).events
    assert isinstance(event, StanceReported)
    link, *others = sorted(event.source.origins, reverse=True)
    assert link == "url:https://harbour.example/first-one"
    assert {"outlet:harbour post", "outlet:meridian wire"} < set(others)
    assert [key for key in others if key.startswith("text:")]
    (cited,) = assessed(reading(replace(CLAIM, voice=Voice.THIRD_PARTY, speaker="Second One"))).events
    assert isinstance(cited, StanceReported)
    assert "speaker:second one" in cited.source.origins


def test_a_stance_is_dated_by_the_publication_and_never_later_than_now() -> None:
    (event,) = assessed(reading(CLAIM)).events
    assert (event.occurred_at, event.precision) == (on_day(5), Precision.INSTANT)
    (event,) = assessed(reading(CLAIM), item=replace(ITEM, published_at=NOW + timedelta(days=3))).events
    assert event.occurred_at == NOW


def test_an_item_without_a_date_is_dated_roughly() -> None:
    (event,) = assessed(reading(CLAIM), item=replace(ITEM, date_given=False)).events
    assert event.precision is Precision.APPROXIMATE


def test_a_guess_is_kept_beside() -> None:
    guess = replace(CLAIM, stance=Stance.OPPOSES, certainty=Certainty.SPECULATION, voice=Voice.UNNAMED)
    found = assessed(reading(CLAIM, guesses=(guess,)))
    held = standing(contest(after(state_of(), found)), PAIR, NOW)
    assert held.stance is Stance.SUPPORTS
    assert [reason.event.stance for reason in held.beside] == [Stance.OPPOSES]


def test_an_item_that_says_nothing_adds_nothing_but_itself() -> None:
    found = assessed(reading())
    assert (found.item, found.events, found.alerts) == (ITEM, (), ())


def test_the_same_item_twice_alerts_once() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    assert assessed(reading(CLAIM), state).alerts == ()


def test_the_same_story_in_three_outlets_alerts_once() -> None:
    state, alerts = state_of(), 0
    for source in ("Harbour Post", "Nordic Tribune", "Daily Clarion"):
        item = replace(ITEM, id=ItemId(source), source=source, url=f"https://{source[:5]}.example/1")
        found = assessed(replace(reading(CLAIM), item=item.id), state, item)
        state, alerts = after(state, found), alerts + len(found.alerts)
    assert alerts == 1
    held = standing(contest(state), PAIR, NOW)
    assert (held.reports, held.origins) == (3, 1)


def test_backfill_is_marked_as_not_to_be_sent() -> None:
    assert not assess(ITEM, reading(CLAIM), state_of(), now=NOW, send=False).send


def test_a_contest_that_nobody_declared_is_refused_by_name() -> None:
    with pytest.raises(UnknownName, match=r"chair-2023.*did you mean chair-2024"):
        assessed(replace(reading(CLAIM), contest="chair-2023"))  # type: ignore[arg-type]


# --- the same item read again ------------------------------------------------------------------------------


def reassessed(read: Reading, state: State) -> Assessment:
    return reassess([(ITEM, read)], state, now=NOW + timedelta(hours=1), send=True)


OPPOSES = replace(CLAIM, stance=Stance.OPPOSES)


def test_reading_again_and_finding_the_same_adds_nothing_whatever_the_reader() -> None:
    everything: dict[str, Any] = {"counts": (COUNT,), "candidacies": (STEP,)}
    state = after(state_of(), assessed(reading(CLAIM, **everything)))
    again = reassessed(reading(replace(CLAIM, rule="en.better"), extractor="reader-2", **everything), state)
    assert (again.events, again.alerts) == ((), ())


def test_reading_again_retracts_what_is_not_there_and_adds_what_is() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    again = reassessed(reading(OPPOSES, extractor="reader-2"), state)
    assert kinds(again) == ["stance_reported", "report_retracted"]
    assert [(alert.was, alert.now) for alert in again.alerts] == [(Stance.SUPPORTS, Stance.OPPOSES)]
    assert standing(contest(after(state, again)), PAIR, NOW + timedelta(hours=2)).reports == 1


def test_what_a_later_reading_finds_again_is_reinstated() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    state = after(state, reassessed(reading(), state))
    assert standing(contest(state), PAIR, NOW).stance is None
    back = reassessed(reading(CLAIM), state)
    assert isinstance(back.events[0], ReportReinstated)
    assert standing(contest(after(state, back)), PAIR, NOW).stance is Stance.SUPPORTS


def test_what_a_person_retracted_stays_so() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    report = contest(state).reports[PAIR][0].id
    state = after(
        state,
        entered(
            retract(contest(state), report, by="A. Editor", why="satire", now=NOW), state, now=NOW, send=True
        ),
    )
    assert reassessed(reading(CLAIM, extractor="reader-2"), state).events == ()


def test_what_a_person_confirmed_is_not_retracted() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    report = contest(state).reports[PAIR][0].id
    state = after(
        state,
        entered(
            confirm(contest(state), report, by="A. Editor", why="saw it", now=NOW), state, now=NOW, send=True
        ),
    )
    assert reassessed(reading(extractor="reader-2"), state).events == ()


def test_reading_one_item_again_leaves_the_others_alone() -> None:
    other = told(Stance.SUPPORTS, elector="bb")
    state = after(state_of(other), assessed(reading(CLAIM)))
    again = reassessed(reading(), state)
    assert [event.report for event in again.events if isinstance(event, ReportRetracted)] == [
        contest(state).reports[PAIR][0].id
    ]


def test_what_a_person_retracted_does_not_come_back_in_other_words() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    report = contest(state).reports[PAIR][0].id
    word = retract(contest(state), report, by="A. Editor", why="satire", now=NOW)
    state = after(state, entered(word, state, now=NOW, send=True))
    firmer = replace(CLAIM, certainty=Certainty.REPORTED, stance=Stance.LEANS_SUPPORT)
    assert reassessed(reading(firmer, extractor="reader-2"), state).events == ()
    # What the person did not speak of, that the item says the opposite, is read as ever.
    assert kinds(reassessed(reading(OPPOSES, extractor="reader-2"), state)) == ["stance_reported"]


def test_what_a_person_stands_by_is_not_contradicted_by_its_own_item() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    report = contest(state).reports[PAIR][0].id
    word = confirm(contest(state), report, by="A. Editor", why="saw it", now=NOW)
    state = after(state, entered(word, state, now=NOW, send=True))
    assert reassessed(reading(OPPOSES, extractor="reader-2"), state).events == ()


def test_what_a_person_reinstated_is_not_retracted_again() -> None:
    state = after(state_of(), assessed(reading(CLAIM)))
    state = after(state, reassessed(reading(), state))
    report = contest(state).reports[PAIR][0].id
    word = reinstate(contest(state), report, by="A. Editor", why="it is there", now=NOW)
    state = after(state, entered(word, state, now=NOW, send=True))
    assert reassessed(reading(extractor="reader-3"), state).events == ()


def test_what_any_text_of_an_edited_item_says_the_item_says() -> None:
    edited = replace(ITEM, body="Nothing of it.", published_at=on_day(6))
    state = after(state_of(), assessed(reading(CLAIM)))
    found = reassess([(ITEM, reading(CLAIM)), (edited, reading())], state, now=NOW, send=True)
    assert found.events == ()
    both = reassess([(ITEM, reading(CLAIM)), (edited, reading(CLAIM))], state_of(), now=NOW, send=True)
    (event,) = both.events
    assert event.occurred_at == ITEM.published_at


def test_items_read_again_together_alert_of_what_they_add_up_to_together() -> None:
    """One by one the standing would fall and come back, and alert twice."""
    other = replace(ITEM, id=ItemId("another"), url="https://buoy.example/2", source="The Buoy")
    state = after(state_of(), assessed(reading(CLAIM)))
    found = reassess(
        [(ITEM, reading()), (other, replace(reading(CLAIM), item=other.id))], state, now=NOW, send=True
    )
    assert kinds(found) == ["report_retracted", "stance_reported"]
    assert found.alerts == ()


# --- what people enter -------------------------------------------------------------------------------------


def by_hand(**changes: Any) -> StanceReported:
    given: dict[str, Any] = {
        "elector": "aa", "candidate": "first-one", "stance": Stance.SUPPORTS, "by": "A. Editor",
        "why": "heard it in the chamber", "at": on_day(3), **changes,
    }  # fmt: skip
    hand = ByHand(**{f.name: given.pop(f.name) for f in fields(ByHand) if f.name in given})
    return record(
        contest(state_of(roster=race(blocs=(Bloc(id="north", name="The North"),)))), hand=hand, **given
    )


def test_a_stance_entered_by_hand_says_who_and_why() -> None:
    event = by_hand(
        words="We back her.", speaker="the minister", url="https://a.example/1", outlet="The Gazette"
    )
    assert (event.producer, event.note, event.item) == ("A. Editor", "heard it in the chamber", None)
    assert (event.voice, event.certainty, event.precision) == (
        Voice.ELECTOR,
        Certainty.OFFICIAL,
        Precision.DAY,
    )
    assert event.evidence.text == "We back her."
    assert event.source.origins == ("outlet:gazette", "url:https://a.example/1")


def test_a_stance_entered_by_hand_weighs_and_alerts_as_a_report_would() -> None:
    state = state_of(told(Stance.OPPOSES, day=2))
    found = entered(by_hand(), state, now=NOW, send=True)
    assert [(alert.was, alert.now) for alert in found.alerts] == [(Stance.OPPOSES, Stance.SUPPORTS)]
    assert found.item is None


def test_a_blocs_stance_can_be_entered() -> None:
    assert by_hand(elector="north").elector == "north"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"elector": "ab"}, "contest chair-2024: no elector 'ab'"),
        ({"candidate": "frist-one"}, "no candidate 'frist-one'; did you mean first-one"),
    ],
)
def test_an_unknown_name_is_refused_with_what_was_meant(changes: dict[str, str], message: str) -> None:
    with pytest.raises(UnknownName, match=message):
        by_hand(**changes)


@pytest.mark.parametrize("missing", [{"by": " "}, {"why": ""}])
def test_who_and_why_are_required(missing: dict[str, str]) -> None:
    with pytest.raises(InputError):
        by_hand(**missing)
    report = told(Stance.SUPPORTS)
    state = contest(state_of(report))
    signed = {"by": "A. Editor", "why": "wrong"} | missing
    for correct in (retract, reinstate, confirm):
        with pytest.raises(InputError):
            correct(state, identity(report), now=NOW, **signed)


@pytest.mark.parametrize("correct", [retract, reinstate, confirm])
def test_a_correction_of_what_is_not_there_is_refused(correct: Any) -> None:
    with pytest.raises(UnknownName, match="no report 'nothing'"):
        correct(contest(state_of()), "nothing", by="A. Editor", why="wrong", now=NOW)


def test_what_is_retracted_cannot_be_retracted_nor_what_counts_be_reinstated() -> None:
    report = told(Stance.SUPPORTS)
    state = state_of(report)
    by: dict[str, Any] = {"by": "A. Editor", "why": "wrong", "now": NOW}
    with pytest.raises(InputError, match="not retracted"):
        reinstate(contest(state), identity(report), **by)
    gone = entered(retract(contest(state), identity(report), **by), state, now=NOW, send=True)
    state = after(state, gone)
    with pytest.raises(InputError, match="retracted already"):
        retract(contest(state), identity(report), **by)
    with pytest.raises(InputError, match="reinstate it first"):
        confirm(contest(state), identity(report), **by)
    back: Event = reinstate(contest(state), identity(report), **by)
    assert [alert.now for alert in entered(back, state, now=NOW, send=True).alerts] == [Stance.SUPPORTS]


def test_a_count_can_be_retracted_too() -> None:
    state = after(state_of(), assessed(reading(counts=(COUNT,))))
    (count,) = contest(state).counts
    gone = retract(contest(state), count.id, by="A. Editor", why="wrong", now=NOW)
    assert contest(after(state, entered(gone, state, now=NOW, send=True))).namings(COUNT.candidate) == ()


def test_a_decision_names_a_candidate_of_the_roster() -> None:
    hand = ByHand(by="A. Editor", why="the board met", at=on_day(9))
    event = decide(contest(state_of()), "first-one", hand=hand)
    assert (event.candidate, event.occurred_at, event.reason) == ("first-one", on_day(9), "the board met")
    with pytest.raises(UnknownName, match="third-one"):
        decide(contest(state_of()), "third-one", hand=hand)


def test_a_contest_is_declared_once_and_again_only_when_it_differs() -> None:
    state = state_of()
    assert declare(race(), state, now=NOW, producer="tests") is None
    revised = declare(race(title="Revised"), state, now=NOW, producer="tests")
    assert revised is not None
    assert revised.roster.title == "Revised"
    assert declare(race(id="chair-2025"), state, now=NOW, producer="tests") is not None
