"""Proofs: one event with the rows that lead from it to a published head, for somebody who has no log."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.call import Call, called
from tracker.cli.output import as_json, line, say
from tracker.cli.upkeep import NotedHead
from tracker.cli.verbs import Verb
from tracker.errors import InputError

if TYPE_CHECKING:
    from tracker.events import StoredEvent
    from tracker.log import Head
    from tracker.store import Store

PROOF_FORMAT = "tracker-proof-1"


@click.command(
    cls=Verb, shares=("config", "db"),
    epilog="Example: tracker prove 7d1f0c -o proof.json",
)  # fmt: skip
@click.argument("event", required=False)
@click.option("--head", type=NotedHead(), metavar="SEQ:HASH",
              help="The published head to lead to (by default the log's present end).")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the proof there instead of to stdout.")  # fmt: skip
@click.option("--script", is_flag=True, help="Print the script that checks a proof, and stop.")
@called
def prove(call: Call, *, event: str | None, head: Head | None, output: Path | None, script: bool) -> None:
    """Write a proof that the log holds an event, for a stranger to check.

    EVENT is an event's id, or its beginning, or its number in the log. The proof holds the event, its
    evidence with the item's text, and the rows from it to a head; whoever has that head from elsewhere (the
    page, the Atom feed, `status`) checks it with a short script of plain Python: `tracker prove --script >
    check.py`, then `python check.py proof.json SEQ:HASH`. A head published soon after the event makes a
    short proof.
    """
    if script:
        click.echo(files("tracker.cli").joinpath("check_proof.py").read_text("utf-8"), nl=False)
        return
    if event is None:
        raise click.UsageError("which event? Give its id, its beginning or its number")
    from tracker.store.verification import rows_of

    store = call.store()
    stored = store.log.get(event) if not event.isdigit() or len(event) > 12 else _numbered(store, int(event))
    end = head or store.log.head()
    if end.seq < stored.seq:
        raise InputError("--head", f"event {stored.seq} came after the head at {end.seq}")
    if head is not None and _numbered(store, head.seq).hash != head.hash:
        raise InputError("--head", f"event {head.seq} of this log has another hash; `tracker verify` it")
    rows = rows_of(call.database, stored.seq, end.seq)
    proof = _proof(store, stored, end, rows)
    if output is None:
        line(as_json(proof, indent=2))
    else:
        try:
            output.write_text(as_json(proof, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise InputError(str(output), f"cannot be written: {error.strerror}") from error
    say(f"Event {stored.seq}, {len(rows)} rows to head {end.seq}:{end.hash.hex()}")


def _numbered(store: Store, seq: int) -> StoredEvent:
    found = next(store.log.read(after=seq - 1), None)
    if found is None or found.seq != seq:
        raise InputError("EVENT", f"the log has no event {seq}; its last is {store.log.head().seq}")
    return found


def _proof(store: Store, stored: StoredEvent, head: Head, rows: list[str]) -> dict[str, Any]:
    """The bundle. `rows`: the bytes that are hashed, the event's own first, as text."""
    import json

    from tracker.clock import iso
    from tracker.log.codec import Row

    *place, content = rows[0].split("\x1f", 3)
    columns = Row.of_content(content.encode())._asdict()
    item_id = columns["item"]
    item = None if item_id is None else store.items.get(item_id)
    return {
        "format": PROOF_FORMAT,
        "event": {
            "seq": int(place[0]),
            "id": place[1],
            "recorded_at": place[2],
            **columns,
            "data": json.loads(columns["data"]),
        },
        "item": None if item is None else {
            "id": item.id, "outlet": item.source, "url": item.url, "published_at": iso(item.published_at),
            "title": item.title, "summary": item.summary, "body": item.body, "digest": item.digest,
        },
        "head": {"seq": head.seq, "hash": head.hash.hex()},
        "prev_hash": stored.prev_hash.hex(),
        "rows": rows,
    }  # fmt: skip
