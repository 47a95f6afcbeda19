"""Gaps found in the field: sentences that may hold a claim and gave none, and office holders nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.cli.call import Call
from tracker.cli.output import Meter, line, many, print_csv, print_json, print_lines, print_table, say
from tracker.cli.tables import Column

if TYPE_CHECKING:
    from tracker.extraction.misses import Stranger, Unread
    from tracker.items import Item

FIELDS = (
    "kind", "count", "electors", "candidates", "near", "claimed_elsewhere", "name", "title", "holder",
    "first_at", "last_at", "items", "sentence",
)  # fmt: skip


@dataclass(slots=True)
class _Seen:
    """One gap, and the items it was met in, in the order they were read."""

    first: Unread | Stranger
    items: dict[str, datetime] = field(default_factory=dict)


def list_misses(call: Call, path: Path | None, *, items: Iterable[Item] | None) -> int:
    """Print what the reader leaves out in these items, or in those that the database keeps.

    path   feed files, a folder of them, or items JSONL; `None`: `items`, else the database
    Returns how many files or entries could not be read; each is named.
    """
    from tracker.extraction import Reader

    reader = Reader(call.configured_contest())
    faults: list[str] = []
    unread: dict[tuple[object, ...], _Seen] = {}
    strangers: dict[tuple[object, ...], _Seen] = {}
    read = 0
    with Meter("items read") as meter:
        for read, item in enumerate(_items(call, path, items, faults), start=1):
            if read % 50 == 1:
                meter.tell(read)
            for miss, one in _gaps(reader.misses(item)):
                seen = unread if miss is not None else strangers
                gap = miss or one
                assert gap is not None
                entry = seen.setdefault(_key(gap), _Seen(gap))
                entry.items.setdefault(item.guid or item.id, item.published_at)
    for fault in faults:
        say(f"tracker: {fault}")
    _show(call, reader.contest.id, reader.extractor, read, _sorted(unread), _sorted(strangers))
    return len(faults)


def _items(call: Call, path: Path | None, items: Iterable[Item] | None, faults: list[str]) -> Iterator[Item]:
    if path is not None:
        from tracker.feeds.entries import ItemFault
        from tracker.feeds.files import read

        for found in read(path, seen_at=call.now, published=None, source=None, lang=""):
            if not isinstance(found, ItemFault):
                yield found
            elif not found.note:
                faults.append(f"{found.where}: {found.problem}")
        return
    if items is not None:
        yield from items
        return
    yield from call.store(create=False).items.all()


def _gaps(
    found: tuple[tuple[Unread, ...], tuple[Stranger, ...]],
) -> Iterator[tuple[Unread | None, Stranger | None]]:
    yield from ((miss, None) for miss in found[0])
    yield from ((None, one) for one in found[1])


def _key(gap: Unread | Stranger) -> tuple[object, ...]:
    """What makes two gaps one: the same words of the same electors, or the same person and office."""
    from tracker.extraction.misses import Stranger

    if isinstance(gap, Stranger):
        return gap.elector, gap.name.casefold(), gap.title.casefold()
    return gap.electors, gap.candidates, " ".join(gap.sentence.casefold().split()), gap.claimed


def _sorted(seen: dict[tuple[object, ...], _Seen]) -> list[_Seen]:
    return sorted(seen.values(), key=lambda each: -len(each.items))


def _show(
    call: Call, contest: str, extractor: str, read: int, unread: list[_Seen], strangers: list[_Seen]
) -> None:
    records = [_record(each) for each in (*unread, *strangers)]
    match call.format:
        case "json":
            print_json(
                {
                    "contest": contest,
                    "extractor": extractor,
                    "items": read,
                    "unread": [_without_kind(r) for r in records if r["kind"] == "unread"],
                    "strangers": [_without_kind(r) for r in records if r["kind"] == "stranger"],
                }
            )
        case "ndjson":
            print_lines(records)
        case "csv":
            print_csv(FIELDS, records)
        case _:
            _print(contest, read, records)


def _record(each: _Seen) -> dict[str, Any]:
    from tracker.cli.explaining import unread_json
    from tracker.clock import iso
    from tracker.extraction.misses import Stranger

    gap = each.first
    told: dict[str, Any]
    if isinstance(gap, Stranger):
        told = {
            "kind": "stranger",
            "count": len(each.items),
            "name": gap.name,
            "title": gap.title,
            "electors": [gap.elector],
            "holder": gap.holder,
        }
    else:
        told = {"kind": "unread", "count": len(each.items), **unread_json(gap)}
    return {
        **told,
        "first_at": iso(min(each.items.values())),
        "last_at": iso(max(each.items.values())),
        "items": list(each.items),
        "sentence": gap.sentence,
    }


def _without_kind(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "kind"}


def _print(contest: str, read: int, records: list[dict[str, Any]]) -> None:
    unread = [r for r in records if r["kind"] == "unread"]
    open_ones = [r for r in unread if not r["claimed_elsewhere"]]
    strangers = [r for r in records if r["kind"] == "stranger"]
    line(
        f"{contest}: {many(read, 'item')} read; {many(len(open_ones), 'sentence')} with an elector, a "
        f"candidate and no reading; {many(len(strangers), 'office holder')} that the roster lacks."
    )
    if open_ones:
        line()
        line("Unread:")
        print_table(
            (
                Column(title="ITEMS", right=True),
                Column(title="WHO", shrinks=True),
                Column(title="TOWARD", shrinks=True),
                Column(title="CUE", shrinks=True, drops=1),
                Column(title="SENTENCE", shrinks=True),
            ),
            [
                (
                    str(r["count"]),
                    " ".join(r["electors"]),
                    " ".join(r["candidates"]),
                    ", ".join(near["cue"] for near in r["near"]),
                    r["sentence"],
                )
                for r in open_ones
            ],
        )
    if strangers:
        line()
        line("Not in the roster:")
        print_table(
            (
                Column(title="ITEMS", right=True),
                Column(title="NAME"),
                Column(title="OFFICE", shrinks=True),
                Column(title="FOR"),
                Column(title="ROSTER HAS", shrinks=True),
                Column(title="FIRST SEEN", drops=2),
                Column(title="SENTENCE", shrinks=True, drops=1),
            ),
            [
                (
                    str(r["count"]),
                    r["name"],
                    r["title"],
                    r["electors"][0],
                    r["holder"] or "nobody that day",
                    r["first_at"][:10],
                    r["sentence"],
                )
                for r in strangers
            ],
        )
    if rest := len(unread) - len(open_ones):
        say(
            f"({many(rest, 'more sentence')} on pairs that the same item makes a claim on elsewhere: "
            "--format json has them.)"
        )
