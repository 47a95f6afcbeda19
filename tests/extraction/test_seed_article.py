"""The real article that the project starts from: every stance in it comes out right, up to standings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tracker.assessment import assess, declare
from tracker.claims import Claim, Reading
from tracker.clock import parse, parse_end
from tracker.configuration.contest_file import read_contest
from tracker.extraction import Reader
from tracker.feeds.files import read as read_files
from tracker.items import FIELDS, Item
from tracker.log.identity import identity
from tracker.projection import EMPTY, ContestState, standing, suppose
from tracker.queries import holdouts
from tracker.stances import CandidateId, ElectorId

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 2, 22, 18, tzinfo=UTC)
RUTTE = CandidateId("mark-rutte")


@cache
def article() -> tuple[Item, Reading]:
    contest = read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")
    (item,) = read_files(
        ROOT / "tests" / "cases" / "seed-article.txt",
        published=parse("2024-02-22T12:00:00Z"), source="Jakarta Desk", seen_at=NOW,
    )  # fmt: skip
    assert isinstance(item, Item)
    return item, Reader(contest).read(item)


@cache
def state() -> ContestState:
    contest = read_contest(ROOT / "config" / "contests" / "nato-sg-2024.toml")
    declared = declare(contest, EMPTY, now=NOW, producer="test")
    assert declared is not None
    before = suppose(EMPTY, [(identity(declared), declared)])
    item, reading = article()
    assessment = assess(item, reading, before, now=NOW, send=False)
    return suppose(before, [(identity(event), event) for event in assessment.events]).contests[contest.id]


def claims() -> dict[str, Claim]:
    assert all(claim.candidate == RUTTE for claim in article()[1].claims)
    found = {claim.elector: claim for claim in article()[1].claims}
    assert len(found) == len(article()[1].claims)
    return {str(elector): claim for elector, claim in found.items()}


def test_just_these_electors_are_read_and_no_adjective_or_friendship_makes_one() -> None:
    assert {e: (c.stance.value, c.certainty.value, c.time.value) for e, c in claims().items()} == {
        "us": ("supports", "anonymous", "now"),
        "gb": ("supports", "official", "now"),
        "fr": ("supports", "anonymous", "now"),
        "de": ("supports", "official", "now"),
        "pl": ("undecided", "official", "now"),
        "hu": ("undecided", "reported", "now"),
        "tr": ("undecided", "reported", "now"),
    }


def test_what_the_lead_says_of_four_takes_the_source_each_has_further_down() -> None:
    assert {e: claims()[e].voice.value for e in ("us", "gb", "fr", "de")} == {
        "us": "elector_unnamed",
        "gb": "elector",
        "fr": "elector_unnamed",
        "de": "elector",
    }
    assert "US official" in claims()["us"].speaker
    assert "French official" in claims()["fr"].speaker
    assert "Foreign Ministry" in claims()["gb"].speaker
    assert "spokesman" in claims()["de"].speaker


def test_no_news_is_silence_and_the_diplomats_guess_is_kept_beside() -> None:
    assert all(claims()[e].silence for e in ("hu", "tr"))
    guesses = {(g.elector, g.stance.value, g.certainty.value) for g in article()[1].guesses}
    assert guesses == {("hu", "leans_oppose", "speculation"), ("tr", "leans_oppose", "speculation")}


def test_the_one_count_names_the_four_it_stands_beside() -> None:
    (count,) = article()[1].counts
    assert (count.candidate, count.low, count.high, count.of, count.approximate) == (
        RUTTE,
        16,
        16,
        None,
        True,
    )
    assert set(count.beside) == {"us", "gb", "fr", "de"} and count.holdouts == ()


def test_iohannis_is_a_mentioned_candidate_whom_nobody_supports() -> None:
    assert [(c.candidate, c.step.value) for c in article()[1].candidacies] == [
        ("klaus-iohannis", "mentioned")
    ]


def test_every_evidence_stands_in_the_text_at_its_offsets() -> None:
    item, reading = article()
    for claim in (*reading.claims, *reading.guesses):
        evidence = claim.evidence
        assert evidence.field in FIELDS
        assert " ".join(item.text(evidence.field)[evidence.start : evidence.end].split()) == evidence.text
        assert evidence.text in evidence.sentence


def test_the_guess_and_the_count_move_nobody() -> None:
    as_of = parse_end("2024-02-23")
    hungary = standing(state(), (ElectorId("hu"), RUTTE), as_of)
    assert (hungary.stance, hungary.silence) == ("undecided", True)
    assert any(reason.outcome == "beside" for reason in hungary.reasons)
    supporters = {
        e.id for e in state().roster.electors if standing(state(), (e.id, RUTTE), as_of).stance == "supports"
    }
    assert supporters == {"us", "gb", "fr", "de"}


def test_the_other_27_of_31_hold_out_on_the_day_after() -> None:
    as_of = parse_end("2024-02-23")
    names = [row.elector for row in holdouts(state(), RUTTE, as_of=as_of)]
    assert len(state().roster.present(as_of)) == 31 and len(names) == 27
    assert "nl" in names and "se" not in names
