"""What makes two reports one origin, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.contests import Speaker
from tracker.items import Item, ItemId
from tracker.projection.origins import (
    Origins,
    cited_key,
    count_origins,
    item_keys,
    outlet_key,
    sentence_keys,
)
from tracker.stances import ElectorId, Voice
from tracker.testing import race


def item(
    body: str = "", *, source: str = "Harbour Post", url: str = "", title: str = "", summary: str = ""
) -> Item:
    return Item(
        id=ItemId("x"), source=source, url=url, title=title, summary=summary, body=body, lang="en",
        published_at=datetime(2024, 3, 1, tzinfo=UTC),
    )  # fmt: skip


def outlets(body: str, **fields: str) -> set[str]:
    """Outlets that an item goes back to, but its own."""
    return {key for key in item_keys(item(body, **fields)) if key.startswith("outlet:")} - {
        "outlet:harbour post"
    }


@pytest.mark.parametrize(
    "name", ["Harbour Post", "harbour post", "The Harbour Post", " HARBOUR  POST ", "Hárbour Post"]
)
def test_an_outlet_is_one_however_it_is_written(name: str) -> None:
    assert outlet_key(name) == "outlet:harbour post"


@pytest.mark.parametrize(
    "body",
    [
        "ROME (Meridian Wire) - Italy supports the candidate.",
        "<p>THE HAGUE (Meridian Wire) – The Netherlands has nominated him.</p>",
        "<p>Italy supports him.</p><p>(Meridian Wire)</p>",
        "Italy supports him. (Meridian Wire)",
        "BRÜSSEL (Meridian Wire) - Italien ist dafür.",
        "<p>Italy supports him.</p><p>Source: Meridian Wire</p>",
        "<p>Italien ist dafür.</p><p>Quelle: Meridian Wire</p>",
        "<p>A correspondent in Rome (Meridian Wire) — Italy supports him.</p>",
    ],
)
def test_a_credit_line_points_to_the_origin(body: str) -> None:
    assert outlets(body) == {"outlet:meridian wire"}


def test_a_credit_may_stand_in_the_summary() -> None:
    assert outlets("", summary="BERLIN (Meridian Wire) - Germany supports him.") == {"outlet:meridian wire"}


@pytest.mark.parametrize(
    "body",
    [
        "The alliance (NATO) - and its members - will choose.",
        "<p>Jens Stoltenberg leads the North Atlantic Treaty Organization (NATO)</p>",
        "The sources: people close to the talks.",
        "He was told the Alliance would decide. Rutte (57) is popular.",
        "Viktor Orbán (Fidesz) - the prime minister - said so.",
        "Foreign ministers meet. (Photo)",
    ],
)
def test_brackets_and_colons_elsewhere_are_no_credit(body: str) -> None:
    assert outlets(body) == set()


@pytest.mark.parametrize(
    ("sentence", "outlet"),
    [
        ("Hungary will back him, Reuters reported.", "reuters"),
        ("Hungary will back him, the Financial Times reported on Monday.", "financial times"),
        ("A senior official told Politico that Hungary will back him.", "politico"),
        ("According to Meridian Wire, Hungary will back him.", "meridian wire"),
        ("Hungary backs him, according to the news agency MTI.", "mti"),
    ],
)
def test_a_sentence_may_credit_an_outlet(sentence: str, outlet: str) -> None:
    assert f"outlet:{outlet}" in sentence_keys(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hungary will back him, the foreign minister reported.",
        "According to Prime Minister Viktor Orbán, Hungary will back him.",
        "Orbán told Mark Rutte that Hungary will back him.",
    ],
)
def test_a_person_is_no_outlet(sentence: str) -> None:
    assert not [key for key in sentence_keys(sentence) if key.startswith("outlet:")]


def test_a_long_sentence_is_known_again_whatever_its_punctuation() -> None:
    one = sentence_keys("Hungary has dropped its objections to the Dutch candidate, sources said.")
    other = sentence_keys("“Hungary has dropped its objections to the Dutch candidate” - sources said")
    assert one == other
    assert len(one) == 1


def test_a_sentence_that_differs_in_a_name_or_a_negation_is_another() -> None:
    say = "{} does {}support the candidacy of the Dutch prime minister for the post."
    told = [say.format("Hungary", ""), say.format("Hungary", "not "), say.format("Slovakia", "")]
    assert len(set().union(*map(sentence_keys, told))) == 3


def test_a_short_sentence_may_be_a_coincidence() -> None:
    assert sentence_keys("Spain backs the Dutch prime minister.") == frozenset()


def test_a_lone_surrogate_in_a_sentence_is_taken() -> None:
    assert len(sentence_keys("one two three four five six seven eight \ud83d")) == 1


def test_the_link_is_a_key_without_what_tracks_readers() -> None:
    link = "https://harbour.example/a?utm_source=x&id=7"
    assert "url:https://harbour.example/a?id=7" in item_keys(item(url=link))


def test_many_outlets_quote_one_man() -> None:
    roster = race(speakers=(Speaker(elector=ElectorId("aa"), name="Antonio Tajani", aliases=("Tajani",)),))
    cited = {cited_key(roster, words, Voice.THIRD_PARTY) for words in (
        "Italy's foreign minister, Antonio Tajani", "Tajani", "the Italian minister Tajani",
    )}  # fmt: skip
    assert cited == {"speaker:antonio tajani"}
    assert cited_key(roster, "First One", Voice.THIRD_PARTY) == "speaker:first one"
    assert cited_key(roster, "Jens Stoltenberg", Voice.THIRD_PARTY) == "speaker:jens stoltenberg"


def test_a_cited_outlet_is_the_origin_and_the_electors_own_voice_is_none() -> None:
    assert cited_key(race(), "the weekly Alliance Monitor", Voice.OUTLET) == "outlet:alliance monitor"
    assert cited_key(race(), "", Voice.OUTLET) is None
    for voice in (Voice.ELECTOR, Voice.ELECTOR_UNNAMED, Voice.UNNAMED):
        assert cited_key(race(), "diplomats", voice) is None


def test_what_shares_a_key_through_a_third_is_one() -> None:
    told = [("a",), ("b",), ("a", "b"), ("c",)]
    for order in permutations(told):
        assert count_origins(order) == 2


def test_reports_without_keys_are_each_their_own() -> None:
    assert count_origins([(), ()]) == 2


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3)))
def test_counting_one_by_one_is_counting_the_connected_groups(told: list[list[str]]) -> None:
    groups: list[set[str]] = []
    for keys in told:
        joined = [group for group in groups if group & set(keys)]
        groups = [group for group in groups if group not in joined]
        groups.append(set(keys).union(*joined) or {f"none {len(groups)} {keys}"})
    assert count_origins(told) == len(groups)
    one_by_one = Origins()
    for number, keys in enumerate(told, start=1):
        one_by_one.add(keys)
        assert one_by_one.count == count_origins(told[:number])
