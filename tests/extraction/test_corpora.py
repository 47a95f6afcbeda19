"""Every labelled corpus is read at least as well as before: its floors stand in `tests/cases/floors.toml`."""

from __future__ import annotations

import html
import re
import tomllib
from typing import Any

import pytest
from corpus_scores import score
from extraction_cases import CASES, cases, contest, reading_of

from tracker.stances import Certainty, ClaimTime, Stance

FLOORS = tomllib.loads((CASES / "floors.toml").read_text("utf-8"))["floors"]
CORPORA = sorted(
    str(path.relative_to(CASES)) for path in CASES.rglob("*.jsonl") if path.name != "plain.jsonl"
)


def name_of(floor: dict[str, Any]) -> str:
    return "-".join(str(floor[key]) for key in ("file", "lang") if key in floor)


@pytest.mark.parametrize("floor", FLOORS, ids=[name_of(floor) for floor in FLOORS])
def test_a_corpus_is_read_no_worse_than_its_floor(floor: dict[str, Any]) -> None:
    lang = floor.get("lang")
    items = [item for item in cases(floor["file"]) if lang in (None, item["lang"])]
    assert items, "no items: is the language right?"
    reached = score(items)
    told = "\n".join(
        [
            f"precision {reached.precision:.3f}, recall {reached.recall:.3f}, false flips {reached.flips}; "
            f"the floor is {floor}",
            f"{len(reached.false)} false claims:",
            *reached.false,
        ]
    )
    assert reached.precision >= floor["precision"], told
    assert reached.flips <= floor["flips"], told
    assert reached.recall >= floor["recall"], "\n".join([told, "missed:", *reached.missed])


def test_every_corpus_has_a_floor() -> None:
    assert {floor["file"] for floor in FLOORS} == set(CORPORA)


@pytest.mark.parametrize("name", CORPORA)
def test_the_labels_of_a_corpus_are_well_formed(name: str) -> None:
    for item in cases(name):
        told = contest(item["contest"])
        electors = {e.id for e in told.electors} | {b.id for b in told.blocs}
        candidates = {c.id for c in told.candidates}
        shown = shown_in(item)
        seen = set()
        for claim in item["claims"]:
            Stance(claim["stance"]), Certainty(claim["certainty"]), ClaimTime(claim["time"])
            assert claim["elector"] in electors, (item["id"], claim)
            assert claim["candidate"] in candidates, (item["id"], claim)
            assert any(claim["evidence"] in text for text in shown), (item["id"], claim)
            key = (claim["elector"], claim["candidate"], claim["time"])
            assert key not in seen, (item["id"], key)
            seen.add(key)


@pytest.mark.parametrize("name", CORPORA)
def test_the_evidence_of_a_reading_is_verbatim(name: str) -> None:
    for item in cases(name):
        shown = shown_in(item)
        for claim in reading_of(item).claims:
            assert any(claim.evidence.text in text for text in shown), (item["id"], claim)


def shown_in(item: dict[str, Any]) -> list[str]:
    """Title, summary and body as they came and as a reader sees them."""
    fields = [item[name] for name in ("title", "summary", "body")]
    return [*fields, *(" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for text in fields)]
