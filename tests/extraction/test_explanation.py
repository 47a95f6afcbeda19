"""Explanations: what a reading was made of; and what it leaves out."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from extraction_cases import CASES, contest, item, reader

from tracker.clock import parse
from tracker.extraction.explanation import Explanation, ReadSentence
from tracker.extraction.misses import GAPS
from tracker.extraction.version import digest
from tracker.items import Item, ItemId

SOURCES = Path(__file__).parents[2] / "tracker" / "extraction"


def explained(*texts: str, **more: str) -> Explanation:
    return reader().explain(item(*texts, **more))


def only(*texts: str, **more: str) -> ReadSentence:
    (sentence,) = explained(*texts, **more).sentences
    return sentence


def words(sentence: ReadSentence, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [sentence.text[start:end] for start, end in spans]


def test_a_sentence_is_told_by_its_names_its_signs_and_its_claim() -> None:
    found = only("Hungary has yet to endorse Mark Rutte, Prime Minister Petteri Orpo of Finland said.")
    assert [(name.text, name.meaning) for name in found.names[:2]] == [
        ("Hungary", "elector hu"), ("Mark Rutte", "candidate mark-rutte, who also speaks for nl"),
    ]  # fmt: skip
    assert [(sign.text, sign.meaning) for sign in found.signs] == [("has yet to", "it has not happened")]
    (claim,) = found.claims
    assert words(found, claim.cue) == ["endorse"]
    assert found.text[slice(*claim.evidence)] == "Hungary has yet to endorse Mark Rutte"
    assert claim.operators == ("it has not happened",) and claim.kept


def test_what_stands_for_whom_is_told_by_name_office_seat_people_and_bloc() -> None:
    found = only(
        "Budapest, the Finns, the Latvian premier, Viktor Orban and the Baltic states back the Dutchman."
    )
    meanings = {name.text: name.meaning for name in found.names}
    assert meanings["Budapest"] == "elector hu: its seat"
    assert meanings["the Latvian premier"] == "elector lv: an office of its"
    assert meanings["Viktor Orban"].startswith("elector hu: Viktor Orbán, ")
    assert meanings["the Baltic states"] == "bloc baltic: elector ee, lt, lv"
    assert meanings["the Dutchman"].startswith("candidate mark-rutte, by nationality")


def test_clauses_conditions_and_questions_are_told() -> None:
    found = only("Slovakia backs Rutte; Turkey would back him if he apologised.")
    assert found.clauses == ("Slovakia backs Rutte", "Turkey would back him if he apologised")
    assert ("if", "a condition") in [(sign.text, sign.meaning) for sign in found.signs]
    assert only("Does Hungary back Rutte?").question


def test_a_cue_that_gave_no_claim_says_why() -> None:
    found = only("Does Hungary back Rutte?")
    turned = found.turned[-1]
    assert (turned.reason, turned.elector, turned.candidate) == ("a question", "hu", "mark-rutte")
    assert turned.cue in found.text and found.unread == ()


def test_a_claim_that_another_outdoes_names_the_words_that_stand() -> None:
    found = explained(
        "Slovakia for Rutte", "Slovakia may back Mark Rutte, diplomats said.",
        "Slovakia backs Mark Rutte for NATO chief, its foreign minister said.",
    )  # fmt: skip
    fates = [(read.kept, read.outranked) for each in found.sentences for read in each.claims]
    assert sorted(kept for kept, _ in fates) == [False, False, True]
    assert {outranked for kept, outranked in fates if not kept} == {"Slovakia for Rutte"}


def test_an_item_that_names_nobody_is_said_not_to_be_read() -> None:
    found = explained("Nice weather", "The sun shone on the harbour.")
    assert found.sentences == () and "names no candidate" in found.dismissed


def cases() -> list[Item]:
    lines = (CASES / "dev.jsonl").read_text("utf-8").splitlines()
    return [
        Item(
            id=ItemId(record["id"]), source=record["source"], url=record["url"], title=record["title"],
            summary=record["summary"], body=record["body"], lang=record["lang"],
            published_at=parse(record["published"]),
        )
        for record in map(json.loads, lines)
    ]  # fmt: skip


def test_the_items_explained_have_names_signs_and_what_was_turned_down() -> None:
    told = [each for one in cases() for each in reader().explain(one).sentences]
    for part in ("names", "signs", "turned", "claims"):
        assert sum(len(getattr(each, part)) for each in told) > 20, part


@pytest.mark.parametrize("one", cases(), ids=lambda one: str(one.id))
def test_an_explanation_tells_the_very_reading_and_every_span_is_of_its_words(one: Item) -> None:
    found = reader().explain(one)
    reading = reader().read(one)
    assert found.reading == reading
    kept = [read.claim for each in found.sentences for read in each.claims if read.kept]
    assert Counter(map(repr, kept)).keys() == Counter(map(repr, (*reading.claims, *reading.guesses))).keys()
    for each in found.sentences:
        told = [*((name.span, name.text) for name in each.names), *((s.span, s.text) for s in each.signs)]
        told += [(turned.span, turned.cue) for turned in each.turned]
        for (start, end), text in told:
            assert each.text[start:end] == text
        for read in each.claims:
            assert all(each.text[start:end].strip() for start, end in read.cue)


# -- misses -----------------------------------------------------------------------------------------


def test_an_elector_and_a_candidate_with_no_rule_between_them_are_a_miss() -> None:
    (miss,), _ = reader().misses(item("Slovakia invited Mark Rutte to lunch."))
    assert (miss.electors, miss.candidates, miss.near, miss.claimed) == (("sk",), ("mark-rutte",), (), False)


@pytest.mark.parametrize(
    "text",
    [
        "Slovakia backs Mark Rutte.",
        "Does Slovakia back Mark Rutte?",
        "Slovakia supports Mark Rutte's proposal on air defence.",
        "In Bratislava Mark Rutte met the press.",
        "Dutch Prime Minister Mark Rutte spoke.",
        "Hungary backs Mark Rutte, the Finnish premier said.",
        "The sun shone on Slovakia.",
    ],
)
def test_what_is_read_turned_down_for_a_reason_or_only_a_place_is_no_miss(text: str) -> None:
    assert reader().misses(item("News", "", text))[0] == ()


def test_a_rule_whose_places_were_not_filled_is_told_beside_the_miss() -> None:
    misses, _ = reader().misses(item("Photo: behind Rutte, Spain's Albares looks on"))
    assert [(miss.electors, miss.near) for miss in misses] == [
        (("es",), (("behind Rutte", "no elector before it"),))
    ]


def test_a_pair_that_the_item_claims_elsewhere_is_marked() -> None:
    (miss,), _ = reader().misses(item("Slovakia backs Mark Rutte", "Slovakia invited Mark Rutte."))
    assert miss.claimed


@pytest.mark.parametrize(
    ("text", "name", "elector"),
    [
        ("Finnish Prime Minister Aino Virtanen praised Rutte.", "Aino Virtanen", "fi"),
        ("The president of Finland Aino Maria Virtanen praised Rutte.", "Aino Maria Virtanen", "fi"),
        ("Finland's prime minister, Aino Virtanen, praised Rutte.", "Aino Virtanen", "fi"),
        ("Aino Virtanen, the Finnish prime minister, praised Rutte.", "Aino Virtanen", "fi"),
    ],
)
def test_an_office_holder_whom_the_roster_lacks_is_told_with_whom_it_has(
    text: str, name: str, elector: str
) -> None:
    _, (stranger,) = reader().misses(item("News", "", text))
    assert (stranger.name, stranger.elector) == (name, elector)
    assert stranger.holder is not None and stranger.sentence == text


@pytest.mark.parametrize(
    "text",
    [
        "Finnish Prime Minister Petteri Orpo praised Rutte.",
        "The president of Turkiye praised Rutte.",
        "The ministers in Prague praised Rutte.",
        "The Finnish prime minister praised Rutte.",
        "Aino Virtanen praised Rutte.",
    ],
)
def test_whom_the_roster_has_and_who_holds_no_office_are_no_strangers(text: str) -> None:
    assert reader().misses(item("News", "", text))[1] == ()


def test_every_reason_that_counts_as_a_gap_is_one_that_is_given() -> None:
    code = "".join(path.read_text("utf-8") for path in SOURCES.glob("*.py") if path.name != "misses.py")
    assert {reason for reason in GAPS if f'"{reason}"' not in code} == set()


# -- versions ---------------------------------------------------------------------------------------


def test_a_reading_names_the_version_of_code_words_and_roster() -> None:
    reading = reader().read(item("Slovakia backs Mark Rutte."))
    assert re.fullmatch(rf"rules-\d+-{digest()}-[0-9a-f]{{12}}", reading.extractor)
    other = reader("un-sg-2026").extractor
    assert other != reading.extractor and other.rpartition("-")[0] == reading.extractor.rpartition("-")[0]
    assert contest("nato-sg-2024") != contest("un-sg-2026")
