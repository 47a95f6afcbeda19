"""The policy: every example of docs/standings.md, and what its rows leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker.projection import ContestState, Outcome, Policy, Standing, Weight, standing
from tracker.stances import CandidateId, Certainty, ElectorId, Stance, Voice
from tracker.testing import on_day, told

PAGE = (Path(__file__).parents[2] / "docs" / "standings.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([a-g]) \| (.+?) \| `(.+?)` \| `(.+?)` \|$", PAGE, re.MULTILINE)

Weigh = Callable[[str], Standing]
PAIR = (ElectorId("aa"), CandidateId("first-one"))


def test_the_page_has_an_example_for_each_row() -> None:
    rules = PAGE.split("## The rules")[1].split("\n## ")[0]
    assert len(ROWS) == rules.count("\n| ") - 1  # all but the head
    assert {row[0] for row in ROWS} == set("abcdefg")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2]}")
def test_an_example_of_the_page_comes_out_as_it_says(
    row: tuple[str, str, str, str], weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    _, rule, example, expected = row
    assert in_words(weighed(example)) == expected, rule


def test_nothing_told_is_unknown(weighed: Weigh) -> None:
    found = weighed("1 guess supports")
    assert (found.stance, found.certainty, found.since, found.carried_by) == (None, None, None, None)
    assert (found.reports, found.origins, found.disputed) == (0, 0, False)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        # Against an own word count only reports: hearsay does not make up the second origin.
        ("1 own supports; 2 unnamed opposes @B; 3 outlet opposes @A", "supports official disputed"),
        # The elector's own repetition begins the count of origins anew.
        (
            "1 own supports; 2 outlet opposes @A; 3 own supports; 4 outlet opposes @B",
            "supports official disputed",
        ),
        # An outlet that says the same does not settle what another outlet disputes.
        ("1 own supports; 2 outlet opposes @A; 3 outlet supports @B", "supports official disputed"),
        # Two origins agree on the direction only: the weaker shade is what both say.
        ("1 own supports; 2 outlet opposes @A; 3 outlet leans_oppose @B", "leans_oppose reported disputed"),
        # After being overtaken the own word guards no longer.
        (
            "1 own supports; 2 outlet opposes @A; 3 outlet opposes @B; 4 outlet supports @C",
            "supports reported disputed",
        ),
        (
            "1 own supports; 2 outlet opposes @A; 3 outlet opposes @B; 4 outlet undecided @C",
            "undecided reported disputed",
        ),
        ("1 own supports; 2 outlet undecided", "supports official disputed"),
        ("1 own opposes; 2 outlet leans_oppose", "opposes official"),
        ("1 own leans_oppose; 2 outlet opposes", "opposes reported"),
        ("1 outlet supports; 2 outlet opposes", "opposes reported"),
        ("1 outlet supports; 2 outlet leans_support", "supports reported"),
    ],
)
def test_an_outlet_and_an_own_word(
    history: str, expected: str, weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    assert in_words(weighed(history)) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1 count missing bb; 2 outlet opposes @A; 3 outlet opposes @B", "opposes reported"),
        ("1 count missing aa; 2 outlet opposes", "opposes reported"),
        # The latest count is the one that stands.
        ("1 count missing bb; 2 count missing aa bb; 3 outlet opposes", "opposes reported"),
        ("3 count missing bb; 2 outlet opposes", "opposes reported"),
        # An own word since the count speaks for the elector.
        ("1 count missing bb; 2 own undecided; 3 outlet opposes", "opposes reported"),
        ("1 count missing bb; 2 outlet supports", "supports reported"),
        ("1 count missing bb; 2 own opposes", "opposes official"),
        ("1 count missing bb; 2 outlet opposes; 3 own undecided", "undecided official"),
    ],
)
def test_a_count_by_name_stands_against_a_report(
    history: str, expected: str, weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    assert in_words(weighed(history)) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1 own-unnamed supports; 2 own-unnamed opposes", "opposes anonymous"),
        ("1 outlet undecided; 2 own-unnamed opposes", "opposes anonymous"),
        ("1 unnamed opposes; 2 own-unnamed supports", "supports anonymous"),
        ("1 outlet supports; 2 own-unnamed leans_support", "supports reported"),
        # Raised by an unnamed official, the own word still bars the way across.
        ("1 own leans_support; 2 own-unnamed supports; 3 own-unnamed opposes", "supports anonymous"),
        ("1 own supports; 2 own-unnamed opposes confirmed", "opposes anonymous"),
        # What a person confirmed stands as firm as what it overtook.
        ("1 own supports; 2 own-unnamed opposes confirmed; 3 outlet opposes", "opposes reported"),
    ],
)
def test_an_unnamed_official_of_the_elector(
    history: str, expected: str, weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    assert in_words(weighed(history)) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1 unnamed leans_support @A; 2 unnamed supports @B", "leans_support anonymous"),
        ("1 unnamed undecided", "undecided anonymous"),
        ("1 outlet undecided; 2 unnamed opposes", "leans_oppose anonymous"),
        ("1 outlet supports; 2 other opposes @A; 3 other opposes @B", "supports reported"),
        # An own word begins the count of origins anew.
        ("1 unnamed supports @A; 2 own undecided; 3 unnamed supports @B", "leans_support anonymous"),
        ("1 unnamed supports @A; 2 own leans_support; 3 unnamed supports @B", "leans_support official"),
        ("1 own supports; 2 other opposes confirmed; 3 own-unnamed supports", "opposes reported"),
        # A neighbour's word does not make an anonymous support a reported one.
        ("1 own-unnamed supports; 2 other supports", "supports anonymous"),
        ("1 unnamed supports; 2 other supports @A confirmed", "supports reported"),
        ("1 own supports; 2 other opposes confirmed", "opposes reported"),
        ("1 unnamed supports @A; 2 unnamed undecided @B", "leans_support anonymous"),
        ("1 unnamed supports @A; 2 unnamed undecided @B; 3 unnamed undecided @C", "undecided anonymous"),
    ],
)
def test_the_words_of_others(
    history: str, expected: str, weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    assert in_words(weighed(history)) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1 silence; 2 own undecided", "undecided official"),
        ("1 silence; 2 unnamed supports", "leans_support anonymous"),
        ("1 unnamed supports; 2 silence", "leans_support anonymous"),
        ("1 own supports; 2 silence; 3 own supports", "supports official"),
        ("1 own supports; 2 silence; 3 other supports", "supports official disputed"),
        # An outlet that says "undecided" again leaves the lean too.
        ("1 own undecided; 2 unnamed supports; 3 outlet undecided", "leans_support anonymous"),
        # Even a lean in the elector's own words.
        ("1 own undecided; 2 own leans_oppose; 3 own undecided", "leans_oppose official"),
        # But support in between makes the second "undecided" a new one.
        ("1 own undecided; 2 own supports; 3 own leans_support; 4 own undecided", "undecided official"),
    ],
)
def test_silence_and_indecision(
    history: str, expected: str, weighed: Weigh, in_words: Callable[[Standing], str]
) -> None:
    assert in_words(weighed(history)) == expected


def test_declining_to_comment_disputes_nothing(weighed: Callable[..., Standing]) -> None:
    own_silence = told(Stance.UNDECIDED, day=2, silence=True)
    found = weighed([told(Stance.SUPPORTS), own_silence])
    assert (found.stance, found.disputed) == (Stance.SUPPORTS, False)
    assert weighed([own_silence]).stance is Stance.UNDECIDED


def test_only_silence_is_marked_as_silence(weighed: Weigh) -> None:
    assert weighed("1 silence").silence
    assert not weighed("1 silence; 2 outlet undecided").silence
    assert not weighed("1 own undecided; 2 silence").silence


def test_an_official_label_on_anothers_words_is_a_third_partys(weighed: Callable[..., Standing]) -> None:
    found = weighed([told(Stance.SUPPORTS, voice=Voice.THIRD_PARTY)])
    assert found.stance is Stance.LEANS_SUPPORT
    assert found.reasons[0].weight is Weight.OTHERS


def test_at_one_instant_the_firmer_word_is_the_last(weighed: Weigh) -> None:
    for history in ("1 own supports; 1 outlet opposes", "1 outlet opposes; 1 own supports"):
        found = weighed(history)
        assert (found.stance, found.disputed) == (Stance.SUPPORTS, False)


def test_of_two_own_words_at_one_instant_the_one_against_holds(weighed: Weigh) -> None:
    assert weighed("1 own opposes; 1 own supports").stance is Stance.OPPOSES


def test_since_is_when_the_stance_began_and_the_firmest_report_carries_it(weighed: Weigh) -> None:
    found = weighed(
        "1 own opposes; 2 own-unnamed opposes; 4 unnamed supports; 5 own supports; 7 own supports"
    )
    assert found.since == on_day(5)
    assert found.carried_by is not None
    assert found.carried_by.event.occurred_at == on_day(5)
    firmer = weighed("1 own-unnamed supports; 3 outlet supports; 4 outlet supports")
    assert firmer.since == on_day(1)
    assert firmer.carried_by is not None
    assert firmer.carried_by.event.occurred_at == on_day(3)
    assert firmer.last is not None
    assert firmer.last.event.occurred_at == on_day(4)


def test_reports_and_origins_count_what_speaks_for_the_standing_since_it_began(weighed: Weigh) -> None:
    found = weighed(
        "1 own opposes @A; 2 own supports @A; 3 outlet supports @B; 4 outlet supports @B; 5 outlet opposes @C"
    )
    assert (found.reports, found.origins) == (3, 2)


def test_every_report_has_its_reason(weighed: Weigh) -> None:
    found = weighed(
        "1 unnamed supports; 2 own opposes; 3 outlet supports; 4 outlet opposes; 5 unnamed supports;"
        "6 if supports; 7 own supports retracted"
    )
    assert [reason.outcome for reason in found.reasons] == [
        Outcome.SUPERSEDED, Outcome.CARRIES, Outcome.DISPUTES, Outcome.AGREES, Outcome.OUTWEIGHED,
        Outcome.BESIDE, Outcome.RETRACTED,
    ]  # fmt: skip
    assert "until 2024-03-02" in found.reasons[0].why
    assert "2 independent origins" in found.reasons[2].why
    assert found.reasons[6].why == "taken back by editor: because"
    assert [reason.outcome for reason in found.beside] == [Outcome.BESIDE]


def test_the_number_of_origins_is_a_parameter(contest_of: Callable[[str], ContestState]) -> None:
    state = contest_of("1 own supports; 2 outlet opposes @A; 3 outlet opposes @B")
    one, three = Policy(origins_needed=1), Policy(origins_needed=3)
    assert standing(state, PAIR, on_day(9), one).stance is Stance.OPPOSES
    assert standing(state, PAIR, on_day(9), three).stance is Stance.SUPPORTS


def test_as_of_a_day_only_what_had_happened_counts(contest_of: Callable[[str], ContestState]) -> None:
    state = contest_of("2 own opposes; 5 own supports")
    stances = [standing(state, PAIR, on_day(day)).stance for day in (1, 2, 4.9, 5)]
    assert stances == [None, Stance.OPPOSES, Stance.OPPOSES, Stance.SUPPORTS]


def test_speculation_by_the_elector_itself_is_speculation(weighed: Callable[..., Standing]) -> None:
    assert weighed([told(Stance.OPPOSES, certainty=Certainty.SPECULATION)]).stance is None
