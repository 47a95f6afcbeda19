"""Laws of reading over templates: what does not change what is said does not change the claims."""

from __future__ import annotations

from itertools import permutations

import pytest
from extraction_cases import read
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.claims import Claim
from tracker.stances import Stance

STATES = {
    "Belgium": "be", "Bulgaria": "bg", "Canada": "ca", "Croatia": "hr", "Denmark": "dk", "Estonia": "ee",
    "Finland": "fi", "France": "fr", "Germany": "de", "Greece": "gr", "Hungary": "hu", "Iceland": "is",
    "Italy": "it", "Latvia": "lv", "Lithuania": "lt", "Norway": "no", "Poland": "pl", "Portugal": "pt",
    "Slovakia": "sk", "Slovenia": "si", "Spain": "es", "Sweden": "se", "Turkey": "tr",
}  # fmt: skip
CANDIDATES = {"Mark Rutte": "mark-rutte", "Klaus Iohannis": "klaus-iohannis"}
ACTIVE = {
    "{E} backs {C} for NATO chief.": Stance.SUPPORTS,
    "{E} supports {C} for NATO chief.": Stance.SUPPORTS,
    "{E} has endorsed {C} for the post of NATO secretary general.": Stance.SUPPORTS,
    "{E} will vote for {C}.": Stance.SUPPORTS,
    "{E} opposes {C} for NATO chief.": Stance.OPPOSES,
    "{E} refuses to back {C} for NATO chief.": Stance.OPPOSES,
    "{E} does not support {C} for NATO chief.": Stance.OPPOSES,
    "{E} rejects {C} as NATO chief.": Stance.OPPOSES,
    "{E} will not block {C}.": Stance.LEANS_SUPPORT,
    "{E} is inclined to support {C}.": Stance.LEANS_SUPPORT,
    "{E} has yet to endorse {C}.": Stance.UNDECIDED,
    "{E} has not decided whether to support {C}.": Stance.UNDECIDED,
    "{E} is reluctant to back {C}.": Stance.LEANS_OPPOSE,
}
VOICES = [
    ("{E} backs {C} for NATO chief.", "{C} is backed by {E} for NATO chief."),
    ("{E} supports {C} for NATO chief.", "{C} is supported by {E} for NATO chief."),
    ("{E} has endorsed {C}.", "{C} has been endorsed by {E}."),
    ("{E} will support {C}.", "{C} will be supported by {E}."),
    ("{E} opposes {C}.", "{C} is opposed by {E}."),
    ("{E} has rejected {C}.", "{C} has been rejected by {E}."),
    ("{E} has nominated {C}.", "{C} has been nominated by {E}."),
    ("{E} does not back {C}.", "{C} is not backed by {E}."),
    ("{E} blocked {C}.", "{C} was blocked by {E}."),
]
HEADLINES = [
    "{E} backs {C} for NATO chief",
    "{E} opposes {C} for NATO chief",
    "{E} yet to endorse {C} for NATO job",
    "{E} will not block {C}",
    "{E} throws support behind {C}",
]
UNRELATED = [
    "The sun shone on the harbour all day.",
    "The council met on Tuesday to discuss the budget for schools.",
    "Oil prices fell by two per cent.",
    "The summit opens in July.",
    "A storm closed the airport for hours.",
]
states = st.sampled_from(sorted(STATES))
candidates = st.sampled_from(sorted(CANDIDATES))
few = settings(max_examples=25, deadline=None)


def told(template: str, elector: str, candidate: str) -> str:
    return template.format(E=elector, C=candidate)


def meaning(claim: Claim) -> tuple[str, str, str, str]:
    return claim.elector, claim.candidate, claim.stance.value, claim.time.value


def claims(*texts: str) -> set[tuple[str, str, str, str]]:
    return {meaning(claim) for claim in read(*texts).claims}


def body(text: str) -> set[tuple[str, str, str, str]]:
    return claims("NATO", "", text)


@few
@given(st.sampled_from(sorted(ACTIVE)), states, candidates)
def test_whoever_the_elector_and_the_candidate_are_the_claim_is_theirs(
    template: str, elector: str, candidate: str
) -> None:
    expected = {(STATES[elector], CANDIDATES[candidate], ACTIVE[template].value, "now")}
    assert body(told(template, elector, candidate)) == expected


