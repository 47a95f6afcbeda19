"""`extract --explain` and `--misses`: how a text was read, drawn for a person; and what was left out."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.exits import Exit
from tracker.cli.tables import width

Tracker = Callable[..., "subprocess.CompletedProcess[str]"]
TOLD = "North Quay has yet to endorse Anna Berg for Harbour Master. Does South Quay back Boris Cole?"
GAP = "East Quay invited Anna Berg, who wants to be Harbour Master."

pytestmark = pytest.mark.usefixtures("configured")


def on_terminal(folder: Path, columns: int, *arguments: str) -> str:
    """What the program prints on a terminal of that width."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    running = subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        stdout=theirs, stderr=theirs, stdin=theirs, cwd=folder, env=environment,
    )  # fmt: skip
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        printed += part
    os.close(ours)
    assert running.wait(60) == 0
    return printed.decode().replace("\r\n", "\n")


def test_a_reading_is_drawn_sentence_by_sentence_with_the_cue_in_brackets(tracker: Tracker) -> None:
    result = tracker("extract", "--published", "2020-02-01", "--explain", TOLD)
    assert result.returncode == Exit.OK and result.stderr == ""
    text = result.stdout
    assert "North Quay has yet to [endorse] Anna Berg for Harbour Master." in text
    assert "\x1b" not in text
    assert re.search(r"names +North Quay +elector north-quay", text)
    assert re.search(r"signs +has yet to +it has not happened", text)
    assert re.search("claim    ○ undecided: North Quay toward Anna Berg; [a-z]+, now", text)
    assert "the words “endorse” say so (rule en.back)" in text
    assert "it is a question" in text and re.search("no claim “.*back.*”.*: [a-z]+", text)
    assert re.search("\nIn all: 1 claim\n  ○ undecided: north-quay toward anna-berg .*\n$", text)


def test_the_columns_of_names_and_signs_stand_under_each_other(tracker: Tracker) -> None:
    lines = tracker("extract", "--explain", TOLD).stdout.splitlines()
    meanings = ("elector north-quay", "candidate anna-berg", "it has not happened")
    places = {
        line.index(meaning) for meaning in meanings for line in lines if meaning in line and ":" not in line
    }
    assert len(places) == 1


@pytest.mark.parametrize("columns", [50, 80, 200])
def test_a_drawing_keeps_to_the_terminal_and_shows_the_cue_in_bold(configured: Path, columns: int) -> None:
    told = "x" * 70 + " " + TOLD
    text = on_terminal(configured, columns, "extract", "--contest", "harbour-2020", "--explain", told)
    assert "\x1b[1;32mendorse\x1b[0m" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(map(width, plain.splitlines())) <= columns


def test_an_item_that_is_not_read_is_said_to_be_none_of_ours(tracker: Tracker) -> None:
    text = tracker("extract", "--explain", "Nice weather.").stdout
    assert "Not read: it names no candidate, nor the post or the body" in text


def test_the_explanation_as_json_has_every_part_at_its_offsets(tracker: Tracker) -> None:
    (found,) = json.loads(tracker("extract", "--explain", TOLD, "--format", "json").stdout)
    assert found["lang"] == "en" and found["dismissed"] is None
    first, second = found["sentences"]
    assert [each["text"] for each in (first, second)] == [TOLD[:59], TOLD[60:]]
    assert second["question"] is True
    for kind in ("names", "signs"):
        assert first[kind]
        assert all(first["text"][part["start"] : part["end"]] == part["text"] for part in first[kind])
    (claim,) = first["claims"]
    assert [cue["text"] for cue in claim["cue"]] == ["endorse"] and claim["kept"] is True
    assert claim["evidence"]["text"] == "North Quay has yet to endorse Anna Berg"
    assert second["rejected"] and all(each["reason"] for each in second["rejected"])
    assert [each["elector"] for each in found["claims"]] == ["north-quay"]


def test_hostile_text_moves_no_cursor(tracker: Tracker) -> None:
    text = tracker("extract", "--explain", f"\x1b[2J\u202e{TOLD}\x02\x03").stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--explain", "x", "--text", "y"),
        ("--explain",),
        ("--misses", "--explain"),
        ("--misses", "--text", "x"),
        ("--explain", "x", "--format", "csv"),
    ],
)
def test_what_does_not_go_together_is_refused(tracker: Tracker, arguments: tuple[str, ...]) -> None:
    assert tracker("extract", *arguments).returncode == Exit.USAGE


def items(*texts: str) -> str:
    return "".join(
        json.dumps({"id": f"i-{n}", "title": "News", "body": text, "published": "2020-02-01"}) + "\n"
        for n, text in enumerate(texts)
    )


def test_misses_are_listed_with_how_many_items_have_them(configured: Path, tracker: Tracker) -> None:
    told = items(
        GAP, GAP, TOLD, "South Quay invited Boris Cole. South Quay backs Boris Cole as Harbour Master."
    )
    (configured / "items.jsonl").write_text(told, "utf-8")
    result = tracker("extract", "--misses", "items.jsonl")
    assert result.returncode == Exit.OK
    lines = result.stdout.splitlines()
    assert lines[0] == (
        "harbour-2020: 4 items read; 1 sentence with an elector, a candidate and no reading; "
        "0 office holders that the roster lacks."
    )
    assert re.fullmatch(rf" +2  east-quay  anna-berg +{re.escape(GAP)}", lines[-1])
    assert "1 more sentence on pairs that the same item makes a claim on elsewhere" in result.stderr


def test_misses_are_found_in_items_a_folder_and_the_database_alike(
    configured: Path, tracker: Tracker
) -> None:
    (configured / "past").mkdir()
    (configured / "past" / "items.jsonl").write_text(items(GAP, TOLD), "utf-8")
    assert tracker("ingest", "past").returncode == Exit.OK

    def found(*arguments: str) -> dict[str, Any]:
        result = tracker("extract", *arguments, "--format", "json")
        assert result.returncode == Exit.OK, result.stderr
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    ways = [
        found("--misses", "past"),
        found("--misses", "past/items.jsonl"),
        found("--misses", "--items", "past/items.jsonl"),
        found("--misses"),
    ]
    assert all(way == ways[0] for way in ways)
    (miss,) = ways[0]["unread"]
    assert (miss["count"], miss["electors"], miss["candidates"], miss["items"], miss["sentence"]) == (
        1, ["east-quay"], ["anna-berg"], ["i-0"], GAP,
    )  # fmt: skip
    assert ways[0]["items"] == 2


def test_an_office_holder_that_the_roster_lacks_is_listed(tracker: Tracker, configured: Path) -> None:
    told = items("Finnish Prime Minister Aino Virtanen praised NATO's Mark Rutte.")
    (configured / "items.jsonl").write_text(told, "utf-8")
    root = Path(__file__).parents[2]
    result = tracker(
        "extract", "--misses", "items.jsonl", "--contest", str(root / "config/contests/nato-sg-2024.toml")
    )
    assert "1 office holder that the roster lacks" in result.stdout
    assert re.search(r"Aino Virtanen +Finnish Prime Minister +fi +", result.stdout)


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_listed(
    configured: Path, tracker: Tracker
) -> None:
    (configured / "items.jsonl").write_text(items(GAP) + "{broken\n", "utf-8")
    result = tracker("extract", "--misses", "items.jsonl", "--format", "csv")
    assert result.returncode == Exit.INPUT and "items.jsonl:2" in result.stderr
    assert result.stdout.splitlines()[1].startswith("unread,1,east-quay,anna-berg,")
