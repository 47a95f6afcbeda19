"""Counts: numbers of supporters told by the press, beside what evidence that names electors adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.alerts import seats_for
from tracker.clock import iso
from tracker.events import EventId, SupportCounted
from tracker.projection import DEFAULT_POLICY, ContestState, Held, Policy, standing
from tracker.stances import ElectorId, Stance

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTold:
    """A number of supporters told by the press, beside what evidence that names electors added up to then.

    named      electors present that backed the candidate by evidence that names them
    only       those that this count alone has among the supporters: nothing is known of them, or a lean
    contested  those that it has among the supporters and that evidence puts elsewhere
    disagrees  ids of other counts told that day of another number
    """

    report: Held[SupportCounted]
    named: tuple[ElectorId, ...]
    only: tuple[ElectorId, ...] = ()
    contested: tuple[ElectorId, ...] = ()
    disagrees: tuple[EventId, ...] = ()

    @property
    def gap(self) -> int:
        """How many more were told than are named; below zero: fewer."""
        told, named = self.report.event, len(self.named)
        if told.high is not None and named > told.high:
            return told.high - named
        return max(told.low - named, 0)

    @property
    def reconciled(self) -> bool:
        """Whether the named ones, with those by this count only, are as many as were told."""
        told, found = self.report.event, len(self.named) + len(self.only)
        return told.low <= found and (told.high is None or found <= told.high)


def told(state: ContestState, *, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> tuple[CountTold, ...]:
    """Numbers of supporters told by then and not retracted, newest first, each beside the named evidence."""
    counts = [h for h in state.counts if h.event.occurred_at <= as_of and not state.retracted(h.id)]
    return tuple(_beside(state, held, counts, policy) for held in reversed(counts))


def _beside(
    state: ContestState, count: Held[SupportCounted], told: Sequence[Held[SupportCounted]], policy: Policy
) -> CountTold:
    event = count.event
    at, candidate = event.occurred_at, event.candidate
    seats = seats_for(state, candidate, at, policy)
    implied = {
        elector
        for held in state.implied
        if held.event.count == count.id and not state.retracted(held.id)
        for elector in held.event.electors
    }
    named = tuple(seat.elector for seat in seats if seat.backs)
    own = {seat.elector: standing(state, (seat.elector, candidate), at, policy) for seat in seats}
    others = [seat.elector for seat in seats if seat.elector in implied and seat.elector not in named]
    only = tuple(e for e in others if own[e].silence or own[e].stance in (None, Stance.LEANS_SUPPORT))
    return CountTold(
        report=count,
        named=named,
        only=only,
        contested=tuple(elector for elector in others if elector not in only),
        disagrees=tuple(
            held.id
            for held in told
            if held.event.candidate == candidate
            and held.event.occurred_at.date() == at.date()
            and not (
                held.event.low <= (event.high or held.event.low)
                and event.low <= (held.event.high or event.low)
            )
        ),
    )


def counts_json(value: tuple[CountTold, ...]) -> list[Json]:
    """The contract of `tracker counts --format json`."""
    return [
        {
            "id": told.report.id,
            "at": iso(told.report.event.occurred_at),
            "candidate": told.report.event.candidate,
            "low": told.report.event.low,
            "high": told.report.event.high,
            "of": told.report.event.of,
            "named": len(told.named),
            "gap": told.gap,
            "reconciled": told.reconciled,
            "by_count_only": list(told.only),
            "contested": list(told.contested),
            "disagrees": list(told.disagrees),
            "approximate": told.report.event.approximate,
            "beside": list(told.report.event.beside),
            "holdouts": list(told.report.event.holdouts),
            "certainty": told.report.event.certainty.value,
            "speaker": told.report.event.speaker or None,
            "evidence": told.report.event.evidence.text,
            "outlet": told.report.event.source.outlet,
            "url": told.report.event.source.url or None,
        }
        for told in value
    ]
