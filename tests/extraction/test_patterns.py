"""Patterns: looking at what a sentence holds first saves tries, and never a match."""

from __future__ import annotations

import json

import pytest
from extraction_cases import CASES, item, reader

from tracker.claims import Reading
from tracker.extraction.notation import parse, wants
from tracker.extraction.patterns import find, present
from tracker.extraction.sentences import Sentence
from tracker.items import Item


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]


def sentences(told: Item) -> list[Sentence]:
    """The sentences of an item, as its frames left them."""
    opened = reader()._opened(told)
    if isinstance(opened, Reading):
        return []
    opened.reading()
    return [frames.sentence for frames in opened.frames]


@pytest.mark.parametrize("name", ["dev.jsonl", "dev-languages.jsonl"])
def test_no_pattern_is_missed_for_what_a_sentence_holds(name: str) -> None:
    found = 0
    for case in lines(name):
        told = item(case["title"], case["summary"], case["body"], lang=case["lang"])
        for sentence in sentences(told):
            held = present(sentence.units)
            for index in (
                sentence.language.predicates,
                sentence.language.operators,
                sentence.language.lights,
            ):
                for at in range(len(sentence.units)):
                    hits = find(index, sentence.units, at)
                    assert find(index, sentence.units, at, held) == hits
                    found += len(hits)
    assert found > 500


def test_what_may_be_missing_is_not_wanted() -> None:
    assert wants(parse("back|backs ~ {stand} the? <poss&his> C? E")) == (
        frozenset({"stand"}), frozenset({"poss"}), wants(parse("x E"))[0],
    )  # fmt: skip
