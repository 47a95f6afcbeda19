"""The feeds: which there are, how they are doing, and what an address gives."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import many, say, show
from tracker.cli.tables import Cell, Column, clean
from tracker.cli.verbs import Family, Verb
from tracker.clock import iso, parse

if TYPE_CHECKING:
    from tracker.configuration.settings import FeedSettings
    from tracker.feeds.fetch import FetchResult
    from tracker.health import FeedHealth

FIELDS = (
    "id", "outlet", "url", "class", "elector", "enabled", "state", "last_poll_at", "last_success_at",
    "last_new_at", "next_poll_at", "last_status", "last_error", "failures", "items_seen",
)  # fmt: skip


@click.group(cls=Family)
def feeds() -> None:
    """The feeds and their health: list, check, export, import.

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
    records = [record for record in records if not failing or (record["failures"] and record["enabled"])]
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
    from tracker.feeds.health import state as feed_state

    def moment(mark: str) -> str | None:
        value = getattr(health, mark, None)
        return None if value is None else iso(value)

    state = feed_state(health).value if feed.enabled else "off"
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


_STYLES: dict[str, dict[str, Any]] = {
    "ok": {"fg": "green"},
    "failing": {"fg": "red"},
    "gone": {"fg": "red"},
    "retired": {"fg": "red"},
    "off": {"dim": True},
}


def _row(record: dict[str, Any], now: datetime) -> tuple[str | Cell, ...]:
    state = record["state"]
    return (
        record["id"],
        record["outlet"] or "",
        Cell(f"{state} ×{record['failures']}" if record["failures"] else state, _STYLES.get(state, {})),
        _ago(record["last_success_at"], now),
        _ago(record["next_poll_at"], now),
        str(record["items_seen"]),
        record["last_error"] or record["url"],
    )


def _ago(moment: str | None, now: datetime) -> str:
    """ "3 min ago", "in 2 h": how far from now, in the largest unit that fits."""
    if moment is None:
        return ""
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


@feeds.command(
    name="check",
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker feeds check https://news.example.org/rss.xml",
)
@click.argument("address", metavar="URL|ID")
@click.option("--local", is_flag=True, help="Its host may be this machine or a private network.")
@click.option("--limit", type=click.IntRange(min=0), default=5, metavar="N", help="Items shown (5).")
@called
def check(call: Call, *, address: str, local: bool, limit: int) -> int:
    """What an address gives as a feed: its title, its items, and what is wrong with it.

    Asks once, keeps nothing. The address may be that of a configured feed, or its id. Ends with 8 when it
    cannot be fetched or is no feed; a page that names its feeds is answered with their addresses.
    """
    import asyncio

    from tracker.feeds.fetch import Fetcher, FetchLimits, Request
    from tracker.feeds.parse import Outlet
    from tracker.feeds.parse import parse as parse_feed

    feed = next((each for each in call.settings.feeds if address in (each.id, each.url)), None)
    if feed is None and "://" not in address:
        raise names.unknown("feed", address, [each.id for each in call.settings.feeds], where="feeds.toml")
    url = feed.url if feed is not None else address
    poll = call.settings.poll

    async def ask() -> FetchResult:
        limits = FetchLimits(deadline_s=poll.timeout_s, max_bytes=poll.max_bytes)
        async with Fetcher(contact=poll.contact, clock=call.clock, limits=limits) as fetcher:
            headers = {}
            if feed is not None and feed.authorization is not None:
                headers["Authorization"] = feed.authorization.reveal()
            vouched = local or (feed is not None and feed.local)
            return await fetcher.fetch(Request(url=url, headers=headers, local=vouched))

    answer = asyncio.run(ask())
    parsed = parse_feed(
        answer.body or b"",
        outlet=Outlet(url=answer.url, name=feed.outlet if feed is not None else ""),
        seen_at=call.now,
        content_type=answer.content_type,
    )
    newest = sorted(parsed.items, key=lambda item: item.published_at, reverse=True)
    wrong = [text for text in (answer.fault, parsed.fault) if text] + [str(f) for f in parsed.item_faults]
    records = [
        {
            "published": iso(item.published_at) if item.date_given else None,
            "source": item.source,
            "title": item.title,
            "url": item.url or None,
        }
        for item in newest
    ]
    show(
        call.format,
        value={
            "url": answer.url,
            "moved_to": answer.moved_to,
            "title": parsed.title,
            "lang": parsed.lang or None,
            "elapsed_s": round(answer.elapsed_s, 3),
            "faults": wrong,
            "items": records,
        },
        fields=("published", "source", "title", "url"),
        records=records,
        columns=(
            Column(title="PUBLISHED"),
            Column(title="SOURCE", shrinks=True),
            Column(title="TITLE", shrinks=True),
        ),
        rows=[
            (
                f"{item.published_at:%Y-%m-%d %H:%M}" if item.date_given else "no date",
                item.source,
                _words(item.title),
            )
            for item in newest[:limit]
        ],
        heading=f"{clean(parsed.title) or answer.url}: {many(len(parsed.items), 'item')}"
        f" in {answer.elapsed_s:.1f} s",
        empty="No item.",
    )
    if answer.moved_to:
        say(f"It has moved for good: put {answer.moved_to} into feeds.toml.")
    for text in wrong:
        say(f"tracker: {text}")
    return Exit.OK


def _words(title: str) -> str:
    """A raw title as a reader sees it."""
    return html.unescape(re.sub(r"<[^<>]{0,200}>", "", title))


@feeds.command(
    name="export", cls=Verb, shares=("config",), epilog="Example: tracker feeds export > feeds.opml"
)  # fmt: skip
@called
def export(call: Call) -> None:
    """The configured feeds as OPML, for another reader; in folders by the outlet's country."""
    from tracker.cli.output import line
    from tracker.feeds.opml import Outline, write_opml

    listed = (
        Outline(url=feed.url, title=feed.outlet or feed.id, category=feed.country, lang=feed.lang)
        for feed in call.settings.feeds
        if feed.url.startswith("http")
    )
    line(write_opml(listed, title="tracker").rstrip("\n"))


@feeds.command(
    name="import", cls=Verb, shares=("config",),
    epilog="Example: tracker feeds import reader.opml >> config/feeds.toml",
)  # fmt: skip
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@called
def import_opml(call: Call, *, file: Path) -> None:
    """Print the feeds of an OPML file in the form of feeds.toml, those that are configured left out.

    Changes no file: look over what is printed, then add it to feeds.toml.
    """
    from tracker.cli.output import line
    from tracker.feeds.opml import read_opml

    configured = {feed.url for feed in call.settings.feeds}
    taken = {feed.id for feed in call.settings.feeds}
    outlines = [one for one in read_opml(file.read_bytes(), where=str(file)) if one.url not in configured]
    for outline in outlines:
        words = re.sub(r"[^a-z0-9]+", "-", (outline.title or outline.url).lower())
        name = words.strip("-")[:40].strip("-") or "feed"
        id_, number = name, 1
        while id_ in taken:
            number += 1
            id_ = f"{name}-{number}"
        taken.add(id_)
        folder = f"  # {clean(outline.category)}" if outline.category else ""
        line(f"[[feeds]]{folder}\nid = {json.dumps(id_)}\nurl = {json.dumps(outline.url)}")
        line(f"outlet = {json.dumps(clean(outline.title) or id_, ensure_ascii=False)}\n")
    say(f"{many(len(outlines), 'feed')} of {file}; nothing was changed.")
