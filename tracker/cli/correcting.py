"""A person's word in the log: stances entered by hand, reports taken back, reinstated, confirmed.

Nothing is ever deleted. A correction is an event of its own that names who made it and why, and whoever
was alerted by what it undoes is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from tracker.cli import names
from tracker.cli.call import Call, called
from tracker.cli.output import as_json, line, say
from tracker.cli.stances import word
from tracker.cli.verbs import Verb
from tracker.clock import parse
from tracker.errors import InputError
from tracker.stances import TOLD, Certainty, ContestId, Precision, Stance, Voice

if TYPE_CHECKING:
    from tracker.byhand import ByHand
    from tracker.events import Event
    from tracker.projection import ContestState
    from tracker.store import Kept, Store

SHARES = ("config", "db", "contest", "format")
_VOICES = {
    Certainty.OFFICIAL: Voice.ELECTOR,
    Certainty.REPORTED: Voice.OUTLET,
    Certainty.ANONYMOUS: Voice.UNNAMED,
    Certainty.SPECULATION: Voice.UNNAMED,
}

# Options of `published`, and what they fill.
_PUBLISHED = {"quote": "words", "outlet": "outlet", "url": "url"}


def signed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ask who says so and why, as every correction must."""
    function = click.option("--why", required=True, metavar="TEXT", help="Why; kept in the log.")(function)
    function = click.option("--by", required=True, metavar="NAME", help="Who says so; kept in the log.")(
        function
    )
    quiet = "--quiet", "Record the alerts that follow, and do not send them."
    return click.option(quiet[0], is_flag=True, help=quiet[1])(function)


class Dated(click.ParamType[tuple[datetime, Precision]]):
    """A date as finely as it is known: a time, 2024-06-18, ~2024-06-18 (about then), 2024-06 (that month).

    A day or month stands at its first moment, UTC, so that what is dated within it comes after.
    """

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, Precision]:
        if isinstance(value, tuple):
            return value
        text = str(value).strip()
        about, text = text.startswith("~"), text.removeprefix("~").strip()
        month = re.fullmatch(r"\d{4}-\d{2}", text)
        try:
            at = parse(f"{text}-01" if month else text)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if month:
            return at, Precision.MONTH
        if about:
            return at, Precision.APPROXIMATE
        return at, Precision.DAY if at.time() == at.time().min else Precision.INSTANT


