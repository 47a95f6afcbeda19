"""Taking items in: from files, at their own dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.alerting import COLUMNS as ALERT_COLUMNS
from tracker.cli.alerting import FIELDS as ALERT_FIELDS
from tracker.cli.alerting import alert_row
from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import Meter, many, print_csv, print_json, print_lines, print_table, say
from tracker.cli.verbs import Moment, Verb

if TYPE_CHECKING:
    from tracker.alerts import Alert
    from tracker.feeds.entries import ItemFault
    from tracker.items import Item
    from tracker.service.backfill import Progress
    from tracker.service.ingest import Taken

_PATH = click.Path(path_type=Path)


@click.command(
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker ingest --replay seeds/nato-sg-2024/feeds",
)
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=_PATH)
@click.option("--published", type=Moment(start=True), metavar="DATE",
              help="When a plain text was published; a bare date means its first moment, UTC.")  # fmt: skip
@click.option("--source", metavar="NAME", help="The outlet's name, for every item.")
@click.option("--lang", default="", metavar="CODE", help="The language of items that do not say.")
@click.option("--notify", is_flag=True, help="Send the alerts that follow; else they are only recorded.")
@click.option("--replay", is_flag=True,
              help="Into an empty log: let the clock follow the items' dates.")  # fmt: skip
@called
def ingest(
    call: Call,
    *,
    paths: tuple[Path, ...],
    published: datetime | None,
    source: str | None,
    lang: str,
    notify: bool,
    replay: bool,
) -> int:
    """Take items from feed files, items JSONL or plain texts.

    They are taken at their published dates, oldest first; the changes of standing that follow are listed. The
    same item twice is one. What cannot be read is named, and the rest is taken (then it ends with 7).
    """
    if notify and replay:
        raise click.UsageError("--replay pretends to be in the past: it takes no --notify")
    items, faults = _gather(paths, call.now, published=published, source=source, lang=lang)
    alerts: list[Alert] = []
    progress = _take(call, items, alerts, notify=notify, replay=replay)
    _print_taken(call, progress, alerts, faults)
    return Exit.INPUT if faults or progress.failed else Exit.OK


def _gather(
    paths: Iterable[Path],
    now: datetime,
    *,
    published: datetime | None,
    source: str | None,
    lang: str,
) -> tuple[list[Item], list[ItemFault]]:
    """All items before any is taken, and the faults, which are told as they come; notes are told only."""
    from tracker.feeds.entries import ItemFault
    from tracker.feeds.files import read

    items: list[Item] = []
    faults: list[ItemFault] = []
    with Meter("items read") as meter:
        for path in paths:
            for found in read(path, seen_at=now, published=published, source=source, lang=lang):
                if not isinstance(found, ItemFault):
                    items.append(found)
                    if len(items) % 50 == 1:
                        meter.tell(len(items))
                    continue
                if not found.note:
                    faults.append(found)
                say(f"tracker: {'note: ' if found.note else ''}{found.where}: {found.problem}")
    return items, faults


def _take(call: Call, items: list[Item], alerts: list[Alert], *, notify: bool, replay: bool) -> Progress:
    from tracker.clock import SetClock
    from tracker.extraction import Reader
    from tracker.service import logs
    from tracker.service.backfill import backfill, rerun
    from tracker.service.ingest import Line

    logs.configure()

    chosen = [call.configured_contest()] if call.contest_given is not None else call.settings.contests
    clock = SetClock(call.now)
    line = Line(
        call.store(write=True),
        [Reader(contest) for contest in chosen],
        {contest.id: call.channels(contest.id) for contest in chosen},
        clock=clock if replay else call.clock,
        policy=call.policy,
    )
    with Meter("items taken") as meter:

        def watch(progress: Progress, taken: Taken) -> None:
            alerts.extend(taken.alerts)
            if progress.done % 10 == 1 or progress.done == progress.total:
                meter.tell(progress.done, progress.total)

        if replay:
            return rerun(line, items, clock, watch=watch)
        return backfill(line, items, notify=notify, watch=watch)


def _print_taken(call: Call, progress: Progress, alerts: list[Alert], faults: list[ItemFault]) -> None:
    from tracker.alerts import AlertState
    from tracker.queries import alert_json

    state = AlertState.QUEUED if progress.queued else AlertState.QUIET
    records = [alert_json(alert, state) for alert in alerts]
    match call.format:
        case "json":
            counts = {
                name: getattr(progress, name)
                for name in ("total", "new", "edited", "same", "failed", "events", "alerts", "queued")
            }
            refused = [{"where": fault.where, "problem": fault.problem} for fault in faults]
            print_json({**counts, "changes": records, "faults": refused})
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(ALERT_FIELDS, records)
        case _:
            print_table(ALERT_COLUMNS, [alert_row(alert, state) for alert in alerts])
    known = f", {progress.same} known already" if progress.same else ""
    edited = f", {progress.edited} edited" if progress.edited else ""
    fate = f"{progress.queued} of them to be sent" if progress.queued else "recorded, not to be sent"
    say(
        f"{many(progress.total, 'item')}: {progress.new} new{edited}{known}. "
        f"{many(progress.events, 'event')} added, {many(progress.alerts, 'change')} of standing"
        + (f" ({fate})." if progress.alerts else ".")
    )
    if faults or progress.failed:
        say(f"tracker: {many(len(faults) + progress.failed, 'item')} could not be taken or read, see above")
