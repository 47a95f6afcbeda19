"""The country data: whole, made from its sources, and clear about what may be something else."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pycountry
import pytest

import tracker.countries
from tracker.countries import BLOCS, COUNTRIES, FormKind, NameForm, UnSeat, country
from tracker.countries.generate import generate

CAREFUL = ("de", "fr", "es", "nl", "it", "ro", "pt", "pl")
WANTED = """al be bg ca hr cz dk ee fi fr de gr hu is it lv lt lu me nl mk no pl pt ro sk si es se tr gb us
at cy ie mt ar au br cn in id jp mx ru sa za kr pk pa so bh co cd lr cl cr py ua"""


def forms(key: str, kind: FormKind, lang: str) -> set[str]:
    found = country(key)
    assert found is not None
    return set(found.texts(kind, lang))


def form(key: str, text: str, kind: FormKind = FormKind.NAME, lang: str = "en") -> NameForm:
    return next(f for f in COUNTRIES[key].forms if f.text == text and f.kind is kind and f.lang == lang)


def test_the_stored_file_is_what_the_sources_give() -> None:
    stored = Path(tracker.countries.__file__).with_name("countries.json").read_text("utf-8")
    assert generate() == stored


def test_there_are_193_members_and_the_others_say_what_they_are() -> None:
    seats = defaultdict(set)
    for key, found in COUNTRIES.items():
        seats[found.seat].add(key)
    assert len(seats[UnSeat.MEMBER]) == 193
    assert seats[UnSeat.OBSERVER] == {"va", "ps"}
    assert seats[UnSeat.OTHER] == {"tw", "xk"}
    assert all(pycountry.countries.get(alpha_2=key.upper()) for key in COUNTRIES if key != "xk")


def test_nobody_is_found_under_another_code() -> None:
    assert country("uk") is None
    assert country("HU") is None
    assert "hu" in COUNTRIES


@pytest.mark.parametrize("key", sorted(COUNTRIES))
def test_every_country_can_be_named_in_english(key: str) -> None:
    found = COUNTRIES[key]
    assert found.name in found.texts(FormKind.NAME, "en")
    assert found.texts(FormKind.ADJECTIVE, "en")
    assert found.texts(FormKind.CAPITAL, "en")
    if key != "va":
        assert found.texts(FormKind.PERSON, "en")
        assert any(f.plural for f in found.forms if f.kind is FormKind.PERSON and f.lang == "en")
    for lang in (*CAREFUL, "ru", "uk", "el", "tr", "ar", "zh", "ja"):
        assert found.texts(FormKind.NAME, lang), lang


@pytest.mark.parametrize("lang", CAREFUL)
def test_the_careful_languages_have_adjectives_and_people_for_nato_the_eu_the_g20_and_the_council(
    lang: str,
) -> None:
    for kind in (FormKind.ADJECTIVE, FormKind.PERSON, FormKind.NAME):
        assert [key for key in WANTED.split() if not forms(key, kind, lang)] == [], kind


@pytest.mark.parametrize(
    ("key", "kind", "lang", "texts"),
    [
        ("hu", "adjective", "de", "ungarisch ungarische ungarischer ungarischen ungarischem ungarisches"),
        ("hu", "person", "de", "Ungar Ungarn Ungarin Ungarinnen"),
        ("dk", "person", "de", "Däne Dänen Dänin Däninnen"),
        ("it", "person", "de", "Italiener Italienern Italienerin Italienerinnen"),
        ("hu", "adjective", "fr", "hongrois hongroise hongroises"),
        ("it", "adjective", "fr", "italien italienne italiens italiennes"),
        ("lv", "adjective", "fr", "letton lettonne lettons lettonnes"),
        ("gr", "adjective", "fr", "grec grecque grecs grecques"),
        ("hu", "person", "fr", "Hongrois Hongroise Hongroises"),
        ("fr", "adjective", "es", "francés francesa franceses francesas"),
        ("de", "adjective", "es", "alemán alemana alemanes alemanas"),
        ("es", "adjective", "es", "español española españoles españolas"),
        ("tr", "adjective", "it", "turco turca turchi turche"),
        ("gr", "adjective", "it", "greco greca greci greche"),
        ("hu", "adjective", "nl", "Hongaars Hongaarse"),
        ("nl", "adjective", "pt", "holandês holandesa holandeses holandesas"),
        ("de", "adjective", "pt", "alemão alemã alemães alemãs"),
        ("hu", "adjective", "ro", "maghiar maghiară maghiari maghiare unguresc ungurească ungurești"),
        ("tr", "person", "ro", "turc turcul turci turcii turcilor"),
        ("hu", "adjective", "pl", "węgierski węgierskiego węgierska węgierskiej węgierskie węgierscy"),
        ("hu", "person", "pl", "Węgrzy Węgrów Węgrom Węgrami Węgrach"),
        ("hu", "name", "pl", "Węgry Węgier Węgrom Węgrzech"),
        ("tr", "name", "pl", "Turcja Turcji Turcję Turcją"),
        ("hu", "name", "ro", "Ungaria Ungariei"),
        ("gb", "name", "en", "United Kingdom;UK;U.K.;Britain;Great Britain"),
        ("us", "name", "en", "United States;US;U.S.;USA;America;United States of America"),
        ("cz", "name", "en", "Czechia;Czech Republic"),
        ("tr", "name", "en", "Turkey;Türkiye"),
        ("mk", "name", "en", "North Macedonia;Macedonia"),
        ("gb", "person", "en", "Briton Britons Brit Brits"),
        ("nl", "person", "en", "Dutchman Dutchmen Dutch"),
        ("it", "capital", "de", "Rom"),
        ("it", "capital", "pl", "Rzym Rzymu"),
        ("pl", "capital", "fr", "Varsovie"),
        ("nl", "capital", "es", "La Haya"),
        ("gb", "seat", "en", "Downing Street;Number 10;Whitehall;Foreign Office"),
        ("us", "seat", "en", "White House;Foggy Bottom;State Department;Pentagon"),
        ("us", "seat", "es", "Casa Blanca"),
        ("fr", "seat", "en", "Élysée;Elysee;Quai d'Orsay;Matignon"),
        ("it", "seat", "en", "Palazzo Chigi;Farnesina;Quirinale"),
        ("es", "seat", "en", "Moncloa"),
        ("de", "seat", "en", "Bundeskanzleramt"),
        ("nl", "seat", "en", "Binnenhof"),
        ("ro", "seat", "en", "Cotroceni"),
        ("tr", "seat", "en", "Beştepe"),
        ("kz", "name", "kk", "Қазақстан"),
        ("kr", "name", "ko", "대한민국"),
    ],
)  # fmt: skip
def test_forms_that_readers_meet(key: str, kind: str, lang: str, texts: str) -> None:
    wanted = texts.split(";") if ";" in texts or (lang == "es" and kind != "adjective") else texts.split()
    assert set(wanted) <= forms(key, FormKind(kind), lang)


def test_one_hungarian_is_told_from_many() -> None:
    assert not form("hu", "Hungarian", FormKind.PERSON).plural
    assert form("hu", "Hungarians", FormKind.PERSON).plural
    assert form("cn", "Chinese", FormKind.PERSON).plural


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("ge", "Georgia", "name"), ("jo", "Jordan", "name"), ("td", "Chad", "name"),
        ("tr", "Turkey", "name"), ("ne", "Niger", "name"), ("gn", "Guinea", "name"),
        ("cd", "Congo", "name"), ("cg", "Congo", "name"), ("cd", "Congolese", "adjective"),
        ("dm", "Dominican", "adjective"), ("do", "Dominican", "adjective"), ("kr", "Korea", "name"),
        ("pl", "Polish", "adjective"), ("be", "Brussels", "capital"), ("us", "Washington", "capital"),
        ("us", "America", "name"),
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_marked(key: str, text: str, kind: str) -> None:
    assert form(key, text, FormKind(kind)).ambiguous


def test_what_is_plain_is_not_marked() -> None:
    assert not form("hu", "Hungary").ambiguous
    assert not form("hu", "Budapest", FormKind.CAPITAL).ambiguous
    assert not form("cd", "DR Congo").ambiguous
    assert not form("gw", "Guinea-Bissau").ambiguous


def test_a_text_of_two_countries_in_one_language_is_marked_in_both() -> None:
    holders: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for key, found in COUNTRIES.items():
        for f in found.forms:
            known = holders[f.lang, f.text.casefold()]
            known[key] = known.get(key, True) and f.ambiguous
    unmarked = {text: keys for text, keys in holders.items() if len(keys) > 1 and not all(keys.values())}
    assert unmarked == {}


def test_no_form_has_marks_blanks_or_curly_apostrophes_left() -> None:
    wrong = [
        (key, f.text)
        for key, found in COUNTRIES.items()
        for f in found.forms
        if not f.text or f.text != f.text.strip() or set(f.text) & set("!+~*|;’\u00a0")
    ]
    assert wrong == []


def test_a_form_of_a_kind_and_language_stands_once() -> None:
    for found in COUNTRIES.values():
        keys = [(f.kind, f.lang, f.text) for f in found.forms]
        assert len(keys) == len(set(keys)), found.id


def test_blocs_know_who_was_in_them_when() -> None:
    from datetime import date

    eu = BLOCS["eu"]
    assert len(eu.members(date(2019, 7, 2))) == 28
    assert "gb" not in eu.members(date(2020, 2, 1))
    assert "hr" not in eu.members(date(2013, 6, 30))
    assert len(eu.members()) == 27
    assert BLOCS["baltic"].members() == ("ee", "lt", "lv")
    assert "ml" not in BLOCS["ecowas"].members(date(2025, 2, 1))
    assert len(BLOCS["african-union"].members()) == 54
    assert len(BLOCS["g7"].members()) == 7
    assert {m for known in BLOCS.values() for m in known.members()} <= set(COUNTRIES)


def test_reading_the_countries_is_quick_and_needs_no_development_library() -> None:
    program = (
        "import sys, time; import tracker.countries as c; began = time.perf_counter();"
        "names = [x.name for x in c.COUNTRIES.values()]; took = time.perf_counter() - began;"
        "assert len(names) == 197; assert not {'babel', 'pycountry'} & set(sys.modules);"
        "print(took)"
    )
    best = min(
        float(
            subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
        )
        for _ in range(3)
    )
    assert best < 0.03


def test_a_countrys_forms_are_made_once() -> None:
    assert COUNTRIES["hu"].forms is COUNTRIES["hu"].forms
