"""The scorer counts as the labelling rules say: polarity, blocs, and the kinds of false flips."""

from __future__ import annotations

from typing import Any

import pytest
from corpus_scores import Pair, score
from extraction_cases import contest


def item(*labels: tuple[str, str, str, str], contest: str = "nato-sg-2024") -> dict[str, Any]:
    """An item with labels of elector, candidate, stance and time."""
    keys = ("elector", "candidate", "stance", "time")
    return {
        "id": "x",
        "contest": contest,
        "claims": [dict(zip(keys, label, strict=True)) for label in labels],
    }


def test_shades_of_one_polarity_are_one() -> None:
    found = score([item(("hu", "mark-rutte", "leans_support", "now"))], lambda _: {("hu", "mark-rutte", 1)})
    assert (found.right, found.missed, found.false, found.flips) == (1, (), (), 0)
    assert (found.precision, found.recall) == (1, 1)


def test_labels_of_another_time_are_not_asked_for() -> None:
    found = score([item(("hu", "mark-rutte", "opposes", "historical"))], lambda _: set())
    assert (found.right, found.missed, found.recall) == (0, (), 1)


@pytest.mark.parametrize(
    ("label", "sign", "kind"),
    [
        (("hu", "mark-rutte", "opposes", "now"), 1, "sign"),
        (("hu", "mark-rutte", "undecided", "now"), 1, "neutral"),
        (("hu", "mark-rutte", "opposes", "historical"), -1, "stale"),
        (("hu", "mark-rutte", "opposes", "historical"), 1, "sign"),
        (("hu", "klaus-iohannis", "supports", "now"), -1, "phantom"),
    ],
)
def test_a_false_claim_for_or_against_is_a_flip(
    label: tuple[str, str, str, str], sign: int, kind: str
) -> None:
    found = score([item(label)], lambda _: {("hu", "mark-rutte", sign)})
    assert found.flips == 1
    assert found.false == (f"x: hu {'+' if sign > 0 else '-'} mark-rutte ({kind})",)
    assert found.precision == 0


def test_a_false_undecided_is_false_and_no_flip() -> None:
    found = score([item(("hu", "mark-rutte", "opposes", "now"))], lambda _: {("hu", "mark-rutte", 0)})
    assert (found.right, found.flips) == (0, 0)
    assert found.missed == ("x: hu - mark-rutte",)
    assert found.false == ("x: hu 0 mark-rutte (no flip)",)


EU = sorted(m for b in contest("eu-commission-2019").blocs if b.id == "eu" for m in b.members)


def for_timmermans(electors: list[str]) -> set[Pair]:
    return {(elector, "frans-timmermans", 1) for elector in electors}


@pytest.mark.parametrize(
    ("said", "right"),
    [(["eu"], 1), (EU[: len(EU) * 8 // 10 + 1], 1), (EU[: len(EU) // 2], 0), (["eu", *EU[:3]], 1)],
)
def test_a_bloc_is_met_by_its_name_or_by_most_of_its_members(said: list[str], right: int) -> None:
    label = item(("eu", "frans-timmermans", "supports", "now"), contest="eu-commission-2019")
    found = score([label], lambda _: for_timmermans(said))
    assert found.right == right
    assert found.false == ()
