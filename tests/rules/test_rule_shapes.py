"""Contests of every shape a body decides by, each small enough to work out by hand; the sums stand beside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracker.rules import Effect, Outcome, Part, Rule, Seat, Vote, answer
from tracker.stances import ElectorId, Stance

FOR, LEANS, OPEN, AGAINST = Stance.SUPPORTS, Stance.LEANS_SUPPORT, Stance.UNDECIDED, Stance.OPPOSES


def seats(told: str, *, weights: str = "", vetoes: str = "", **electorates: str) -> list[Seat]:
    """Seats by a mark each: `+` for, `^` leans for, `?` unknown, `0` undecided, `-` against, `a` for but
    abstains, `x` for but absent, `c` for by a count only. `vetoes` and electorates name letters."""
    stances = {"+": FOR, "^": LEANS, "?": None, "0": OPEN, "-": AGAINST, "a": FOR, "x": FOR, "c": None}
    votes = {"a": Vote.ABSTAIN, "x": Vote.ABSENT}
    given = [float(w) for w in weights.split()] or [1.0] * len(told)
    return [
        Seat(
            elector=ElectorId(name),
            weight=given[n],
            veto=name in vetoes,
            stance=stances[mark],
            vote=votes.get(mark),
            counted=mark == "c",
            electorates=frozenset(key for key, members in electorates.items() if name in members),
        )
        for n, (name, mark) in enumerate(zip("abcdefghijklmnopqrst", told, strict=False))
    ]


def told(rule: Rule, where: list[Seat]) -> tuple[str, float | None, float, str]:
    found = answer(rule, where)
    return found.outcome.value, found.needed, found.have, "".join(found.missing)


TWO_THIRDS = Rule(kind="supermajority", fraction=(2, 3))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # two thirds of 3 are exactly 2
        ("++-", ("met", 2, 2, "c")),
        # of 4: 2.67, so 3
        ("++--", ("not", 3, 2, "cd")),
        ("+++-", ("met", 3, 3, "d")),
        # of 32 it would be 22; of 10: 6.67, so 7; six and a leaner are projected
        ("++++++^???", ("projected", 7, 6, "ghij")),
    ],
)
def test_a_supermajority_is_at_least_its_fraction(
    where: str, expected: tuple[str, float, float, str]
) -> None:
    assert told(TWO_THIRDS, seats(where)) == expected


def test_tenths_are_tenths() -> None:
    """Three times 0.1 is not 0.3 in binary; it is here: three of ten weights of 0.1 reach 3/10 of 1."""
    rule = Rule(kind="weighted_majority", fraction=(3, 10), total=1)
    assert answer(rule, seats("+++", weights="0.1 0.1 0.1")).met
    passed = Rule(kind="weighted_majority", share=0.3, total=1)
    assert not answer(passed, seats("+++", weights="0.1 0.1 0.1")).met


# Effects of not voting. Of five, a and b are for and c abstains.
@pytest.mark.parametrize(
    ("effect", "majority", "consensus"),
    [
        # 2 of 5 are no majority; for a consensus four others are waited for, c among them
        (Effect.AGAINST, ("not", 3, 2), (5, "cde")),
        # c stops no consensus, and nobody waits for it: four are needed
        (Effect.NEUTRAL, ("not", 3, 2), (4, "de")),
        # of the four that vote more than half are 3
        (Effect.LOWERS, ("not", 3, 2), (4, "de")),
    ],
)
def test_what_an_abstention_does_is_a_parameter(
    effect: Effect, majority: tuple[str, float, float], consensus: tuple[float, str]
) -> None:
    where = seats("++a-?")
    assert told(Rule(kind="majority", abstention=effect), where)[:3] == majority
    _, needed, _, missing = told(Rule(kind="consensus", abstention=effect), where)
    assert (needed, missing) == consensus


def test_an_abstention_that_lowers_the_base_can_decide() -> None:
    # Six seats, three for, one against, two abstain: three of six are no majority, three of four are.
    where = seats("+++-aa")
    assert told(Rule(kind="majority"), where)[0] == "not"
    assert told(Rule(kind="majority", abstention=Effect.NEUTRAL), where)[0] == "not"
    assert told(Rule(kind="majority", abstention=Effect.LOWERS), where)[:3] == ("met", 3, 3)


def test_absence_has_its_own_effect() -> None:
    # Five seats, two for, one against, one abstains, one is absent.
    where = seats("++-ax")
    of_those_present = Rule(kind="majority", absence=Effect.LOWERS)
    of_votes_cast = replace(of_those_present, abstention=Effect.LOWERS)
    assert told(of_those_present, where)[:3] == ("not", 3, 2)  # more than half of four
    assert told(of_votes_cast, where)[:3] == ("met", 2, 2)  # more than half of three


def test_a_veto_holder_that_abstains_vetoes_only_where_the_rule_says_so() -> None:
    where = seats("+++a", vetoes="d")
    assert answer(Rule(kind="threshold", needed=3, vetoes=True), where).blocking == ("d",)
    permanent = Rule(kind="threshold", needed=3, vetoes=True, abstention=Effect.NEUTRAL)
    assert answer(permanent, where).met


def test_a_double_majority_takes_both() -> None:
    """As the Council of the EU: 55% of members with 65% of the population (Treaty on EU, art. 16.4)."""
    rule = Rule(
        kind="all_of",
        parts=(
            Part(kind="supermajority", name="members", fraction=(55, 100)),
            Part(kind="weighted_majority", name="population", fraction=(65, 100)),
        ),
    )
    people = "80 60 50 10 10"  # 210 in all; 65% are 136.5
    few_and_large = answer(rule, seats("++???", weights=people))
    assert not few_and_large.met
    assert [(p.outcome, p.needed, p.have) for p in few_and_large.parts] == [
        (Outcome.NOT, 3, 2),  # 55% of five are 2.75
        (Outcome.MET, 136.5, 140),
    ]
    assert (few_and_large.needed, few_and_large.have) == (3, 2)  # the one that is not met is told
    many_and_small = answer(rule, seats("??+++", weights=people))
    assert [p.outcome for p in many_and_small.parts] == [Outcome.MET, Outcome.NOT]
    assert answer(rule, seats("+?+^?", weights=people)).outcome is Outcome.PROJECTED  # 3 of them, 140
    assert answer(rule, seats("++??+", weights=people)).met


COUNCIL_THEN_ASSEMBLY = Rule(
    kind="stages",
    parts=(
        Part(kind="threshold", name="Council", of="council", needed=2, vetoes=True),
        Part(kind="majority", name="Assembly"),
    ),
)


def test_stages_ask_one_electorate_after_the_other() -> None:
    # The council is a, b, c (a with a veto); the assembly is all seven.
    def where(marks: str) -> list[Seat]:
        return seats(marks, vetoes="a", council="abc")

    first = answer(COUNCIL_THEN_ASSEMBLY, where("+??++++"))
    assert (first.passed, first.needed, first.have) == (0, 2, 1)
    assert first.missing == ("b", "c")  # nobody else is asked yet
    stopped = answer(COUNCIL_THEN_ASSEMBLY, where("-++++++"))
    assert (stopped.passed, stopped.blocking, stopped.met) == (0, ("a",), False)
    second = answer(COUNCIL_THEN_ASSEMBLY, where("++?????"))
    assert (second.passed, second.needed, second.have) == (1, 4, 2)
    assert second.missing == ("c", "d", "e", "f", "g")
    last = answer(COUNCIL_THEN_ASSEMBLY, where("++?++??"))
    assert (last.passed, last.met) == (2, True)


def test_stages_of_one_number_are_asked_at_once() -> None:
    rule = Rule(
        kind="stages",
        parts=(
            Part(kind="majority", name="North", of="north", stage=1),
            Part(kind="majority", name="South", of="south", stage=1),
            Part(kind="consensus", name="All", stage=2),
        ),
    )
    where = seats("++?+??", north="abc", south="def")
    found = answer(rule, where)
    assert [(p.stage, p.outcome.value) for p in found.parts] == [(1, "met"), (1, "not"), (2, "not")]
    assert (found.passed, found.missing) == (0, ("c", "e", "f"))


def test_a_count_projects_and_does_not_meet() -> None:
    found = answer(Rule(kind="consensus"), seats("++cc"))
    assert (found.outcome, found.toward) == (Outcome.PROJECTED, ("c", "d"))
    assert answer(Rule(kind="consensus"), seats("++c?")).outcome is Outcome.NOT


def test_what_is_stopped_is_not_projected() -> None:
    rule = Rule(kind="threshold", needed=2, vetoes=True)
    assert answer(rule, seats("+^-", vetoes="c")).outcome is Outcome.NOT
