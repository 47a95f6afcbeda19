"""The frame of the command line: help, shared options, exit codes, and how it ends when told to."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import tracker.errors
from tracker.cli.exits import MEANINGS, Exit, exit_code
from tracker.cli.program import program
from tracker.cli.verbs import ASKING, GROUPS, VERBS, Family, Verb
from tracker.errors import TrackerError


def tracker_process(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=env,
    )


def commands() -> list[tuple[tuple[str, ...], click.Command]]:
    """Every verb, and every verb's verb, with its path."""
    root = click.Context(program, info_name="tracker")
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name in VERBS:
        command = program.get_command(root, name)
        assert command is not None
        found.append(((name,), command))
        if isinstance(command, click.Group):
            found += [((name, sub), each) for sub, each in command.commands.items()]
    return found


def test_the_program_alone_prints_every_verb_in_its_group_with_a_line() -> None:
    result = tracker_process()
    assert result.returncode == 0
    assert result.stderr == ""
    for title, verbs in GROUPS.items():
        assert f"{title}:" in result.stdout
        for name, line in verbs.items():
            assert name in result.stdout and line.help[:30] in result.stdout


def test_every_verb_explains_itself_with_an_example() -> None:
    for path, command in commands():
        result = CliRunner().invoke(program, [*path, "--help"], prog_name="tracker")
        assert result.exit_code == 0, path
        text = " ".join(result.output.split())
        if not isinstance(command, Family):
            assert f"Example: tracker {' '.join(path)}" in text, path
        assert len(command.help or "") > 40, path


def test_the_overview_line_of_a_verb_is_the_first_of_its_help() -> None:
    for path, command in commands():
        if len(path) == 1:
            assert inspect.cleandoc(command.help or "").splitlines()[0] == VERBS[path[0]].help


ROOT = Path(__file__).parent.parent.parent
NAMED = re.compile(r"`tracker ([a-z][^`\n]*)`")


def test_whatever_command_a_message_or_a_page_names_is_there_with_its_options() -> None:
    known = dict(commands())
    shared = {"--help"}
    shared |= {name for each in program.params for name in each.opts}
    texts = [
        *(ROOT / "tracker").rglob("*.py"), *(ROOT / "tracker" / "web").rglob("*.jinja"),
        *(ROOT / "config").rglob("*"), *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md", ROOT / "CHANGELOG.md",
    ]  # fmt: skip
    seen = 0
    for path in (path for path in texts if path.is_file()):
        for told in NAMED.findall(path.read_text("utf-8")):
            words = told.split()
            if words[0] in ("help", "reads", "needs"):
                continue
            assert words[0] in VERBS, f"{path.name}: tracker {told}"
            command = known[(words[0],)]
            if (
                isinstance(command, click.Group)
                and len(words) > 1
                and words[1].isalpha()
                and words[1].islower()
            ):
                assert words[1] in command.commands, f"{path.name}: tracker {told}"
                command = command.commands[words[1]]
            elif isinstance(command, Family):
                command = command.commands["list"]
            offered = shared | {name for each in command.params for name in each.opts}
            for word in words[1:]:
                if word.startswith("--") and "VERB" not in words:
                    assert word in offered, f"{path.name}: tracker {told}"
            seen += 1
    assert seen > 60


def test_help_of_a_verb_is_the_same_asked_either_way() -> None:
    asked = CliRunner().invoke(program, ["help", "feeds", "check"], prog_name="tracker").output
    told = CliRunner().invoke(program, ["feeds", "check", "--help"], prog_name="tracker").output
    assert asked == told


def test_shared_options_are_offered_by_every_verb_that_asks_about_the_log() -> None:
    for name in ("status", "holdouts", "why", "counts"):
        command = program.get_command(click.Context(program), name)
        assert isinstance(command, Verb)
        assert set(ASKING) <= set(command.shares)


