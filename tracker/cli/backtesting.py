"""How well would it have done? A race replayed and measured."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import Meter, line, many, print_csv, print_json, print_lines, say
from tracker.cli.verbs import Verb

if TYPE_CHECKING:
    from tracker.service.backfill import Progress
    from tracker.service.ingest import Taken

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True)


@click.command(
    cls=Verb, shares=("config", "contest", "format"),
    epilog="Example: tracker backtest seeds/nato-sg-2024 --contest nato-sg-2024",
)  # fmt: skip
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--items", "items_in", type=_FILE, metavar="FILE|FOLDER",
              help="The items (by default DIR/feeds, else feed files and JSONL in DIR).")  # fmt: skip
@click.option("--window", type=click.FloatRange(min=0), default=3.0, show_default=True, metavar="DAYS",
              help="How far from its date a change may be found.")  # fmt: skip
@click.option("--min-precision", type=click.FloatRange(0, 1), metavar="SHARE", help="End with 1 below it.")
@click.option("--min-recall", type=click.FloatRange(0, 1), metavar="SHARE", help="End with 1 below it.")
@called
def backtest(
    call: Call,
    *,
    folder: Path,
    items_in: Path | None,
    window: float,
    min_precision: float | None,
    min_recall: float | None,
) -> int:
    """Replay items and measure them against what was to come out.

    DIR holds `expected.json` (alerts and checkpoints, as in seeds/) or `timeline.json` (facts by date, those
    with `sets_state`), and the items. They are replayed into a database that is thrown away; then each change
    of standing is compared. Precision and recall are of changes; a false flip is a change to a side on which
    the elector, by all that was expected, did not stand; lead is how long before the expected time a change
    was found (negative: after it).
    """
    from tracker.backtests import backtest_json
    from tracker.feeds.entries import ItemFault
    from tracker.feeds.files import read
    from tracker.service import backtest as service
    from tracker.service import logs

    logs.configure()
    contest = call.configured_contest()
    expected = service.read_expectation(
        service.expectation_in(folder), contest=contest.id, window=timedelta(days=window)
    )
    if expected.contest != contest.id:
        raise click.UsageError(f"{folder} is about {expected.contest}; name it with --contest")
    items = []
    for path in [items_in] if items_in is not None else _items_of(folder):
        for found in read(path, seen_at=call.now):
            if isinstance(found, ItemFault):
                say(f"tracker: {'note: ' if found.note else ''}{found.where}: {found.problem}")
            else:
                items.append(found)
    if not items:
        raise click.UsageError(f"{folder} holds no items; name them with --items")
    with Meter("items taken") as meter:

        def watch(progress: Progress, _taken: Taken) -> None:
            meter.tell(progress.done, progress.total)

        outcome = service.run(contest, items, expected, policy=call.policy, now=call.now, watch=watch)
    value = {"contest": contest.id, "items": len(items), **backtest_json(outcome)}
    _print(call.format, value)
    low = [
        name
        for name, least in (("precision", min_precision), ("recall", min_recall))
        if least is not None and (value[name] is None or value[name] < least)
    ]
    for name in low:
        say(f"tracker: {name} {_share(value[name])} is below what was asked for")
    return Exit.NO if low else Exit.OK


def _items_of(folder: Path) -> list[Path]:
    if (folder / "feeds").is_dir():
        return [folder / "feeds"]
    suffixes = (".xml", ".rss", ".atom", ".jsonl")
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes and path.stem != "labels")


_FIELDS = ("outcome", "at", "elector", "candidate", "to", "found_at", "lead_hours")


def _print(form: str, value: dict[str, Any]) -> None:
    records = [
        *({"outcome": "matched", **change} for change in value["changes"]),
        *({"outcome": "missed", **change} for change in value["missed"]),
        *({"outcome": "false_flip", **change} for change in value["false_flips"]),
        *({"outcome": "extra", **change} for change in value["extra"]),
    ]
    match form:
        case "json":
            print_json(value)
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(_FIELDS, records)
        case _:
            _tell(value)


def _tell(value: dict[str, Any]) -> None:
    points, lead = value["checkpoints"], value["lead_hours"]
    line(
        f"{value['contest']}: {many(value['items'], 'item')}; {value['matched']} of "
        f"{many(value['expected'], 'expected change')} found, {many(value['found'], 'change')} in all."
    )
    line(
        f"precision {_share(value['precision'])}, recall {_share(value['recall'])}, "
        f"false flips {len(value['false_flips'])}, missed {len(value['missed'])}, extra {len(value['extra'])}"
    )
    if lead["median"] is not None:
        line(f"lead: median {lead['median']:g} h, from {lead['latest']:g} h to {lead['earliest']:g} h")
    if points["standings"]:
        right = points["standings"] - len(points["wrong"])
        line(f"checkpoints: {right} of {many(points['standings'], 'standing')} as expected")
    for outcome, name in (("missed", "missed"), ("false flip", "false_flips"), ("extra", "extra")):
        for change in value[name]:
            whom = f"{change['elector']} toward {change['candidate']}"
            line(f"  {outcome}: {change['at'][:10]} {whom}: {change['to']}")
    for point in points["wrong"]:
        line(
            f"  checkpoint {point['as_of'][:10]}: {point['elector']} toward {point['candidate']}: "
            f"{point['found']}, expected {point['expected']}"
        )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
