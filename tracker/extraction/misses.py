"""What was not read and may be a claim: gaps of the grammar and of the roster, found in the field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.contests import Speaker
from tracker.extraction.frames import Frames
from tracker.extraction.gazetteer import NameKind
from tracker.extraction.sentences import Sentence
from tracker.extraction.tokens import fold, lower
from tracker.extraction.units import Kind, Unit
from tracker.items import Field
from tracker.stances import CandidateId, ElectorId

GAPS = frozenset(
    [
        "no elector before it",
        "no elector after it",
        "no elector in its clause",
        "no candidate after it",
        "no candidate before it",
        "no candidate in its clause",
        "no candidate it could mean",
        "nobody says it for an elector",
        "nobody's that we can tell",
        "toward nobody that is named",
        "its subject is no candidate",
        "nothing said before it",
        "nothing says that it is so",
    ]
)
"""Reasons that only say who is missing. Where both are in the sentence, they explain nothing."""

_PERSONS = frozenset([NameKind.PERSON, NameKind.CANDIDATE, NameKind.SPEAKER, NameKind.INCUMBENT])
_PLACED = ("prep", "at", "in")
_LONGEST_NAME = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Electors and candidates that one sentence names, of whom nothing was read, and nothing says why not.

    sentence  as a reader sees it
    near      cues of stance in it, each with what was missing; empty when no rule knows its words
    claimed   the item makes a claim on each such pair elsewhere
    """

    electors: tuple[ElectorId, ...]
    candidates: tuple[CandidateId, ...]
    field: Field
    sentence: str
    near: tuple[tuple[str, str], ...]
    claimed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody with an office of an elector whom the roster does not know ("Finnish Prime Minister X").

    name    as written; `title` the words of the office
    holder  whom the roster has in that office on that day; `None` when nobody
    """

    name: str
    title: str
    elector: ElectorId
    holder: str | None
    field: Field
    sentence: str


def unread(frames: Frames, claimed: frozenset[tuple[str, str]]) -> Iterator[Unread]:
    """What one sentence leaves unread. `claimed`: the pairs that the item makes a claim on."""
    sentence = frames.sentence
    if sentence.question:
        return
    done = {(draft.elector, draft.candidate) for draft in frames.drafts}
    settled = [refusal for refusal in frames.refusals if refusal.reason not in GAPS]
    near = tuple((r.cue, r.reason) for r in frames.refusals if r.reason in GAPS)
    candidates = tuple(
        dict.fromkeys(
            c for u in sentence.units if u.kind is Kind.CANDIDATE and not u.possessed for c in u.candidates
        )
    )
    for i, unit in enumerate(sentence.units):
        if unit.kind is not Kind.ELECTOR or _only_a_place(sentence.units, i):
            continue
        electors = unit.electors if unit.via is None else (unit.via,)
        open_ones = tuple(
            candidate
            for candidate in candidates
            if not any((elector, candidate) in done for elector in unit.electors)
            and not any(
                refusal.elector in (None, *unit.electors) and refusal.candidate in (None, candidate)
                for refusal in settled
            )
            and not _own(frames, unit, candidate)
            and not _only_cited(frames, unit, candidate)
        )
        if open_ones:
            done.update((elector, candidate) for elector in unit.electors for candidate in open_ones)
            yield Unread(
                electors=tuple(map(ElectorId, electors)),
                candidates=tuple(map(CandidateId, open_ones)),
                field=sentence.field,
                sentence=sentence.shown(*sentence.bounds),
                near=near,
                claimed=all((e, c) in claimed for e in unit.electors for c in open_ones),
            )


def _only_a_place(units: Sequence[Unit], i: int) -> bool:
    """ "In Budapest": where something happens."""
    if i and not units[i - 1].kind and not units[i - 1].classes.isdisjoint(_PLACED):
        return "by" not in units[i - 1].classes and "for" not in units[i - 1].classes
    return i + 1 < len(units) and "venue" in units[i + 1].classes


def _own(frames: Frames, unit: Unit, candidate: str) -> bool:
    """ "Romania's Iohannis": its own candidate, of whom nothing is said by naming where he is from."""
    known = frames.discourse.roster.candidates[candidate]
    return known.nationality in unit.electors


def _only_cited(frames: Frames, unit: Unit, candidate: str) -> bool:
    """ "Hungary has yet to back X, the Finnish premier said": of Finland nothing is said."""
    text = frames.sentence.shown(unit.start, unit.end)
    told = any(draft.candidate == candidate for draft in frames.drafts)
    return told and any(report.source.text == text for report in frames.said)


def strangers(frames: Frames) -> Iterator[Stranger]:
    """Office holders of a sentence whom the roster does not have."""
    sentence = frames.sentence
    roster = frames.discourse.roster
    for i, unit in enumerate(sentence.units):
        if unit.kind is not Kind.ELECTOR or "title" not in unit.classes or unit.members:
            continue
        if len(unit.electors) != 1 or any(name.kind in _PERSONS for name in unit.names):
            continue
        name = _within(sentence, unit) or _beside(sentence.units, i)
        if name:
            holder: Speaker | None = roster.holder(unit.electors[0], unit.classes)
            yield Stranger(
                name=name,
                title=unit.text.removesuffix(name).strip(" ,"),
                elector=ElectorId(unit.electors[0]),
                holder=holder.name if holder else None,
                field=sentence.field,
                sentence=sentence.shown(*sentence.bounds),
            )


def _within(sentence: Sentence, unit: Unit) -> str:
    """The unknown capitalised words that a phrase ends with; after "of", without the place."""
    words = unit.text.split()
    taken = 0
    while taken < min(len(words) - 1, _LONGEST_NAME) and _unknown(sentence, words[-1 - taken]):
        taken += 1
    run = words[len(words) - taken :]
    if taken and taken < len(words):
        before = words[-1 - taken]
        known = sentence.language.word(lower(before), fold(before))
        if known is not None and not known.classes.isdisjoint(("of", *_PLACED)):
            run = run[1:] if taken > 2 else []
    return " ".join(run)


def _beside(units: Sequence[Unit], i: int) -> str:
    """The name after an office and a comma, or before one: "the Finnish premier, X Y," and "X Y, the ..."."""
    start = i + 2 if i + 1 < len(units) and units[i + 1].word == "," else i + 1
    after = _run(units[start : start + _LONGEST_NAME])
    if len(after) > 1:
        return " ".join(unit.text for unit in after)
    if i > 1 and units[i - 1].word == ",":
        before = _run(units[max(i - 1 - _LONGEST_NAME, 0) : i - 1][::-1])
        if len(before) > 1:
            return " ".join(unit.text for unit in before[::-1])
    return ""


def _run(units: Sequence[Unit]) -> list[Unit]:
    found = []
    for unit in units:
        if unit.known or not unit.capital or not unit.word[:1].isalpha():
            break
        found.append(unit)
    return found


def _unknown(sentence: Sentence, word: str) -> bool:
    if not word[:1].isupper() or not word[:1].isalpha():
        return False
    known = sentence.language.word(lower(word), fold(word))
    return known is None or not (known.classes or known.lemmas)