def test_version_says_the_name_and_a_number() -> None:
    result = tracker_process("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("tracker ")


def test_an_unknown_verb_is_a_usage_error_that_suggests_the_near_one() -> None:
    result = tracker_process("statsu")
    assert result.returncode == Exit.USAGE
    assert "did you mean status?" in result.stderr
    assert result.stdout == ""


def test_an_unknown_option_is_a_usage_error_without_a_traceback() -> None:
    result = tracker_process("status", "--nonsense")
    assert result.returncode == Exit.USAGE
    assert result.stderr.startswith("tracker: ")
    assert "Traceback" not in result.stderr


def test_a_date_that_is_none_is_refused_with_what_would_do() -> None:
    result = tracker_process("status", "--as-of", "18/06/2024")
    assert result.returncode == Exit.USAGE
    assert "'18/06/2024'" in result.stderr and "2024-06-18" in result.stderr


def test_a_shared_option_before_a_verb_that_cannot_use_it_is_refused() -> None:
    result = tracker_process("--as-of", "2024-06-18", "verify")
    assert result.returncode == Exit.USAGE
    assert "takes no --as-of" in result.stderr


def test_help_lists_every_exit_code_with_its_meaning() -> None:
    text = tracker_process("help", "exit-codes").stdout
    for code, words in MEANINGS.items():
        assert f"{code.value}  {words}" in text
    assert set(MEANINGS) == set(Exit)


def test_every_error_of_the_tree_has_a_documented_exit_code() -> None:
    kinds = [
        each
        for each in vars(tracker.errors).values()
        if isinstance(each, type) and issubclass(each, TrackerError) and each is not TrackerError
    ]
    assert len(kinds) > 10
    for kind in kinds:
        assert exit_code(kind.__new__(kind)) is not Exit.BUG, kind


def test_an_unforeseen_fault_says_how_to_report_it_and_shows_its_place_when_asked() -> None:
    code = (
        "from tracker.cli.program import program, run\n"
        "@program.command()\n"
        "def broken(): raise RuntimeError('the mast is gone')\n"
        "raise SystemExit(run(['broken']))"
    )
    env = {name: value for name, value in os.environ.items() if name != "TRACKER_DEBUG"}
    for debug in ({}, {"TRACKER_DEBUG": "1"}):
        result = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=env | debug,
        )
        assert "RuntimeError: the mast is gone" in result.stderr
        if debug:
            assert "Traceback" in result.stderr and result.returncode == 1
        else:
            assert "Traceback" not in result.stderr and "TRACKER_DEBUG=1" in result.stderr
            assert result.returncode == Exit.BUG


def test_output_that_cannot_be_written_is_told() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    with full.open("w") as stdout:
        result = subprocess.run(
            [sys.executable, "-m", "tracker", "--help"], stdout=stdout, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False,
        )  # fmt: skip
    assert result.returncode == Exit.OUTPUT
    assert result.stderr.startswith("tracker: the output cannot be written: ")
    assert "Traceback" not in result.stderr and "Exception ignored" not in result.stderr


def test_streams_closed_before_the_start_end_nothing() -> None:
    command = f"{sys.executable} -m tracker --help >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], timeout=60, check=False).returncode == Exit.OK


def test_an_error_cannot_move_the_cursor() -> None:
    result = tracker_process("sta\x1b[2Jtus")
    assert result.returncode == Exit.USAGE and "\x1b" not in result.stderr


def test_completion_for_a_shell_knows_the_verbs() -> None:
    env = {
        **os.environ,
        "_TRACKER_COMPLETE": "bash_complete",
        "COMP_WORDS": "tracker hold",
        "COMP_CWORD": "1",
    }
    assert "plain,holdouts" in tracker_process(env=env).stdout


@pytest.mark.parametrize("arguments", [("--help",), ("help", "exit-codes"), ("--version",)])
def test_help_loads_no_library_that_it_does_not_use(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("holdouts",),
        ("why", "south-quay"),
        ("log",),
        ("alerts",),
        ("diff", "--from", "2020-01-15"),
    ],
)
def test_a_question_loads_no_library_that_it_does_not_use(race: Path, arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments, here=race.parent) == []


def test_what_reads_a_feed_does_load_them(race: Path) -> None:
    """So that the two tests above could fail."""
    assert {"httpx", "apscheduler", "starlette", "tracker.service"} <= set(
        loaded_by("poll", here=race.parent)
    )


HEAVY = (
    "httpx", "feedparser", "apscheduler", "starlette", "uvicorn", "jinja2", "sqlite_utils", "structlog",
    "tree_sitter", "rapidfuzz", "tracker.extraction.reader", "tracker.feeds", "tracker.service",
    "tracker.web",
)  # fmt: skip


def loaded_by(*arguments: str, here: Path | None = None) -> list[str]:
    """Which of the heavy modules a real process holds when the command has ended."""
    code = (
        "import sys; from tracker.cli.program import run; run(sys.argv[1:]);"
        "print('\\nLOADED', *[m for m in sys.modules], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=here,
    )
    modules = set(result.stderr.rsplit("LOADED", 1)[1].split())
    assert "click" in modules
    return [name for name in HEAVY if name in modules]
