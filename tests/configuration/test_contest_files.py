"""The contest files that ship, those made from older ones, and the text written from a contest."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.configuration.contest_file import check, check_text, read_contest, read_text
from tracker.configuration.contest_text import template, write
from tracker.contests import (
    Bloc,
    Body,
    Candidate,
    CandidateStatus,
    Contest,
    Elector,
    ElectorKind,
    Gender,
    Speaker,
    SpeakerRole,
)
from tracker.countries import COUNTRIES
from tracker.errors import InputError
from tracker.rules import RULES, Rule, Seat, answer
from tracker.stances import CandidateId, ContestId, ElectorId, Stance

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted((ROOT / "config" / "contests").glob("*.toml"))
IMPORTED = sorted((ROOT / "tests" / "cases" / "contests").glob("*.toml"))


COUNCIL = {
    *("us", "gb", "fr", "ru", "cn"),
    *("dk", "gr", "pk", "pa", "so", "bh", "co", "cd", "lv", "lr"),
}


def test_there_are_files_to_look_at() -> None:
    assert [path.stem for path in SHIPPED] == ["nato-sg-2024", "un-sg-2026"]
    assert len(IMPORTED) == 12


@pytest.mark.parametrize(
    "path", [*SHIPPED, *IMPORTED], ids=lambda path: path.parent.parent.name + "-" + path.stem
)
def test_a_file_is_sound_under_its_own_name_and_reads_back_equal(path: Path) -> None:
    checked = check(path)
    assert checked.faults == ()
    contest = checked.contest
    assert contest is not None
    assert contest.id == path.stem
    assert read_text(write(contest), "written") == contest


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_has_no_warning_and_is_written_as_it_stands(path: Path) -> None:
    race_day = {"nato-sg-2024": date(2024, 5, 1), "un-sg-2026": date(2026, 4, 1)}[path.stem]
    checked = check(path, today=race_day)
    assert checked.warnings == ()
    assert checked.contest is not None
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    assert write(checked.contest).splitlines() == [line for line in kept if line or kept.index(line)]


def test_the_nato_file_has_31_members_until_sweden_joins() -> None:
    nato = read_contest(ROOT / "config/contests/nato-sg-2024.toml")
    assert len(nato.present(datetime(2024, 3, 6, 23, 59, tzinfo=UTC))) == 31
    assert len(nato.present(datetime(2024, 3, 7, tzinfo=UTC))) == 32
    assert len(nato.present(datetime(2023, 4, 3, tzinfo=UTC))) == 30
    sweden, finland = nato.elector("se"), nato.elector("fi")
    assert sweden is not None and sweden.joined == date(2024, 3, 7)
    assert finland is not None and finland.joined == date(2023, 4, 4)
    assert nato.rule.kind == "consensus"


@pytest.mark.parametrize(
    ("day", "elector", "role", "name"),
    [
        (date(2024, 2, 22), "nl", SpeakerRole.HEAD_OF_GOVERNMENT, "Mark Rutte"),
        (date(2024, 2, 22), "ro", SpeakerRole.HEAD_OF_STATE, "Klaus Iohannis"),
        (date(2023, 11, 1), "gb", SpeakerRole.FOREIGN_MINISTER, "James Cleverly"),
        (date(2024, 2, 1), "gb", SpeakerRole.FOREIGN_MINISTER, "David Cameron"),
        (date(2024, 6, 18), "sk", SpeakerRole.HEAD_OF_STATE, "Peter Pellegrini"),
        (date(2024, 5, 1), "bg", SpeakerRole.FOREIGN_MINISTER, "Dimitar Glavchev"),
    ],
)
def test_offices_are_held_by_whoever_held_them_that_day(
    day: date, elector: str, role: SpeakerRole, name: str
) -> None:
    nato = read_contest(ROOT / "config/contests/nato-sg-2024.toml")
    holders = [s.name for s in nato.speakers if (s.elector, s.role) == (elector, role) and s.in_office(day)]
    assert holders == [name]


def test_every_member_of_nato_has_a_head_and_a_foreign_minister_through_the_race() -> None:
    nato = read_contest(ROOT / "config/contests/nato-sg-2024.toml")
    heads = (SpeakerRole.HEAD_OF_STATE, SpeakerRole.HEAD_OF_GOVERNMENT)
    assert len(nato.electors) == 32
    for elector in nato.electors:
        for day in (date(2023, 11, 15), date(2024, 2, 22), date(2024, 4, 30), date(2024, 6, 20)):
            roles = {s.role for s in nato.speakers if s.elector == elector.id and s.in_office(day)}
            assert roles & set(heads), (elector.id, day)
            assert SpeakerRole.FOREIGN_MINISTER in roles, (elector.id, day)


def test_the_security_council_of_2026_has_fifteen_seats_and_five_vetoes() -> None:
    council = read_contest(ROOT / "config/contests/un-sg-2026.toml")
    present = council.present(datetime(2026, 7, 1, tzinfo=UTC))
    assert {e.id for e in present} == COUNCIL
    assert {e.id for e in present if e.veto} == {"us", "gb", "fr", "ru", "cn"}
    assert (council.rule.kind, council.rule.needed, council.rule.vetoes) == ("threshold", 9, True)
    seats = [
        Seat(
            elector=e.id,
            weight=e.weight,
            veto=e.veto,
            stance=Stance.OPPOSES if e.id == "ru" else Stance.SUPPORTS,
        )
        for e in present
    ]
    result = answer(council.rule, seats)
    assert (result.met, result.have, result.blocking) == (False, 14, ("ru",))
    declared = {c.id for c in council.candidates if c.status is CandidateStatus.DECLARED}
    assert declared == {"rafael-grossi", "michelle-bachelet", "rebeca-grynspan"}


def test_the_template_is_sound_and_takes_its_new_id() -> None:
    text = template("harbour-2031")
    checked = check_text(text, "template", today=date(2030, 3, 1))
    assert (checked.faults, checked.warnings) == ((), ())
    assert checked.contest is not None
    assert checked.contest.id == "harbour-2031"
    with pytest.raises(InputError, match="not an id"):
        template("Harbour 2031")


def test_the_template_names_every_rule_role_and_status() -> None:
    text = template("x")
    for word in (*RULES, *SpeakerRole, *(s.value for s in CandidateStatus)):
        assert re.search(rf"\b{word}\b", text), word


@pytest.mark.parametrize(
    "comment", re.findall(r"^# (\w+ = \S.*)$", (ROOT / "config/contests/template").read_text("utf-8"), re.M)
)
def test_a_key_that_the_template_only_shows_can_be_used(comment: str) -> None:
    text = template("x").replace(f"# {comment}", comment)
    assert check_text(text, "template").faults == ()


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """Sound contests with any names; dates in order, ids and names each once."""
    names = iter(draw(st.lists(NAMES, min_size=24, max_size=24, unique_by=str.casefold)))
    kind = draw(st.sampled_from([ElectorKind.STATE, ElectorKind.PERSON]))
    ids = draw(st.lists(st.sampled_from(sorted(COUNTRIES)), min_size=1, max_size=4, unique=True))
    first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
    electors = tuple(
        Elector(
            id=ElectorId(key),
            kind=kind,
            name=COUNTRIES[key].name if kind is ElectorKind.STATE and n % 2 else next(names),
            aliases=(next(names),) if draw(st.booleans()) else (),
            joined=draw(st.sampled_from([None, first])),
            left=draw(st.sampled_from([None, last])),
            weight=draw(st.sampled_from([1.0, 2.5])),
            veto=draw(st.booleans()),
            gender=draw(st.sampled_from(Gender)),
        )
        for n, key in enumerate(ids)
    )
    speakers = tuple(
        Speaker(
            elector=elector.id,
            name=next(names),
            title=draw(NAMES),
            role=draw(st.sampled_from([SpeakerRole.OTHER, SpeakerRole.AMBASSADOR])),
            since=draw(st.sampled_from([None, first])),
            until=draw(st.sampled_from([None, last])),
        )
        for elector in electors
    )
    candidate = Candidate(
        id=CandidateId("a-b"),
        name=next(names),
        offices=(draw(NAMES),),
        status=draw(st.sampled_from(CandidateStatus)),
        declared=first,
        withdrawn=last,
        note=draw(NAMES),
    )
    return Contest(
        id=ContestId("race-1"),
        title=draw(NAMES),
        post=draw(NAMES),
        body=Body(id="body", name=draw(NAMES), aliases=tuple(draw(st.lists(NAMES, max_size=12)))),
        rule=Rule(kind="weighted_majority", share=0.5, note=draw(NAMES)),
        candidates=(candidate,),
        electors=electors,
        speakers=speakers,
        blocs=(Bloc(id="group", name=draw(NAMES), members=(electors[0].id,)),),
        key_terms=tuple(draw(st.lists(NAMES, max_size=3))),
        opened=first,
        closed=last,
    )


@settings(max_examples=150, deadline=None)
@given(contest=contests())
def test_what_is_written_reads_back_equal_whatever_the_names(contest: Contest) -> None:
    assert read_text(write(contest), "written") == contest


def test_a_line_is_an_elector_and_says_only_what_the_country_data_does_not() -> None:
    hungary = Elector(id=ElectorId("hu"), name="Hungary", joined=date(1999, 3, 12))
    nato = read_contest(ROOT / "config/contests/nato-sg-2024.toml")
    text = write(replace(nato, electors=(hungary,), speakers=(), blocs=nato.blocs[:2]))
    assert '    { id = "hu", joined = 1999-03-12 },\n' in text
    assert 'blocs = ["baltic", "benelux"]\n' in text


def best(path_or_text: Path | str, rounds: int = 5) -> float:
    """Seconds of the quickest reading."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        if isinstance(path_or_text, Path):
            read_contest(path_or_text)
        else:
            read_text(path_or_text, "x")
        took.append(time.perf_counter() - began)
    return min(took)


