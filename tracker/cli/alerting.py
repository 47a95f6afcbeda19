"""The alerts found, and their way to the channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.output import say, show
from tracker.cli.stances import shown
from tracker.cli.tables import Cell, Column
from tracker.cli.verbs import ASKING, Family, Moment, Verb
from tracker.errors import UnknownName

if TYPE_CHECKING:
    from tracker.alerts import Alert, AlertState
    from tracker.store import Attempt

STATES = ("quiet", "queued", "sent", "failed", "dead")
FIELDS = (
    "key", "at", "occurred_at", "contest", "elector", "candidate", "from", "to", "certainty", "evidence",
    "url", "state",
)  # fmt: skip
COLUMNS = (
    Column(title="KEY", drops=2),
    Column(title="DATE"),
    Column(title="WHO"),
    Column(title="TOWARD", shrinks=True),
    Column(title="FROM"),
    Column(title="TO"),
    Column(title="CERTAINTY", drops=3),
    Column(title="STATE", drops=1),
    Column(title="WORDS", shrinks=True),
)
_STATE_STYLES: Mapping[str, Mapping[str, Any]] = {
    "sent": {"fg": "green"},
    "failed": {"fg": "yellow"},
    "dead": {"fg": "red"},
}


@click.group(cls=Family)
def alerts() -> None:
    """Changes of standing, and whether they were sent.

    An alert is one change of one elector's standing toward one candidate. It is quiet (recorded, not to be
    sent: found while taking in the past), queued, sent, failed (to be tried again) or dead (given up).
    """


@alerts.command(
    name="list",
    cls=Verb,
    shares=ASKING,
    epilog="Example: tracker alerts list --elector hu --state sent --format json",
)
@click.option("--elector", metavar="ELECTOR", help="Only about this elector.")
@click.option("--candidate", metavar="CANDIDATE", help="Only about this candidate.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only in this state.")
@click.option("--since", type=Moment(start=True), metavar="DATE", help="Only changes on or after that day.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last N.")
@called
def list_alerts(
    call: Call,
    *,
    elector: str | None,
    candidate: str | None,
    states: tuple[str, ...],
    since: datetime | None,
    limit: int | None,
) -> None:
    """The alerts, oldest first, each with what changed, the words and where they stand."""
    from tracker.alerts import AlertState
    from tracker.queries import alert_json
    from tracker.store import AlertFilter

    store = call.store()
    rosters = call.rosters(store)
    wanted = AlertFilter(
        contest=call.contest_id_given,
        elector=None if elector is None else names.elector_id(rosters, elector),
        candidate=None if candidate is None else names.candidate_id(rosters, candidate),
        states=tuple(AlertState(state) for state in states),
        until=call.known_at,
    )
    newest = (
        kept
        for kept in store.outbox.alerts(wanted, newest_first=True)
        if (since is None or since <= kept.alert.occurred_at)
        and (call.as_of_given is None or kept.alert.occurred_at <= call.as_of_given)
    )
    found = list(islice(newest, limit))[::-1]
    records = [alert_json(kept.alert, kept.state) for kept in found]
    show(
        call.format,
        value=records,
        fields=FIELDS,
        records=records,
        columns=COLUMNS,
        rows=[alert_row(kept.alert, kept.state) for kept in found],
        empty="No alert.",
    )


@alerts.command(
    name="log", cls=Verb, shares=("config", "db", "format"), epilog="Example: tracker alerts log 4f1c"
)
@click.argument("key")
@called
def log_of_alert(call: Call, key: str) -> None:
    """Every try to send one alert: when, to which channel, with which outcome.

    KEY is the alert's, or its beginning, as `tracker alerts list` shows it.
    """
    outbox = call.store().outbox
    alert = _the_one(call, [kept.alert.key for kept in outbox.alerts()], key)
    tries = outbox.attempts(alert)
    records = [_attempt(each) for each in tries]
    show(
        call.format,
        value=records,
        fields=("channel", "at", "outcome", "status", "latency_ms", "error"),
        records=records,
        columns=(
            Column(title="AT"),
            Column(title="CHANNEL"),
            Column(title="OUTCOME"),
            Column(title="HTTP", right=True),
            Column(title="MS", right=True),
            Column(title="ERROR", shrinks=True),
        ),
        rows=[
            (
                f"{each.at:%Y-%m-%d %H:%M:%S}",
                each.channel,
                Cell(each.outcome.value, _STATE_STYLES.get(each.outcome.value, {})),
                "" if each.status is None else str(each.status),
                "" if each.latency_ms is None else f"{each.latency_ms:.0f}",
                each.error,
            )
            for each in tries
        ],
        empty="No try yet.",
    )


@alerts.command(
    name="retry",
    cls=Verb,
    shares=("config", "db"),
    epilog="Example: tracker alerts retry --channel desk",
)
@click.argument("key", required=False)
@click.option("--channel", metavar="NAME", help="Only deliveries to this channel.")
@called
def retry(call: Call, key: str | None, channel: str | None) -> None:
    """Queue again what was given up: one alert's deliveries, one channel's, or all.

    The running daemon sends them; without one, the next `tracker run` or `tracker poll` does.
    """
    outbox = call.store(write=True).outbox
    if key is not None:
        key = _the_one(call, [kept.alert.key for kept in outbox.alerts()], key)
    number = outbox.revive(call.now, key=key, channel=channel)
    say(f"{number} {'delivery' if number == 1 else 'deliveries'} queued again.")


def _the_one(call: Call, keys: list[str], beginning: str) -> str:
    """The one key that begins so. Raises UnknownName for none or several."""
    found = [key for key in keys if key.startswith(beginning)]
    if len(found) != 1:
        raise UnknownName("alert", beginning, where=str(call.database), near=tuple(found[:5]))
    return found[0]


def alert_row(alert: Alert, state: AlertState) -> tuple[str | Cell, ...]:
    """An alert as a row of `COLUMNS`."""
    return (
        alert.key[:10],
        f"{alert.occurred_at:%Y-%m-%d}",
        alert.elector,
        alert.candidate,
        shown(alert.was),
        shown(alert.now, mark=" (disputed)" if alert.disputed else ""),
        "" if alert.certainty is None else alert.certainty.value,
        Cell(state.value, _STATE_STYLES.get(state.value, {})),
        alert.evidence,
    )


def _attempt(each: Attempt) -> dict[str, Any]:
    from tracker.clock import iso

    return {
        "channel": each.channel,
        "at": iso(each.at),
        "outcome": each.outcome.value,
        "status": each.status,
        "latency_ms": each.latency_ms,
        "error": each.error or None,
    }
