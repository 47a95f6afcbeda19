"""Looking after the log: is it what it was, and does folding it anew give what is live?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import Meter, line, many, print_csv, print_json, print_lines, say
from tracker.cli.verbs import Verb

if TYPE_CHECKING:
    from tracker.log import Head


class NotedHead(click.ParamType["Head"]):
    """SEQ:HASH, as `status`, the page and the Atom feed publish it."""

    name = "head"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        from tracker.log import Head

        if isinstance(value, Head):
            return value
        match = re.fullmatch(r"(\d+):([0-9a-fA-F]{64})", str(value))
        if match is None:
            self.fail(f"not a head: {value!r} (expected its position, a colon and 64 hex digits)", param, ctx)
        return Head(int(match[1]), bytes.fromhex(match[2]))


@click.command(
    cls=Verb, shares=("config", "db", "format"),
    epilog="Example: tracker verify --db tracker.db",
)  # fmt: skip
@click.option("--head", type=NotedHead(), metavar="SEQ:HASH",
              help="A head noted earlier: the log must still hold it (finds a tail cut off).")  # fmt: skip
@click.option("--quick", is_flag=True, help="Places and hashes only.")
@called
def verify(call: Call, *, head: Head | None, quick: bool) -> int:
    """Walk the log's hash chain from the first event to the last.

    Finds any row changed, removed or put in, and any guard that is gone. What no chain can show is a tail
    cut off: note the head that is printed, and give it with `--head` the next time. Ends with 5 when the log
    is not what it was; nothing is changed.
    """
    from tracker.errors import LogError
    from tracker.store.verification import verify as walk

    with Meter("events walked") as meter:
        found = walk(call.database, published=head, on_progress=meter.tell, chain_only=quick)
    faults = [
        {"seq": fault.seq if isinstance(fault, LogError) else None, "problem": str(fault)}
        for fault in found.faults
    ]
    value = {
        "ok": found.ok,
        "events": found.events,
        "head": {"seq": found.head.seq, "hash": found.head.hash.hex()},
        "first_bad": found.first_bad,
        "faults": faults,
        "more": found.more,
    }
    match call.format:
        case "json":
            print_json(value)
        case "ndjson":
            print_lines(faults)
        case "csv":
            print_csv(("seq", "problem"), faults)
        case _ if found.ok:
            line(f"{call.database}: {many(found.events, 'event')}, the chain is whole.")
            line(f"head {found.head.seq}:{found.head.hash.hex()}")
    if found.ok:
        return Exit.OK
    say(f"tracker: {call.database}: the log is not what it was; {many(found.events, 'event')} walked")
    for fault in faults:
        say(f"  {fault['problem']}")
    if found.more:
        say("  ... and more")
    say(
        "Nothing was changed. Keep the file as evidence, restore a backup, and let it take in again what\n"
        "came since: an item is taken once, however often it is seen."
    )
    return Exit.LOG


@click.command(
    cls=Verb, shares=("config", "db", "format"),
    epilog="Example: tracker rebuild --check",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when a difference is found.")
@called
def rebuild(call: Call, *, check: bool) -> int:
    """Make the read models anew, or check that nothing would change.

    The log is the truth, and all else is made from it: the tables of standings and rosters that SQL users
    read, and the index that `log --search` uses. With `--check` each is compared, to the byte, with what the
    log gives. Without it they are built beside the old ones and put in their place at once: a daemon goes on
    meanwhile.
    """
    store = call.store(write=not check, create=False, weigh=True)
    with Meter("contests done") as meter:
        differing = list(store.differences(watch=meter.tell)) if check else []
        events = store.log.head().seq if check else store.remake(watch=meter.tell)
    records = _records(store.log.census(), {found.contest for found in differing})
    match call.format:
        case "json":
            print_json({"ok": not differing, "events": events, "contests": records})
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(
                ("contest", "reports", "standings", "counts", "candidacies", "corrections", "same"), records
            )
        case _:
            for record in records:
                told = ", ".join(
                    many(int(str(record[noun + "s"])), noun)
                    for noun in ("report", "standing", "count", "correction")
                )
                line(f"{record['contest']}: {told}")
            line(
                f"{many(events, 'event')} "
                + ("compared." if check else "folded; the read models are made anew.")
            )
    for found in differing:
        say(
            f"tracker: {found.table}{found.contest and ' of ' + found.contest}: {many(found.missing, 'row')} "
            f"missing, {found.extra} that the log does not give; `tracker rebuild` makes it anew"
        )
    return Exit.NO if differing else Exit.OK


_NOUNS = {
    "stance_reported": "reports",
    "support_counted": "counts",
    "candidacy_reported": "candidacies",
    "report_retracted": "corrections",
    "report_reinstated": "corrections",
    "report_confirmed": "corrections",
}


def _records(census: list[tuple[str, str, int, int]], differing: set[str]) -> list[dict[str, object]]:
    """A record for each contest, in the order in which the log first names it."""
    found: dict[str, dict[str, int]] = {}
    for contest, kind, events, pairs in census:
        counted = found.setdefault(contest, dict.fromkeys(("reports", "standings", *_NOUNS.values()), 0))
        if kind in _NOUNS:
            counted[_NOUNS[kind]] += events
        if kind == "stance_reported":
            counted["standings"] = pairs
    return [
        {"contest": contest, **counted, "same": not differing & {contest, ""}}
        for contest, counted in found.items()
    ]