def test_reading_is_quick_with_32_electors_and_with_all_countries() -> None:
    path = ROOT / "config/contests/nato-sg-2024.toml"
    assert best(path) < 0.05
    nato = read_contest(path)
    electors = tuple(
        Elector(id=ElectorId(key), name=known.name, joined=date(1945, 10, 24))
        for key, known in COUNTRIES.items()
    )
    speakers = tuple(
        Speaker(elector=e.id, name=f"Minister {n} {e.name}", title="Minister", since=date(2020, 1, 1))
        for e in electors
        for n in range(4)
    )
    world = replace(nato, electors=electors, speakers=speakers)
    assert best(write(world)) < 0.1


IN_STAGES = """\
id = "port-2030"
title = "A port chooses"
post = "Harbour Master"
key_terms = ["port chief"]
opened = 2030-01-01
nominations_close = 2030-03-31

[body]
id = "ports"
name = "Port Union"

[rule]
kind = "stages"
parts = [
    { kind = "threshold", name = "Council", of = "council", needed = 2, vetoes = true },
    { kind = "supermajority", name = "States", stage = 2, fraction = [11, 20], absence = "lowers" },
    { kind = "weighted_majority", name = "People", stage = 2, fraction = [13, 20] },
]
reopens = "doubles"

[[candidates]]
id = "grace-hopper"
name = "Grace Hopper"
nominated_by = ["hu", "us"]

[roster]
electors = [
    { id = "hu", veto = true, weight = 10 },
    { id = "tr", weight = 85.5 },
    { id = "no", weight = 5 },
]
blocs = [
    { id = "nordic", binds = true },
    { id = "straits", name = "the straits", members = ["tr"], binds = true },
]

[[roster.electorates]]
id = "council"
name = "The Council"
members = ["hu"]
terms = [
    { elector = "no", since = 2030-01-01, until = 2031-12-31 },
    { elector = "tr", until = 2029-12-31 },
]
"""


