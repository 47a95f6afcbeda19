"""Ways out: what a contest adds up to as flat rows, in the shapes that other tools and fields know.

Each kind of export is a function from a contest's state to rows (name -> value; times ISO 8601 in UTC), and
its columns are fixed, so that a file of no rows has its header too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tracker.clock import iso, sortable
from tracker.events import StanceReported, StoredEvent
from tracker.log.codec import fields_of
from tracker.projection import ContestState, Held, Pair, Policy, standings
from tracker.projection.course import Turn, course
from tracker.queries import display_name
from tracker.stances import Stance

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Code:
    """How other codings of political events name a stance.

    cameo      CAMEO 1.1b3 (Schrodt 2012); Goldstein (1992), as CAMEO's own table gives it
    plover     PLOVER's event type; empty where it has none (comments are no events there)
    """

    cameo: str
    cameo_name: str
    goldstein: float
    plover: str


CODES: Mapping[Stance, Code] = MappingProxyType(
    {
        Stance.SUPPORTS: Code("051", "Praise or endorse", 3.4, "SUPPORT"),
        Stance.LEANS_SUPPORT: Code("013", "Make optimistic comment", 0.4, ""),
        Stance.UNDECIDED: Code("011", "Decline comment", -0.1, ""),
        Stance.LEANS_OPPOSE: Code("012", "Make pessimistic comment", -0.4, ""),
        Stance.OPPOSES: Code("111", "Criticize or denounce", -2.0, "ACCUSE"),
    }
)

STANDINGS = (
    "contest", "elector", "elector_name", "member", "candidate", "candidate_name", "stance", "certainty",
    "since", "disputed", "silence", "reports", "origins", "speaker", "outlet", "url", "sentence",
)  # fmt: skip
TURNS = (
    "contest", "elector", "elector_name", "candidate", "candidate_name", "at", "from", "to", "certainty",
    "disputed", "speaker", "outlet", "url", "sentence", "report",
)  # fmt: skip
# The columns of FiveThirtyEight's endorsements-2020.csv, in its order.
ENDORSEMENTS = (
    "date", "position", "city", "state", "endorser", "endorsee", "endorser party", "source", "order",
    "category", "body", "district", "points",
)  # fmt: skip
CAMEO = (
    "event_id", "date", "source_actor", "source_name", "target_actor", "target_name", "cameo_code",
    "cameo_root", "cameo_name", "goldstein", "plover_type", "stance", "certainty", "contest", "outlet",
    "url", "sentence",
)  # fmt: skip
CODEBOOK = ("stance", "cameo_code", "cameo_root", "cameo_name", "goldstein", "plover_type")
EVENTS = (
    "seq", "id", "kind", "version", "recorded_at", "occurred_at", "precision", "contest", "elector",
    "candidate", "stance", "certainty", "item", "producer", "data", "prev_hash", "hash",
)  # fmt: skip


def standing_rows(state: ContestState, as_of: datetime, policy: Policy) -> Iterator[Row]:
    """A row for each elector and candidate of the roster, unknown standings included, in its order."""
    held = standings(state, as_of, policy)
    for elector in state.roster.electors:
        for candidate in state.roster.candidates:
            found = held.get((elector.id, candidate.id))
            row: Row = {
                "contest": state.roster.id,
                "elector": elector.id,
                "elector_name": display_name(elector),
                "member": elector.present(as_of),
                "candidate": candidate.id,
                "candidate_name": candidate.name,
                "stance": "unknown",
            }
            if found is not None:
                row |= {
                    "stance": _word(found.stance),
                    "certainty": None if found.certainty is None else found.certainty.value,
                    "since": None if found.since is None else iso(found.since),
                    "disputed": found.disputed,
                    "silence": found.silence,
                    "reports": found.reports,
                    "origins": found.origins,
                    **_evidence(found.carried_by),
                }
            yield {name: row.get(name) for name in STANDINGS}


def matrix_fields(state: ContestState) -> tuple[str, ...]:
    """The columns of `matrix_rows`: a column for each candidate."""
    return ("elector", "name", "member", *(candidate.id for candidate in state.roster.candidates))


def matrix_rows(state: ContestState, as_of: datetime, policy: Policy) -> Iterator[Row]:
    """A row for each elector, a column for each candidate, the stance in each cell: for a spreadsheet."""
    held = standings(state, as_of, policy)
    for elector in state.roster.electors:
        row: Row = {
            "elector": elector.id, "name": display_name(elector), "member": elector.present(as_of)
        }  # fmt: skip
        for candidate in state.roster.candidates:
            found = held.get((elector.id, candidate.id))
            row[candidate.id] = _word(None if found is None else found.stance)
        yield row


def turn_rows(state: ContestState, as_of: datetime, policy: Policy) -> Iterator[Row]:
    """A row for each change of a standing up to a moment, oldest first, with the report that carries it.

    A report more for what is known already is no change: forty copies of a wire are one row.
    """
    for pair, was, turn in _changes(state, as_of, policy):
        row: Row = {
            "contest": state.roster.id,
            "elector": pair[0],
            "elector_name": _elector(state, pair[0]),
            "candidate": pair[1],
            "candidate_name": _candidate(state, pair[1]),
            "at": iso(turn.at),
            "from": _word(was),
            "to": _word(turn.stance),
            "certainty": None if turn.certainty is None else turn.certainty.value,
            "disputed": turn.disputed,
            "report": turn.carried_by,
            **_evidence(_carrier(state, pair, turn)),
        }
        yield {name: row.get(name) for name in TURNS}


def endorsement_rows(state: ContestState, as_of: datetime, policy: Policy) -> Iterator[Row]:
    """A row for each time an elector came to support a candidate, in the columns of FiveThirtyEight's file.

    `points` is the elector's weight; `order` counts the candidate's endorsements from 1; `position` is the
    office of a person, else the kind of elector; `city` and `district` are empty.
    """
    order: dict[str, int] = {}
    for pair, _, turn in _changes(state, as_of, policy):
        if turn.stance is not Stance.SUPPORTS:
            continue
        elector = state.roster.elector(pair[0])
        carrier = _carrier(state, pair, turn)
        order[pair[1]] = order.get(pair[1], 0) + 1
        row: Row = {
            "date": f"{turn.at:%Y-%m-%d}",
            "position": "" if elector is None else elector.office or elector.kind.value,
            "state": "" if elector is None or elector.kind.value != "state" else elector.id.upper(),
            "endorser": _elector(state, pair[0]),
            "endorsee": _candidate(state, pair[1]),
            "endorser party": "" if elector is None else elector.affiliation,
            "source": "" if carrier is None else carrier.event.source.url,
            "order": order[pair[1]],
            "category": "" if elector is None else elector.kind.value,
            "body": state.roster.body.name,
            "points": 0 if elector is None else elector.weight,
        }
        yield {name: row.get(name, "") for name in ENDORSEMENTS}


def cameo_rows(state: ContestState, as_of: datetime, policy: Policy) -> Iterator[Row]:
    """A row for each change of a standing, coded as event data code it (docs/codebook.md).

    The elector acts and the candidate is acted on. A standing that went back to unknown is no act.
    """
    for pair, _, turn in _changes(state, as_of, policy):
        if turn.stance is None:
            continue
        code = CODES[turn.stance]
        row: Row = {
            "event_id": turn.carried_by,
            "date": f"{turn.at:%Y-%m-%d}",
            "source_actor": pair[0],
            "source_name": _elector(state, pair[0]),
            "target_actor": pair[1],
            "target_name": _candidate(state, pair[1]),
            **_coded(code),
            "stance": turn.stance.value,
            "certainty": None if turn.certainty is None else turn.certainty.value,
            "contest": state.roster.id,
            **_evidence(_carrier(state, pair, turn)),
        }
        yield {name: row.get(name) for name in CAMEO}


def codebook_rows() -> Iterator[Row]:
    """How each stance is coded."""
    for stance, code in CODES.items():
        yield {"stance": stance.value, **_coded(code)}


def cloud_event(stored: StoredEvent) -> Row:
    """One event of the log as CloudEvents 1.0 has it, in JSON, with its extension `sequence`."""
    fields = fields_of(stored)
    about = "/".join(str(fields[name]) for name in ("elector", "candidate") if fields[name] is not None)
    return {
        "specversion": "1.0",
        "id": stored.id,
        "source": f"/contests/{stored.event.contest}",
        "type": f"tracker.{fields['kind']}.v{fields['version']}",
        "time": sortable(stored.recorded_at),
        **({"subject": about} if about else {}),
        "sequence": f"{stored.seq:020}",
        "datacontenttype": "application/json",
        "data": {name: value for name, value in fields.items() if name not in ("id", "recorded_at")},
    }


Rows = Callable[[ContestState, datetime, Policy], Iterator[Row]]
# What can be exported of a contest; the columns of a matrix depend on the contest.
KINDS: Mapping[str, tuple[Sequence[str], Rows]] = MappingProxyType(
    {
        "standings": (STANDINGS, standing_rows),
        "matrix": ((), matrix_rows),
        "turns": (TURNS, turn_rows),
        "endorsements": (ENDORSEMENTS, endorsement_rows),
        "cameo": (CAMEO, cameo_rows),
    }
)


def _changes(state: ContestState, as_of: datetime, policy: Policy) -> list[tuple[Pair, Stance | None, Turn]]:
    """Each turn at which a stance changed, with the stance before it; by time, then in roster order."""
    found: list[tuple[Pair, Stance | None, Turn]] = []
    for pair in state.reports:
        was: Stance | None = None
        for turn in course(state, pair, policy).turns:
            if turn.at <= as_of and turn.stance is not was:
                found.append((pair, was, turn))
                was = turn.stance
    place = {elector.id: n for n, elector in enumerate(state.roster.electors)}
    found.sort(key=lambda one: (one[2].at, place.get(one[0][0], len(place)), one[0]))
    return found


def _carrier(state: ContestState, pair: Pair, turn: Turn) -> Held[StanceReported] | None:
    return next((held for held in state.reports.get(pair, ()) if held.id == turn.carried_by), None)


def _evidence(held: Held[StanceReported] | None) -> Row:
    if held is None:
        return {}
    event = held.event
    return {
        "speaker": event.speaker,
        "outlet": event.source.outlet,
        "url": event.source.url,
        "sentence": event.evidence.sentence,
    }


def _coded(code: Code) -> Row:
    return {
        "cameo_code": code.cameo,
        "cameo_root": code.cameo[:2],
        "cameo_name": code.cameo_name,
        "goldstein": code.goldstein,
        "plover_type": code.plover,
    }


def _word(stance: Stance | None) -> str:
    return "unknown" if stance is None else stance.value


def _elector(state: ContestState, elector: str) -> str:
    found = state.roster.elector(elector)
    return elector if found is None else display_name(found)


def _candidate(state: ContestState, candidate: str) -> str:
    found = state.roster.candidate(candidate)
    return candidate if found is None else found.name