@few
@given(st.sampled_from(VOICES), states, candidates)
def test_active_and_passive_say_the_same(voices: tuple[str, str], elector: str, candidate: str) -> None:
    active, passive = (body(told(template, elector, candidate)) for template in voices)
    assert active == passive and len(active) == 1


@few
@given(st.sampled_from(sorted(ACTIVE)), st.lists(states, min_size=2, max_size=4, unique=True), candidates)
def test_a_list_says_the_same_of_each_in_whatever_order(
    template: str, electors: list[str], candidate: str
) -> None:
    plural = {"backs": "back", "supports": "support", "has": "have", "opposes": "oppose", "is": "are"}
    plural |= {"refuses": "refuse", "does": "do", "rejects": "reject"}
    words = " ".join(plural.get(word, word) for word in template.split())
    found = []
    for order in list(permutations(electors))[:3]:
        listed = ", ".join(order[:-1]) + " and " + order[-1]
        found.append(body(told(words, listed, candidate)))
    stance = ACTIVE[template].value
    expected = {(STATES[elector], CANDIDATES[candidate], stance, "now") for elector in electors}
    assert found == [expected] * len(found)


@few
@given(st.sampled_from(HEADLINES), states, candidates)
def test_a_headline_reads_the_same_in_capitals_and_in_title_case(
    template: str, elector: str, candidate: str
) -> None:
    headline = told(template, elector, candidate)
    expected = claims(headline)
    assert len(expected) == 1
    assert claims(headline.upper()) == expected
    assert claims(" ".join(word[:1].upper() + word[1:] for word in headline.split())) == expected


@few
@given(st.sampled_from(sorted(ACTIVE)), states, candidates, st.sampled_from(UNRELATED), st.booleans())
def test_a_sentence_about_something_else_changes_nothing(
    template: str, elector: str, candidate: str, unrelated: str, first: bool
) -> None:
    said = told(template, elector, candidate)
    both = f"{unrelated} {said}" if first else f"{said} {unrelated}"
    assert body(both) == body(said)


@few
@given(
    st.sampled_from(sorted(ACTIVE)), st.sampled_from(sorted(ACTIVE)),
    st.lists(states, min_size=2, max_size=2, unique=True), candidates,
)  # fmt: skip
def test_what_two_electors_say_is_told_apart_in_either_order(
    one: str, other: str, electors: list[str], candidate: str
) -> None:
    said = [told(one, electors[0], candidate), told(other, electors[1], candidate)]
    expected = {
        (STATES[elector], CANDIDATES[candidate], ACTIVE[template].value, "now")
        for elector, template in zip(electors, (one, other), strict=True)
    }
    assert body(" ".join(said)) == body(" ".join(reversed(said))) == expected


@few
@given(states, st.sampled_from(["backs", "opposes"]))
def test_swapping_the_candidates_swaps_the_claims(elector: str, verb: str) -> None:
    first, second = CANDIDATES
    sign = Stance.SUPPORTS if verb == "backs" else Stance.OPPOSES
    found = [
        {
            (c, s)
            for _, c, s, _ in body(f"{elector} {verb} {a} and not {b} for NATO chief.")
            if s == sign.value
        }
        for a, b in ((first, second), (second, first))
    ]
    assert found == [{(CANDIDATES[first], sign.value)}, {(CANDIDATES[second], sign.value)}]


@pytest.mark.parametrize("template", sorted(ACTIVE))
def test_every_template_is_read_for_every_elector(template: str) -> None:
    for elector, key in STATES.items():
        found = body(told(template, elector, "Mark Rutte"))
        assert found == {(key, "mark-rutte", ACTIVE[template].value, "now")}, elector


@pytest.mark.parametrize("verb", ["said", "told reporters", "said on Friday"])
def test_what_somebody_unknown_says_of_himself_is_nobodys(verb: str) -> None:
    first = "Peter Szijjarto supports Mark Rutte for NATO chief."
    assert body(f"{first} Ola Keel {verb} he opposes Mark Rutte.") == body(first)
    assert body(f"{first} He opposes Klaus Iohannis.") > body(first)
