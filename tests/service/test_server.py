"""The page's address: taken, told or refused with its key."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tracker.configuration.settings import Settings, WebSettings
from tracker.errors import ConfigError
from tracker.service.server import listening
from tracker.stances import ContestId


def settings(**web: object) -> Settings:
    return Settings(
        folder=Path("config"),
        database=Path("tracker.db"),
        contest=ContestId("chair-2030"),
        contests=(),
        web=WebSettings(**web),  # type: ignore[arg-type]
    )


def test_it_listens_where_it_is_told_to() -> None:
    with listening(settings(port=0)) as bound:
        assert bound is not None
        with socket.create_connection(bound.getsockname(), timeout=5):
            pass


def test_without_a_page_it_listens_nowhere() -> None:
    with listening(settings(enabled=False)) as bound:
        assert bound is None


@pytest.mark.parametrize(
    ("host", "key", "words"),
    [
        ("127.0.0.1", "web.port", "is taken by another program"),
        ("203.0.113.7", "web.host", "is no address of this machine"),
        ("no such host", "web.host", "is no address of this machine"),
    ],
)
def test_an_address_that_cannot_be_had_is_named_with_its_key(host: str, key: str, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught, listening(settings(host=host, port=port)):
            pytest.fail("two listen at one address")
    (fault,) = caught.value.faults
    assert fault.key == key
    assert f"{host}:{port} {words}" in fault.problem
    assert caught.value.path == "config/tracker.toml"
