"""A wrong contest file is refused with every fault: its key, its line, what would be right."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.configuration.contest_file import check, check_text, read_contest, read_text
from tracker.contests import ElectorKind
from tracker.errors import ConfigError


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_the_sound_file_has_no_fault_and_no_warning(sound: str) -> None:
    checked = check_text(sound, "x.toml", today=date(2030, 3, 1))
    assert (checked.faults, [w.key for w in checked.warnings]) == ((), [])
    assert checked.contest is not None
    assert [e.name for e in checked.contest.electors] == ["Hungary", "Türkiye", "Jane Doe"]
    assert checked.contest.electors[2].kind is ElectorKind.PERSON
    assert checked.contest.blocs[0].members == ("cz", "hu", "pl", "sk")
    assert checked.contest.speakers[1].since == date(2023, 6, 1)


ELECTOR = 'id = "hu", joined = 1999-03-12'
SPEAKER = '{ elector = "hu", name = "Viktor Orbán"'

FAULTS = [
    # what is changed, into what, the fault's key, a part of its line, a part of its words
    (
        'title = "A port chooses"',
        'titel = "A port chooses"',
        "titel",
        "titel",
        "unknown key; did you mean 'title'?",
    ),
    ('title = "A port chooses"\n', "", "title", None, "missing"),
    ('title = "A port chooses"', "title = 3", "title", "title", "expected a text, got the number 3"),
    (
        'key_terms = ["port chief"]',
        'key_terms = "port chief"',
        "key_terms",
        "key_terms",
        "expected a list in [ ]",
    ),
    ('key_terms = ["port chief"]', 'key_terms = ["a", 4]', "key_terms[1]", "key_terms", "the number 4"),
    ('name = "Port Union"', 'nmae = "Port Union"', "body.nmae", "nmae", "did you mean 'name'?"),
    ('name = "Port Union"', 'name = ""', "body.name", 'name = ""', "empty"),
    ("opened = 2030-01-01", "opened = 2030-01-01T10:00:00Z", "opened", "opened", "write 2030-01-01"),
    ("opened = 2030-01-01", 'opened = "30-1-1"', "opened", "opened", "expected a date such as"),
    ("opened = 2030-01-01", 'opened = "2030-13"', "opened", "opened", "expected a date such as"),
    (
        "opened = 2030-01-01",
        "opened = 2031-01-01",
        "closed",
        "closed",
        "2030-06-30 is before opened (2031-01-01)",
    ),
    (
        "declared = 2030-02-01",
        "declared = 2030-02-01\nwithdrawn = 2030-01-02",
        "candidates[0].withdrawn",
        "withdrawn",
        "before declared",
    ),
    (ELECTOR, f"{ELECTOR}, left = 1998-01-01", "roster.electors[0].left", ELECTOR, "before joined"),
    (
        "since = 2010-05-29",
        'since = 2010-05-29, until = "2009"',
        "roster.speakers[0].until",
        SPEAKER,
        "before since",
    ),
    ('kind = "consensus"', 'kind = "concensus"', "rule.kind", "concensus", "did you mean 'consensus'?"),
    ('kind = "consensus"', 'kind = "threshold"', "rule.needed", "[rule]", "missing"),
    (
        'kind = "consensus"',
        'kind = "threshold"\nneeded = 4',
        "rule.needed",
        "needed",
        "cannot be met: 4 of 3",
    ),
    (
        'kind = "consensus"',
        'kind = "majority"\nneeded = 2',
        "rule.needed",
        "needed",
        "no meaning for 'majority'",
    ),
    (
        'kind = "consensus"',
        'kind = "majority"\ntotal = 2',
        "rule.total",
        "total",
        "3 electors vote at one time",
    ),
    ('kind = "consensus"', 'kind = "weighted_majority"\nshare = 1.5', "rule.share", "share", "cannot be met"),
    ('kind = "consensus"', 'kind = "supermajority"', "rule.fraction", "[rule]", "missing: a supermajority"),
    (
        'kind = "consensus"',
        'kind = "supermajority"\nfraction = [4, 3]',
        "rule.fraction",
        "fraction",
        "cannot be met: [4, 3]",
    ),
    (
        'kind = "consensus"',
        'kind = "majority"\nfraction = [2, 3]',
        "rule.fraction",
        "fraction",
        "no meaning for 'majority'",
    ),
    (
        'kind = "consensus"',
        'kind = "majority"\nabstention = "ignored"',
        "rule.abstention",
        "abstention",
        "not one of: against neutral lowers",
    ),
    (
        'kind = "consensus"',
        'kind = "majority"\nparts = [{ kind = "majority" }]',
        "rule.parts",
        "parts",
        "has no meaning for 'majority'",
    ),
    ('kind = "consensus"', 'kind = "stages"', "rule.parts", "[rule]", "two parts or more"),
    (
        'kind = "consensus"',
        'kind = "all_of"\nneeded = 3\nparts = [{ kind = "majority" }, { kind = "consensus" }]',
        "rule.needed",
        "needed",
        "give it to one of its parts",
    ),
    (
        'kind = "consensus"',
        'kind = "all_of"\nparts = [{ kind = "majority" }, { kind = "threshold", needed = 9 }]',
        "rule.parts[1].needed",
        "parts",
        "cannot be met: 9 of 3",
    ),
    (
        'kind = "consensus"',
        'kind = "all_of"\nparts = [{ kind = "majority" }, { kind = "stages" }]',
        "rule.parts[1].kind",
        "parts",
        "cannot be a part",
    ),
    (
        'kind = "consensus"',
        'kind = "all_of"\nparts = [{ kind = "majority", stage = 2 }, { kind = "consensus" }]',
        "rule.parts[0].stage",
        "parts",
        "no meaning here",
    ),
    (
        'kind = "consensus"',
        'kind = "stages"\nparts = [{ kind = "majority", of = "council" }, { kind = "consensus" }]',
        "rule.parts[0].of",
        "parts",
        "no electorate 'council' in roster.electorates",
    ),
    ('kind = "consensus"', 'kind = "majority"\nvetoes = true', "rule.vetoes", "vetoes", "no elector"),
    (
        'nationality = "us"',
        'nationality = "usa"',
        "candidates[0].nationality",
        '"usa"',
        "no elector or country 'usa'",
    ),
    ('nationality = "gb"', 'nationality = "uk"', "candidates[1].nationality", '"uk"', "did you mean 'gb'?"),
    (
        'id = "ada-lovelace"',
        'id = "grace-hopper"',
        "candidates[1].id",
        None,
        "is there already, as candidates[0]",
    ),
    ('id = "ada-lovelace"', 'id = "Ada"', "candidates[1].id", '"Ada"', "not an id: 'Ada'"),
    ('id = "tr", joined', 'id = "hu", joined', "roster.electors[1].id", "1952", "as roster.electors[0]"),
    ('id = "tr", joined', 'id = "qq", joined', "roster.electors[1].id", '"qq"', "no country's code"),
    ('id = "tr", joined', 'id = "uk", joined', "roster.electors[1].id", '"uk"', "did you mean 'gb'?"),
    (
        'kind = "person", name',
        'kind = "persona", name',
        "roster.electors[2].kind",
        "persona",
        "did you mean 'person'?",
    ),
    (', name = "Jane Doe"', "", "roster.electors[2].name", "jane-doe", "a person needs one"),
    (
        '{ elector = "hu"',
        '{ elector = "hx"',
        "roster.speakers[0].elector",
        '"hx"',
        "no elector 'hx' in this file",
    ),
    (
        'role = "head_of_government"',
        'role = "premier"',
        "roster.speakers[0].role",
        "premier",
        "not one of: head_of_state",
    ),
    (
        'aliases = ["Countess Lovelace"]',
        'aliases = ["Grace Hopper"]',
        "candidates[1].aliases[0]",
        "aliases",
        "already names the candidate 'grace-hopper'",
    ),
    (
        'name = "Jane Doe"',
        'name = "Hungary"',
        "roster.electors[2].name",
        "jane-doe",
        "already names the elector 'hu'",
    ),
    ('aliases = ["Countess Lovelace"]', 'aliases = [""]', "candidates[1].aliases[0]", "aliases", "empty"),
    ('["visegrad", ', '["visegrat", ', "roster.blocs[0]", "blocs", "did you mean 'visegrad'?"),
    ('name = "the straits", ', "", "roster.blocs[1].name", "blocs", "missing"),
    (
        'members = ["tr"]',
        'members = ["tx"]',
        "roster.blocs[1].members[0]",
        "blocs",
        "no elector or country 'tx'",
    ),
    ('id = "hu", joined', "joined", "roster.electors[0].id", "1999", "missing"),
    ("[roster]\n", "[rooster]\n", "rooster", "rooster", "did you mean 'roster'?"),
    (ELECTOR, f"{ELECTOR}, weight = -1", "roster.electors[0].weight", ELECTOR, "below nothing"),
    (
        ELECTOR,
        f"{ELECTOR}, votes = 1",
        "roster.electors[0].votes",
        ELECTOR,
        "expected true or false, got the number 1",
    ),
    (
        'name = "Ada Lovelace"',
        'name = "Ada Lovelace "',
        "candidates[1].name",
        "Ada Lovelace ",
        "blanks around",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "where", "words"), FAULTS)
def test_a_fault_is_named_by_key_and_line(
    sound: str, *, old: str, new: str, key: str, where: str | None, words: str
) -> None:
    assert sound.count(old) >= 1
    text = sound.replace(old, new, 1)
    checked = check_text(text, "x.toml")
    found = {fault.key: fault for fault in checked.faults}
    assert key in found, checked.faults
    assert words in found[key].problem
    assert checked.contest is None
    if where is not None:
        assert found[key].line == line_of(text, where)


def test_one_slip_makes_no_more_faults_than_it_has_consequences(sound: str) -> None:
    """A misspelt key is unknown and leaves one missing; an id that others name leaves them without it."""
    for old, new, *_ in FAULTS:
        faults = check_text(sound.replace(old, new, 1), "x.toml").faults
        spread = any(
            part in old for part in ("title =", "[roster]", 'name = "Port', 'id = "tr"', 'id = "hu", j')
        )
        assert len(faults) <= (2 if spread else 1), (new, faults)


def test_all_faults_are_told_at_once_in_file_order(sound: str) -> None:
    text = sound
    for old, new in (
        ('post = "Harbour Master"', 'post = 3\ncolour = "red"'),
        ('kind = "consensus"', 'kind = "concensus"'),
        ('nationality = "us"', 'nationality = "zz"'),
        ('{ elector = "hu"', '{ elector = "hx"'),
        ('members = ["tr"]', 'members = ["tx"]'),
    ):
        text = text.replace(old, new, 1)
    with pytest.raises(ConfigError) as caught:
        read_text(text, "race.toml")
    keys = [fault.key for fault in caught.value.faults]
    assert keys == [
        "post", "colour", "rule.kind", "candidates[0].nationality", "roster.speakers[0].elector",
        "roster.blocs[1].members[0]",
    ]  # fmt: skip
    lines = [fault.line for fault in caught.value.faults]
    assert lines == sorted(lines, key=lambda line: line or 0)
    assert f"race.toml:{lines[0]}: post: expected a text" in str(caught.value)


def test_two_heads_of_government_at_once_are_refused_but_a_handover_is_not(sound: str) -> None:
    successor = '{ elector = "hu", name = "Anna Kéthly", role = "head_of_government", since = 2030-03-01 },'
    both = sound.replace("speakers = [", f"speakers = [\n    {successor}")
    faults = check_text(both, "x").faults
    assert [f.key for f in faults] == ["roster.speakers[0].since"]
    assert "Viktor Orbán (until now)" in faults[0].problem
    for until in ("2030-03-01", '"2030-03"'):
        handed = both.replace("since = 2010-05-29", f"since = 2010-05-29, until = {until}")
        assert check_text(handed, "x").faults == ()
    late = both.replace("since = 2010-05-29", "since = 2010-05-29, until = 2030-03-02")
    assert [f.key for f in check_text(late, "x").faults] == ["roster.speakers[0].since"]


def test_a_family_name_that_two_hold_is_refused_as_alias_of_both(sound: str) -> None:
    text = sound.replace(
        'name = "Jane Doe" }',
        'name = "Jane Doe", aliases = ["Doe"] },\n'
        '    { id = "john-doe", kind = "person", name = "John Doe", aliases = ["doe"] }',
    )
    assert [f.key for f in check_text(text, "x").faults] == ["roster.electors[3].aliases[0]"]


def test_a_candidate_who_is_also_an_elector_may_share_names(sound: str) -> None:
    text = sound.replace('id = "jane-doe", kind = "person", name = "Jane Doe"',
                         'id = "ada-lovelace", kind = "person", name = "Ada Lovelace"')  # fmt: skip
    checked = check_text(text, "x")
    assert (checked.faults, checked.warnings) == ((), ())
    other = sound.replace('name = "Jane Doe"', 'name = "Ada Lovelace"')
    assert [w.key for w in check_text(other, "x").warnings] == ["candidates[1].name"]


def test_doubts_are_warnings_and_the_file_is_taken(sound: str) -> None:
    text = sound.replace("since = 2010-05-29", "since = 2010-05-29, until = 2030-02-01")
    text = text.replace('key_terms = ["port chief"]\n', "")
    text = text.replace('id = "tr", joined', 'id = "tr", veto = true, weight = 2.0, joined')
    text = text.replace('kind = "consensus"', 'kind = "majority"')
    checked = check_text(text, "x", today=date(2030, 3, 1))
    assert checked.contest is not None
    warned = {w.key: w.problem for w in checked.warnings}
    assert warned.keys() == {
        "key_terms", "roster.electors[1].veto", "roster.electors[1].weight", "roster.speakers[0].until",
    }  # fmt: skip
    assert "no head of government of 'hu' on 2030-03-01" in warned["roster.speakers[0].until"]


def test_a_gap_between_two_holders_during_the_race_is_told_with_its_line(sound: str) -> None:
    office = '{ elector = "hu", name = "%s", role = "head_of_government", since = %s%s },\n    '
    first = office % ("Viktor Orbán", "2010-05-29", ", until = 2030-02-01")
    old = office.strip() % ("Viktor Orbán", "2010-05-29", "")
    for since, gap in (
        ("2030-02-10", None),
        ("2030-02-20", "from 2030-02-02 to 2030-02-19"),
        ("2031-01-01", ""),
    ):
        text = sound.replace(old.strip(), (first + office % ("Eva Nagy", since, "")).strip())
        warnings = check_text(text, "x", today=date(2030, 3, 1)).warnings
        if gap is None:
            assert warnings == ()
            continue
        (warning,) = warnings
        assert "no head of government of 'hu'" in warning.problem and gap in warning.problem
        if gap:
            assert warning.key == "roster.speakers[1].since"
            assert warning.line == line_of(text, "Eva Nagy")
            assert warning.problem.endswith("between Viktor Orbán and Eva Nagy")
        else:
            assert warning.key == "roster.speakers[0].until", "the next has not begun: nobody is there today"


def test_a_gap_before_the_race_is_no_matter(sound: str) -> None:
    office = '{ elector = "hu", name = "%s", role = "head_of_government", since = %s%s },\n    '
    terms = office % ("Viktor Orbán", "2010-05-29", ", until = 2020-02-01")
    terms += office % ("Eva Nagy", "2029-12-01", "")
    old = office.strip() % ("Viktor Orbán", "2010-05-29", "")
    text = sound.replace(old.strip(), terms.strip())
    assert check_text(text, "x", today=date(2030, 3, 1)).warnings == ()


def test_after_the_race_its_last_day_is_looked_at(sound: str) -> None:
    text = sound.replace("since = 2010-05-29", "since = 2010-05-29, until = 2031-01-01")
    assert check_text(text, "x", today=date(2040, 1, 1)).warnings == ()


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        (b"id = \n", "not TOML", 1),
        (b'id = "a"\n\nid = "b"\n', "not TOML", 3),
        (b'id = "a', "not TOML", 1),
        (b"\xff\xfe", "not UTF-8", None),
        (b"", "missing", None),
    ],
)
def test_what_is_no_toml_says_so(tmp_path: Path, data: bytes, words: str, line: int | None) -> None:
    path = tmp_path / "race.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read_contest(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    if line is not None:
        assert caught.value.faults[0].line == line


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    checked = check(tmp_path / "none.toml")
    assert [f.problem for f in checked.faults] == ["no such file"]


LEAVES = st.one_of(
    st.booleans(),
    st.integers(-9, 9),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.dates(),
    st.sampled_from(["hu", "grace-hopper", "2030-01", "consensus", "state"]),
)
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=ANY)
def test_any_value_in_any_place_is_taken_or_named(sound: str, data: st.DataObject, value: Any) -> None:
    """Whatever stands there, the check ends, and a refused file has faults with lines of the file."""
    table: Any = tomllib.loads(sound)
    spot = table
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        inner = spot[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            spot[key] = value
            break
        spot = inner
    text = tomli_w.dumps(table)
    checked = check_text(text, "x", today=date(2030, 3, 1))
    assert (checked.contest is None) == bool(checked.faults)
    for fault in checked.faults:
        assert fault.line is None or 1 <= fault.line <= text.count("\n") + 1
        assert fault.problem
