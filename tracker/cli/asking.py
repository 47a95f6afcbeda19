"""Questions about standings: who stands where, who holds out, why, and what changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from tracker.cli import names, reasons, standings
from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import line, print_csv, print_json, print_lines, say, show, width_of_terminal
from tracker.cli.stances import shown
from tracker.cli.tables import Column, clean
from tracker.cli.verbs import ASKING, Moment, Verb

if TYPE_CHECKING:
    from tracker.projection import ContestState
    from tracker.stances import CandidateId, ElectorId


@click.command(cls=Verb, shares=ASKING, epilog="Example: tracker status --as-of 2024-06-18 --format json")
@called
def status(call: Call) -> None:
    """Who stands where toward each candidate, and who is missing.

    The sentence on top tells of the leader: how many back it, how many it takes, who is missing. Below, a row
    for each elector with a vote that day, those furthest from backing the leader first.
    """
    from tracker import queries

    store = call.store(weigh=True)
    state = call.contest_state(store, standings_only=True)
    value = queries.status_json(
        queries.status(
            state, as_of=call.as_of, head=call.head(store), known_at=call.known_at, policy=call.policy
        )
    )
    chosen = standings.candidates_shown(value)
    show(
        call.format,
        value=value,
        fields=standings.STATUS_FIELDS,
        records=standings.status_records(value),
        columns=standings.status_columns(value, chosen),
        rows=standings.status_rows(value, chosen),
        heading=standings.headline(value),
        empty="No elector has a vote at that date.",
    )
    if call.format == "table" and call.known_at is None:
        from tracker.cli import rereading

        if told := rereading.hint(call, store, state.roster):
            say(told)


@click.command(
    cls=Verb,
    shares=ASKING,
    epilog="Example: tracker holdouts --candidate mark-rutte --as-of 2024-06-18 --exit-code",
)
@click.option("--candidate", metavar="CANDIDATE", help="For this candidate (by default the leader).")
@click.option("--exit-code", is_flag=True, help="End with 1 while any remain.")
@called
def holdouts(call: Call, *, candidate: str | None, exit_code: bool) -> int:
    """The electors a candidate still lacks.

    A holdout has a vote at that date and does not support the candidate: it opposes, leans, is undecided, or
    nothing is known of it.
    """
    from tracker import queries

    state = call.contest_state(call.store(weigh=True), standings_only=True)
    chosen = _candidate(call, state, candidate)
    found = queries.holdouts(state, chosen, as_of=call.as_of, policy=call.policy)
    value = queries.holdouts_json(found)
    members = len(state.roster.present(call.as_of))
    position = f"of {members}, as of {_minute(call.as_of)}"
    show(
        call.format,
        value=value,
        fields=standings.HOLDOUT_FIELDS,
        records=value if call.format == "ndjson" else [standings.holdout_record(record) for record in value],
        columns=(
            Column(title="ELECTOR", shrinks=True),
            Column(title="STANCE"),
            Column(title="SINCE"),
            Column(title="CERTAINTY"),
            Column(title="LAST WORD", shrinks=True),
        ),
        rows=[
            (
                row.name,
                shown(row.standing.stance, mark=" (disputed)" if row.standing.disputed else ""),
                standings.day(record["since"]),
                record["certainty"] or "",
                standings.last_word(record["last_report"]),
            )
            for row, record in zip(found, value, strict=True)
        ],
        heading=f"{_name(state, chosen)} lacks {len(found)} {position}" if found else "",
        empty=f"{_name(state, chosen)} lacks nobody {position}",
    )
    return Exit.NO if exit_code and found else Exit.OK


@click.command(cls=Verb, shares=ASKING, epilog="Example: tracker why hu --as-of 2024-06-18")
@click.argument("elector")
@click.option("--candidate", metavar="CANDIDATE", help="Toward this candidate (by default the leader).")
@called
def why(call: Call, *, elector: str, candidate: str | None) -> None:
    """What an elector's standing rests on, word for word.

    A tree: the standing; how its certainty grew; the report that carries it, those that say the same, and
    those that lost, each with the reason, the sentence, who is cited, which rule read it, where, when it
    happened and when the log came to know it; and what people corrected. Reports of one origin number are
    one source. ELECTOR is an id or a name.
    """
    from tracker import queries
    from tracker.store import LogFilter

    store = call.store()
    state = call.contest_state(store)
    who = names.elector_id([state.roster], elector)
    chosen = _candidate(call, state, candidate, about=who)
    wanted = LogFilter(contest=state.roster.id, elector=who, recorded_until=call.known_at)
    known = {stored.id: stored.recorded_at for stored in store.log.find(wanted)}
    found = queries.why(state, who, chosen, as_of=call.as_of, policy=call.policy, known=known)
    value = queries.why_json(found)
    match call.format:
        case "json":
            print_json(value)
        case "ndjson":
            print_lines(value["reports"])
        case "csv":
            print_csv(
                ("id", "at", "known_at", "stance", "certainty", "time", "voice", "origin", "outcome",
                 "weight", "why", "speaker", "evidence", "outlet", "url", "rule"),
                value["reports"],
            )  # fmt: skip
        case _:
            title = f"{found.elector_name} toward {found.candidate_name}, as of {_minute(call.as_of)}"
            for text in reasons.why_lines(value, title=title, columns_wide=width_of_terminal()):
                line(text)


@click.command(cls=Verb, shares=ASKING, epilog="Example: tracker diff --from 2024-06-17 --to 2024-06-20")
@click.option("--from", "start", type=Moment(), metavar="DATE", required=True, help="The earlier moment.")
@click.option(
    "--to", "end", type=Moment(), metavar="DATE", help="The later one (by default --as-of, else now)."
)
@called
def diff(call: Call, *, start: datetime, end: datetime | None) -> None:
    """What changed between two dates.

    Standings whose stance, certainty or dispute is not what it was, by today's knowledge, or by what the log
    held at `--known-at`. A bare date means its end, so `--from 2024-06-17` begins with the 18th.
    """
    from tracker import queries

    end = end or call.as_of
    if end < start:
        raise click.UsageError(f"--to ({_minute(end)}) is before --from ({_minute(start)})")
    state = call.contest_state(call.store())
    found = queries.diff(state, state, start=start, end=end, policy=call.policy)
    value = queries.diff_json(found)
    flat = [
        {
            "elector": record["elector"],
            "candidate": record["candidate"],
            **{f"from_{key}": record["from"][key] for key in ("stance", "certainty", "disputed")},
            **{f"to_{key}": record["to"][key] for key in ("stance", "certainty", "disputed", "since")},
        }
        for record in value
    ]
    show(
        call.format,
        value=value,
        fields=list(flat[0]) if flat else ("elector", "candidate", "from_stance", "to_stance"),
        records=value if call.format == "ndjson" else flat,
        columns=(
            Column(title="ELECTOR", shrinks=True),
            Column(title="TOWARD", shrinks=True),
            Column(title="FROM"),
            Column(title="TO"),
            Column(title="CERTAINTY"),
            Column(title="SINCE"),
        ),
        rows=[
            (
                _elector(state, change.elector),
                _name(state, change.candidate),
                shown(change.was.stance, mark=" (disputed)" if change.was.disputed else ""),
                shown(change.now.stance, mark=" (disputed)" if change.now.disputed else ""),
                change.now.certainty or "",
                "" if change.now.since is None else f"{change.now.since:%Y-%m-%d}",
            )
            for change in found
        ],
        empty=f"Nothing changed between {_minute(start)} and {_minute(end)}.",
    )


@click.command(cls=Verb, shares=ASKING, epilog="Example: tracker counts --as-of 2024-05-01")
@click.option("--candidate", metavar="CANDIDATE", help="Only of this candidate.")
@called
def counts(call: Call, *, candidate: str | None) -> None:
    """Numbers of supporters told without all their names.

    "28 of 32", "about 16 others": newest first, each beside how many backed the candidate that day by
    evidence that names them (NAMED), how many more were told (GAP), and who is among the supporters by that
    count alone, since it names all that are missing (ONLY COUNTED). A number without names moves nobody's
    standing; what it has against the evidence, or against another count of the day, is marked.
    """
    from tracker import counts as told_counts

    state = call.contest_state(call.store())
    chosen = None if candidate is None else names.candidate_id([state.roster], candidate)
    found = [
        record
        for record in told_counts.counts_json(told_counts.told(state, as_of=call.as_of, policy=call.policy))
        if chosen in (None, record["candidate"])
    ]
    show(
        call.format,
        value=found,
        fields=list(found[0]) if found else ("id", "at", "candidate", "low", "high", "of"),
        records=found,
        columns=(
            Column(title="DATE"),
            Column(title="CANDIDATE", shrinks=True),
            Column(title="NUMBER"),
            Column(title="NAMED", right=True),
            Column(title="GAP", right=True),
            Column(title="ONLY COUNTED", shrinks=True, drops=2),
            Column(title="BESIDE", shrinks=True, drops=1),
            Column(title="MISSING", shrinks=True),
            Column(title="CERTAINTY"),
            Column(title="OUTLET", shrinks=True),
            Column(title="WORDS", shrinks=True),
        ),
        rows=[
            (
                standings.day(record["at"]),
                _name(state, record["candidate"]),
                standings.counted(record) + (" (others differ)" if record["disagrees"] else ""),
                str(record["named"]),
                f"{record['gap']:+d}" if record["gap"] else "",
                " ".join([*record["by_count_only"], *(f"({elector})" for elector in record["contested"])]),
                " ".join(record["beside"]),
                " ".join(record["holdouts"]),
                record["certainty"],
                record["outlet"],
                record["evidence"],
            )
            for record in found
        ],
        empty="No number was told.",
    )


def _candidate(
    call: Call, state: ContestState, asked: str | None, *, about: ElectorId | None = None
) -> CandidateId:
    """The candidate asked about: the one named, else the leader, else the only one there is a word on.

    Raises UnknownName; UsageError when the choice is open.
    """
    from tracker import queries

    if asked is not None:
        return names.candidate_id([state.roster], asked)
    leader = queries.leading(state, as_of=call.as_of, policy=call.policy)
    if leader is not None:
        return leader
    told = {candidate for elector, candidate in state.reports if about in (None, elector)}
    if len(told) == 1:
        return told.pop()
    known = ", ".join(candidate.id for candidate in state.roster.candidates)
    raise click.UsageError(
        f"nobody leads in {state.roster.id} as of {_minute(call.as_of)}; say whom with --candidate: {known}"
    )


def _name(state: ContestState, candidate: str) -> str:
    found = state.roster.candidate(candidate)
    return clean(found.name) if found is not None else candidate


def _elector(state: ContestState, elector: str) -> str:
    from tracker.queries import display_name

    found = state.roster.elector(elector)
    return display_name(found) if found is not None else elector


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
