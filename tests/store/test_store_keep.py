"""An assessment is stored whole or not at all, and only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.alerts import Alert, AlertState
from tracker.assessment import Assessment
from tracker.errors import InputError
from tracker.health import FeedHealth
from tracker.items import Item
from tracker.store import Store
from tracker.testing import report

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def assessment(item: Item, alert: Alert) -> Assessment:
    return Assessment(item=item, events=(report(), report(elector="bb")), alerts=(alert,), send=True)


def test_item_events_and_alerts_are_stored_together(store: Store, assessment: Assessment) -> None:
    kept = store.keep(assessment, recorded_at=NOON, channels=["webhook"])
    assert kept.item_is_new
    assert [stored.event for stored in kept.events] == list(assessment.events)
    assert kept.alerts == assessment.alerts
    assert list(store.log.read()) == list(kept.events)
    assert assessment.item is not None
    assert store.items.get(assessment.item.id) == assessment.item
    assert [one.alert for one in store.outbox.due(NOON)] == list(kept.alerts)


def test_the_same_assessment_again_adds_nothing(store: Store, assessment: Assessment) -> None:
    store.keep(assessment, recorded_at=NOON, channels=["webhook"])
    again = store.keep(assessment, recorded_at=NOON + timedelta(hours=1), channels=["webhook"])
    assert (again.item_is_new, again.events, again.alerts) == (False, (), ())
    assert store.log.head().seq == 2
    assert len(store.outbox.due(NOON)) == 1


def test_what_a_person_enters_has_no_item(store: Store, assessment: Assessment) -> None:
    kept = store.keep(replace(assessment, item=None), recorded_at=NOON, channels=[])
    assert not kept.item_is_new
    assert len(kept.events) == 2
    assert store.items.count() == 0


def test_an_assessment_not_to_be_sent_is_recorded_quietly(store: Store, assessment: Assessment) -> None:
    kept = store.keep(replace(assessment, send=False), recorded_at=NOON, channels=["webhook"])
    assert kept.alerts == assessment.alerts
    assert store.outbox.due(NOON) == ()
    assert [one.state for one in store.outbox.alerts()] == [AlertState.QUIET]


def test_an_assessment_with_one_bad_event_leaves_nothing(store: Store, assessment: Assessment) -> None:
    bad = replace(assessment, events=(report(), report(producer="\x1f")))
    with pytest.raises(InputError):
        store.keep(bad, recorded_at=NOON, channels=["webhook"])
    assert (store.log.head().seq, store.items.count(), store.outbox.due(NOON)) == (0, 0, ())


def test_an_alert_that_cannot_be_stored_takes_item_and_events_back(
    store: Store, assessment: Assessment
) -> None:
    timeless = replace(assessment.alerts[0], key="other", at=datetime(2024, 3, 1))
    with pytest.raises(ValueError, match="no time zone"):
        store.keep(
            replace(assessment, alerts=(*assessment.alerts, timeless)), recorded_at=NOON, channels=["webhook"]
        )
    assert (store.log.head().seq, store.items.count(), store.outbox.due(NOON)) == (0, 0, ())
    assert store.keep(assessment, recorded_at=NOON, channels=["webhook"]).item_is_new


def test_keeping_joins_the_transaction_that_is_open(store: Store, assessment: Assessment) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.keep(assessment, recorded_at=NOON, channels=["webhook"])
        raise RuntimeError
    assert (store.log.head().seq, store.items.count(), store.outbox.due(NOON)) == (0, 0, ())


def test_the_marks_of_a_feed_come_back_as_they_were(store: Store) -> None:
    assert store.feeds.get("gazette") is None
    assert store.feeds.all() == {}
    first = FeedHealth(feed="gazette")
    full = FeedHealth(
        feed="gazette",
        etag='W/"1"',
        last_modified="Fri, 01 Mar 2024 12:00:00 GMT",
        body_digest="ab" * 32,
        last_poll_at=NOON,
        last_success_at=NOON,
        last_new_at=NOON,
        last_status=503,
        last_error="503 Service Unavailable",
        failures=2,
        next_poll_at=NOON + timedelta(minutes=5),
        items_seen=17,
    )
    for health in (first, full, replace(full, last_error="", failures=0)):
        store.feeds.put(health)
        assert store.feeds.get("gazette") == health
    store.feeds.put(FeedHealth(feed="another", last_error="half \ud83d"))
    assert list(store.feeds.all()) == ["another", "gazette"]
    assert store.feeds.all()["another"].last_error == "half \ufffd"
