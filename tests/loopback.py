"""A TCP server on loopback, for tests that answer byte by byte."""

from __future__ import annotations

import contextlib
import socket
import threading


class LoopbackServer:
    """Gives each connection, on a thread of its own, to `serve`; `stopping` is set when it is to end."""

    def __init__(self, host: str = "127.0.0.1", *, backlog: int | None = None) -> None:
        self._socket = socket.create_server((host, 0), backlog=backlog)
        self.stopping = threading.Event()
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        """Answer on a connection, which is closed after it; that the other side is gone is no error."""
        raise NotImplementedError

    def stop(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.serve(connection)


def head_of(connection: socket.socket) -> bytes:
    """A request to the end of its head, with what came along of its body; empty when the asker left."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65_536)
        if not part:
            return b""
        request += part
    return request
