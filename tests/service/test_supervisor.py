"""What systemd hears, on a real socket."""

from __future__ import annotations

import socket
from pathlib import Path

from tracker.service.supervisor import Supervisor, supervisor


def test_it_hears_of_readiness_reloads_life_and_the_end(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        told = supervisor(str(tmp_path / "notify"), "180000000")
        assert told.ping_s == 90
        told.ready("12 feeds\nRELOADING=1")
        told.reloading()
        told.alive()
        told.stopping()
        heard = [listener.recv(4096).decode() for _ in range(4)]
    assert heard[0] == "READY=1\nSTATUS=12 feeds RELOADING=1"
    assert heard[1].startswith("RELOADING=1\nMONOTONIC_USEC=") and heard[2:] == ["WATCHDOG=1", "STOPPING=1"]


def test_nobody_listening_stops_nothing(tmp_path: Path) -> None:
    assert supervisor("", "5") == Supervisor()
    assert supervisor("relative", "5").ping_s is None
    supervisor(str(tmp_path / "nobody"), "").ready("x")
