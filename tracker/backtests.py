"""Backtests: the changes that a replay found, beside those that were to come out.

A found change answers an expected one when elector, candidate and new stance agree and it came within the
window of the expected date; each is used once, the nearest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from tracker.clock import iso
from tracker.stances import CandidateId, ElectorId, Stance

Json = dict[str, Any]
Pair = tuple[ElectorId, CandidateId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one standing.

    at      UTC; when it was told (found) or happened (expected)
    window  how far a found change may lie from an expected one; of a found one without meaning
    """

    elector: ElectorId
    candidate: CandidateId
    to: Stance | None
    at: datetime
    window: timedelta = timedelta(days=3)

    @property
    def pair(self) -> Pair:
        return self.elector, self.candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One standing expected at the end of a day."""

    elector: ElectorId
    candidate: CandidateId
    stance: Stance | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What was to come out of a race: changes by date, and standings at some moments."""

    contest: str
    changes: tuple[Change, ...]
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """How the found changes stand beside the expected ones.

    matched       expected and found, in pairs, by expected date
    missed        expected and not found
    false_flips   found where the pair, by what was expected of it, had another sign then, or was unknown yet
    extra         other changes that were not expected: the right sign at another moment, another shade, or a
                  pair of which nothing was expected
    wrong         checkpoints with the stance that was found
    """

    matched: tuple[tuple[Change, Change], ...]
    missed: tuple[Change, ...]
    false_flips: tuple[Change, ...]
    extra: tuple[Change, ...]
    checkpoints: int = 0
    wrong: tuple[tuple[Checkpoint, Stance | None], ...] = ()

    @property
    def precision(self) -> float | None:
        """Share of the found changes that were expected; `None` when none was found."""
        found = len(self.matched) + len(self.false_flips) + len(self.extra)
        return len(self.matched) / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of the expected changes that were found; `None` when none was expected."""
        expected = len(self.matched) + len(self.missed)
        return len(self.matched) / expected if expected else None

    @property
    def lead_hours(self) -> tuple[float, ...]:
        """For each match, the hours by which it was found before the expected time (negative: after it)."""
        return tuple((wanted.at - found.at).total_seconds() / 3600 for wanted, found in self.matched)


def compared(
    expected: Sequence[Change],
    found: Sequence[Change],
    checkpoints: Iterable[tuple[Checkpoint, Stance | None]] = (),
) -> Backtest:
    """The comparison; `checkpoints` come with the stance that was found at each."""
    candidates = sorted(
        (abs(wanted.at - got.at), e, f)
        for e, wanted in enumerate(expected)
        for f, got in enumerate(found)
        if wanted.pair == got.pair and wanted.to is got.to and abs(wanted.at - got.at) <= wanted.window
    )
    answer: dict[int, int] = {}
    used: set[int] = set()
    for _, e, f in candidates:
        if e not in answer and f not in used:
            answer[e] = f
            used.add(f)
    left = [got for f, got in enumerate(found) if f not in used]
    told = {wanted.pair for wanted in expected}
    flips = tuple(got for got in left if got.pair in told and _sign(got.to) != _expected_sign(expected, got))
    looked_at = list(checkpoints)
    matched = sorted(((expected[e], found[f]) for e, f in answer.items()), key=lambda both: both[0].at)
    return Backtest(
        matched=tuple(matched),
        missed=tuple(wanted for e, wanted in enumerate(expected) if e not in answer),
        false_flips=flips,
        extra=tuple(got for got in left if got not in flips),
        checkpoints=len(looked_at),
        wrong=tuple((point, stance) for point, stance in looked_at if point.stance is not stance),
    )


def _sign(stance: Stance | None) -> int | None:
    return None if stance is None else stance.polarity


def _expected_sign(expected: Sequence[Change], found: Change) -> int | None:
    before = [
        wanted for wanted in expected if wanted.pair == found.pair and wanted.at <= found.at + wanted.window
    ]
    return _sign(max(before, key=lambda wanted: wanted.at).to) if before else None


def backtest_json(value: Backtest) -> Json:
    """The contract of `tracker backtest --format json`."""
    lead = value.lead_hours
    return {
        "expected": len(value.matched) + len(value.missed),
        "found": len(value.matched) + len(value.false_flips) + len(value.extra),
        "matched": len(value.matched),
        "precision": _rounded(value.precision),
        "recall": _rounded(value.recall),
        "false_flips": [_change(change) for change in value.false_flips],
        "missed": [_change(change) for change in value.missed],
        "extra": [_change(change) for change in value.extra],
        "lead_hours": {
            "median": _rounded(median(lead) if lead else None),
            "latest": _rounded(min(lead, default=None)),
            "earliest": _rounded(max(lead, default=None)),
        },
        "changes": [
            {**_change(wanted), "found_at": iso(got.at), "lead_hours": _rounded(hours)}
            for (wanted, got), hours in zip(value.matched, lead, strict=True)
        ],
        "checkpoints": {
            "standings": value.checkpoints,
            "wrong": [
                {
                    "as_of": iso(point.as_of),
                    "elector": point.elector,
                    "candidate": point.candidate,
                    "expected": _word(point.stance),
                    "found": _word(stance),
                }
                for point, stance in value.wrong
            ],
        },
    }


def _change(change: Change) -> Json:
    return {
        "at": iso(change.at), "elector": change.elector, "candidate": change.candidate, "to": _word(change.to)
    }  # fmt: skip


def _word(stance: Stance | None) -> str:
    return "unknown" if stance is None else stance.value


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
