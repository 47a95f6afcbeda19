"""Where an elector counts: its own word, a bloc's that binds it, an electorate it sits in that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.alerts import position, seats_for
from tracker.contests import Bloc, Contest, Elector, Electorate, ElectorKind, Term
from tracker.events import Event
from tracker.positions import bound
from tracker.projection import ContestState, leader, standings
from tracker.queries import holdouts
from tracker.rules import Part, Rule
from tracker.stances import CandidateId, ElectorId, Stance, Voice
from tracker.testing import on_day, race, state_of, told

FIRST = CandidateId("first-one")
AA, BB, CC, DD = (ElectorId(each) for each in ("aa", "bb", "cc", "dd"))
FOR, AGAINST = Stance.SUPPORTS, Stance.OPPOSES


def bloc(name: str, *members: ElectorId, binds: bool = True) -> Bloc:
    return Bloc(id=name, name=name.title(), members=members, binds=binds)


def of(roster: Contest, *events: Event) -> ContestState:
    return state_of(*events, roster=roster).contests[roster.id]


def where(state: ContestState, day: float = 20) -> dict[str, tuple[Stance | None, str]]:
    return {seat.elector: (seat.stance, seat.bloc) for seat in seats_for(state, FIRST, on_day(day))}


def test_a_bloc_that_binds_speaks_for_members_that_have_not_spoken() -> None:
    state = of(race(blocs=(bloc("north", AA, BB),)), told(FOR, elector="north", day=2))
    assert where(state) == {"aa": (FOR, "north"), "bb": (FOR, "north"), "cc": (None, ""), "dd": (None, "")}
    found = position(state, FIRST, on_day(20))
    assert (found.have, found.missing) == (2, ("cc", "dd"))
    assert [row.elector for row in holdouts(state, FIRST, as_of=on_day(20))] == ["cc", "dd"]
    assert leader(state, standings(state, on_day(20)), on_day(20)) == FIRST
    assert where(state, 1)["aa"] == (None, "")  # before it spoke


def test_a_bloc_that_does_not_bind_speaks_for_nobody() -> None:
    state = of(race(blocs=(bloc("north", AA, BB, binds=False),)), told(FOR, elector="north", day=2))
    assert where(state)["aa"] == (None, "")
    assert bound(state, FIRST, on_day(20)) == ()


def test_a_member_that_speaks_for_itself_breaks_from_its_bloc_whenever_it_spoke() -> None:
    for day in (1, 5):
        state = of(
            race(blocs=(bloc("north", AA, BB),)),
            told(FOR, elector="north", day=2), told(AGAINST, elector="aa", day=day),
        )  # fmt: skip
        assert where(state)["aa"] == (AGAINST, "")
        words = {word.elector: word for word in bound(state, FIRST, on_day(20))}
        assert (words[AA].breaks, words[AA].stance) == (True, None)
        assert (words[BB].breaks, words[BB].stance) == (False, FOR)


def test_that_others_tell_of_its_silence_is_no_word_of_its_own() -> None:
    quiet = told(Stance.UNDECIDED, elector="aa", day=1, voice=Voice.OUTLET, silence=True)
    state = of(race(blocs=(bloc("north", AA, BB),)), quiet, told(FOR, elector="north", day=2))
    assert where(state)["aa"] == (FOR, "north")


def test_blocs_that_overlap_and_agree_bind_and_those_that_disagree_do_not() -> None:
    roster = race(blocs=(bloc("north", AA, BB), bloc("east", BB, CC)))
    agreed = of(roster, told(FOR, elector="north", day=2), told(FOR, elector="east", day=3))
    assert where(agreed)["bb"] == (FOR, "north")
    divided = of(roster, told(FOR, elector="north", day=2), told(AGAINST, elector="east", day=3))
    assert where(divided) == {
        "aa": (FOR, "north"),
        "bb": (None, ""),
        "cc": (AGAINST, "east"),
        "dd": (None, ""),
    }
    words = {word.elector: word for word in bound(divided, FIRST, on_day(20))}
    assert words[BB].divided and words[BB].blocs == ("north", "east")
    shades = of(roster, told(FOR, elector="north", day=2), told(Stance.LEANS_SUPPORT, elector="east", day=3))
    assert where(shades)["bb"] == (Stance.LEANS_SUPPORT, "north")


def test_a_retracted_word_of_a_bloc_binds_no_more() -> None:
    from tracker.events import ReportRetracted
    from tracker.log.identity import identity

    word = told(FOR, elector="north", day=2)
    back = ReportRetracted(
        contest=race().id, report=identity(word), reason="misquoted", occurred_at=on_day(9), producer="ed"
    )
    assert where(of(race(blocs=(bloc("north", AA, BB),)), word, back))["aa"] == (None, "")


def test_electors_that_have_no_vote_are_kept_and_not_counted() -> None:
    roster = race(electors=(Elector(id=AA), Elector(id=BB, votes=False)), rule=Rule(kind="consensus"))
    state = of(roster, told(FOR, elector="aa", day=1), told(FOR, elector="bb", day=1))
    assert standings(state, on_day(20))[BB, FIRST].stance is FOR
    found = position(state, FIRST, on_day(20))
    assert (found.met, found.needed, found.have) == (True, 1, 1)


def test_people_decide_as_states_do() -> None:
    people = tuple(
        Elector(id=ElectorId(name), kind=ElectorKind.PERSON, name=name.title(), affiliation=party)
        for name, party in (("ann", "blue"), ("ben", "blue"), ("cleo", "red"))
    )
    roster = race(electors=people, rule=Rule(kind="majority"))
    state = of(roster, told(FOR, elector="ann"), told(FOR, elector="cleo"), told(AGAINST, elector="ben"))
    found = position(state, FIRST, on_day(20))
    assert (found.met, found.needed, found.have, found.missing) == (True, 2, 2, ("ben",))


def test_members_of_a_council_are_those_of_the_day() -> None:
    """cc sits until the 10th, dd from the 11th: who is missing is asked of a moment."""
    council = Electorate(
        id="council",
        members=(AA,),
        terms=(
            Term(elector=CC, until=date(2024, 3, 10)),
            Term(elector=DD, since=date(2024, 3, 11)),
        ),
    )
    rule = Rule(
        kind="stages",
        parts=(Part(kind="consensus", of="council"), Part(kind="majority")),
    )
    state = of(
        replace(race(electorates=(council,)), rule=rule), told(FOR, elector="aa"), told(FOR, elector="cc")
    )
    early, late = position(state, FIRST, on_day(10)), position(state, FIRST, on_day(11))
    assert (early.passed, early.needed, early.have) == (1, 3, 2)  # the council agrees, the assembly is next
    assert (late.passed, late.missing) == (0, ("dd",))


def test_who_has_more_stages_behind_leads() -> None:
    second = CandidateId("second-one")
    council = Electorate(id="council", members=(AA, BB))
    rule = Rule(kind="stages", parts=(Part(kind="threshold", needed=2, of="council"), Part(kind="majority")))
    roster = race(electorates=(council,), rule=rule)
    words = [told(FOR, elector=e) for e in ("aa", "bb")]
    words += [told(FOR, elector=e, candidate=second) for e in ("aa", "cc", "dd")]
    state = of(roster, *words)
    assert leader(state, standings(state, on_day(20)), on_day(20)) == FIRST
