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
from tracker.cli.output import line, print_csv, print_json, print_lines, print_table, say
from tracker.cli.stances import shown
from tracker.cli.tables import Column
from tracker.cli.verbs import Moment, Verb
from tracker.errors import InputError

if TYPE_CHECKING:
    from tracker.claims import Candidacy, Claim, Count, NonClaim, Reading
    from tracker.extraction import Reader
    from tracker.items import Item


@click.command(
    cls=Verb,
    shares=("config", "db", "contest", "format"),
    epilog="Example: tracker extract --contest nato-sg-2024 --items items.jsonl",
)
@click.option("--items", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE|-",
              help="Items as JSON, one a line; - reads them from stdin.")  # fmt: skip
@click.option("--text", metavar="TEXT",
              help="One item's text instead; of several lines the first is the title.")  # fmt: skip
@click.option("--lang", default="", metavar="CODE",
              help="The language of such a text (by default told from its words).")  # fmt: skip
@click.option(
    "--published",
    type=Moment(start=True),
    metavar="DATE",
    help="When the text was published (by default now).",
)
@click.option("--explain", is_flag=False, flag_value="", metavar="[TEXT]",
              help="Draw how each sentence was read, and why it gave no more.")  # fmt: skip
@click.option("--misses", is_flag=False, flag_value="", metavar="[FILE|FOLDER]",
              help="List what may be a claim and was not read, in these items or the database.")  # fmt: skip
@called
def extract(
    call: Call,
    *,
    items: Path | None,
    text: str | None,
    lang: str,
    published: datetime | None,
    explain: str | None,
    misses: str | None,
) -> int:
    """Read items and print the claims; keeps nothing.

    A line of JSON for each item: its id, claims, counts and candidacies, each with the words relied on and
    the rule that read them. No log and no database. `--format table` shows the claims to a reader.
    `--explain TEXT` draws the reading of a text: its names, what they stand for, the rule that read each
    claim with its words in brackets, and for the rest why it is no claim. `--misses` lists the gaps that
    many items show: sentences with an elector, a candidate and no reading, and office holders that the
    roster lacks.
    """
    if misses is not None and explain is not None:
        raise click.UsageError("give --explain or --misses")
    if explain:
        if items is not None or text is not None:
            raise click.UsageError("give --explain TEXT, or --explain beside --items or --text")
        text = explain
    if (misses is not None and text is not None) or (misses and items is not None):
        raise click.UsageError("--misses reads a file or folder, --items, or the database")
    if misses is None and (items is None) == (text is None):
        raise click.UsageError("give either --items FILE or --text TEXT")
    faults = 0

    def found() -> Iterator[Item]:
        nonlocal faults
        for item in _items(items, text, lang, published or call.now, call.now):
            if isinstance(item, InputError):
                faults += 1
                say(f"tracker: {item}")
            else:
                yield item

    if misses is not None:
        from tracker.cli.missing import list_misses

        path = Path(misses) if misses else None
        faults += list_misses(call, path, items=found() if items is not None else None)
    elif explain is not None:
        _explain(call, found(), drawn=bool(explain))
    else:
        _extract(call, found())
    return Exit.INPUT if faults else Exit.OK


def _extract(call: Call, items: Iterable[Item]) -> None:
    from tracker.extraction import Reader

    reader = Reader(call.configured_contest())
    readings = ((item.guid or item.id, reader.read(item)) for item in items)
    match call.format_or("ndjson"):
        case "table":
            _print_claims(readings)
        case "json":
            print_json([reading_json(id_, reading) for id_, reading in readings])
        case "csv":
            print_csv(
                ("id", *CLAIM_FIELDS),
                ({"id": id_, **_claim(claim)} for id_, reading in readings for claim in reading.claims),
            )
        case _:
            print_lines(reading_json(id_, reading) for id_, reading in readings)


def _explain(call: Call, items: Iterable[Item], *, drawn: bool) -> None:
    """`drawn`: a drawing unless another format is asked for; else a line of JSON, as without `--explain`."""
    from tracker.cli.explaining import draw
    from tracker.extraction import Reader

    contest = call.configured_contest()
    reader = Reader(contest)
    match call.format_or("table" if drawn else "ndjson"):
        case "table":
            for n, item in enumerate(items):
                if n:
                    line()
                day = f"{item.published_at:%Y-%m-%d}"
                draw(reader.explain(item), contest, id_=item.guid or item.id, day=day)
        case "json":
            print_json([_explained(reader, item) for item in items])
        case "csv":
            raise click.UsageError("an explanation has no rows: --format table, json or ndjson")
        case _:
            print_lines(_explained(reader, item) for item in items)


def _explained(reader: Reader, item: Item) -> dict[str, Any]:
    from tracker.cli.explaining import sentences_json

    explanation = reader.explain(item)
    reading = explanation.reading
    return {
        **reading_json(item.guid or item.id, reading),
        "guesses": [_claim(claim) for claim in reading.guesses],
        "rejected": [_rejected(cue) for cue in reading.rejected],
        "extractor": reading.extractor,
        "lang": explanation.language,
        "dismissed": explanation.dismissed or None,
        "sentences": sentences_json(explanation),
    }


def _items(
    path: Path | None, text: str | None, lang: str, published: datetime, now: datetime
) -> Iterator[Item | InputError]:
    """The items asked about, in order; a line that is none comes as its error."""
    from tracker.feeds.records import item_of, read_line

    if path is None:
        title, _, body = (text or "").strip().partition("\n")
        if not body and title.endswith((".", "!", "?", "”", '"')):
            title, body = "", title
        record = {
            "title": title.strip(), "body": body.strip(), "lang": lang, "published": published.isoformat(),
        }  # fmt: skip
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


def reading_json(id_: str, reading: Reading) -> dict[str, Any]:
    """A reading as scripts rely on it (docs/cli.md)."""
    return {
        "id": id_,
        "claims": [_claim(claim) for claim in reading.claims],
        "counts": [_count(count) for count in reading.counts],
        "candidacies": [_candidacy(step) for step in reading.candidacies],
    }


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
