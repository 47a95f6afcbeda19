"""Rounds of voting and candidacies, entered by a person and listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from tracker.claims import CandidacyStep
from tracker.cli import names, standings
from tracker.cli.call import Call, called
from tracker.cli.correcting import SHARES, by_hand, enter, published
from tracker.cli.output import line, print_csv, print_json, print_lines, show
from tracker.cli.tables import Column, clean
from tracker.cli.verbs import ASKING, Family, Verb
from tracker.rules import Vote
from tracker.stances import TOLD, Certainty

if TYPE_CHECKING:
    from tracker.byhand import ByHand
    from tracker.events import Event
    from tracker.projection import ContestState

Json = Mapping[str, Any]
_in_round = click.option("--round", type=int, required=True, metavar="N", help="In which round.")


@click.group(cls=Family)
def ballot() -> None:
    """Rounds of voting: list, open, vote, count.

    A vote on record is an act of the elector and firmer than any word; a count without names tells how many
    and moves nobody. Alone it lists the rounds.
    """


@ballot.command(name="list", cls=Verb, shares=ASKING, epilog="Example: tracker ballot list --format json")
@called
def list_rounds(call: Call) -> None:
    """Every round: who voted how, how many, and what the votes settle by the rule."""
    from tracker import ballots
    from tracker.queries import display_name

    state = call.contest_state(call.store())
    found = [ballots.round_json(each) for each in ballots.rounds_held(state, call.as_of)]
    flat = [{"round": each["round"], **tally} for each in found for tally in each["candidates"]]
    match call.format:
        case "json":
            print_json(found)
        case "ndjson":
            print_lines(flat)
        case "csv":
            print_csv(("round", "candidate", "outcome", "conflict", "named", "told"), flat)
        case _:
            called_ = {str(e.id): clean(display_name(e)) for e in state.roster.electors}
            called_ |= {str(c.id): clean(c.name) for c in state.roster.candidates}
            for each in found:
                for text in _round(each, called_):
                    line(text)
            if not found:
                line("No round of voting was opened.")


def _round(each: Json, called_: Mapping[str, str]) -> Iterator[str]:
    told = [standings.day(each["opened"]) or "not opened", "secret" if each["secret"] else ""]
    told.append(clean(each["note"] or ""))
    yield f"Round {each['round']}, {', '.join(part for part in told if part)}"
    for tally in each["candidates"]:
        settled = {"met": ": chosen by the rule", "not": ": not chosen"}.get(tally["outcome"], "")
        yield f"  {called_.get(tally['candidate'], tally['candidate'])}{settled}"
        for vote, electors in tally["named"].items():
            if electors:
                yield f"    {vote} ({len(electors)}): {', '.join(called_.get(e, e) for e in electors)}"
        for count in tally["told"]:
            numbers = [f"{count[vote]} {vote}" for vote in ("for", "against", "abstain", "absent")
                       if count[vote] is not None]  # fmt: skip
            yield f"    told by {clean(count['outlet'])}, {count['certainty']}: {', '.join(numbers)}"
        if tally["conflict"]:
            yield "    the numbers conflict"


@ballot.command(
    name="open", cls=Verb, shares=SHARES,
    epilog='Example: tracker ballot open 1 --date 2026-07-21 --secret --by "A. Editor" --why "straw poll"',
)  # fmt: skip
@click.argument("round", type=int)
@click.option("--candidate", "candidates", multiple=True, metavar="CANDIDATE",
              help="Who stands in it; again for each (by default everybody that runs).")  # fmt: skip
@click.option("--secret", is_flag=True, help="Nobody's vote becomes known, only how many.")
@by_hand
@called
def open_(
    call: Call,
    *,
    round: int,
    candidates: tuple[str, ...],
    secret: bool,
    hand: ByHand,
    quiet: bool,
) -> None:
    """Begin a round.

    Support that the contest's rule reopens (rule.reopens) is unknown from here until the elector is heard
    again.
    """
    from tracker import ballots

    def event(state: ContestState) -> Event:
        chosen = [names.candidate_id([state.roster], each) for each in candidates]
        return ballots.open_round(state, round, candidates=chosen, secret=secret, hand=hand)

    enter(call, event, quiet=quiet)


@ballot.command(
    name="vote", cls=Verb, shares=SHARES,
    epilog='Example: tracker ballot vote "Jane Doe" for --candidate jim-jordan --round 2 --date 2023-10-18 '
    '--by "A. Editor" --why "roll call 525"',
)  # fmt: skip
@click.argument("elector")
@click.argument(
    "vote", metavar="for|against|abstain|absent", type=click.Choice([vote.value for vote in Vote])
)
@_in_round
@click.option("--candidate", metavar="CANDIDATE", help="On whom; not needed for abstain and absent.")
@published
@by_hand
@called
def vote_(
    call: Call,
    *,
    elector: str,
    vote: str,
    round: int,
    candidate: str | None,
    hand: ByHand,
    quiet: bool,
) -> None:
    """Put on record how one elector voted in a round."""
    from tracker import ballots

    def event(state: ContestState) -> Event:
        return ballots.record_vote(
            state,
            names.elector_id([state.roster], elector),
            Vote(vote),
            round=round,
            candidate=None if candidate is None else names.candidate_id([state.roster], candidate),
            hand=hand,
        )

    enter(call, event, quiet=quiet)


@ballot.command(
    name="count", cls=Verb, shares=SHARES,
    epilog='Example: tracker ballot count grynspan --round 1 --for 10 --against 2 --date 2026-07-21 '
    '--by "A. Editor" --why "as told by two delegations"',
)  # fmt: skip
@click.argument("candidate")
@_in_round
@click.option("--for", "votes_for", type=int, required=True, metavar="N", help="Votes for the candidate.")
@click.option("--against", type=int, metavar="N", help="Votes against.")
@click.option("--abstain", "abstained", type=int, metavar="N", help="Abstentions.")
@click.option("--absent", type=int, metavar="N", help="Electors that were absent.")
@click.option("--certainty", type=click.Choice([each.value for each in TOLD]), default="official",
              help="How firm the source is (official by default).")  # fmt: skip
@click.option("--speaker", default="", metavar="NAME", help="Who told it.")
@published
@by_hand
@called
def count_(
    call: Call,
    *,
    candidate: str,
    round: int,
    votes_for: int,
    against: int | None,
    abstained: int | None,
    absent: int | None,
    certainty: str,
    speaker: str,
    hand: ByHand,
    quiet: bool,
) -> None:
    """Keep how many voted for a candidate, without their names.

    Two sources may tell different numbers; both are kept and shown to conflict.
    """
    from tracker import ballots

    def event(state: ContestState) -> Event:
        return ballots.count_ballot(
            state,
            names.candidate_id([state.roster], candidate),
            round=round,
            votes_for=votes_for,
            against=against,
            abstained=abstained,
            absent=absent,
            certainty=Certainty(certainty),
            speaker=speaker,
            hand=hand,
        )

    enter(call, event, quiet=quiet)


@click.group(cls=Family)
def candidacy() -> None:
    """Candidacies: list, record.

    Who runs, since when, nominated by whom, and who has left the race. Alone it lists them.
    """


@candidacy.command(name="list", cls=Verb, shares=ASKING, epilog="Example: tracker candidacy list")
@called
def list_candidacies(call: Call) -> None:
    """Every candidacy at that date: where it stands, since when, nominated by whom."""
    from tracker.clock import iso
    from tracker.projection import running

    state = call.contest_state(call.store())
    records: list[dict[str, Any]] = []
    for candidate in state.roster.candidates:
        found = running(state, candidate, call.as_of, call.policy)
        records.append(
            {
                "candidate": candidate.id,
                "name": candidate.name,
                "status": found.status.value,
                "entered": None if found.entered is None else iso(found.entered),
                "late": found.late,
                "nominators": list(found.nominators),
                "rescinded": list(found.rescinded),
                "left": None if found.left is None else iso(found.left),
            }
        )
    show(
        call.format,
        value=records,
        fields=("candidate", "name", "status", "entered", "late", "nominators", "rescinded", "left"),
        records=records,
        columns=(
            Column(title="CANDIDATE", shrinks=True),
            Column(title="STATUS"),
            Column(title="ENTERED"),
            Column(title="NOMINATED BY", shrinks=True),
            Column(title="TAKEN BACK BY", shrinks=True, drops=1),
            Column(title="LEFT"),
        ),
        rows=[
            (
                clean(str(each["name"])),
                str(each["status"]),
                standings.day(each["entered"]) + (" (late)" if each["late"] else ""),
                " ".join(each["nominators"]),
                " ".join(each["rescinded"]),
                standings.day(each["left"]),
            )
            for each in records
        ],
        empty="Nobody is named.",
    )


@candidacy.command(
    name="record", cls=Verb, shares=SHARES,
    epilog="Example: tracker candidacy record rafael-grossi nominated --nominator ar --date 2025-11-26 "
    '--by "A. Editor" --why "joint letter of 25 November"',
)  # fmt: skip
@click.argument("candidate")
@click.argument("step", metavar="|".join(CandidacyStep),
                type=click.Choice([step.value for step in CandidacyStep]))  # fmt: skip
@click.option("--nominator", metavar="ELECTOR", help="Who nominates, or takes a nomination back.")
@click.option("--speaker", default="", metavar="NAME", help="Who said it.")
@published
@by_hand
@called
def record_step(
    call: Call,
    *,
    candidate: str,
    step: str,
    nominator: str | None,
    speaker: str,
    hand: ByHand,
    quiet: bool,
) -> None:
    """Enter a step of a candidacy that no feed told.

    A nomination that is taken back (rescinded) leaves the candidate in the race until he or she withdraws.
    """
    from tracker import assessment

    def event(state: ContestState) -> Event:
        return assessment.step(
            state,
            names.candidate_id([state.roster], candidate),
            CandidacyStep(step),
            nominator=None if nominator is None else names.elector_id([state.roster], nominator),
            hand=hand,
            speaker=speaker,
        )

    enter(call, event, quiet=quiet)
