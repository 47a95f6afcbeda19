"""The webhook channel against a real receiver on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tracker.alerts import Alert
from tracker.channels import CHANNELS, Channel, Setup
from tracker.errors import DeliveryError
from tracker.testing import FakeClock

MakeAlert = Callable[..., Alert]
MakeSetup = Callable[..., Setup]


@contextmanager
def hook(setup: Setup) -> Iterator[Channel]:
    channel = CHANNELS["webhook"](setup)
    try:
        yield channel
    finally:
        channel.close()


def refused(setup: Setup, alert: Alert) -> DeliveryError:
    with hook(setup) as channel, pytest.raises(DeliveryError) as caught:
        channel.send(alert)
    return caught.value


def test_an_alert_arrives_as_json_with_its_key_in_the_headers(
    receiver: Any, alert: MakeAlert, setup: MakeSetup
) -> None:
    with hook(setup(url=receiver.url, headers={"Authorization": "Bearer s3cret"})) as channel:
        channel.send(alert())
    ((path, headers, body),) = receiver.got
    assert path == "/hook/s3cret?token=s3cret"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == headers["idempotency-key"] == alert().key
    assert headers["authorization"] == "Bearer s3cret"
    assert headers["webhook-timestamp"] == str(int(FakeClock().now().timestamp()))
    got = json.loads(body)
    assert (got["elector"], got["from"], got["to"]) == ("hu", "opposes", "supports")
    assert got["text"].startswith("Hungary now backs First One")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_means_taken(
    receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup, status: int
) -> None:
    receiver.answers = [answer(status=status)]
    with hook(setup(url=receiver.url)) as channel:
        channel.send(alert())
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (301, False), (302, False), (400, True), (401, True), (404, True), (408, False), (410, True),
        (413, True), (425, False), (429, False), (500, False), (502, False), (503, False),
    ],
)  # fmt: skip
def test_a_refusal_says_whether_another_try_can_work(
    *, receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup, status: int, permanent: bool
) -> None:
    receiver.answers = [answer(status=status, headers={"Location": receiver.url})]
    error = refused(setup(url=receiver.url), alert())
    assert (error.status, error.permanent) == (status, permanent)
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 120.0),
        (format_datetime(FakeClock().now() + timedelta(minutes=5), usegmt=True), 300.0),
        (format_datetime(FakeClock().now() - timedelta(minutes=5), usegmt=True), 0.0),
        ("999999999", 86400.0),
        ("soon", None),
        ("-5", None),
        ("٥", None),
    ],
)
def test_the_receivers_wish_to_wait_is_read(
    *, receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup, value: str, wait_s: float | None
) -> None:
    given = value.encode("utf-8").decode("latin-1")
    receiver.answers = [answer(status=503, headers={"Retry-After": given})]
    assert refused(setup(url=receiver.url), alert()).retry_after_s == wait_s


def test_the_receivers_own_words_are_passed_on_in_one_line(
    receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup
) -> None:
    receiver.answers = [answer(status=400, body=b"no field\n\x1b[31m'channel'" + b"x" * 5000)]
    problem = str(refused(setup(url=receiver.url), alert()))
    assert problem.startswith("desk: 127.0.0.1 answers 400: no field [31m'channel'xx")
    assert len(problem) < 400


def test_a_receiver_that_hangs_is_left_after_the_timeout(
    receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup
) -> None:
    receiver.answers = [answer(hold_s=30)]
    error = refused(setup(url=receiver.url, timeout_s=0.2), alert())
    assert not error.permanent
    assert str(error) == "desk: 127.0.0.1 did not answer within 0.2 s"


def test_a_receiver_that_is_not_there_can_be_tried_again(alert: MakeAlert, setup: MakeSetup) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = refused(setup(url=f"http://127.0.0.1:{port}/hook/s3cret"), alert())
    assert not error.permanent
    assert str(error).startswith("desk: cannot reach 127.0.0.1: ")


@pytest.mark.parametrize("status", [302, 404, 410, 500])
def test_no_secret_of_the_address_or_headers_is_told(
    receiver: Any, answer: Any, alert: MakeAlert, setup: MakeSetup, status: int
) -> None:
    receiver.answers = [answer(status=status, headers={"Location": "/s3cret"})]
    given = setup(url=receiver.url, headers={"X-Token": "s3cret"})
    assert "s3cret" not in str(refused(given, alert()))
    assert "s3cret" not in repr(given)


@pytest.mark.parametrize(
    ("secret", "key"),
    [("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("plain words", "")],
)
def test_a_signed_alert_can_be_checked_by_the_receiver(
    *, receiver: Any, alert: MakeAlert, setup: MakeSetup, secret: str, key: str
) -> None:
    with hook(setup(url=receiver.url, signing_key=secret)) as channel:
        channel.send(alert())
    ((_, headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(base64.b64decode(key) if key else secret.encode(), signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected.digest()).decode()}"


def test_an_unsigned_alert_carries_no_signature(receiver: Any, alert: MakeAlert, setup: MakeSetup) -> None:
    with hook(setup(url=receiver.url)) as channel:
        channel.send(alert())
    assert "webhook-signature" not in receiver.got[0][1]
