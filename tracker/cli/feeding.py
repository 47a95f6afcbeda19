"""The feeds: which there are, how they are doing, and what an address gives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.call import Call, called
from tracker.cli.output import show
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import Family, Verb

if TYPE_CHECKING:
    from tracker.configuration.settings import FeedSettings
    from tracker.health import FeedHealth

FIELDS = (
    "id", "outlet", "url", "class", "elector", "enabled", "state", "last_poll_at", "last_success_at",
    "last_new_at", "next_poll_at", "last_status", "last_error", "failures", "items_seen",
)  # fmt: skip


@click.group(cls=Family)
def feeds() -> None:
    """The feeds and their health; try an address.

    The feeds stand in feeds.toml of the configuration. A feed that fails stops no other: it is asked again,
    less and less often, and its last error stands here.
    """


@feeds.command(
    name="list",
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker feeds list --format json",
)
@click.option("--failing", is_flag=True, help="Only those whose last try failed.")
@called
def list_feeds(call: Call, *, failing: bool) -> None:
    """Every feed, when it last answered, when it is asked next, and what went wrong."""
    health = call.store().feeds.all() if call.database.exists() else {}
    records = [_record(feed, health.get(feed.id)) for feed in call.settings.feeds]
    records = [record for record in records if not failing or record["state"] == "failing"]
    show(
        call.format,
        value=records,
        fields=FIELDS,
        records=records,
        columns=(
            Column(title="ID"),
            Column(title="OUTLET", shrinks=True),
            Column(title="STATE"),
            Column(title="ANSWERED"),
            Column(title="NEXT"),
            Column(title="ITEMS", right=True),
            Column(title="ADDRESS, OR WHAT WENT WRONG", shrinks=True),
        ),
        rows=[_row(record, call.now) for record in records],
        empty="No feed fails." if failing else "No feed is configured.",
    )


def _record(feed: FeedSettings, health: FeedHealth | None) -> dict[str, Any]:
    from tracker.clock import iso

    def moment(mark: str) -> str | None:
        value = getattr(health, mark, None)
        return None if value is None else iso(value)

    state = "new"
    if not feed.enabled:
        state = "off"
    elif health is not None and health.failures:
        state = "failing"
    elif health is not None and health.last_success_at is not None:
        state = "ok"
    return {
        "id": feed.id,
        "outlet": feed.outlet or None,
        "url": feed.url,
        "class": feed.outlet_class.value,
        "elector": feed.elector or None,
        "enabled": feed.enabled,
        "state": state,
        "last_poll_at": moment("last_poll_at"),
        "last_success_at": moment("last_success_at"),
        "last_new_at": moment("last_new_at"),
        "next_poll_at": moment("next_poll_at"),
        "last_status": health and health.last_status,
        "last_error": (health and health.last_error) or None,
        "failures": health.failures if health is not None else 0,
        "items_seen": health.items_seen if health is not None else 0,
    }


_STYLES: dict[str, dict[str, Any]] = {"ok": {"fg": "green"}, "failing": {"fg": "red"}, "off": {"dim": True}}


def _row(record: dict[str, Any], now: datetime) -> tuple[str | Cell, ...]:
    state = record["state"]
    return (
        record["id"],
        record["outlet"] or "",
        Cell(f"{state} ×{record['failures']}" if state == "failing" else state, _STYLES.get(state, {})),
        _ago(record["last_success_at"], now),
        _ago(record["next_poll_at"], now),
        str(record["items_seen"]),
        record["last_error"] or record["url"],
    )


def _ago(moment: str | None, now: datetime) -> str:
    """ "3 min ago", "in 2 h": how far from now, in the largest unit that fits."""
    if moment is None:
        return ""
    from tracker.clock import parse

    distance = parse(moment) - now
    gone = distance < timedelta()
    seconds = abs(distance).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            told = f"{seconds // size:.0f} {unit}"
            break
    else:
        told = f"{seconds:.0f} s"
    return f"{told} ago" if gone else f"in {told}"