def by_hand(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ask who enters it, why, and when it happened; the function is given that as `hand`, and `quiet`."""

    @wraps(function)
    def with_hand(*args: Any, date: tuple[datetime, Precision], by: str, why: str, **kwargs: Any) -> Any:
        from tracker.byhand import ByHand

        published = {field: kwargs.pop(option) for option, field in _PUBLISHED.items() if option in kwargs}
        hand = ByHand(by=by, why=why, at=date[0], precision=date[1], **published)
        return function(*args, hand=hand, **kwargs)

    return click.option(
        "--date",
        type=Dated(),
        required=True,
        metavar="DATE",
        help="When it happened, UTC: a time, 2024-06-18, ~2024-06-18 (about then), 2024-06 (that month).",
    )(signed(with_hand))


def published(function: Callable[..., Any]) -> Callable[..., Any]:
    """Ask where it was published, in which words; stands before `by_hand`, whose `hand` holds it."""
    for flag, metavar, words in (
        ("--url", "URL", "Where it can be read."),
        ("--outlet", "NAME", "Where it was published."),
        ("--quote", "TEXT", "The words relied on."),
    ):
        function = click.option(flag, default="", metavar=metavar, help=words)(function)
    return function


@click.command(
    cls=Verb,
    shares=SHARES,
    epilog='Example: tracker record hu mark-rutte supports --date 2024-06-18 --by "A. Editor" '
    '--why "letter published by the government" --url https://example.org/letter',
)
@click.argument("elector")
@click.argument("candidate")
@click.argument("stance", metavar="STANCE", type=click.Choice([stance.value for stance in Stance]))
@click.option("--certainty", type=click.Choice([each.value for each in TOLD]), default="official",
              help="How firm the source is (official, the default: the elector's own word).")  # fmt: skip
@click.option("--speaker", default="", metavar="NAME", help="Who said it.")
@published
@by_hand
@called
def record(
    call: Call,
    *,
    elector: str,
    candidate: str,
    stance: str,
    certainty: str,
    speaker: str,
    hand: ByHand,
    quiet: bool,
) -> None:
    """Enter a stance that no feed told.

    STANCE is one of supports, leans_support, undecided, leans_oppose and opposes. It becomes an event like
    any other, with your name as its producer; the standings take it in by the same rules, and it alerts as a
    report would.
    """
    from tracker import assessment

    firm = Certainty(certainty)

    def event(state: ContestState) -> Event:
        return assessment.record(
            state,
            elector=names.elector_id([state.roster], elector),
            candidate=names.candidate_id([state.roster], candidate),
            stance=Stance(stance),
            hand=hand,
            certainty=firm,
            voice=_VOICES[firm],
            speaker=speaker,
        )

    enter(call, event, quiet=quiet)


@click.command(
    cls=Verb, shares=SHARES,
    epilog='Example: tracker retract 7d1f0c --by "A. Editor" --why "the outlet withdrew the story"',
)  # fmt: skip
@click.argument("report")
@signed
@called
def retract(call: Call, *, report: str, by: str, why: str, quiet: bool) -> None:
    """Take a report out of the reckoning.

    It stays in the log and counts no more: standings are as if it had never been made, and whoever got an
    alert from it is told. REPORT is an event's id, or its beginning, as `tracker why` shows it.
    """
    from tracker import assessment

    _correct(call, report, assessment.retract, by=by, why=why, quiet=quiet)


@click.command(
    cls=Verb, shares=SHARES,
    epilog='Example: tracker reinstate 7d1f0c --by "A. Editor" --why "the outlet stands by it after all"',
)  # fmt: skip
@click.argument("report")
@signed
@called
def reinstate(call: Call, *, report: str, by: str, why: str, quiet: bool) -> None:
    """Let a retracted report count again.

    REPORT is the id of the report itself, not of its retraction, or the beginning of it.
    """
    from tracker import assessment

    _correct(call, report, assessment.reinstate, by=by, why=why, quiet=quiet)


@click.command(
    cls=Verb, shares=SHARES,
    epilog='Example: tracker confirm 7d1f0c --by "A. Editor" --why "heard the recording"',
)  # fmt: skip
@click.argument("report")
@signed
@called
def confirm(call: Call, *, report: str, by: str, why: str, quiet: bool) -> None:
    """Say that a report was checked and stands.

    A confirmed report moves a standing by itself where it would else have needed a second origin. REPORT is
    an event's id, or its beginning.
    """
    from tracker import assessment

    _correct(call, report, assessment.confirm, by=by, why=why, quiet=quiet)


def _correct(
    call: Call, report: str, correction: Callable[..., Event], *, by: str, why: str, quiet: bool
) -> None:
    store = call.store(write=True, create=False)
    stored = store.log.get(report)

    def event(state: ContestState) -> Event:
        return correction(state, stored.id, by=by, why=why, now=call.now)

    enter(call, event, quiet=quiet, store=store, contest=stored.event.contest)


def enter(
    call: Call,
    make: Callable[[ContestState], Event],
    *,
    quiet: bool,
    store: Store | None = None,
    contest: str | None = None,
) -> None:
    """Append one event that a person enters, with the alerts it brings, and say what came of it.

    make   the event, given the contest's state; it is called inside the transaction that stores it, so no
           other process can change the log in between
    """
    from tracker import assessment
    from tracker.log.codec import fields_of
    from tracker.projection import replay

    store = store or call.store(write=True)
    with store.transaction():
        # A correction names its contest; anything else is about the one asked for.
        state = store.states.state({ContestId(contest or call.contest_id)})
        if contest is None:
            contest = call.contest_id
            declared = None
            if state.contest(contest) is None:
                roster = call.configured_contest()
                declared = assessment.declare(roster, state, now=call.now, producer="configuration")
            if declared is not None:
                state = replay(store.log.append([declared], call.now), state)
        known = state.contest(contest)
        assert known is not None
        made = make(known)
        if made.occurred_at > call.now:
            day = f"{made.occurred_at:%Y-%m-%d}"
            raise InputError("--date", f"{day} is in the future; it is entered once it has happened")
        found = assessment.entered(made, state, now=call.now, send=not quiet, policy=call.policy)
        channels = call.channels(contest)
        kept = store.keep(found, recorded_at=call.now, channels=channels)
    for stored in kept.events:
        if call.format == "table":
            line(f"event {stored.seq}: {stored.event.kind.replace('_', ' ')}, id {stored.id}")
        else:
            line(as_json(fields_of(stored)))
    _tell(kept, sent=bool(channels) and not quiet)


def _tell(kept: Kept, *, sent: bool) -> None:
    if not kept.events:
        say("The log holds this already; nothing was added.")
    for alert in kept.alerts:
        change = f"{alert.elector}, {alert.candidate}: {word(alert.was)} → {word(alert.now)}"
        say(f"alert {alert.key[:10]} {'queued' if sent else 'recorded, not to be sent'}: {change}")
