"""When a feed is asked again, after good polls and bad."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import FetchError, ParseError
from tracker.feeds.health import Cadence, FeedState, address, due, failed, state, succeeded
from tracker.feeds.wishes import max_age_s, retry_after_s
from tracker.health import FeedHealth

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
NEW = FeedHealth(feed="gazette")
CADENCE = Cadence(every_s=300, jitter=0)


def good(health=NEW, *, now=NOW, cadence=CADENCE, chance=0.0, **more):
    outcome = {"status": 200, "etag": '"a"', "last_modified": "", "body_digest": "d1"}
    return succeeded(health, now=now, cadence=cadence, chance=chance, **{**outcome, **more})


def bad(health=NEW, *, now=NOW, cadence=CADENCE, chance=0.0, status=None, retry_after_s=None):
    error = FetchError("https://gazette.example/", "not done", status=status, retry_after_s=retry_after_s)
    return failed(health, error, now=now, cadence=cadence, chance=chance)


def wait_s(health):
    return (health.next_poll_at - NOW).total_seconds()


def test_a_new_feed_is_due_at_once():
    assert due(None, NOW) and due(NEW, NOW)
    assert state(None) == state(NEW) == FeedState.NEW


def test_a_good_poll_sets_every_mark():
    health = good(new_items=3, ttl_s=900.0, moved_to="https://new.example/", fault="junk after the feed")
    assert health == FeedHealth(
        feed="gazette",
        etag='"a"',
        body_digest="d1",
        last_poll_at=NOW,
        last_success_at=NOW,
        last_new_at=NOW,
        last_status=200,
        next_poll_at=NOW + timedelta(seconds=300),
        items_seen=3,
        ttl_s=900.0,
        moved_to="https://new.example/",
        moved_times=1,
        polls=1,
        fault="junk after the feed",
    )
    assert state(health) == FeedState.OK
    assert not due(health, NOW + timedelta(seconds=299)) and due(health, NOW + timedelta(seconds=300))


def test_an_unchanged_feed_keeps_validators_digest_and_fault():
    before = good(new_items=2, fault="bare <", ttl_s=60.0)
    later = NOW + timedelta(seconds=300)
    after = good(before, now=later, status=304, etag="", body_digest=None)
    assert (after.etag, after.body_digest, after.fault, after.ttl_s) == ('"a"', "d1", "bare <", 60.0)
    assert (after.items_seen, after.last_new_at, after.last_success_at) == (2, NOW, later)


def test_a_body_without_validators_drops_the_old_ones():
    assert good(good(), etag="").etag == ""


def test_waits_double_with_failures_up_to_the_cap_and_go_on():
    health, waits = NEW, []
    for _ in range(9):
        health = bad(health)
        waits.append(wait_s(health))
    assert waits == [300, 600, 1200, 2400, 4800, 9600, 19200, 21600, 21600]
    assert health.failures == 9 and state(health) == FeedState.FAILING
    for _ in range(5000):
        health = bad(health)
    assert wait_s(health) == 21600


def test_one_good_poll_ends_all_back_off():
    health = good(bad(bad(bad())))
    assert (health.failures, health.last_error, wait_s(health), state(health)) == (0, "", 300, FeedState.OK)


def test_a_failure_keeps_what_was_known():
    health = bad(good(new_items=2), status=500)
    assert (health.etag, health.items_seen, health.last_success_at) == ('"a"', 2, NOW)
    assert (health.last_status, health.last_error, health.failures) == (500, "not done", 1)


def test_a_server_that_asks_for_patience_gets_it_up_to_a_day():
    assert wait_s(bad(status=429, retry_after_s=1800.0)) == 1800
    assert wait_s(bad(status=503, retry_after_s=10.0)) == 300
    assert wait_s(bad(status=503, retry_after_s=9e9)) == 86_400


def test_a_feed_that_is_gone_is_looked_at_daily_and_may_come_back():
    health = bad(status=410)
    assert (state(health), wait_s(health)) == (FeedState.GONE, 86_400)
    assert state(good(health)) == FeedState.OK
    page = failed(good(), ParseError("u", "an HTML page"), now=NOW, cadence=CADENCE, chance=0.0)
    assert (state(page), page.last_error) == (FeedState.FAILING, "an HTML page")


def test_a_feed_that_says_thrice_that_it_is_gone_is_retired_and_may_still_come_back():
    waits, health = [], NEW
    for _ in range(4):
        health = bad(health, status=410)
        waits.append(wait_s(health))
    assert waits == [86_400, 86_400, 30 * 86_400, 30 * 86_400]
    assert state(health) == FeedState.RETIRED
    assert state(bad(health, status=503)) == FeedState.FAILING
    assert (state(good(health)), good(health).gone_times) == (FeedState.OK, 0)


HOME, NEW_HOME = "https://gazette.example/rss", "https://new.example/rss"


def moving(health, to):
    return good(health, configured=HOME, moved_to=to)


def test_a_permanent_move_counts_when_it_is_met_twice_in_a_row():
    once = moving(NEW, NEW_HOME)
    assert (address(once, HOME), once.moved_to) == (HOME, NEW_HOME)
    other = moving(once, "https://other.example/rss")
    assert address(other, HOME) == HOME
    back = moving(moving(other, None), NEW_HOME)
    assert address(back, HOME) == HOME
    twice = moving(back, NEW_HOME)
    assert address(twice, HOME) == NEW_HOME
    settled = moving(twice, None)
    assert (address(settled, HOME), settled.moved_to) == (NEW_HOME, NEW_HOME)
    assert address(settled, "https://corrected.example/rss") == "https://corrected.example/rss"


def test_a_feed_that_fails_where_it_moved_to_is_asked_at_home_again_and_stays_there_when_well():
    health = moving(moving(NEW, NEW_HOME), NEW_HOME)
    for failures in (1, 2, 3):
        assert address(health, HOME) == NEW_HOME
        health = bad(health)
        assert health.failures == failures
    assert address(health, HOME) == HOME
    well = moving(health, None)
    assert (well.address, well.moved_to, address(well, HOME)) == ("", "", HOME)


def test_nothing_moves_from_https_to_http():
    health = NEW
    for _ in range(5):
        health = moving(health, "http://new.example/rss")
    assert address(health, HOME) == HOME


ADAPTIVE = Cadence(every_s=600, shortest_s=200, longest_s=1800, jitter=0)


def paced(*steps, cadence=ADAPTIVE):
    """The waits after polls that come `seconds` after the one before and bring `new` items."""
    now, health, waits = NOW, good(new_items=30, cadence=cadence), []
    for seconds, new in steps:
        now += timedelta(seconds=seconds)
        health = good(health, now=now, cadence=cadence, new_items=new)
        waits.append((health.next_poll_at - now).total_seconds())
    return waits


def test_a_feeds_rhythm_sets_the_pause_within_bounds():
    assert paced((600, 6), (200, 2)) == [200, 200]
    assert paced((600, 1), (600, 1)) == [300, 300]
    assert paced((1800, 1), (1800, 1), (1800, 1)) == [pytest.approx(900)] * 3
    assert paced((600, 0), (600, 0)) == [600, 600]
    assert paced(*[(1800, 0)] * 6) == [600, 900, 1350, 1800, 1800, 1800]


def test_a_quiet_feed_that_wakes_is_asked_sooner_again():
    waits = paced(*[(1800, 0)] * 20, (1800, 1), *[(600, 3)] * 8)
    assert waits[19] == 1800
    assert waits[-1] < 400


def test_a_feed_of_a_fixed_interval_keeps_it():
    assert paced((600, 6), (50_000, 0), cadence=Cadence(every_s=600, jitter=0)) == [600, 600]


def test_a_window_that_rolled_past_is_counted_and_asked_for_sooner():
    before = good(new_items=3, cadence=ADAPTIVE)
    health = good(before, cadence=ADAPTIVE, body_digest="d2", new_items=5, overlapped=False)
    assert (health.gaps, health.last_gap_at, wait_s(health)) == (1, NOW, 200)
    assert good(health, cadence=ADAPTIVE, body_digest="d3").gaps == 1


@given(
    every_s=st.floats(1, 100_000), stretch=st.floats(1, 10), wish=st.floats(0, 1e6) | st.none(),
    steps=st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 50)), max_size=8),
)  # fmt: skip
def test_the_pause_of_a_feed_that_is_well_is_always_within_its_bounds(every_s, stretch, wish, steps):
    cadence = Cadence(every_s=every_s, shortest_s=every_s / stretch, longest_s=every_s * stretch, jitter=0)
    now, health = NOW, NEW
    for seconds, new in [(0, 1), *steps]:
        now += timedelta(seconds=seconds)
        health = good(health, now=now, cadence=cadence, new_items=new, max_age_s=wish)
        wait = (health.next_poll_at - now).total_seconds()
        assert every_s / stretch - 1e-3 <= wait <= every_s * stretch + 1e-3


def test_the_share_of_unchanged_answers_is_known():
    health = good(good(good(), body_digest=None), body_digest="d1")
    assert (health.polls, health.unchanged) == (3, 2)


def test_a_feeds_own_wish_stretches_the_wait_within_bounds():
    patient = Cadence(every_s=300, longest_s=3600, jitter=0)
    assert wait_s(good(ttl_s=900.0)) == 300
    assert wait_s(good(cadence=patient, ttl_s=900.0)) == 900
    assert wait_s(good(cadence=patient, ttl_s=86_400.0)) == 3600
    assert wait_s(good(cadence=patient, ttl_s=60.0)) == 300
    assert wait_s(good(cadence=patient, max_age_s=1200.0)) == 1200


def test_a_clock_that_was_set_back_does_not_silence_a_feed():
    health = good(now=NOW + timedelta(hours=3))
    assert due(health, NOW)
    weekly = good(cadence=Cadence(every_s=7 * 86_400, jitter=0))
    assert not due(weekly, NOW + timedelta(days=6))


@given(
    every_s=st.floats(1, 100_000), backoff_s=st.floats(1, 1_000_000), failures=st.integers(0, 10_000),
    chance=st.floats(0, 1, exclude_max=True), jitter=st.floats(0, 0.5),
)  # fmt: skip
def test_chance_only_ever_brings_a_poll_forward_and_never_past_now(
    every_s, backoff_s, failures, chance, jitter
):
    cadence = Cadence(every_s=every_s, backoff_s=backoff_s, jitter=jitter)
    health = bad(FeedHealth(feed="x", failures=failures), cadence=cadence, chance=chance)
    assert 0 < wait_s(health) <= max(every_s, backoff_s) + 1e-3
    assert every_s * (1 - jitter) - 1e-3 <= wait_s(good(cadence=cadence, chance=chance)) <= every_s + 1e-3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("max-age=60", 60.0), ("public, MAX-AGE=600, must-revalidate", 600.0), ('max-age="5"', 5.0),
        ("s-maxage=9", None), ("no-store, max-age=60", None), ("", None), ("max-age=-1", None),
        ("max-age=999999999", 86_400.0),
    ],
)  # fmt: skip
def test_freshness_is_read_and_capped(value, seconds):
    assert max_age_s(value) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_within_a_day_or_nothing(value):
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400
