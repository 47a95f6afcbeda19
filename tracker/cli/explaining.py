"""A reading drawn for a person: what was found in each sentence, what it gave, and why it gave no more."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tracker.cli.output import colourful, line, many, width_of_terminal
from tracker.cli.stances import shown
from tracker.cli.standings import counted
from tracker.cli.tables import clean, harmless, width

if TYPE_CHECKING:
    from tracker.contests import Contest
    from tracker.extraction.explanation import Explanation, ReadClaim, ReadSentence
    from tracker.extraction.misses import Unread

_LABEL = 9
_LEFT = 4
_LEAST, _MOST = 50, 110


def sentences_json(explanation: Explanation) -> list[dict[str, Any]]:
    """The sentences as scripts rely on them (docs/cli.md); offsets count in the sentence's own text."""
    return [
        {
            "number": each.number,
            "field": each.field,
            "text": each.text,
            "question": each.question,
            "clauses": list(each.clauses),
            "names": [
                {
                    **_span(name.span),
                    "text": name.text,
                    "kind": name.kind,
                    "electors": list(name.electors),
                    "candidates": list(name.candidates),
                    "meaning": name.meaning,
                }
                for name in each.names
            ],
            "signs": [
                {**_span(sign.span), "text": sign.text, "meaning": sign.meaning} for sign in each.signs
            ],
            "cited": [
                {
                    "source": cited.source,
                    "electors": list(cited.electors),
                    **_span(cited.span),
                    "text": cited.text,
                }
                for cited in each.cited
            ],
            "claims": [
                {
                    "elector": read.claim.elector,
                    "candidate": read.claim.candidate,
                    "stance": read.claim.stance.value,
                    "certainty": read.claim.certainty.value,
                    "time": read.claim.time.value,
                    "rule": read.claim.rule,
                    "cue": [{**_span(span), "text": each.text[slice(*span)]} for span in read.cue],
                    "evidence": {**_span(read.evidence), "text": each.text[slice(*read.evidence)]},
                    "operators": list(read.operators),
                    "kept": read.kept,
                    "outranked_by": read.outranked or None,
                }
                for read in each.claims
            ],
            "rejected": [
                {
                    **_span(turned.span),
                    "cue": turned.cue,
                    "reason": turned.reason,
                    "elector": turned.elector,
                    "candidate": turned.candidate,
                }
                for turned in each.turned
            ],
            "unread": [unread_json(miss) for miss in each.unread],
        }
        for each in explanation.sentences
    ]


def unread_json(miss: Unread) -> dict[str, Any]:
    """A pair of which nothing was read."""
    return {
        "electors": list(miss.electors),
        "candidates": list(miss.candidates),
        "near": [{"cue": cue, "reason": reason} for cue, reason in miss.near],
        "claimed_elsewhere": miss.claimed,
    }


def _span(span: tuple[int, int]) -> dict[str, int]:
    return {"start": span[0], "end": span[1]}


def draw(explanation: Explanation, contest: Contest, *, id_: str, day: str) -> None:
    """Print how one item was read."""
    import sys

    wide = min(max(width_of_terminal() or _MOST, _LEAST), _MOST)
    colour = colourful(sys.stdout)
    for text in lines(explanation, contest, id_=id_, day=day, wide=wide, colour=colour):
        line(text)


def lines(
    explanation: Explanation, contest: Contest, *, id_: str, day: str, wide: int, colour: bool
) -> Iterator[str]:
    """The drawing, at most `wide` columns."""
    reading = explanation.reading
    how = f"{contest.id}, read as {explanation.language}, with the offices of {day}"
    yield from _wrapped(f"Item {id_}: {how}", wide, rest="  ")
    yield from _wrapped(f"reader {reading.extractor}", wide, "  ", "  ")
    if explanation.dismissed:
        yield ""
        yield from _wrapped(f"Not read: {explanation.dismissed} of {contest.title or contest.id}.", wide)
    for sentence in explanation.sentences:
        yield ""
        yield from _sentence(sentence, contest, wide, colour)
    yield ""
    yield from _sum(explanation, wide)


def _sum(explanation: Explanation, wide: int) -> Iterator[str]:
    reading = explanation.reading
    yield f"In all: {many(len(reading.claims), 'claim')}" + (
        f", {many(len(reading.guesses), 'guess', 'guesses')} beside" if reading.guesses else ""
    )
    for claim in reading.claims:
        told = f"{shown(claim.stance).text}: {claim.elector} toward {claim.candidate}"
        yield from _wrapped(f"{told} ({claim.certainty.value}, {claim.time.value})", wide, "  ", "    ")
    for count in reading.counts:
        number = counted(
            {"low": count.low, "high": count.high, "of": count.of, "approximate": count.approximate}
        )
        yield from _wrapped(f"count: {number} for {count.candidate} ({count.rule})", wide, "  ", "    ")
    for step in reading.candidacies:
        by = f" by {step.by}" if step.by else ""
        yield from _wrapped(
            f"candidacy: {step.candidate} {step.step.value}{by} ({step.rule})", wide, "  ", "    "
        )


