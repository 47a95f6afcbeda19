"""From an outlet's feed to the receiver of an alert: a real daemon, real HTTP, real signals."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from tracker.alerts import AlertState
from tracker.store import open_store
from tracker.store.verification import verify

Wait = Callable[..., float]
AGAINST = "Hungary opposes Anna Berg for Chair of the Board, its foreign minister said"
FOR = "Hungary is ready to support Anna Berg for Chair of the Board, its prime minister said"
IN_TIME_S = 5.0


def states(place: Any) -> dict[str, AlertState]:
    with open_store(place.database, read_only=True) as store:
        return {kept.alert.key: kept.state for kept in store.outbox.alerts()}


def test_a_holdout_that_turns_is_told_once_and_in_time(place: Any, waiting: Wait) -> None:
    place.news.tell("gazette", AGAINST)
    daemon = place.daemon()
    waiting(lambda: place.receiver.keys(elector="hu", to="opposes"), daemon.log)
    time.sleep(place.INTERVAL_S)
    place.news.tell("gazette", "Rain is expected in the north")
    place.news.tell("gazette", FOR)
    took_s = waiting(lambda: place.receiver.keys(elector="hu", to="supports"), daemon.log)
    assert took_s <= place.INTERVAL_S + IN_TIME_S
    polls = place.news.polled("gazette")
    waiting(lambda: place.news.polled("gazette") >= polls + 2)
    assert daemon.stop() == 0
    (told,) = (alert for alert in place.receiver.got if alert["to"] == "supports")
    assert told["text"] == ("Hungary now backs Anna Berg (was: opposes): 1 of 3, Romania and France remain")
    assert (told["from"], told["evidence"], told["outlet"]) == ("opposes", FOR, "The Gazette")
    assert len(place.receiver.got) == 2
    assert verify(place.database).ok


def test_one_story_in_three_outlets_is_told_once(place: Any, waiting: Wait) -> None:
    outlets = ("gazette", "echo", "mirror")
    place.feeds(*outlets)
    daemon = place.daemon()
    for outlet in outlets:
        waiting(lambda outlet=outlet: place.news.polled(outlet) >= 2, daemon.log)
    for outlet in outlets:
        place.news.tell(outlet, FOR)
    waiting(lambda: place.receiver.keys(elector="hu"), daemon.log)
    asked = {outlet: place.news.polled(outlet) for outlet in outlets}
    waiting(lambda: all(place.news.polled(outlet) >= asked[outlet] + 2 for outlet in outlets))
    assert daemon.stop() == 0
    assert len(place.receiver.got) == 1
    with open_store(place.database, read_only=True) as store:
        assert sum(stored.event.kind == "stance_reported" for stored in store.log.read()) == 3


def test_an_alert_stored_and_not_yet_sent_survives_sigkill(place: Any, waiting: Wait) -> None:
    place.receiver.close()
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: daemon.events("alert not taken"), daemon.log)
    daemon.kill()
    assert list(states(place).values()) == [AlertState.FAILED]
    place.receiver.open()
    again = place.daemon()
    waiting(lambda: place.receiver.got, again.log)
    waiting(lambda: again.events("alert sent"), again.log)
    assert again.stop() == 0
    assert len(place.receiver.got) == 1
    assert list(states(place).values()) == [AlertState.SENT]
    assert verify(place.database).ok


def test_a_kill_before_the_receivers_answer_repeats_the_alert_under_the_same_key(
    place: Any, waiting: Wait
) -> None:
    place.receiver.hold.clear()
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: place.receiver.got, daemon.log)
    daemon.kill()
    place.receiver.hold.set()
    again = place.daemon()
    waiting(lambda: again.events("alert sent"), again.log)
    assert again.stop() == 0
    assert len(place.receiver.got) == 2
    assert len(set(place.receiver.keys())) == 1


def test_kills_at_any_moment_lose_no_alert_and_tell_none_under_two_keys(place: Any, waiting: Wait) -> None:
    turns = [AGAINST, FOR] * 3
    for number, turn in enumerate(turns):
        place.news.tell("gazette", f"{turn} ({number})", ago=timedelta(hours=len(turns) - number))
        daemon = place.daemon(ready=number % 2 == 0)
        # At another moment each time: while starting, polling, storing, sending.
        time.sleep(0.15 * number)
        daemon.kill()
    last = place.daemon()
    waiting(lambda: len(set(place.receiver.keys())) == len(turns), lambda: place.receiver.got)
    assert last.stop() == 0
    told = {alert["key"]: alert["to"] for alert in place.receiver.got}
    assert list(told.values()) == ["opposes", "supports"] * 3
    assert set(states(place).values()) == {AlertState.SENT}
    assert verify(place.database).ok


def test_a_receiver_in_trouble_gets_the_alert_when_it_is_well(place: Any, waiting: Wait) -> None:
    place.receiver.statuses = [500, 503]
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: daemon.events("alert sent"), daemon.log)
    assert daemon.stop() == 0
    assert [len(place.receiver.got), len(set(place.receiver.keys()))] == [3, 1]


def test_a_new_feed_fills_the_past_quietly(place: Any, waiting: Wait) -> None:
    place.news.tell("gazette", AGAINST, ago=timedelta(days=20))
    place.news.tell("gazette", "France supports Anna Berg for Chair of the Board, its minister said",
                    ago=timedelta(days=3))  # fmt: skip
    place.news.tell("gazette", FOR, ago=timedelta(hours=2))
    daemon = place.daemon()
    waiting(lambda: place.news.polled("gazette") >= 3, daemon.log)
    assert daemon.stop() == 0
    assert [(a["elector"], a["from"], a["to"]) for a in place.receiver.got] == [("hu", "opposes", "supports")]
    assert sorted(state.value for state in states(place).values()) == ["quiet", "quiet", "sent"]


def test_a_feed_that_fails_is_shown_with_its_reason_and_the_others_go_on(place: Any, waiting: Wait) -> None:
    place.feeds("gazette", "page", "gone", "down")
    place.news.broken = {
        "page": (200, b"<!DOCTYPE html><html><head><title>Cookies</title></head><body>?</body></html>"),
        "gone": (410, b"gone"),
        "down": (503, b"later"),
    }
    daemon = place.daemon()
    waiting(lambda: len({e["feed"] for e in daemon.events("feed failed")}) == 3, daemon.log)
    place.news.tell("gazette", FOR)
    waiting(lambda: place.receiver.got, daemon.log)
    assert daemon.stop() == 0
    with open_store(place.database, read_only=True) as store:
        health = store.feeds.all()
    assert health["gazette"].failures == 0
    assert {feed: marks.failures > 0 for feed, marks in health.items() if feed != "gazette"} == {
        "page": True, "gone": True, "down": True,
    }  # fmt: skip
    assert "HTML page" in health["page"].last_error
    assert "410" in health["gone"].last_error
    assert "503" in health["down"].last_error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(place: Any, waiting: Wait, number: signal.Signals) -> None:
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    daemon.signal(number)
    assert daemon.wait() == 0, daemon.log
    assert daemon.events("stopped")


def test_a_second_signal_quits_at_once_and_leaves_a_whole_database(place: Any, waiting: Wait) -> None:
    place.receiver.hold.clear()
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: place.receiver.got, daemon.log)
    daemon.signal(signal.SIGTERM)
    waiting(lambda: daemon.events("stopping"), daemon.log)
    daemon.signal(signal.SIGTERM)
    assert daemon.wait(3) == 128 + signal.SIGTERM
    assert verify(place.database).ok
    assert list(states(place).values()) == [AlertState.QUEUED]


def test_a_stop_lets_the_try_in_hand_end(place: Any, waiting: Wait) -> None:
    place.receiver.hold.clear()
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: place.receiver.got, daemon.log)
    daemon.signal(signal.SIGTERM)
    waiting(lambda: daemon.events("stopping"), daemon.log)
    place.receiver.hold.set()
    assert daemon.wait() == 0
    assert list(states(place).values()) == [AlertState.SENT]
    assert len(place.receiver.got) == 1


def test_a_second_start_names_the_first(place: Any) -> None:
    daemon = place.daemon()
    second = place.daemon(ready=False)
    assert second.wait() == 6
    (line,) = second.log
    assert f"process {daemon.pid} already runs tracker on this database" in line
    assert daemon.stop() == 0


def test_a_wrong_key_refuses_to_start_and_touches_nothing(place: Any) -> None:
    place.settings(extra='[[channels]]\nname = "x"\nkind = "consol"\n[pol]\ninterval = 3')
    refused = place.daemon(ready=False)
    assert refused.wait() == 3
    told = "\n".join(refused.log)
    assert "pol" in told
    assert "consol" in told
    assert not place.database.exists()


def test_a_taken_port_is_named_with_its_key(place: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        place.settings(web=f"port = {port}")
        refused = place.daemon(ready=False)
        assert refused.wait() == 3
    told = "\n".join(refused.log)
    assert "web.port" in told
    assert f"127.0.0.1:{port} is taken by another program" in told


def test_another_programs_database_is_left_alone(place: Any) -> None:
    place.database.write_text("Dear diary")
    refused = place.daemon(ready=False)
    assert refused.wait() == 4
    assert "is no SQLite database" in refused.log[0]
    assert place.database.read_text() == "Dear diary"


def test_a_log_with_a_flipped_byte_is_named_and_nothing_is_added(place: Any, waiting: Wait) -> None:
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: daemon.events("alert sent"), daemon.log)
    assert daemon.stop() == 0
    with closing(sqlite3.connect(place.database)) as raw:
        (guard,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'events_never_change'").fetchone()
        raw.execute("DROP TRIGGER events_never_change")
        raw.execute("UPDATE events SET stance = 'opposes' WHERE seq = 2")
        raw.execute(guard)
        raw.commit()
    refused = place.daemon(ready=False)
    assert refused.wait() == 5
    assert "event 2" in refused.log[0]
    assert "`tracker verify`" in refused.log[0]
    with closing(sqlite3.connect(place.database)) as raw:
        assert raw.execute("SELECT count(*) FROM events").fetchone() == (2,)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_the_page_shows_what_was_found_while_it_runs(place: Any, waiting: Wait) -> None:
    port = free_port()
    place.settings(web=f"port = {port}")
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: place.receiver.got, daemon.log)
    status, page = get(f"http://127.0.0.1:{port}/")
    assert status == 200
    assert "Hungary" in page.decode()
    status, health = get(f"http://127.0.0.1:{port}/healthz")
    told = json.loads(health)
    assert (status, told["ok"], told["feeds"]["ok"], told["log"]["seq"]) == (200, True, 1, 2)
    status, atom = get(f"http://127.0.0.1:{port}/alerts.atom")
    assert "Hungary now backs Anna Berg" in atom.decode()
    assert daemon.stop() == 0


def test_no_secret_is_logged(place: Any, waiting: Wait) -> None:
    text = (place.folder / "config" / "tracker.toml").read_text()
    (place.folder / "config" / "tracker.toml").write_text(text.replace("/hook", "/hook/s3cret"))
    (place.folder / "token").write_text("Bearer s3cret")
    feeds = place.folder / "config" / "feeds.toml"
    feeds.write_text(feeds.read_text() + f'authorization_file = "{place.folder}/token"\n')
    place.receiver.statuses = [500, 404]
    place.news.tell("gazette", FOR)
    daemon = place.daemon()
    waiting(lambda: daemon.events("alert given up"), daemon.log)
    assert daemon.stop() == 0
    assert "s3cret" not in "\n".join([*daemon.log, *daemon.out])
    with open_store(place.database, read_only=True) as store:
        (attempts,) = (store.outbox.attempts(key) for key in states(place))
    assert [attempt.status for attempt in attempts] == [500, 404]
    assert not any("s3cret" in attempt.error for attempt in attempts)


def test_a_hang_up_takes_a_new_configuration_and_keeps_the_old_one_on_error(
    place: Any, waiting: Wait
) -> None:
    daemon = place.daemon()
    waiting(lambda: place.news.polled("gazette"), daemon.log)
    place.feeds("gazette", "echo")
    daemon.signal(signal.SIGHUP)
    waiting(lambda: place.news.polled("echo"), daemon.log)
    (place.folder / "config" / "feeds.toml").write_text("[[feeds]]\nid = 5\n")
    daemon.signal(signal.SIGHUP)
    waiting(lambda: daemon.events("reload refused"), daemon.log)
    before = place.news.polled("echo")
    waiting(lambda: place.news.polled("echo") > before, daemon.log)
    assert daemon.stop() == 0
    assert len(daemon.events("running")) == 2
