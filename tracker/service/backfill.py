"""Taking in the past: items from files, at their own dates, without alerting anybody unless asked.

A backfill writes at the present: the log says when we learnt of it. A replay pretends: a clock follows
the items' dates, as if the daemon had run then; so it is only for a log of its own (demo, backtest).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.clock import SetClock
from tracker.errors import InputError
from tracker.items import Item
from tracker.service.ingest import Line, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is, and what came of it so far.

    done, total  items taken, and in all
    new, edited, same, failed
                 of those done; failed ones (kept, with the error) are also counted as what they are
    events, alerts, queued
                 events added to the log, alerts found, and those of them that will be sent
    """

    done: int = 0
    total: int = 0
    new: int = 0
    edited: int = 0
    same: int = 0
    failed: int = 0
    events: int = 0
    alerts: int = 0
    queued: int = 0

    def after(self, taken: Taken) -> Progress:
        """The progress with one more item."""
        return replace(
            self,
            done=self.done + 1,
            new=self.new + (taken.added == "new"),
            edited=self.edited + (taken.added == "edited"),
            same=self.same + (taken.added == "same"),
            failed=self.failed + bool(taken.error),
            events=self.events + len(taken.events),
            alerts=self.alerts + len(taken.alerts),
            queued=self.queued + taken.queued,
        )


Watch = Callable[[Progress, Taken], None]


def _unwatched(_progress: Progress, _taken: Taken) -> None:
    """Nobody looks on."""


def backfill(
    line: Line, items: Iterable[Item], *, notify: bool = False, watch: Watch = _unwatched
) -> Progress:
    """Take the items in, oldest first, each in its own transaction.

    notify  True: alerts are sent, else only recorded
    watch   called after each item
    Twice is safe. Stopped half-way, what was done stays. Raises StoreError, LogError.
    """
    line.declare()
    ordered = in_order(items)
    progress = Progress(total=len(ordered))
    for item in ordered:
        taken = line.take(item, sending="all" if notify else "none")
        progress = progress.after(taken)
        watch(progress, taken)
    return progress


def rerun(line: Line, items: Iterable[Item], clock: SetClock, *, watch: Watch = _unwatched) -> Progress:
    """Replay the items into an empty log, as if each had been met when it was published: all or nothing.

    clock  the line's own; it is set to each item's date in turn
    In whatever order the items are given, the log comes out the same. A log that holds just these items
    is left as it is. Raises InputError for any other that is not empty; StoreError, LogError.
    """
    ordered = in_order(redated(items))
    progress = Progress(total=len(ordered))
    if not ordered:
        return progress
    if (held := line.store.log.head().seq) and any(line.unread(item) != () for item in ordered):
        raise InputError(
            "--replay",
            f"needs an empty log, and {line.store.path} holds {held} events: "
            "give another --db, or leave --replay out to add the items to this one",
        )
    if held:
        return replace(progress, done=len(ordered), same=len(ordered))
    with line.store.transaction():
        clock.set(ordered[0].published_at)
        line.declare()
        for item in ordered:
            clock.set(item.published_at)
            taken = line.take(item, sending="none")
            progress = progress.after(taken)
            watch(progress, taken)
    return progress


def in_order(items: Iterable[Item]) -> list[Item]:
    """By date of publication; those of one moment by id and text, so that no order of files matters."""
    return sorted(items, key=lambda item: (item.published_at, item.id, item.digest))


def redated(items: Iterable[Item]) -> Sequence[Item]:
    """The items with a date of their own for those that give none: the last date in the same feed.

    Such an item carries the moment it reached us, which is today, and a replay is not about today. Its
    feed was read when its newest entry was there, so it was known by then.
    """
    kept = list(items)
    dated: dict[str, list[Item]] = defaultdict(list)
    for item in kept:
        if item.date_given:
            dated[item.feed or item.source].append(item)
    everywhere = [item for feed in dated.values() for item in feed]
    if not everywhere:
        return kept
    return [
        item
        if item.date_given
        else replace(
            item,
            published_at=max(known.published_at for known in dated.get(item.feed or item.source, everywhere)),
        )
        for item in kept
    ]
