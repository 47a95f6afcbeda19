"""Alerts on their way: told once, never lost, every try on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.alerts import Alert, AlertState
from tracker.errors import UnknownName
from tracker.store import AlertFilter, Store, open_store

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHANNELS = ("console", "webhook")


def ways(store: Store, alert: Alert) -> dict[str, tuple[str, int]]:
    return {one.channel: (one.state.value, one.attempts) for one in store.outbox.deliveries(alert.key)}


def state(store: Store, alert: Alert) -> AlertState:
    (kept,) = store.outbox.alerts(AlertFilter(key=alert.key))
    assert kept.alert == alert
    return kept.state


def test_an_alert_is_queued_once_for_each_channel(store: Store, alert: Alert) -> None:
    assert not store.outbox.known(alert.key)
    assert store.outbox.queue(alert, [*CHANNELS, "console"], send=True)
    assert store.outbox.known(alert.key)
    assert ways(store, alert) == {"console": ("queued", 0), "webhook": ("queued", 0)}
    assert state(store, alert) is AlertState.QUEUED
    assert [(one.alert, one.channel) for one in store.outbox.due(NOON)] == [(alert, c) for c in CHANNELS]


def test_an_alert_with_a_key_that_was_ever_kept_is_not_queued_again(store: Store, alert: Alert) -> None:
    store.outbox.queue(alert, CHANNELS, send=True)
    for channel in CHANNELS:
        store.outbox.sent(alert.key, channel, NOON)
    again = replace(alert, at=NOON + MINUTE, evidence="other words")
    assert not store.outbox.queue(again, ["webhook", "atom"], send=True)
    assert store.outbox.due(NOON + 60 * MINUTE) == ()
    assert state(store, alert) is AlertState.SENT


@pytest.mark.parametrize(("channels", "send"), [(CHANNELS, False), ((), True)])
def test_an_alert_not_to_be_sent_is_recorded_quietly(
    store: Store, alert: Alert, channels: tuple[str, ...], send: bool
) -> None:
    assert store.outbox.queue(alert, channels, send=send)
    assert store.outbox.due(NOON + MINUTE) == ()
    assert store.outbox.next_due() is None
    assert state(store, alert) is AlertState.QUIET
    assert store.outbox.counts()[AlertState.QUIET] == 1
    assert not store.outbox.queue(alert, CHANNELS, send=True), "what was told quietly is not told again aloud"


def test_a_try_that_failed_is_due_again_at_its_time_and_not_before(store: Store, alert: Alert) -> None:
    store.outbox.queue(alert, CHANNELS, send=True)
    store.outbox.sent(alert.key, "console", NOON)
    store.outbox.failed(
        alert.key,
        "webhook",
        NOON,
        "503 Service Unavailable",
        next_try_at=NOON + MINUTE,
        status=503,
        latency_ms=12.5,
    )
    assert state(store, alert) is AlertState.FAILED
    assert store.outbox.due(NOON + MINUTE - timedelta(microseconds=1)) == ()
    assert store.outbox.next_due() == NOON + MINUTE
    (again,) = store.outbox.due(NOON + MINUTE)
    assert (again.channel, again.state, again.attempts) == ("webhook", AlertState.FAILED, 1)
    assert (again.next_try_at, again.last_error) == (NOON + MINUTE, "503 Service Unavailable")
    store.outbox.sent(alert.key, "webhook", NOON + MINUTE, status=200, latency_ms=3.0)
    assert ways(store, alert) == {"console": ("sent", 1), "webhook": ("sent", 2)}
    assert store.outbox.next_due() is None
    tries = [one for one in store.outbox.attempts(alert.key) if one.channel == "webhook"]
    assert [(one.at, one.outcome.value, one.status, one.latency_ms, one.error) for one in tries] == [
        (NOON, "failed", 503, 12.5, "503 Service Unavailable"),
        (NOON + MINUTE, "sent", 200, 3.0, ""),
    ]


def test_what_was_sent_stays_sent_whatever_comes_after(store: Store, alert: Alert) -> None:
    store.outbox.queue(alert, ["webhook"], send=True)
    store.outbox.sent(alert.key, "webhook", NOON)
    store.outbox.failed(alert.key, "webhook", NOON, "late answer", next_try_at=NOON)
    store.outbox.dead(alert.key, "webhook", NOON, "late answer")
    assert state(store, alert) is AlertState.SENT
    assert store.outbox.due(NOON + MINUTE) == ()
    assert len(store.outbox.attempts(alert.key)) == 3, "every try is on record all the same"


def test_what_was_given_up_can_be_revived(store: Store, alert: Alert) -> None:
    other = replace(alert, key="other")
    for one in (alert, other):
        store.outbox.queue(one, CHANNELS, send=True)
        for channel in CHANNELS:
            store.outbox.dead(one.key, channel, NOON, "410 Gone", status=410)
    assert state(store, alert) is AlertState.DEAD
    assert store.outbox.due(NOON + MINUTE) == ()
    assert store.outbox.revive(NOON + MINUTE, key=alert.key, channel="webhook") == 1
    assert ways(store, alert) == {"console": ("dead", 1), "webhook": ("queued", 0)}
    assert [one.alert.key for one in store.outbox.due(NOON + MINUTE)] == [alert.key]
    assert store.outbox.revive(NOON, channel="webhook") == 1
    assert store.outbox.revive(NOON) == 2
    assert store.outbox.revive(NOON) == 0
    assert store.outbox.counts()[AlertState.QUEUED] == 4


def test_the_state_of_an_alert_is_that_of_its_worst_open_way(store: Store, alert: Alert) -> None:
    store.outbox.queue(alert, ["a", "b", "c"], send=True)
    store.outbox.sent(alert.key, "a", NOON)
    assert state(store, alert) is AlertState.QUEUED
    store.outbox.failed(alert.key, "b", NOON, "no", next_try_at=NOON)
    assert state(store, alert) is AlertState.FAILED
    store.outbox.dead(alert.key, "b", NOON, "no")
    assert state(store, alert) is AlertState.QUEUED
    store.outbox.sent(alert.key, "c", NOON)
    assert state(store, alert) is AlertState.DEAD
    store.outbox.revive(NOON)
    store.outbox.sent(alert.key, "b", NOON)
    assert state(store, alert) is AlertState.SENT


def test_a_try_of_an_alert_nobody_kept_is_refused(store: Store) -> None:
    with pytest.raises(UnknownName, match="no alert 'nothing'"):
        store.outbox.sent("nothing", "webhook", NOON)
    assert store.outbox.deliveries("nothing") == ()


def test_deliveries_come_longest_due_first_and_no_more_than_asked(store: Store, alert: Alert) -> None:
    for n in (3, 1, 2):
        store.outbox.queue(replace(alert, key=f"{n}", at=NOON + n * MINUTE), ["webhook"], send=True)
    assert [one.alert.key for one in store.outbox.due(NOON + 2 * MINUTE)] == ["1", "2"]
    assert [one.alert.key for one in store.outbox.due(NOON + 9 * MINUTE, limit=2)] == ["1", "2"]


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (AlertFilter(), "0123"),
        (AlertFilter(contest="other-2025"), "3"),
        (AlertFilter(elector="bb"), "1"),
        (AlertFilter(candidate="second-one"), "2"),
        (AlertFilter(states=(AlertState.QUIET,)), "0"),
        (AlertFilter(states=(AlertState.QUIET, AlertState.SENT)), "01"),
        (AlertFilter(since=NOON + 2 * MINUTE), "23"),
        (AlertFilter(until=NOON + MINUTE), "01"),
        (AlertFilter(since=NOON + MINUTE, until=NOON + 2 * MINUTE, states=(AlertState.SENT,)), "1"),
    ],
)
def test_alerts_are_filtered(store: Store, alert: Alert, wanted: AlertFilter, keys: str) -> None:
    changes = [{}, {"elector": "bb"}, {"candidate": "second-one"}, {"contest": "other-2025"}]
    for n, change in enumerate(changes):
        store.outbox.queue(replace(alert, key=f"{n}", at=NOON + n * MINUTE, **change), ["a"], send=n > 0)  # type: ignore[arg-type]
    store.outbox.sent("1", "a", NOON)
    assert "".join(kept.alert.key for kept in store.outbox.alerts(wanted)) == keys
    assert "".join(kept.alert.key for kept in store.outbox.alerts(wanted, newest_first=True)) == keys[::-1]
    assert "".join(kept.alert.key for kept in store.outbox.alerts(wanted, limit=1)) == keys[:1]


def test_alerts_stream_over_several_pages(store: Store, alert: Alert) -> None:
    with store.transaction():
        for n in range(1_100):
            store.outbox.queue(replace(alert, key=f"{n}"), [], send=True)
    assert [kept.alert.key for kept in store.outbox.alerts()] == [f"{n}" for n in range(1_100)]
    assert [kept.alert.key for kept in store.outbox.alerts(newest_first=True, limit=700)] == [
        f"{n}" for n in range(1_099, 399, -1)
    ]


def test_half_an_emoji_in_an_alert_is_kept_as_a_replacement_sign(store: Store, alert: Alert) -> None:
    store.outbox.queue(replace(alert, evidence="half \ud83d"), CHANNELS, send=True)
    store.outbox.failed(alert.key, "console", NOON, "half \ud83d", next_try_at=NOON)
    assert store.outbox.deliveries(alert.key)[0].last_error == "half \ufffd"
    assert store.outbox.deliveries(alert.key)[0].alert.evidence == "half \ufffd"


def test_what_is_due_outlives_the_process(store: Store, alert: Alert) -> None:
    store.outbox.queue(alert, CHANNELS, send=True)
    store.close()
    with open_store(store.path) as again:
        assert [one.alert for one in again.outbox.due(NOON)] == [alert, alert]
