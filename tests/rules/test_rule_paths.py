"""The smallest changes that would decide, and who can block: worked out by hand, and by trying all."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tracker.rules import Effect, Part, Path, Pick, Rule, Seat, Vote, answer, path
from tracker.stances import ElectorId, Stance

FOR, LEANS, AGAINST = Stance.SUPPORTS, Stance.LEANS_SUPPORT, Stance.OPPOSES


def seat(name: str, stance: Stance | None = None, weight: float = 1.0, **more: object) -> Seat:
    plain = Seat(elector=ElectorId(name), weight=weight, veto=False, stance=stance)
    return replace(plain, **more)  # type: ignore[arg-type]


def sets(found: Path) -> list[str]:
    return ["".join(one) for one in found.sets]


def test_a_consensus_waits_for_every_holdout_and_any_of_all_can_block() -> None:
    found = path(Rule(kind="consensus"), [seat("a", FOR), seat("b"), seat("c", AGAINST)])
    assert (found.size, sets(found), found.must) == (2, ["bc"], ("b", "c"))
    assert (found.can_block, found.block_size) == (("a", "b", "c"), 1)


def test_a_majority_can_come_about_in_as_many_ways_as_there_are_holdouts() -> None:
    # Five seats, two for: any one of three. Three together can block it (two are then left).
    found = path(
        Rule(kind="majority"), [seat("a", FOR), seat("b", FOR), seat("c"), seat("d", LEANS), seat("e")]
    )
    assert (found.size, found.number, found.must) == (1, 3, ())
    assert found.ways == ((Pick(number=1, of=(ElectorId("d"), ElectorId("c"), ElectorId("e"))),),)
    assert sets(found) == ["d", "c", "e"]  # the nearest first
    assert (found.can_block, found.block_size) == ((), 3)


def test_weight_decides_whose_change_is_enough() -> None:
    # Weights 40 30 20 10, more than 50 needed, a is for: b or c would do, d (50) would not.
    where = [seat("a", FOR, 40), seat("b", None, 30), seat("c", None, 20), seat("d", None, 10)]
    found = path(Rule(kind="weighted_majority"), where)
    assert (found.size, sets(found)) == (1, ["b", "c"])
    # Without a it takes b, c and d: 60. Nobody alone can block; a and d can: 50 are left.
    assert (found.can_block, found.block_size) == ((), 2)


def test_a_veto_holder_against_must_change_whatever_else_does() -> None:
    rule = Rule(kind="threshold", needed=3, vetoes=True)
    where = [seat("a", FOR), seat("b", AGAINST, veto=True), seat("c"), seat("d"), seat("e", FOR, veto=True)]
    found = path(rule, where)
    # With b there are three: that is enough.
    assert (found.size, sets(found), found.must) == (1, ["b"], ("b",))
    assert (found.can_block, found.block_size) == (("b", "e"), 1)


def test_one_change_can_serve_both_halves_of_a_double_majority() -> None:
    rule = Rule(
        kind="all_of",
        parts=(
            Part(kind="majority", of="north"),
            Part(kind="majority", of="south"),
        ),
    )
    north, south, both = frozenset({"north"}), frozenset({"south"}), frozenset({"north", "south"})
    where = [
        seat("a", FOR, electorates=north), seat("b", electorates=north), seat("c", electorates=both),
        seat("d", FOR, electorates=south), seat("e", electorates=south),
    ]  # fmt: skip
    found = path(rule, where)
    assert (found.size, sets(found)) == (1, ["c"])


def test_the_path_is_that_of_the_stage_that_comes_now() -> None:
    rule = Rule(
        kind="stages",
        parts=(Part(kind="threshold", of="council", needed=2), Part(kind="majority")),
    )
    council = frozenset({"council"})
    where = [seat("a", FOR, electorates=council), seat("b", electorates=council), *map(seat, "cdefg")]
    assert sets(path(rule, where)) == ["b"]
    where[1] = seat("b", FOR, electorates=council)
    assert path(rule, where).size == 2  # 4 of 7


def test_what_no_elector_listed_can_meet_has_no_path() -> None:
    assert path(Rule(kind="consensus", total=5), [seat("a", FOR), seat("b")]).size is None
    assert path(Rule(kind="open"), [seat("a")]).size is None


def test_what_is_met_has_a_path_of_nothing_and_can_still_be_blocked() -> None:
    found = path(Rule(kind="majority"), [seat("a", FOR), seat("b", FOR), seat("c")])
    assert (found.size, found.sets, found.block_size) == (0, (), 2)


def test_an_abstention_that_lowers_the_base_raises_it_again_when_it_becomes_a_vote() -> None:
    # Four seats, b abstains: more than half of three are 2. If b came over: two of four.
    rule = Rule(kind="majority", abstention=Effect.LOWERS)
    where = [seat("a", FOR), seat("b", None, vote=Vote.ABSTAIN), seat("c", AGAINST), seat("d", AGAINST)]
    assert sets(path(rule, where)) == ["c", "d"]


def test_a_body_of_many_different_weights_is_searched_in_time_and_says_when_it_is_not() -> None:
    # Thirty weights, all different, nobody for: the heaviest make the least number.
    where = [seat(f"e{n:02}", None, 100 + n) for n in range(30)]
    found = path(Rule(kind="weighted_majority"), where)
    total = sum(100 + n for n in range(30))
    least = next(k for k in range(31) if sum(129 - n for n in range(k)) * 2 > total)
    assert found.size == least
    assert found.sets
    assert all(sum(int(e[1:]) + 100 for e in one) * 2 > total for one in found.sets)
    assert found.number > len(found.sets)


kinds = st.sampled_from(["consensus", "threshold", "majority", "supermajority", "weighted_majority"])
effects = st.sampled_from(Effect)
parts = st.builds(
    Part,
    kind=kinds,
    of=st.sampled_from(["", "north"]),
    needed=st.integers(1, 4),
    fraction=st.just((2, 3)),
    vetoes=st.booleans(),
    abstention=effects,
    absence=effects,
)
rules = st.builds(
    Rule,
    kind=st.sampled_from(["all_of", "stages"]),
    parts=st.lists(parts, min_size=1, max_size=2).map(tuple),
)
bodies = st.lists(
    st.builds(
        Seat,
        elector=st.just(ElectorId("")),
        weight=st.sampled_from([1.0, 2.0, 5.0]),
        veto=st.booleans(),
        stance=st.sampled_from([FOR, LEANS, None, AGAINST]),
        electorates=st.sampled_from([frozenset(), frozenset({"north"})]),
        vote=st.sampled_from([None, None, None, Vote.ABSTAIN, Vote.ABSENT]),
    ),
    min_size=1,
    max_size=6,
).map(lambda found: [replace(s, elector=ElectorId("abcdef"[n])) for n, s in enumerate(found)])


def _turned(where: list[Seat], chosen: tuple[Seat, ...]) -> list[Seat]:
    return [replace(s, stance=FOR, vote=None) if s in chosen else s for s in where]


@settings(max_examples=400, deadline=None)
@given(rules, bodies)
def test_the_smallest_sets_are_those_that_trying_all_finds(rule: Rule, where: list[Seat]) -> None:
    """Against the rule itself, asked about every set of holdouts; the stage that comes now is what counts."""
    # Where nobody at all votes, not voting has no effect, until somebody does: left out here.
    for part in rule.parts:
        asked = [s for s in where if not part.of or part.of in s.electorates]
        assume(not asked or not all(s.idle for s in asked))
    before = answer(rule, where)
    holdouts = [s for s in where if not s.backs]

    def gets_on(chosen: tuple[Seat, ...]) -> bool:
        after = answer(rule, _turned(where, chosen))
        return after.met or after.passed > before.passed

    found = path(rule, where)
    if before.met:
        assert found.size == 0
        return
    for size in range(1, len(holdouts) + 1):
        right = {frozenset(s.elector for s in c) for c in combinations(holdouts, size) if gets_on(c)}
        if right:
            assert (found.size, found.number, found.complete) == (size, len(right), True)
            assert {frozenset(one) for one in found.sets} <= right
            assert found.must == tuple(s.elector for s in where if all(s.elector in one for one in right))
            return
    assert found.size is None
