"""One daemon for one database, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tracker.errors import AlreadyRunning, StoreError
from tracker.service.instance import lock_path, single_instance

HOLDER = """
import sys, time
from pathlib import Path
from tracker.service.instance import single_instance
with single_instance(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_start_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    database = tmp_path / "tracker.db"
    with holder(database) as process, pytest.raises(AlreadyRunning) as caught, single_instance(database):
        pytest.fail("two hold one database")
    assert caught.value.pid == process.pid
    assert f"process {process.pid} already runs" in str(caught.value)


def test_a_killed_process_gives_the_lock_back(tmp_path: Path) -> None:
    database = tmp_path / "tracker.db"
    with holder(database) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with single_instance(database):
            assert lock_path(database).read_text() == f"{os.getpid()}\n"


def test_it_is_given_back_at_the_end_and_can_be_taken_again(tmp_path: Path) -> None:
    database = tmp_path / "tracker.db"
    for _ in range(2):
        with single_instance(database):
            pass
    assert lock_path(database).read_text() == ""


def test_another_name_of_the_same_file_is_the_same_database(tmp_path: Path) -> None:
    database = tmp_path / "tracker.db"
    database.touch()
    link = tmp_path / "link.db"
    link.symlink_to(database)
    with holder(link), pytest.raises(AlreadyRunning), single_instance(database):
        pytest.fail("two hold one database")


def test_two_databases_in_one_folder_do_not_meet(tmp_path: Path) -> None:
    with holder(tmp_path / "one.db"), single_instance(tmp_path / "two.db"):
        assert lock_path(tmp_path / "two.db").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match=r"missing/tracker\.db\.lock: the lock cannot be made: No such file"),
        single_instance(tmp_path / "missing" / "tracker.db"),
    ):
        pytest.fail("held nothing")
