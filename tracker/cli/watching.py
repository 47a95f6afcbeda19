"""Watching the news: the daemon, and one round without it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import many, say, show
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import Verb

if TYPE_CHECKING:
    from tracker.configuration.settings import Settings
    from tracker.service.daemon import Round
    from tracker.service.polling import Polled

_VERBOSE = click.option("-v", "--verbose", is_flag=True, help="Tell of every step, on stderr.")
_STYLES: dict[str, dict[str, Any]] = {"failed": {"fg": "red"}, "read": {"fg": "green"}}


@click.command(
    cls=Verb,
    shares=("config", "db"),
    epilog="Example: tracker run --db /var/lib/tracker/tracker.db",
)
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Serve the page there.")
@click.option("--no-page", is_flag=True, help="Serve no page.")
@_VERBOSE
@called
def run(call: Call, *, port: int | None, no_page: bool, verbose: bool) -> None:
    """The daemon: poll the feeds, send the alerts, serve the page.

    Runs until Ctrl-C or SIGTERM, then finishes the item in hand and ends with 0. One daemon a database: a
    second one ends with 6 and names the first. It tells what it does on stderr: words on a terminal, else
    a line of JSON for each thing. SIGHUP makes it read its configuration anew.
    """
    from tracker.service import logs
    from tracker.service.daemon import run as run_daemon
    from tracker.service.supervisor import supervisor

    def chosen(settings: Settings) -> Settings:
        web = settings.web
        if port is not None:
            web = replace(web, port=port)
        if no_page:
            web = replace(web, enabled=False)
        return replace(settings, web=web)

    settings = chosen(call.settings)
    logs.configure(verbose=verbose)
    run_daemon(
        settings,
        clock=call.clock,
        reload=lambda: chosen(call.read_settings()),
        told=supervisor(os.environ.get("NOTIFY_SOCKET", ""), os.environ.get("WATCHDOG_USEC", "")),
    )


@click.command(
    cls=Verb,
    shares=("config", "db", "format"),
    epilog="Example: tracker poll bbc-world guardian-world",
)
@click.argument("feeds", metavar="[FEED]...", nargs=-1)
@click.option("--due", is_flag=True, help="Only those whose time has come; for a timer.")
@_VERBOSE
@called
def poll(call: Call, *, feeds: tuple[str, ...], due: bool, verbose: bool) -> int:
    """One round over the feeds, then stop.

    Asks every enabled feed, or those named, takes in what is new and sends the alerts that follow (beside a
    running daemon, that one sends them). A feed that fails is named and stops no other; then it ends with 8.
    """
    import logging

    from tracker.service import logs
    from tracker.service.daemon import poll_once

    settings = call.settings
    if feeds:
        settings = replace(settings, feeds=tuple(_feed(call, feed) for feed in feeds))
    logs.configure(verbose=verbose)
    if not verbose:
        # What failed stands in the table.
        logging.getLogger().setLevel(logging.ERROR)
    done = poll_once(settings, clock=call.clock, all_of_them=not due)
    records = [_record(polled) for polled in done.polled]
    show(
        call.format,
        value={
            "feeds": records,
            "delivered": None
            if done.delivered is None
            else {state: getattr(done.delivered, state) for state in ("sent", "failed", "dead")},
        },
        fields=("feed", "outcome", "items", "new", "edited", "events", "alerts", "queued", "error"),
        records=records,
        columns=(
            Column(title="FEED"),
            Column(title="OUTCOME"),
            Column(title="ITEMS", right=True),
            Column(title="NEW", right=True),
            Column(title="EVENTS", right=True),
            Column(title="CHANGES", right=True),
            Column(title="WHAT WENT WRONG", shrinks=True),
        ),
        rows=[
            (
                polled.feed,
                Cell(polled.outcome, _STYLES.get(polled.outcome, {})),
                str(polled.items),
                str(polled.new),
                str(polled.events),
                str(polled.alerts),
                polled.error,
            )
            for polled in done.polled
        ],
        empty="No feed is due." if due else "No feed is configured.",
    )
    say(_told(done))
    failed = any(polled.outcome == "failed" for polled in done.polled)
    undelivered = done.delivered is not None and (done.delivered.failed or done.delivered.dead)
    return Exit.NETWORK if failed or undelivered else Exit.OK


def _feed(call: Call, asked: str) -> Any:
    for feed in call.settings.feeds:
        if feed.id == asked:
            return replace(feed, enabled=True)
    raise names.unknown("feed", asked, [feed.id for feed in call.settings.feeds], where="feeds.toml")


def _record(polled: Polled) -> dict[str, Any]:
    return {
        "feed": polled.feed,
        "outcome": polled.outcome,
        "items": polled.items,
        "new": polled.new,
        "edited": polled.edited,
        "events": polled.events,
        "alerts": polled.alerts,
        "queued": polled.queued,
        "error": polled.error or None,
    }


def _told(done: Round) -> str:
    failed = sum(polled.outcome == "failed" for polled in done.polled)
    told = f"{many(len(done.polled), 'feed')} asked, {failed} failed; "
    told += f"{many(sum(polled.new for polled in done.polled), 'new item')}, "
    told += f"{many(sum(polled.events for polled in done.polled), 'event')} added. "
    if done.delivered is None:
        return told + "The running daemon sends what is queued."
    unsent = done.delivered.failed + done.delivered.dead
    told += f"{many(done.delivered.sent, 'alert')} sent"
    return told + (f", {unsent} not." if unsent else ".")
