"""Decision rules on races small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tracker.rules import RULES, Answer, Rule, Seat, answer
from tracker.stances import ElectorId, Stance

FOR, LEANS, OPEN, AGAINST = Stance.SUPPORTS, Stance.LEANS_SUPPORT, Stance.UNDECIDED, Stance.OPPOSES


def seats(*stances: Stance | None, weights: Iterable[float] = (), vetoes: Iterable[int] = ()) -> list[Seat]:
    """Seats a, b, c … in that order; `vetoes` are positions; a weight not given is 1."""
    given = [*weights, *[1.0] * len(stances)]
    return [
        Seat(elector=ElectorId("abcdefghij"[n]), weight=given[n], veto=n in set(vetoes), stance=stance)
        for n, stance in enumerate(stances)
    ]


def met(result: Answer) -> tuple[bool, float | None, float]:
    return result.met, result.needed, result.have


def test_consensus_takes_every_seat() -> None:
    result = answer(Rule(kind="consensus"), seats(FOR, FOR, LEANS, None))
    assert met(result) == (False, 4, 2)
    assert result.missing == ("c", "d")
    assert result.blocking == ()
    assert met(answer(Rule(kind="consensus"), seats(FOR, FOR))) == (True, 2, 2)


def test_consensus_names_who_stops_it() -> None:
    result = answer(Rule(kind="consensus"), seats(FOR, AGAINST, Stance.LEANS_OPPOSE))
    assert result.blocking == ("b",)
    assert result.missing == ("b", "c")


def test_consensus_counts_seats_that_the_roster_does_not_list() -> None:
    assert met(answer(Rule(kind="consensus", total=5), seats(FOR, FOR))) == (False, 5, 2)


def test_threshold_is_reached_by_supporters_alone() -> None:
    rule = Rule(kind="threshold", needed=3)
    assert met(answer(rule, seats(FOR, FOR, LEANS, LEANS))) == (False, 3, 2)
    assert met(answer(rule, seats(FOR, FOR, FOR, AGAINST))) == (True, 3, 3)


def test_one_veto_stops_what_has_votes_enough() -> None:
    # The Security Council: nine of fifteen, none of the five permanent members against.
    nine = [FOR] * 8 + [AGAINST]
    rule = Rule(kind="threshold", needed=7, vetoes=True)
    stopped = answer(rule, seats(*nine, vetoes=[8]))
    assert met(stopped) == (False, 7, 8)
    assert stopped.blocking == ("i",)
    assert met(answer(rule, seats(*nine, vetoes=[0]))) == (True, 7, 8)


def test_a_veto_holder_that_only_leans_against_stops_nothing() -> None:
    rule = Rule(kind="threshold", needed=2, vetoes=True)
    assert answer(rule, seats(FOR, FOR, Stance.LEANS_OPPOSE, vetoes=[2])).met


def test_a_veto_is_nothing_where_the_rule_knows_none() -> None:
    assert answer(Rule(kind="threshold", needed=2), seats(FOR, FOR, AGAINST, vetoes=[2])).met


@pytest.mark.parametrize(("size", "needed"), [(1, 1), (4, 3), (5, 3), (435, 218)])
def test_a_majority_is_more_than_half(size: int, needed: int) -> None:
    rule = Rule(kind="majority", total=size)
    assert met(answer(rule, seats(FOR))) == (size == 1, needed, 1)


def test_a_majority_counts_the_seats_listed_when_no_total_is_given() -> None:
    assert met(answer(Rule(kind="majority"), seats(FOR, FOR, OPEN, None))) == (False, 3, 2)


def test_a_weighted_majority_takes_more_than_its_share() -> None:
    weights = (50.0, 30.0, 20.0)
    half = Rule(kind="weighted_majority")
    assert met(answer(half, seats(FOR, None, None, weights=weights))) == (False, 50, 50)
    assert met(answer(half, seats(FOR, None, FOR, weights=weights))) == (True, 50, 70)
    most = Rule(kind="weighted_majority", share=0.85)
    assert met(answer(most, seats(FOR, FOR, None, weights=weights))) == (False, 85, 80)


def test_a_weighted_majority_can_be_stopped_by_a_veto() -> None:
    rule = Rule(kind="weighted_majority", vetoes=True)
    stopped = answer(rule, seats(FOR, AGAINST, weights=(80.0, 20.0), vetoes=[1]))
    assert (stopped.met, stopped.blocking) == (False, ("b",))


def test_an_open_race_is_counted_and_never_decided() -> None:
    result = answer(Rule(kind="open"), seats(FOR, FOR))
    assert met(result) == (False, None, 2)
    assert result.missing == ()


@pytest.mark.parametrize("kind", sorted(RULES))
def test_nobody_is_chosen_by_nobody(kind: str) -> None:
    assert not answer(Rule(kind=kind), []).met


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        answer(Rule(kind="coin-toss"), [])
