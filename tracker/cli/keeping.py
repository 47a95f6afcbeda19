"""Copies of the database: made, checked, rotated, put back."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.call import Call, called
from tracker.cli.output import line, many, print_json, say
from tracker.cli.verbs import Verb

# A week of nightly ones.
_KEPT = 7


@click.command(
    cls=Verb, shares=("config", "db", "format"),
    epilog="Example: tracker backup --into /var/backups/tracker --keep 14",
)  # fmt: skip
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Name the copy by the time, and keep the newest ones only.")  # fmt: skip
@click.option("--keep", type=click.IntRange(min=1), default=_KEPT, show_default=True, metavar="N",
              help="How many copies stay, with --into.")  # fmt: skip
@called
def backup(call: Call, *, target: Path | None, into: Path | None, keep: int) -> None:
    """Copy the database while it is in use, and check the copy.

    The copy is one file, of one moment, packed; its hash chain is walked before it counts. A copy that
    stands already is never overwritten. Give the name of the copy, or with `--into` a folder.
    """
    from tracker.store.backups import back_up, back_up_into

    if (target is None) == (into is None):
        raise click.UsageError("give the name of the copy, or --into FOLDER")
    if into is not None:
        made = back_up_into(call.database, into, now=call.now, keep=keep)
    else:
        assert target is not None
        made = back_up(call.database, target)
    if call.format == "json":
        print_json(
            {
                "path": str(made.path),
                "events": made.events,
                "head": {"seq": made.head.seq, "hash": made.head.hash.hex()},
                "bytes": made.size_bytes,
                "removed": [str(path) for path in made.removed],
            }
        )
        return
    line(f"{made.path}: {many(made.events, 'event')}, {made.size_bytes / 1e6:.1f} MB, the chain is whole.")
    line(f"head {made.head.seq}:{made.head.hash.hex()}")
    for path in made.removed:
        say(f"removed: {path}")


@click.command(
    cls=Verb, shares=("config", "db", "format"),
    epilog="Example: tracker restore /var/backups/tracker/tracker-20261125T101500Z.db",
)  # fmt: skip
@click.argument("copy", type=click.Path(path_type=Path))
@called
def restore(call: Call, *, copy: Path) -> None:
    """Put a backup in the database's place.

    The copy is checked first and stays where it is; the database that stood there is kept beside, under
    another name. Stop the daemon before. What came since the backup is taken in again at the next polls, as
    far as the feeds still show it; an alert sent since then may be sent once more, under the same key.
    """
    from tracker.service.instance import single_instance
    from tracker.store.backups import put_back

    with single_instance(call.database):
        found, aside = put_back(copy, call.database, now=call.now)
    if call.format == "json":
        print_json(
            {
                "database": str(call.database),
                "events": found.events,
                "head": {"seq": found.head.seq, "hash": found.head.hash.hex()},
                "aside": None if aside is None else str(aside),
            }
        )
        return
    line(f"{call.database}: {many(found.events, 'event')}, the chain is whole.")
    line(f"head {found.head.seq}:{found.head.hash.hex()}")
    if aside is not None:
        say(f"What stood there is kept as {aside}.")