def test_a_rule_of_parts_with_electorates_and_binding_blocs_reads_and_writes() -> None:
    checked = check_text(IN_STAGES, "x.toml")
    assert checked.faults == ()
    contest = read_text(IN_STAGES, "x.toml")
    assert read_text(write(contest), "written") == contest
    assert [[part.name for part in stage] for stage in contest.rule.stages()] == [
        ["Council"], ["States", "People"]
    ]  # fmt: skip
    council = contest.electorates[0]
    assert [e.id for e in contest.electors if council.seats(e.id, datetime(2030, 1, 1, tzinfo=UTC))] == [
        "hu",
        "no",
    ]
    assert [bloc.binds for bloc in contest.blocs] == [True, True]
    assert contest.candidates[0].nominated_by == ("hu", "us")


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        # In 2030 hu and no sit at one time, tr's term is over.
        ("needed = 2,", "needed = 3,", "rule.parts[0].needed", "cannot be met: 3 of 2"),
        ('members = ["hu"]', 'members = ["hv"]', "roster.electorates[0].members[0]", "no elector 'hv'"),
        ('{ elector = "no"', '{ elector = "se"', "roster.electorates[0].terms[0].elector", "no elector 'se'"),
        ("until = 2031-12-31", "until = 2029-01-01", "roster.electorates[0].terms[0].until", "before since"),
        ('of = "council"', 'of = "counsel"', "rule.parts[0].of", "did you mean 'council'?"),
        ('["hu", "us"]', '["hu", "zz"]', "candidates[0].nominated_by[1]", "no elector or country 'zz'"),
        ("veto = true,", "", "rule.vetoes", "no elector with a vote has veto"),
    ],
)
def test_a_fault_in_a_part_an_electorate_or_a_nomination_is_named(
    old: str, new: str, key: str, words: str
) -> None:
    assert IN_STAGES.count(old) == 1
    faults = {fault.key: fault for fault in check_text(IN_STAGES.replace(old, new), "x.toml").faults}
    assert key in faults and words in faults[key].problem, faults
    assert faults[key].line is not None
