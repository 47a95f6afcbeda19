"""The answers about standings as a reader sees them, made from the JSON that scripts get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracker.cli.stances import shown
from tracker.cli.tables import Cell, Column, clean

Json = Mapping[str, Any]

# Electors are listed by how far they are from backing the leader: the holdouts are the question.
_ORDER = ("opposes", "leans_oppose", "undecided", "unknown", "leans_support", "supports")
_MISSING_SHOWN = 8
STATUS_FIELDS = (
    "contest", "as_of", "elector", "name", "member", "candidate", "stance", "certainty", "since", "disputed",
    "reports", "origins",
)  # fmt: skip
HOLDOUT_FIELDS = (
    "elector", "stance", "since", "certainty", "last_at", "last_outlet", "last_evidence", "last_url",
)  # fmt: skip


def number(value: float) -> str:
    """28.0 as "28"; a weight of 0.5 as it is."""
    return f"{value:g}"


def day(moment: str | None) -> str:
    """The day of an ISO moment; empty for none."""
    return (moment or "")[:10]


def and_more(names: Sequence[str], most: int = _MISSING_SHOWN) -> str:
    """ "Hungary, Romania and 7 more"."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def position(name: str, rule: Json, electors: Mapping[str, str]) -> str:
    """ "Mark Rutte: 28 of 32; missing: Hungary, Romania, Slovakia, Turkey"."""
    if rule["needed"] is None:
        return f"{name}: {number(rule['have'])} in support"
    told = f"{name}: {number(rule['have'])} of {number(rule['needed'])}"
    if rule["met"]:
        return f"{told}: enough"
    missing = [electors.get(elector, elector) for elector in rule["missing"]]
    return f"{told}; missing: {and_more(missing)}" if missing else told


def headline(status: Json) -> str:
    """The answer in one sentence."""
    electors = {elector["id"]: elector["name"] for elector in status["electors"]}
    made, told = status["decided"], status["proposed"]
    names = {candidate["id"]: candidate["name"] for candidate in status["candidates"]}
    if made is not None:
        return clean(f"Decided on {day(made['at'])}: {names[made['candidate']]}; {_when(status)}")
    if told is not None:
        chosen = f"{names[told['candidate']]} is told to be chosen, not confirmed"
        return f"{clean(chosen)}. {_standing(status, electors, names)}"
    return _standing(status, electors, names)


def _when(status: Json) -> str:
    when = f"as of {status['as_of'][:16].replace('T', ' ')} UTC"
    if status["known_at"] is not None:
        when += f", known at {status['known_at'][:16].replace('T', ' ')} UTC"
    return when


def _standing(status: Json, electors: Mapping[str, str], names: Mapping[str, str]) -> str:
    when = _when(status)
    if status["leader"] is None:
        backers = Counter(
            standing["candidate"]
            for elector in status["electors"]
            for standing in elector["standings"]
            if elector["member"] and standing["stance"] == "supports"
        )
        told = ", ".join(f"{names[candidate]} {count}" for candidate, count in backers.most_common())
        members = sum(elector["member"] for elector in status["electors"])
        told = f"{told} of {members}" if told else "nobody has a supporter yet"
        return clean(f"No leader in {status['contest']}: {told}; {when}")
    return clean(f"{position(names[status['leader']], status['rule'], electors)}; {when}")


def candidates_shown(status: Json) -> list[str]:
    """Who gets a column: the leader, then those declared or that anybody has a view on."""
    viewed = {
        standing["candidate"]
        for elector in status["electors"]
        for standing in elector["standings"]
        if standing["stance"] != "unknown"
    }
    shown_ = [
        candidate["id"]
        for candidate in status["candidates"]
        if candidate["id"] in viewed or candidate["status"] == "declared"
    ]
    leader = status["leader"]
    return sorted(shown_, key=lambda candidate: candidate != leader)


def status_columns(status: Json, chosen: Sequence[str]) -> list[Column]:
    """A column a candidate; with one of them, what its standing rests on too."""
    names = {candidate["id"]: candidate["name"] for candidate in status["candidates"]}
    columns = [Column(title="ELECTOR", shrinks=True)]
    for n, candidate in enumerate(chosen):
        # On a narrow terminal the leader's column stays; the others go, the last one first.
        columns.append(Column(title=clean(names[candidate]).upper(), drops=n and n + 2))
        if n == 0:
            columns += [Column(title="CERTAINTY", drops=2), Column(title="SINCE", drops=1)]
    return columns


def status_rows(status: Json, chosen: Sequence[str]) -> list[tuple[str | Cell, ...]]:
    """A row a member: those furthest from the first candidate first, then in roster order."""
    rows = []
    for elector in status["electors"]:
        if not elector["member"]:
            continue
        standings = {standing["candidate"]: standing for standing in elector["standings"]}
        first = standings.get(chosen[0]) if chosen else None
        row: list[str | Cell] = [elector["name"]]
        for n, candidate in enumerate(chosen):
            standing = standings.get(candidate)
            row.append(_cell(standing))
            if n == 0:
                row += [(standing and standing["certainty"]) or "", day(standing and standing["since"])]
        rows.append((_ORDER.index(first["stance"] if first else "unknown"), tuple(row)))
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def _cell(standing: Json | None) -> Cell:
    if standing is None:
        return shown(None)
    return shown(standing["stance"], mark=" (disputed)" if standing["disputed"] else "")


def status_records(status: Json) -> Iterator[dict[str, Any]]:
    """A flat record for each elector and candidate."""
    for elector in status["electors"]:
        for standing in elector["standings"]:
            yield {
                "contest": status["contest"],
                "as_of": status["as_of"],
                "elector": elector["id"],
                "name": elector["name"],
                "member": elector["member"],
                **standing,
            }


def holdout_record(record: Json) -> dict[str, Any]:
    """A holdout as one flat record, for csv."""
    last = record["last_report"] or {}
    return {**record, **{f"last_{key}": last.get(key) for key in ("at", "outlet", "evidence", "url")}}


def last_word(report: Json | None) -> str:
    """The latest report on an elector in a line; empty for none."""
    return "" if report is None else f"{day(report['at'])} {report['outlet']}: {report['evidence']}"


def counted(count: Json) -> str:
    """ "28 of 32", "about 16", "more than 20"."""
    low, high = count["low"], count["high"]
    told = f"{low}" if high == low else f"{low} or more" if high is None else f"{low} to {high}"
    return ("about " if count["approximate"] else "") + told + (f" of {count['of']}" if count["of"] else "")
