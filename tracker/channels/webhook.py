"""A webhook: an alert POSTed as JSON to an address of the operator's choice."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from tracker.alerts import Alert
from tracker.channels.rendering import plain, record
from tracker.channels.setup import Setup
from tracker.errors import DeliveryError

# Of the 4xx, these three say "later", not "never" (RFC 9110 §15.5.9, RFC 8470, RFC 6585).
_LATER = frozenset({408, 425, 429})
_LONGEST_WAIT_S = 24 * 3600.0
_READ_OF_ANSWER = 300


class Webhook:
    """POSTs each alert; any 2xx means that it was taken.

    The headers `webhook-id` and `Idempotency-Key` carry the alert's key, the same at every try; with a
    signing key, `webhook-signature` lets the receiver check who sent it (Standard Webhooks).
    Redirects are not followed: they would send the alert, and its secrets, where nobody configured it to
    go. Private addresses are fine, since the operator wrote the address down. What is raised or logged
    never shows more of the address than its host: the rest is often the secret.
    """

    def __init__(self, setup: Setup) -> None:
        self.name = setup.name
        self._names = setup.names
        self._clock = setup.clock
        self._url = setup.url
        self._key = _key(setup.signing_key)
        self._timeout_s = setup.timeout_s
        self._host = urlsplit(setup.url).hostname or "the receiver"
        self._client = httpx.Client(
            headers={"User-Agent": "tracker", **setup.headers},
            timeout=httpx.Timeout(setup.timeout_s, connect=min(5.0, setup.timeout_s)),
            follow_redirects=False,
        )

    def send(self, alert: Alert) -> None:
        """As `Channel.send`."""
        body = json.dumps(record(alert, self._names), ensure_ascii=False).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": alert.key,
            "webhook-timestamp": timestamp,
            "Idempotency-Key": alert.key,
        }
        if self._key:
            headers["webhook-signature"] = _signature(self._key, alert.key, timestamp, body)
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                if not response.is_success:
                    raise self._refusal(response)
        except httpx.TimeoutException as error:
            raise DeliveryError(
                self.name, f"{self._host} did not answer within {self._timeout_s:g} s"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise DeliveryError(self.name, f"cannot reach {self._host}: {_cause(error)}") from error

    def close(self) -> None:
        """As `Channel.close`."""
        self._client.close()

    def _refusal(self, response: httpx.Response) -> DeliveryError:
        status = response.status_code
        if status == 410:
            problem = "says that it is gone for good (410): take it out of the configuration"
        elif response.is_redirect:
            problem = f"answers {status}, another address: configure that one, redirects are not followed"
        else:
            said = _beginning(response)
            problem = f"answers {status}{f': {said}' if said else ''}"
        return DeliveryError(
            self.name,
            f"{self._host} {problem}",
            status=status,
            retry_after_s=_retry_after(response.headers, self._clock.now()),
            permanent=400 <= status < 500 and status not in _LATER,
        )


def _key(secret: str) -> bytes:
    """The key's bytes: base64 after `whsec_`, by Standard Webhooks; any other secret is taken as it is."""
    if secret.startswith("whsec_"):
        with suppress(ValueError):
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return secret.encode()


def _signature(key: bytes, id_: str, timestamp: str, body: bytes) -> str:
    """`v1` of Standard Webhooks: HMAC-SHA256 over id, time and body."""
    signed = b".".join((id_.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _beginning(response: httpx.Response) -> str:
    """The first words of an answer, for a person who has to find out what is wrong."""
    try:
        read = next(response.iter_bytes(_READ_OF_ANSWER), b"")
    except httpx.HTTPError:
        return ""
    return plain(read[:_READ_OF_ANSWER].decode("utf-8", "replace"))


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that `Retry-After` asks to wait (RFC 9110 §10.2.3: a number or a date), a day at most."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait_s = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S)


def _cause(error: Exception) -> str:
    return plain(str(error)) or type(error).__name__
