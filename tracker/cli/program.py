"""The program itself: `tracker`, its shared options, its help, and how it ends when something is wrong."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from tracker.cli.exits import Exit, described, exit_code
from tracker.cli.output import line, prepare_streams, say
from tracker.cli.verbs import SHARED, Overview, ReaderGone, Verb
from tracker.errors import ConfigError, TrackerError


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tracker")
    except PackageNotFoundError:
        return "unknown (not installed)"


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        line(f"tracker {_version()}")
        ctx.exit()


@click.group(
    cls=Overview,
    invoke_without_command=True,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "TRACKER",
        "max_content_width": 110,
    },
    epilog="Every option has its environment variable: TRACKER_DB, TRACKER_CONFIG, TRACKER_STATUS_FORMAT. "
    "`tracker help VERB` explains a verb, `tracker help exit-codes` the numbers it can end with.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
    help="Print the version and stop.",
)  # fmt: skip
@click.pass_context
def program(ctx: click.Context) -> None:
    """Who backs whom, and who just changed sides: endorsements read from the news, with the evidence."""
    if ctx.invoked_subcommand is None:
        line(ctx.get_help())


program.params += [make() for make in SHARED.values()]


@program.command(name="help", cls=Verb, hidden=True)
@click.argument("topic", nargs=-1)
@click.pass_context
def show_help(ctx: click.Context, topic: tuple[str, ...]) -> None:
    """Explain a verb, or `exit-codes`."""
    root = ctx.find_root()
    if topic in (("exit-codes",), ("exit", "codes")):
        line("Exit codes:\n")
        line(described())
        return
    at, command = root, root.command
    for name in topic:
        if not isinstance(command, click.Group):
            raise click.UsageError(f"{at.command_path!r} has no verbs of its own", root)
        _, found, _ = command.resolve_command(at, [name])
        assert found is not None
        command = found
        at = click.Context(command, info_name=name, parent=at)
    line(command.get_help(at))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code. Foreseen errors become one message on stderr, without a traceback."""
    prepare_streams()
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
        return code
    except (BrokenPipeError, ReaderGone):
        _give_up_stdout()
        return Exit.CLOSED_PIPE
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF):
            raise
        _give_up_stdout()
        say(f"tracker: the output cannot be written: {error.strerror}")
        return Exit.OUTPUT


def _give_up_stdout() -> None:
    """The interpreter would complain once more when it flushes at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _invoke(arguments: Sequence[str]) -> int:
    try:
        result = program.main(args=list(arguments), prog_name="tracker", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.OK
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _complain_of_usage(error)
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        say("")
        return Exit.INTERRUPTED
    except TrackerError as error:
        if os.environ.get("TRACKER_DEBUG"):
            raise
        say(_told(error))
        return exit_code(error)
    except (BrokenPipeError, ReaderGone):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO) and not error.filename:
            raise
        if os.environ.get("TRACKER_DEBUG"):
            raise
        say(
            f"tracker: a fault in tracker itself: {type(error).__name__}: {error}\n"
            "Nothing was lost: a command stores its work whole or not at all. Please report this, with what\n"
            "TRACKER_DEBUG=1 prints when the same command is run again."
        )
        return Exit.BUG


def _complain_of_usage(error: click.ClickException) -> None:
    message = error.format_message()
    message = message[:1].lower() + message[1:] if not message[:2].isupper() else message
    say(f"tracker: {message}")
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        say(f"See `{ctx.command_path} --help`.")


def _told(error: TrackerError) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    if isinstance(error, ConfigError) and len(lines) > 1:
        files = list(dict.fromkeys(each.path for each in getattr(error, "errors", (error,))))
        lines = [f"{', '.join(files)}: refused, {len(error.faults)} faults; nothing was started", *lines]
    return "\n".join([f"tracker: {lines[0]}", *(f"  {x}" for x in lines[1:])])
