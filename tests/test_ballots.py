"""Rounds of voting: votes on record, secret counts, reopened support; each contest worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tracker import ballots
from tracker.alerts import compare, position
from tracker.byhand import ByHand
from tracker.contests import Contest, Elector
from tracker.errors import InputError, UnknownName
from tracker.events import Event, ReportRetracted
from tracker.log.identity import identity
from tracker.projection import ContestState, standing, suppose
from tracker.rules import Effect, Outcome, Reopening, Rule, Vote
from tracker.stances import CandidateId, Certainty, ElectorId, Stance, Voice
from tracker.testing import on_day, race, state_of, told

RACE = race().id
FIRST, SECOND = CandidateId("first-one"), CandidateId("second-one")
AA, BB = ElectorId("aa"), ElectorId("bb")
FOR, AGAINST = Stance.SUPPORTS, Stance.OPPOSES


def of(roster: Contest, *events: Event) -> ContestState:
    return state_of(*events, roster=roster).contests[roster.id]


def hand(day: float, *, by: str = "clerk", why: str = "the minutes", outlet: str = "") -> ByHand:
    return ByHand(by=by, why=why, at=on_day(day), outlet=outlet)


class Book:
    """A race whose ballots are entered one after another, each checked against the state so far."""

    def __init__(self, roster: Contest, *events: Event) -> None:
        self.roster, self.events = roster, list(events)

    @property
    def state(self) -> ContestState:
        return of(self.roster, *self.events)

    def open(
        self, round: int, day: float, *, by: str = "clerk", why: str = "the minutes", **more: Any
    ) -> Event:
        return self._add(ballots.open_round(self.state, round, hand=hand(day, by=by, why=why), **more))

    def vote(self, elector: str, vote: Vote, *, round: int, day: float, on: str | None = FIRST) -> Event:
        return self._add(
            ballots.record_vote(self.state, elector, vote, round=round, candidate=on, hand=hand(day))
        )

    def count(
        self, votes_for: int, *, round: int, day: float, on: str = FIRST, outlet: str = "", **more: Any
    ) -> Event:
        return self._add(
            ballots.count_ballot(
                self.state, on, round=round, votes_for=votes_for, hand=hand(day, outlet=outlet), **more
            )
        )

    def _add(self, event: Event) -> Event:
        self.events.append(event)
        return event

    def where(self, elector: str, day: float, on: str = FIRST) -> tuple[Stance | None, Certainty | None]:
        found = standing(self.state, (ElectorId(elector), CandidateId(on)), on_day(day))
        return found.stance, found.certainty


def test_a_vote_on_record_is_a_rung_above_the_word_and_both_are_kept_apart() -> None:
    book = Book(race(), told(FOR, elector="aa", day=1))
    book.open(1, 5)
    book.vote("aa", Vote.FOR, round=1, day=6)
    book.vote("bb", Vote.AGAINST, round=1, day=6)
    assert book.where("aa", 5) == (FOR, Certainty.OFFICIAL)
    assert book.where("aa", 6) == (FOR, Certainty.RECORDED)
    held = standing(book.state, (AA, FIRST), on_day(6))
    assert held.since == on_day(1)
    assert [(rung.certainty, rung.reached) for rung in held.ladder] == [
        (Certainty.OFFICIAL, on_day(1)),
        (Certainty.RECORDED, on_day(6)),
    ]
    assert book.where("bb", 6) == (AGAINST, Certainty.RECORDED)
    assert len(book.state.votes) == 2 and len(book.state.reports[AA, FIRST]) == 2


def test_an_outlet_does_not_undo_a_vote_and_the_elector_itself_does() -> None:
    book = Book(
        race(),
        told(AGAINST, elector="aa", day=8, voice=Voice.OUTLET, certainty=Certainty.REPORTED),
        told(AGAINST, elector="bb", day=8),
    )
    book.open(1, 5)
    for elector in ("aa", "bb"):
        book.vote(elector, Vote.FOR, round=1, day=6)
    assert book.where("aa", 9) == (FOR, Certainty.RECORDED)
    assert standing(book.state, (AA, FIRST), on_day(9)).disputed
    assert book.where("bb", 9) == (AGAINST, Certainty.OFFICIAL)


def test_a_vote_taken_back_was_never_cast() -> None:
    book = Book(race(rule=Rule(kind="majority", abstention=Effect.LOWERS)), told(FOR, elector="aa", day=1))
    book.open(1, 5)
    vote = book.vote("aa", Vote.ABSTAIN, round=1, day=6)
    assert position(book.state, FIRST, on_day(7)).needed == 2  # more than half of three
    book.events.append(
        ReportRetracted(
            contest=book.roster.id,
            report=identity(vote),
            reason="misread",
            occurred_at=on_day(8),
            producer="e",
        )
    )
    assert book.where("aa", 7) == (FOR, Certainty.OFFICIAL)
    assert position(book.state, FIRST, on_day(7)).needed == 3
    assert ballots.rounds_held(book.state, on_day(9))[0].tallies == ()


def test_who_abstains_or_is_absent_counts_as_the_rule_says_until_the_next_round() -> None:
    book = Book(race(rule=Rule(kind="majority", absence=Effect.LOWERS)), told(FOR, elector="aa", day=1))
    book.open(1, 5)
    book.vote("bb", Vote.ABSENT, round=1, day=5, on=None)
    book.vote("cc", Vote.ABSENT, round=1, day=5, on=None)
    found = position(book.state, FIRST, on_day(6))
    assert (found.met, found.needed, found.have) == (False, 2, 1)  # of the two that are there
    book.vote("dd", Vote.FOR, round=1, day=6)
    assert position(book.state, FIRST, on_day(6)).met
    book.open(2, 7)
    again = position(book.state, FIRST, on_day(7))
    assert (again.met, again.needed, again.have) == (False, 3, 2)


def test_who_spoke_after_it_abstained_is_no_abstainer() -> None:
    book = Book(race(rule=Rule(kind="majority")), told(FOR, elector="aa", day=7))
    book.open(1, 5)
    book.vote("aa", Vote.ABSTAIN, round=1, day=6)
    assert book.where("aa", 6) == (Stance.UNDECIDED, Certainty.RECORDED)
    assert position(book.state, FIRST, on_day(6)).have == 0
    assert position(book.state, FIRST, on_day(7)).have == 1


def test_who_backed_two_in_a_round_is_reopened_by_the_next_and_nobody_else() -> None:
    rule = Rule(kind="majority", reopens=Reopening.DOUBLES)
    book = Book(race(rule=rule))
    book.open(1, 2)
    for candidate in (FIRST, SECOND):
        book.vote("aa", Vote.FOR, round=1, day=3, on=candidate)
    book.vote("bb", Vote.FOR, round=1, day=3, on=FIRST)
    assert book.where("aa", 4)[0] is book.where("aa", 4, SECOND)[0] is FOR
    book.open(2, 5)
    for candidate in (FIRST, SECOND):
        held = standing(book.state, (AA, candidate), on_day(5))
        assert (held.stance, held.certainty, held.carried_by, held.reopened) == (None, None, None, 2)
        assert held.last is not None  # what it did is still told
    assert book.where("bb", 5) == (FOR, Certainty.RECORDED)
    assert book.where("aa", 4) == (FOR, Certainty.RECORDED)  # as of before, nothing has changed
    book.vote("aa", Vote.FOR, round=2, day=6, on=SECOND)
    assert (book.where("aa", 6)[0], book.where("aa", 6, SECOND)[0]) == (None, FOR)
    # Once more: one backed candidate is no double, so round 3 reopens nothing.
    book.open(3, 7)
    assert book.where("aa", 7, SECOND) == (FOR, Certainty.RECORDED)


def test_a_rule_can_reopen_everybody() -> None:
    book = Book(race(rule=Rule(kind="majority", reopens=Reopening.ALL)), told(FOR, elector="aa", day=1))
    book.open(1, 2)
    assert book.where("aa", 2) == (FOR, Certainty.OFFICIAL)  # the first round reopens nothing
    book.open(2, 3)
    assert book.where("aa", 3) == (None, None)


def test_a_round_raises_no_alert_and_the_next_word_does() -> None:
    book = Book(race(rule=Rule(kind="majority", reopens=Reopening.ALL)), told(FOR, elector="aa", day=1))
    book.open(1, 2)
    before = state_of(*book.events, roster=book.roster)
    event = book.open(2, 3)
    opened = suppose(before, [(identity(event), event)])
    assert compare(before.contests[RACE], opened.contests[RACE], now=on_day(3)) == ()
    vote = book.vote("aa", Vote.AGAINST, round=2, day=4)
    voted = suppose(opened, [(identity(vote), vote)])
    (alert,) = compare(opened.contests[RACE], voted.contests[RACE], now=on_day(4))
    assert (alert.was, alert.now, alert.certainty) == (None, AGAINST, Certainty.RECORDED)


def test_a_secret_count_tells_numbers_and_moves_nobody() -> None:
    book = Book(race(rule=Rule(kind="majority")), told(FOR, elector="aa", day=1))
    book.open(1, 2, secret=True)
    before = book.state
    book.count(3, round=1, day=3, against=1)
    assert compare(before, book.state, now=on_day(3)) == ()
    assert position(book.state, FIRST, on_day(3)).have == 1
    (held,) = ballots.rounds_held(book.state, on_day(4))
    (tally,) = held.tallies
    assert (tally.conflict, tally.outcome) == (False, Outcome.MET)  # three of four
    assert ballots.rounds_held(book.state, on_day(1)) == ()


def test_counts_that_differ_conflict_and_settle_only_what_all_of_them_settle() -> None:
    book = Book(race(rule=Rule(kind="majority")))
    book.open(1, 2, secret=True)
    book.count(3, round=1, day=3, outlet="A")
    book.count(4, round=1, day=3, outlet="B")
    (tally,) = ballots.rounds_held(book.state, on_day(4))[0].tallies
    assert (tally.conflict, tally.outcome) == (True, Outcome.MET)
    book.count(2, round=1, day=3, outlet="C")
    (tally,) = ballots.rounds_held(book.state, on_day(4))[0].tallies
    assert (tally.conflict, tally.outcome, len(tally.told)) == (True, None, 3)


def test_more_votes_on_record_than_a_count_has_is_a_conflict() -> None:
    book = Book(race(rule=Rule(kind="majority")))
    book.open(1, 2)
    for elector in ("aa", "bb"):
        book.vote(elector, Vote.FOR, round=1, day=3)
    book.count(1, round=1, day=3)
    (tally,) = ballots.rounds_held(book.state, on_day(4))[0].tallies
    assert tally.named[Vote.FOR] == ("aa", "bb") and tally.conflict


def test_votes_on_record_of_all_settle_it_even_with_a_veto() -> None:
    electors = tuple(Elector(id=ElectorId(e), veto=e == "aa") for e in ("aa", "bb", "cc"))
    book = Book(race(electors=electors, rule=Rule(kind="threshold", needed=2, vetoes=True)))
    book.open(1, 2)
    for elector, vote in (("aa", Vote.AGAINST), ("bb", Vote.FOR), ("cc", Vote.FOR)):
        assert [t.outcome for r in ballots.rounds_held(book.state, on_day(4)) for t in r.tallies] in (
            [],
            [None],
        )
        book.vote(elector, vote, round=1, day=3)
    assert ballots.rounds_held(book.state, on_day(4))[0].tallies[0].outcome is Outcome.NOT


def test_numbers_say_nothing_of_who_has_a_veto() -> None:
    electors = tuple(Elector(id=ElectorId(e), veto=e == "aa") for e in ("aa", "bb", "cc"))
    book = Book(race(electors=electors, rule=Rule(kind="threshold", needed=2, vetoes=True)))
    book.open(1, 2, secret=True)
    book.count(2, round=1, day=3, against=1)
    assert ballots.rounds_held(book.state, on_day(4))[0].tallies[0].outcome is None


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda b: b.open(0, 3), "counted from 1"),
        (lambda b: b.open(1, 3), "round 1 was opened on 2024-03-02"),
        (lambda b: b.open(2, 1), "round 1 was opened on 2024-03-02"),
        (lambda b: b.open(2, 3, by=" "), "who enters this"),
        (lambda b: b.vote("aa", Vote.FOR, round=1, day=1), "round 1 was opened on 2024-03-02"),
        (lambda b: b.vote("aa", Vote.FOR, round=7, day=3), "round 7 was not opened"),
        (lambda b: b.vote("aa", Vote.FOR, round=1, day=3, on=None), "on whom"),
        (lambda b: b.vote("zz", Vote.FOR, round=1, day=3), "no elector 'zz'"),
        (lambda b: b.vote("aa", Vote.FOR, round=1, day=3, on="third"), "no candidate 'third'"),
        (lambda b: b.vote("aa", Vote.FOR, round=1, day=3, on=SECOND), "did not stand in round 1"),
        (lambda b: b.vote("bb", Vote.AGAINST, round=1, day=3), "voted for in round 1 already"),
        (lambda b: b.count(-1, round=1, day=3), "not a number of votes"),
        (lambda b: b.count(3, round=1, day=3, against=2), "5 votes in all, but 4 electors"),
    ],
)
def test_what_cannot_be_is_refused(act: Any, words: str) -> None:
    book = Book(race())
    book.open(1, 2, candidates=[FIRST])
    book.vote("bb", Vote.FOR, round=1, day=2)
    with pytest.raises((InputError, UnknownName), match=words):
        act(book)


def test_nobodys_vote_is_known_in_a_secret_round_and_nobody_votes_that_has_none() -> None:
    book = Book(race(electors=(Elector(id=AA), Elector(id=BB, votes=False))))
    book.open(1, 2, secret=True)
    with pytest.raises(InputError, match="secret"):
        book.vote("aa", Vote.FOR, round=1, day=3)
    book.open(2, 3)
    with pytest.raises(InputError, match="bb had no vote"):
        book.vote("bb", Vote.FOR, round=2, day=4)


def test_the_json_of_a_round() -> None:
    book = Book(race(rule=Rule(kind="majority")))
    opened = book.open(1, 2, why="first straw poll")
    book.vote("aa", Vote.FOR, round=1, day=3)
    count = book.count(3, round=1, day=3, against=1, certainty=Certainty.ANONYMOUS, speaker="two envoys")
    (found,) = [ballots.round_json(each) for each in ballots.rounds_held(book.state, on_day(4))]
    assert found == {
        "round": 1,
        "opened": "2024-03-02T12:00:00Z",
        "id": identity(opened),
        "secret": False,
        "note": "first straw poll",
        "candidates": [
            {
                "candidate": "first-one",
                "named": {"for": ["aa"], "against": [], "abstain": [], "absent": []},
                "told": [
                    {
                        "id": identity(count), "at": "2024-03-03T12:00:00Z", "for": 3, "against": 1,
                        "abstain": None, "absent": None, "certainty": "anonymous", "speaker": "two envoys",
                        "outlet": "clerk", "url": None,
                    }
                ],
                "conflict": False,
                "outcome": "met",
            }
        ],
    }  # fmt: skip


def test_order_of_arrival_leaves_no_trace_in_ballots_either() -> None:
    book = Book(race(rule=Rule(kind="majority", reopens=Reopening.DOUBLES)), told(FOR, elector="aa", day=1))
    book.open(1, 2)
    for candidate in (FIRST, SECOND):
        book.vote("aa", Vote.FOR, round=1, day=3, on=candidate)
    book.open(2, 5)
    turned: Sequence[Event] = book.events[::-1]
    assert of(book.roster, *turned) == book.state
