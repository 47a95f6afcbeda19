"""Contests from JSON in the shape of older research files."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from tracker.configuration.contest_file import check_text, read_text
from tracker.configuration.contest_json import convert
from tracker.configuration.offices import held_office, national_office
from tracker.contests import CandidateStatus, Contest, ElectorKind, SpeakerRole
from tracker.errors import ConfigError
from tracker.rules import Rule

HUNGARY: dict[str, Any] = {
    "id": "hu",
    "name": "Hungary",
    "official_alternatives": ["Magyarland (former name)"],
    "demonyms": {"adjective": ["Hungarian"], "people": ["Hungarians"]},
    "capital": "Budapest",
    "metonyms": ["Budapest", "the Orbán camp"],
    "native_names": ["Magyarország", "Ungarn"],
    "member_from": "1999-03-12",
    "speakers": [
        {
            "name": "Viktor Orbán",
            "aliases": ["Viktor Orban", "Viktor Orbán"],
            "title": "Prime Minister",
            "role": "head_of_government",
            "from": "2010-05-29",
            "to": None,
        },
        {"name": "Zsuzsa Q", "aliases": [], "title": "Permanent Representative to the Union", "role": "other",
         "from": "2020", "to": "2023-02"},
    ],
    "note": "Two share the family name.",
}  # fmt: skip
NEW_ZEALAND = {
    **deepcopy(HUNGARY),
    "id": "nz", "name": "New Zealand", "official_alternatives": ["Aotearoa"], "native_names": [],
    "demonyms": {"adjective": ["New Zealand"], "people": ["New Zealanders"]}, "capital": "Wellington",
    "metonyms": ["Wellington"], "member_from": None, "speakers": [], "note": "", "nominates": "jo-prime",
}  # fmt: skip
RACE: dict[str, Any] = {
    "id": "race-2024",
    "title": "A race",
    "body": {"id": "union", "name": "The Union", "aliases": ["UN"], "deciding_organ": "its Council"},
    "post": "President of The Union",
    "incumbent": {"name": "Old Holder", "term_ends": "2024-12-01"},
    "decision_rule": {"type": "consensus", "note": "no vote"},
    "window": {"opened": "2024-01", "closed": "2024-06", "takes_office": None},
    "candidates": [
        {"id": "jo-prime", "name": "Jo Prime (a second term)", "nationality": "nl", "status": "official",
         "aliases": ["Prime", "outgoing Dutch premier", "Dutch prime minister", "the Dutchman"],
         "post_held": "Prime Minister of the Netherlands (caretaker)", "declared": "2024-02",
         "withdrawn": None, "note": "said so on the radio"},
        {"id": "al-other", "name": "Al Other", "nationality": "", "status": "protest", "aliases": [],
         "declared": None, "withdrawn": "2024-04"},
    ],
    "electors": [HUNGARY, NEW_ZEALAND],
    "blocs": [
        {"id": "visegrad", "name": "V4", "aliases": ["the Four"], "members": ["cz", "hu", "pl", "sk"]},
        {"id": "african-union", "name": "African Union", "aliases": ["AU"], "members": []},
        {"id": "islands", "name": "the islands", "aliases": [], "members": ["nz"]},
    ],
}  # fmt: skip


def converted(**changes: Any) -> Contest:
    return read_text(convert(deepcopy(RACE) | changes), "race.toml")


def test_what_the_country_data_knows_is_left_out_and_the_rest_is_kept() -> None:
    hungary = converted().electors[0]
    assert hungary.name == "Hungary"
    assert hungary.aliases == ("Magyarland",)
    assert hungary.seats == ("the Orbán camp",)
    assert (hungary.adjectives, hungary.people, hungary.joined) == ((), (), date(1999, 3, 12))


def test_a_city_that_may_be_something_else_is_kept_where_the_file_vouches_for_it() -> None:
    assert converted().electors[1].seats == ("Wellington",)


def test_descriptions_by_office_become_offices() -> None:
    candidate = converted().candidates[0]
    assert candidate.offices == ("prime minister", "premier")
    assert candidate.aliases == ("Prime", "the Dutchman")
    assert (candidate.name, candidate.note) == ("Jo Prime", "A second term. Said so on the radio.")
    assert (candidate.status, candidate.declared) == (CandidateStatus.DECLARED, date(2024, 2, 1))


def test_a_month_is_its_first_day_at_a_beginning_and_its_last_at_an_end() -> None:
    contest = converted()
    assert (contest.opened, contest.closed) == (date(2024, 1, 1), date(2024, 6, 30))
    assert contest.candidates[1].withdrawn == date(2024, 4, 30)
    envoy = contest.speakers[1]
    assert (envoy.since, envoy.until) == (date(2020, 1, 1), date(2023, 2, 28))
    assert envoy.role is SpeakerRole.AMBASSADOR


def test_speakers_keep_their_other_spellings_once() -> None:
    assert converted().speakers[0].aliases == ("Viktor Orban",)


def test_well_known_blocs_gain_the_files_aliases_and_may_stay_without_members() -> None:
    visegrad, union, islands = converted().blocs
    assert "the Four" in visegrad.aliases and "V4" in visegrad.aliases
    assert set(visegrad.members) == {"cz", "hu", "pl", "sk"}
    assert union.members == ()
    assert (islands.id, islands.members) == ("islands", ("nz",))


def test_what_has_no_place_stays_as_a_comment() -> None:
    text = convert(deepcopy(RACE))
    assert "# Two share the family name." in text
    assert "# Nominates jo-prime." in text
    assert "# Decided by: its Council." in text


@pytest.mark.parametrize(
    ("stored", "rule"),
    [
        ({"type": "consensus"}, Rule(kind="consensus")),
        ({"type": "majority", "n_members": [{"n": 433}]}, Rule(kind="majority", total=433)),
        ({"type": "majority_by_secret_straw_poll", "electors_total": 54}, Rule(kind="majority", total=54)),
        ({"type": "ballots", "threshold": "two thirds (33 of 49)", "electors_total": 49},
         Rule(kind="threshold", needed=33, total=49)),
        ({"type": "ballots", "threshold": 30, "electors_total": 58},
         Rule(kind="threshold", needed=30, total=58)),
        ({"type": "qualified_majority", "members_required": 21, "n_members": 28},
         Rule(kind="threshold", needed=21, total=28, note="At least 21 members.")),
        ({"type": "weighted_majority", "weights": {"hu": 5.8, "nz": 4}},
         Rule(kind="weighted_majority", share=0.5, total=100)),
        ({"type": "runoff", "members_required": "ballots, then a vote"},
         Rule(kind="open", note="Ballots, then a vote.")),
        ({"type": "endorsements"}, Rule(kind="open")),
    ],
)  # fmt: skip
def test_each_kind_of_rule_has_its_counterpart(stored: dict[str, Any], rule: Rule) -> None:
    assert converted(decision_rule=stored).rule == rule


def test_vetoes_weights_and_seats_without_a_vote_are_carried_over() -> None:
    electors = [HUNGARY | {"veto": True, "member": True}, NEW_ZEALAND | {"veto": False, "member": False}]
    rule = {"type": "votes_with_veto", "yes_required": 1, "members": 1, "veto_holders": ["hu"]}
    contest = converted(electors=electors, decision_rule=rule)
    assert contest.rule == Rule(kind="threshold", needed=1, vetoes=True)
    assert [(e.veto, e.votes) for e in contest.electors] == [(True, True), (False, False)]
    weighed = converted(decision_rule={"type": "weighted_majority", "weights": {"hu": 5.8}})
    assert [e.weight for e in weighed.electors] == [5.8, 0.0]


def person(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name.lower().replace(" ", "-"), "name": name, "official_alternatives": [], "metonyms": [],
        "demonyms": {"adjective": [], "people": []}, "capital": None, "member_from": None,
        "native_names": [name], "speakers": [], "party": "Blue Party", **more,
    }  # fmt: skip


def test_persons_have_party_district_and_office_and_no_shared_alias() -> None:
    contest = converted(
        electors=[
            person("Tom Hunt", aliases=["Hunt"], affiliation="Ipswich"),
            person("Jane Hunt", aliases=["Hunt", "Hunt"], affiliation="Loughborough"),
            person("Ben Wall", aliases=["Wall", "defence secretary"], affiliation="Wyre; Defence Secretary"),
            person("Kim Rey", affiliation="Governor of Iowa", office={"title": "Governor of Iowa"}),
        ],
        blocs=[],
    )
    assert {e.kind for e in contest.electors} == {ElectorKind.PERSON}
    assert [e.aliases for e in contest.electors] == [(), (), ("Wall",), ()]
    assert [e.affiliation for e in contest.electors] == [
        "Blue Party, Ipswich", "Blue Party, Loughborough", "Blue Party, Wyre", "Blue Party",
    ]  # fmt: skip
    assert [e.office for e in contest.electors] == ["", "", "Defence Secretary", "Governor of Iowa"]


def test_parties_keep_their_names_people_and_seats() -> None:
    party = HUNGARY | {"id": "blue-party", "name": "Blue Party", "native_names": ["Kék Párt"]}
    contest = converted(electors=[party], blocs=[])
    elector = contest.electors[0]
    assert elector.kind is ElectorKind.PARTY
    assert elector.aliases == ("Magyarland (former name)", "Kék Párt")
    assert elector.people == ("Hungarians",)
    assert contest.speakers[0].elector == "blue-party"


def test_the_converted_text_is_sound() -> None:
    checked = check_text(convert(deepcopy(RACE)), "race.toml")
    assert checked.faults == ()


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ([], "expected an object"),
        ({}, "electors: missing"),
        ({"electors": 3}, "not in the expected shape"),
        (RACE | {"decision_rule": {"type": "duel"}}, "unknown: 'duel'"),
        (RACE | {"window": {"opened": "soon"}}, "not a date: 'soon'"),
    ],
)
def test_json_of_another_shape_is_refused(stored: object, words: str) -> None:
    with pytest.raises(ConfigError, match=r"race\.json") as caught:
        convert(stored, "race.json")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "home", "office"),
    [
        ("Dutch prime minister", "nl", "prime minister"),
        ("outgoing Dutch premier", "nl", "premier"),
        ("Dutch prime minister", "be", None),
        ("Dutch socialist", "nl", None),
        ("former president of Chile", "cl", None),
        ("prime minister", "nl", None),
        ("Dutch prime minister", "", None),
    ],
)
def test_an_office_is_told_from_another_description(text: str, home: str, office: str | None) -> None:
    assert national_office(text, home) == office


@pytest.mark.parametrize(
    ("text", "home", "office"),
    [
        ("Prime Minister of the Netherlands (caretaker)", "nl", "prime minister"),
        ("Minister of Foreign Affairs of Latvia", "lv", "minister of foreign affairs"),
        ("UK Defence Secretary to 2023-08-31", "gb", "defence secretary"),
        ("President of the European Commission", "de", "President of the European Commission"),
        ("", "nl", ""),
    ],
)
def test_a_held_office_loses_country_dates_and_remarks(text: str, home: str, office: str) -> None:
    assert held_office(text, home) == office