def _sentence(sentence: ReadSentence, contest: Contest, wide: int, colour: bool) -> Iterator[str]:
    yield f"{sentence.number}  {sentence.field}"
    yield from _quoted(sentence, wide, colour)
    told = [clean(n.text) for n in sentence.names] + [clean(s.text) for s in sentence.signs]
    column = min(max(map(width, told), default=0), wide // 3)
    yield from _rows("names", [(clean(n.text), n.meaning) for n in sentence.names], column, wide)
    if sentence.clauses:
        parts = [f"{n}. {clause}" for n, clause in enumerate(sentence.clauses, 1)]
        yield from _labelled("clauses", parts, wide)
    yield from _rows("signs", [(clean(s.text), s.meaning) for s in sentence.signs], column, wide)
    if sentence.question:
        yield from _labelled("signs" if not sentence.signs else "", ["it is a question"], wide)
    yield from _labelled(
        "cited",
        [f"{c.source or 'somebody spoken of before'}{_for(c.electors)}: “{c.text}”" for c in sentence.cited],
        wide,
    )
    for claim in sentence.claims:
        yield from _labelled("claim" if claim.kept else "outdone", _claim(claim, sentence, contest), wide)
    yield from _labelled(
        "no claim",
        [
            f"“{turned.cue}”{_pair(turned.elector, turned.candidate)}: {turned.reason}"
            for turned in sentence.turned
        ],
        wide,
    )
    yield from _labelled(
        "unread",
        [
            f"{', '.join(miss.electors)} and {', '.join(miss.candidates)}: no rule says what is between them"
            for miss in sentence.unread
        ],
        wide,
    )
    if not (sentence.claims or sentence.turned or sentence.unread):
        yield from _labelled("no claim", [_nothing(sentence)], wide)


def _nothing(sentence: ReadSentence) -> str:
    electors = any(name.kind == "elector" for name in sentence.names)
    candidates = any(name.kind == "candidate" for name in sentence.names)
    if electors and candidates:
        return "it names electors and candidates, and no rule makes a stance of its words"
    if electors:
        return "it names no candidate, and no word of a stance is in it"
    if candidates:
        return "it names no elector, and no word of a stance is in it"
    return "it names neither an elector nor a candidate"


def _for(electors: Sequence[str]) -> str:
    return f" (for {', '.join(electors)})" if electors else ""


def _pair(elector: str | None, candidate: str | None) -> str:
    told = " toward ".join(each for each in (elector, candidate) if each)
    return f" ({told})" if told else ""


def _claim(read: ReadClaim, sentence: ReadSentence, contest: Contest) -> Iterator[str]:
    from tracker.queries import display_name

    claim = read.claim
    elector = contest.elector(claim.elector)
    candidate = contest.candidate(claim.candidate)
    who = display_name(elector) if elector else claim.elector
    whom = candidate.name if candidate else claim.candidate
    told = f"{shown(claim.stance).text}: {who} toward {whom}; {claim.certainty.value}, {claim.time.value}"
    yield told + (f" ({claim.condition})" if claim.condition else "")
    cue = " … ".join(sentence.text[slice(*span)] for span in read.cue)
    because = f"the words “{cue}” say so (rule {claim.rule})"
    if read.operators:
        because += "; what stands before them: " + ", ".join(dict.fromkeys(read.operators))
    yield because
    named = any(claim.elector in name.electors for name in sentence.names)
    if not named:
        yield f"{claim.elector} is not named here: it was spoken of before"
    if claim.speaker:
        yield f"said by {claim.speaker}"
    if not read.kept:
        yield f"another claim of the item stands in its place: “{read.outranked}”"


def _quoted(sentence: ReadSentence, wide: int, colour: bool) -> Iterator[str]:
    """The sentence, its cues in brackets, or in bold where the terminal shows it."""
    cues = sorted({span for claim in sentence.claims for span in claim.cue})
    text, at = "", 0
    for start, end in cues:
        if start < at:
            continue
        text += sentence.text[at:start] + "\x02" + sentence.text[start:end] + "\x03"
        at = end
    text = " ".join((text + sentence.text[at:]).split())
    text = "".join(char if char in "\x02\x03" else harmless(char) for char in text)
    opened = False
    for wrapped in textwrap.wrap(text, wide, initial_indent=" " * _LEFT, subsequent_indent=" " * _LEFT):
        if not colour:
            yield wrapped.replace("\x02", "[").replace("\x03", "]")
            continue
        # A cue that goes on in the next line is shown in bold there too.
        marked = ("\x02" if opened else "") + wrapped
        opened = marked.rfind("\x02") > marked.rfind("\x03")
        marked += "\x03" if opened else ""
        yield marked.replace("\x02", "\x1b[1;32m").replace("\x03", "\x1b[0m")


def _rows(label: str, rows: Sequence[tuple[str, str]], column: int, wide: int) -> Iterator[str]:
    """Rows of two columns beside a label; what is too long for the first has a line of its own."""
    rest = " " * (_LEFT + _LABEL + column + 2)
    for n, (name, meaning) in enumerate(rows):
        first = _label(label if not n else "") + name
        if width(name) > column:
            yield from _wrapped(name, wide, _label(label if not n else ""), " " * (_LEFT + _LABEL + 2))
            yield from _wrapped(meaning, wide, rest, rest)
        else:
            yield from _wrapped(meaning, wide, first + " " * (column - width(name) + 2), rest)


def _labelled(label: str, texts: Iterator[str] | Sequence[str], wide: int) -> Iterator[str]:
    for n, text in enumerate(texts):
        yield from _wrapped(text, wide, _label(label if not n else ""), " " * (_LEFT + _LABEL + 2))


def _label(label: str) -> str:
    return " " * _LEFT + label.ljust(_LABEL)


def _wrapped(text: str, wide: int, first: str = "", rest: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        clean(text), wide, initial_indent=first, subsequent_indent=rest, break_long_words=True
    ) or [first.rstrip()]
