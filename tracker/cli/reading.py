"""Reading items without keeping anything: what `extract` prints, a line an item."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.call import Call, called
from tracker.cli.exits import Exit
from tracker.cli.output import print_csv, print_json, print_lines, print_table, say
from tracker.cli.stances import shown
from tracker.cli.tables import Column
from tracker.cli.verbs import Moment, Verb
from tracker.errors import InputError

if TYPE_CHECKING:
    from tracker.claims import Candidacy, Claim, Count, NonClaim, Reading
    from tracker.items import Item


@click.command(
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker extract --contest nato-sg-2024 --items items.jsonl",
)
@click.option("--items", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE|-",
              help="Items as JSON, one a line; - reads them from stdin.")  # fmt: skip
@click.option("--text", metavar="TEXT", help="One item's text instead; its first line is the title.")
@click.option(
    "--published",
    type=Moment(start=True),
    metavar="DATE",
    help="When the text was published (by default now).",
)
@click.option("--explain", is_flag=True, help="Also the cues that were seen and not taken, and why.")
@called
def extract(
    call: Call, *, items: Path | None, text: str | None, published: datetime | None, explain: bool
) -> int:
    """Read items and print the claims; keeps nothing.

    A line of JSON for each item: its id, claims, counts and candidacies, each with the words relied on and
    the rule that read them. No log and no database. `--format table` shows the claims to a reader.
    """
    from tracker.extraction import Reader

    if (items is None) == (text is None):
        raise click.UsageError("give either --items FILE or --text TEXT")
    reader = Reader(call.configured_contest())
    faults = 0

    def readings() -> Iterator[tuple[str, Reading]]:
        nonlocal faults
        for found in _items(items, text, published or call.now, call.now):
            if isinstance(found, InputError):
                faults += 1
                say(f"tracker: {found}")
            else:
                yield found.guid or found.id, reader.read(found)

    match call.format_or("ndjson"):
        case "table":
            _print_claims(readings())
        case "json":
            print_json([reading_json(id_, reading, explain=explain) for id_, reading in readings()])
        case "csv":
            print_csv(
                ("id", *CLAIM_FIELDS),
                ({"id": id_, **_claim(claim)} for id_, reading in readings() for claim in reading.claims),
            )
        case _:
            print_lines(reading_json(id_, reading, explain=explain) for id_, reading in readings())
    return Exit.INPUT if faults else Exit.OK


def _items(
    path: Path | None, text: str | None, published: datetime, now: datetime
) -> Iterator[Item | InputError]:
    """The items asked about, in order; a line that is none comes as its error."""
    from tracker.feeds.records import item_of, read_line

    if path is None:
        title, _, body = (text or "").strip().partition("\n")
        record = {"title": title.strip(), "body": body.strip(), "published": published.isoformat()}
        yield item_of(record, where="--text", seen_at=now)
        return
    name = "stdin" if str(path) == "-" else str(path)
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        yield read_line(line, where=f"{name}:{number}", seen_at=now)
                    except InputError as error:
                        yield error
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror or error}") from error


CLAIM_FIELDS = (
    "elector", "candidate", "stance", "certainty", "time", "speaker", "evidence", "rule", "voice", "silence",
    "condition", "via", "confidence", "sentence",
)  # fmt: skip


def reading_json(id_: str, reading: Reading, *, explain: bool) -> dict[str, Any]:
    """A reading as scripts rely on it (docs/cli.md)."""
    found: dict[str, Any] = {
        "id": id_,
        "claims": [_claim(claim) for claim in reading.claims],
        "counts": [_count(count) for count in reading.counts],
        "candidacies": [_candidacy(step) for step in reading.candidacies],
    }
    if explain:
        found["guesses"] = [_claim(claim) for claim in reading.guesses]
        found["rejected"] = [_rejected(cue) for cue in reading.rejected]
        found["extractor"] = reading.extractor
    return found


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "elector": claim.elector,
        "candidate": claim.candidate,
        "stance": claim.stance.value,
        "certainty": claim.certainty.value,
        "time": claim.time.value,
        "speaker": claim.speaker,
        **_words(claim),
        "rule": claim.rule,
        "voice": claim.voice.value,
        "silence": claim.silence,
        "condition": claim.condition or None,
        "via": claim.via,
        "confidence": claim.confidence,
    }


def _words(claim: Claim | Count | Candidacy | NonClaim) -> dict[str, Any]:
    evidence = claim.evidence
    return {
        "evidence": evidence.text,
        "sentence": evidence.sentence,
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "candidate": count.candidate,
        "low": count.low,
        "high": count.high,
        "of": count.of,
        "approximate": count.approximate,
        "beside": list(count.beside),
        "holdouts": list(count.holdouts),
        "certainty": count.certainty.value,
        "speaker": count.speaker,
        **_words(count),
        "rule": count.rule,
    }


def _candidacy(step: Candidacy) -> dict[str, Any]:
    return {
        "candidate": step.candidate,
        "step": step.step.value,
        "by": step.by,
        "certainty": step.certainty.value,
        "time": step.time.value,
        "speaker": step.speaker,
        **_words(step),
        "rule": step.rule,
    }


def _rejected(cue: NonClaim) -> dict[str, Any]:
    return {
        "cue": cue.cue,
        "reason": cue.reason,
        "elector": cue.elector,
        "candidate": cue.candidate,
        **_words(cue),
    }


def _print_claims(readings: Iterable[tuple[str, Reading]]) -> None:
    print_table(
        (
            Column(title="ITEM", shrinks=True),
            Column(title="WHO"),
            Column(title="TOWARD"),
            Column(title="STANCE"),
            Column(title="CERTAINTY"),
            Column(title="TIME"),
            Column(title="RULE"),
            Column(title="WORDS", shrinks=True),
        ),
        [
            (
                id_,
                claim.elector,
                claim.candidate,
                shown(claim.stance),
                claim.certainty.value,
                claim.time.value,
                claim.rule,
                claim.evidence.text,
            )
            for id_, reading in readings
            for claim in reading.claims
        ],
    )
