"""How far a candidate is from the decision: what is missing, whose change would decide, who can block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from tracker.cli import names, standings
from tracker.cli.call import Call, called
from tracker.cli.output import line, print_csv, print_json, print_lines
from tracker.cli.tables import clean
from tracker.cli.verbs import ASKING, Verb

Json = Mapping[str, Any]
_FIELDS = (
    "candidate",
    "outcome",
    "needed",
    "have",
    "size",
    "number",
    "must",
    "sets",
    "can_block",
    "block_size",
)


@click.command(
    cls=Verb,
    shares=ASKING,
    epilog="Example: tracker path --candidate mark-rutte --as-of 2024-06-18",
)
@click.option("--candidate", metavar="CANDIDATE", help="Of this candidate (by default of each that runs).")
@called
def path(call: Call, *, candidate: str | None) -> None:
    """The shortest way to a decision: whose change would decide, and who can block.

    For each candidate: whether the rule is met, or would be if those that lean to it (or are counted among
    its supporters without a word of their own) came to it; the smallest sets of holdouts whose change would
    meet it; who alone can stop it, or how many together; and where a bloc speaks for its members.
    """
    from tracker import positions
    from tracker.clock import iso
    from tracker.contests import CandidateStatus
    from tracker.projection import candidate_status
    from tracker.queries import display_name

    state = call.contest_state(call.store(weigh=True), standings_only=True)
    if candidate is not None:
        chosen = [names.candidate_id([state.roster], candidate)]
    else:
        out = (CandidateStatus.WITHDRAWN, CandidateStatus.DECLINED)
        chosen = [
            c.id
            for c in state.roster.candidates
            if candidate_status(state, c, call.as_of, call.policy) not in out
        ]
    found = []
    for each in chosen:
        place = positions.positioned(state, each, call.as_of, call.policy)
        words = positions.bound(state, each, call.as_of, call.policy)
        found.append(
            {
                "candidate": each,
                **positions.answer_json(place.answer),
                "path": positions.path_json(place.path),
                "blocs": [positions.bound_json(word) for word in words],
            }
        )
    match call.format:
        case "json":
            print_json(
                {
                    "contest": state.roster.id,
                    "as_of": iso(call.as_of),
                    "known_at": None if call.known_at is None else iso(call.known_at),
                    "rule": state.roster.rule.kind,
                    "candidates": found,
                }
            )
        case "ndjson":
            print_lines(found)
        case "csv":
            print_csv(_FIELDS, ({**record, **record["path"]} for record in found))
        case _:
            called_ = {b.id: clean(b.name) for b in state.roster.blocs}
            called_ |= {str(e.id): clean(display_name(e)) for e in state.roster.electors}
            names_of = {str(c.id): clean(c.name) for c in state.roster.candidates}
            only_named = {
                str(c.id)
                for c in state.roster.candidates
                if candidate_status(state, c, call.as_of, call.policy) is CandidateStatus.MENTIONED
            }
            shown = [
                record
                for record in found
                if candidate is not None or record["have"] or record["candidate"] not in only_named
            ]
            for n, record in enumerate(shown):
                if n:
                    line()
                for text in _lines(record, names_of[record["candidate"]], called_):
                    line(text)
            alone = [names_of[record["candidate"]] for record in found if record not in shown]
            if shown and alone:
                line()
            if alone:
                line(f"Only named for it, and nobody is for them: {', '.join(alone)}.")
            if not found:
                line("Nobody runs.")


def _lines(record: Json, name: str, electors: Mapping[str, str]) -> Iterator[str]:
    """One candidate, for a reader."""
    yield f"{standings.position(name, record, electors)}"
    for part in record["parts"]:
        told = f"{standings.number(part['have'])} of {standings.number(part['needed'])}"
        yield f"    {part['stage']}. {clean(part['name'])}: {told}, {_outcome(part['outcome'])}"
    way = record["path"]
    if record["outcome"] == "projected":
        yield f"    projected: with {_named(record['toward'], electors)} it would be met"
    if record["blocking"]:
        yield f"    stopped by: {_named(record['blocking'], electors)}"
    if record["needed"] is None:
        yield "    nothing is decided by counting"
    elif way["size"] is None:
        yield "    no change of the electors known would decide"
    elif way["size"]:
        least = "" if way["complete"] else "at most "
        yield f"    {least}{way['size']} must change: {_ways(way, electors)}"
        if way["must"] and len(way["ways"]) > 1:
            yield f"    never without: {_named(way['must'], electors)}"
    if way["can_block"]:
        yield f"    can block alone: {_named(way['can_block'], electors)}"
    elif way["block_size"]:
        yield f"    can block: {way['block_size']} together"
    for word in record["blocs"]:
        yield f"    {_bloc(word, electors)}"


def _ways(way: Json, electors: Mapping[str, str]) -> str:
    told = [" and ".join(_pick(pick, electors) for pick in picks) for picks in way["ways"][:3]]
    more = len(way["ways"]) - len(told)
    return "; or ".join(told) + (f"; or in {more} other ways" if more else "")


def _pick(pick: Json, electors: Mapping[str, str]) -> str:
    if pick["number"] == len(pick["of"]):
        return _named(pick["of"], electors)
    return f"any {pick['number']} of {_named(pick['of'], electors)}"


def _bloc(word: Json, electors: Mapping[str, str]) -> str:
    elector, blocs = electors.get(word["elector"], word["elector"]), _named(word["blocs"], electors)
    if word["divided"]:
        return f"{elector}: its blocs are divided ({blocs})"
    if word["breaks"]:
        return f"{elector} breaks from {blocs}"
    if word["stance"] is None:
        return f"{elector} has spoken itself, beside {blocs}"
    return f"{elector} is bound by {blocs}: {word['stance'].replace('_', ' ')}"


def _outcome(outcome: str) -> str:
    return {"met": "met", "projected": "projected", "not": "not met"}[outcome]


def _named(ids: Sequence[str], electors: Mapping[str, str]) -> str:
    return standings.and_more([electors.get(each, each) for each in ids])
