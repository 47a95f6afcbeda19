"""The log as it is: its events, filtered, searched, followed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.output import line, print_csv, print_json, print_lines, print_table
from tracker.cli.stances import shown
from tracker.cli.tables import Column
from tracker.cli.verbs import ASKING, Moment, Verb

if TYPE_CHECKING:
    from tracker.events import StoredEvent

_FOLLOW_EVERY_S = 1.0
FIELDS = (
    "seq", "id", "kind", "version", "recorded_at", "occurred_at", "precision", "contest", "elector",
    "candidate", "stance", "certainty", "item", "producer", "data", "prev_hash", "hash",
)  # fmt: skip
_COLUMNS = (
    Column(title="SEQ", right=True, least=5),
    Column(title="DATE", least=10),
    Column(title="WHAT", least=9, drops=2),
    Column(title="WHO", least=4),
    Column(title="TOWARD", shrinks=True, least=14),
    Column(title="STANCE", least=15),
    Column(title="CERTAINTY", least=11, drops=3),
    Column(title="OUTLET", shrinks=True, least=16, drops=4),
    Column(title="WORDS", shrinks=True),
)
# What `--kind` and the table call each kind of event.
KINDS = {
    "contest": "contest_declared",
    "stance": "stance_reported",
    "count": "support_counted",
    "implied": "support_implied",
    "candidacy": "candidacy_reported",
    "round": "round_opened",
    "vote": "vote_recorded",
    "ballot": "ballot_counted",
    "retracted": "report_retracted",
    "reinstated": "report_reinstated",
    "confirmed": "report_confirmed",
    "decided": "contest_decided",
}
_SHORT = {kind: short for short, kind in KINDS.items()}


@click.command(
    cls=Verb,
    shares=ASKING,
    epilog="Example: tracker log --elector hu --since 2024-03-01 --format ndjson",
)
@click.option("--kind", "kinds", multiple=True, type=click.Choice([*KINDS, *KINDS.values()]),
              metavar="KIND", help=f"Only this kind, may be given again: {', '.join(KINDS)}.")  # fmt: skip
@click.option("--elector", metavar="ELECTOR", help="Only about this elector.")
@click.option("--candidate", metavar="CANDIDATE", help="Only about this candidate.")
@click.option(
    "--since", type=Moment(start=True), metavar="DATE", help="Only what happened on or after that day."
)
@click.option("--until", type=Moment(), metavar="DATE", help="Only what happened up to the end of that day.")
@click.option("--item", metavar="ID", help="Only what was read in this item.")
@click.option("--search", metavar="WORDS", default="",
              help='Only events whose evidence holds all these words ("in quotes": together).')  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last N.")
@click.option("--follow", is_flag=True, help="Then wait for more, until Ctrl-C.")
@called
def log(
    call: Call,
    *,
    kinds: tuple[str, ...],
    elector: str | None,
    candidate: str | None,
    since: datetime | None,
    until: datetime | None,
    item: str | None,
    search: str,
    limit: int | None,
    follow: bool,
) -> None:
    """The events, oldest first.

    An event is a fact the log keeps for ever: a stance, count or candidacy that was reported, with the words
    relied on, or a person's correction. DATE is when the stance was taken; `--known-at` asks for when the log
    learnt of it.
    """
    from tracker.store import LogFilter

    store = call.store()
    rosters = call.rosters(store)
    wanted = LogFilter(
        kinds=tuple(KINDS.get(kind, kind) for kind in kinds),
        contest=call.contest_id_given,
        elector=None if elector is None else names.elector_id(rosters, elector),
        candidate=None if candidate is None else names.candidate_id(rosters, candidate),
        item=item,
        occurred_since=since,
        occurred_until=min(filter(None, (until, call.as_of_given)), default=None),
        recorded_until=call.known_at,
        text=search,
    )
    found: Iterable[StoredEvent]
    if limit is None:
        found = store.log.find(wanted)
    else:
        found = reversed(list(store.log.find(wanted, newest_first=True, limit=limit)))
    if not follow:
        _print(call.format, found, first=True)
        return
    head = store.log.head().seq
    last = _print(call.format, found, first=True) or head
    while True:
        time.sleep(_FOLLOW_EVERY_S)
        last = _print(call.format, store.log.find(wanted, after=last), first=False) or last


def _print(format_: str, events: Iterable[StoredEvent], *, first: bool) -> int:
    """Print events as they come; the position of the last, 0 for none."""
    import sys

    from tracker.log.codec import fields_of

    last = 0

    def passing() -> Iterator[StoredEvent]:
        nonlocal last
        for stored in events:
            last = stored.seq
            yield stored

    match format_:
        case "json":
            print_json([fields_of(stored) for stored in passing()])
        case "ndjson":
            print_lines(fields_of(stored) for stored in passing())
        case "csv":
            print_csv(FIELDS, (fields_of(stored) for stored in passing()), header=first)
        case _:
            rows = [_row(stored) for stored in passing()]
            print_table(_COLUMNS, rows, header=first)
            if first and not rows:
                line("No event.")
    sys.stdout.flush()
    return last


def _row(stored: StoredEvent) -> tuple[Any, ...]:
    event = stored.event
    evidence = getattr(event, "evidence", None)
    source = getattr(event, "source", None)
    stance = getattr(event, "stance", None)
    return (
        str(stored.seq),
        f"{event.occurred_at:%Y-%m-%d}",
        _SHORT[event.kind],
        str(getattr(event, "elector", None) or getattr(event, "by", None) or ""),
        str(getattr(event, "candidate", None) or ""),
        shown(stance) if stance is not None else _told(event),
        str(getattr(event, "certainty", "")),
        source.outlet if source is not None else "",
        evidence.text if evidence is not None else getattr(event, "reason", getattr(event, "note", "")),
    )


def _told(event: Any) -> str:
    """What stands in the place of a stance for the other kinds."""
    match event.kind:
        case "support_counted":
            number = f"{event.low}" if event.high == event.low else f"{event.low}–{event.high or ''}"
            about = "about " if event.approximate else ""
            return f"{about}{number}" + (f" of {event.of}" if event.of else "")
        case "support_implied":
            return f"supports: all but {', '.join(event.holdouts)}"
        case "candidacy_reported":
            return str(event.step)
        case "round_opened":
            return f"round {event.round}"
        case "vote_recorded":
            return f"round {event.round}: {event.vote}"
        case "ballot_counted":
            return f"round {event.round}: {event.votes_for} for"
        case "report_retracted" | "report_reinstated" | "report_confirmed":
            return str(event.report)[:12]
        case _:
            return ""
