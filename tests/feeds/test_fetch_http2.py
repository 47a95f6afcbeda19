"""HTTP/2, spoken with a real server that speaks it, and left when it is spoken badly."""

from __future__ import annotations

import socket
import ssl

import h2.config
import h2.connection
import h2.events
import pytest
import trustme
from loopback import LoopbackServer

from tracker.feeds.fetch import Fetcher, Request
from tracker.testing import FakeClock

FEED = b"<rss><channel><item><title>x</title></item></channel></rss>"


class Http2Server(LoopbackServer):
    """Answers every stream with the feed; `broken`: talks nonsense to whoever chose HTTP/2."""

    def __init__(self, authority: trustme.CA, *, broken: bool = False) -> None:
        self.broken = broken
        self.spoken: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        super().__init__()
        self.url = f"https://127.0.0.1:{self.port}/feed"

    def serve(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as tls:
            self.spoken.append(tls.selected_alpn_protocol() or "")
            if self.spoken[-1] != "h2":
                tls.recv(65_536)
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))
            elif self.broken:
                tls.recv(65_536)
                tls.sendall(b"\0\0\5\7\0\0\0\0\0nonsense" * 50)
            else:
                self._speak(tls)

    def _speak(self, tls: ssl.SSLSocket) -> None:
        spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        spoken.initiate_connection()
        tls.sendall(spoken.data_to_send())
        while part := tls.recv(65_536):
            for event in spoken.receive_data(part):
                if isinstance(event, h2.events.RequestReceived):
                    spoken.send_headers(event.stream_id, [(":status", "200"), ("etag", '"two"')])
                    spoken.send_data(event.stream_id, FEED, end_stream=True)
            tls.sendall(spoken.data_to_send())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def speak(authority):
    """A server, and a way to fetch from it with its certificate trusted."""
    opened = []

    def make(**options):
        opened.append(Http2Server(authority, **options))
        return opened[-1]

    yield make
    for server in opened:
        server.stop()


@pytest.fixture
def fetcher(authority):
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    return lambda: Fetcher(contact="", clock=FakeClock(), tls=trusted)


def test_a_server_that_speaks_http2_is_spoken_to_in_it(speak, fetcher, run_async):
    server = speak()

    async def twice():
        async with fetcher() as one:
            return [await one.fetch(Request(url=server.url, local=True)) for _ in range(2)]

    first, second = run_async(twice())
    assert first.body == second.body == FEED
    assert first.etag == '"two"'
    assert server.spoken == ["h2"]  # one connection for both


def test_a_server_whose_http2_is_broken_is_asked_without_it_from_then_on(speak, fetcher, run_async):
    server = speak(broken=True)

    async def twice():
        async with fetcher() as one:
            return [await one.fetch(Request(url=server.url, local=True)) for _ in range(2)]

    assert [result.body for result in run_async(twice())] == [FEED, FEED]
    assert server.spoken[0] == "h2" and set(server.spoken[1:]) == {"http/1.1"}
