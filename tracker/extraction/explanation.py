"""Explanation: how an item was read, sentence by sentence, for a person who asks why, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.claims import Claim, Reading
from tracker.extraction.drafts import Draft
from tracker.extraction.frames import Frames
from tracker.extraction.gazetteer import NameKind
from tracker.extraction.misses import Unread, unread
from tracker.extraction.patterns import find
from tracker.extraction.roster import Roster
from tracker.extraction.scope import chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Head, Kind, Unit
from tracker.items import Field

Span = tuple[int, int]

EFFECTS: Mapping[str, str] = {
    "neg": "negation",
    "refuse": "refusal",
    "absent": "it has not happened",
    "cease": "no longer",
    "weigh": "it is being weighed",
    "hesitate": "reluctance",
    "lean": "an inclination",
    "unsure": "it is not known whether",
    "deny": "denial",
    "may": "a possibility",
    "expect": "an expectation",
    "hearsay": "hearsay",
    "would": "what would be",
    "had": "past",
    "pluperfect": "past",
    "once": "past",
    "should": "a wish or duty",
    "null": "an attempt or wish",
    "ready": "readiness",
    "will": "announced",
}
"""What operators do to a stance, in words. Those that only carry a verb (to be, to have) are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """A name or phrase, and what it was taken for. `span` counts in the sentence's text, as all do here."""

    span: Span
    text: str
    kind: str
    electors: tuple[str, ...]
    candidates: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Words that change what is said: an operator, a condition, a question mark."""

    span: Span
    text: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """Who is cited, and for which stretch. `electors`: for whom that source may speak."""

    source: str
    electors: tuple[str, ...]
    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClaim:
    """A claim of this sentence.

    cue       the words that say the stance: the rule's
    evidence  all the words relied on
    operators the signs that its stance went through, outermost last
    kept      False: another sentence's claim on the same pair stands in its place; `outranked` has its words
    """

    claim: Claim
    cue: tuple[Span, ...]
    evidence: Span
    operators: tuple[str, ...]
    kept: bool
    outranked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A cue that gave no claim, and why."""

    span: Span
    cue: str
    reason: str
    elector: str | None
    candidate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """One sentence as it was read. `start`: where its text begins in the field's text as shown."""

    number: int
    field: Field
    start: int
    text: str
    question: bool
    clauses: tuple[str, ...]
    names: tuple[FoundName, ...]
    signs: tuple[Sign, ...]
    cited: tuple[Cited, ...]
    claims: tuple[ReadClaim, ...]
    turned: tuple[Turned, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one item was read.

    language    the code of the language file it was read with
    dismissed   why it was not read at all; empty when it was
    """

    reading: Reading
    language: str
    dismissed: str
    sentences: tuple[ReadSentence, ...] = ()


def explained(
    reading: Reading, language: str, read: Iterable[Frames], claims: Sequence[tuple[Draft, Claim]]
) -> Explanation:
    """The explanation of a reading. `claims`: every draft of the sentences, as a claim."""
    claimed = frozenset((claim.elector, claim.candidate) for claim in reading.claims)
    kept = {_key(claim) for claim in (*reading.claims, *reading.guesses)}
    return Explanation(
        reading=reading,
        language=language,
        dismissed="",
        sentences=tuple(_sentence(frames, claims, reading, kept, claimed) for frames in read),
    )


def _key(claim: Claim) -> tuple[object, ...]:
    evidence = claim.evidence
    where = (evidence.field, evidence.start, evidence.end)
    return claim.elector, claim.candidate, claim.time, claim.stance, claim.rule, *where


def _sentence(
    frames: Frames,
    claims: Sequence[tuple[Draft, Claim]],
    reading: Reading,
    kept: set[tuple[object, ...]],
    claimed: frozenset[tuple[str, str]],
) -> ReadSentence:
    sentence = frames.sentence
    start, end = sentence.bounds
    own = [(draft, claim) for draft, claim in claims if draft.order[0] == sentence.number]
    return ReadSentence(
        number=sentence.number,
        field=sentence.field,
        start=start,
        text=sentence.shown(start, end),
        question=sentence.question,
        clauses=tuple(_clauses(sentence)),
        names=tuple(_names(sentence, frames.discourse.roster)),
        signs=tuple(_signs(sentence)),
        cited=tuple(_cited(frames)),
        claims=tuple(_claim(sentence, draft, claim, reading, kept) for draft, claim in own),
        turned=tuple(
            Turned(
                span=(refusal.start - start, refusal.end - start),
                cue=refusal.cue,
                reason=refusal.reason,
                elector=refusal.elector,
                candidate=refusal.candidate,
            )
            for refusal in frames.refusals
        ),
        unread=tuple(unread(frames, claimed)),
    )


def _clauses(sentence: Sentence) -> Iterator[str]:
    """The stretches that are read apart, when there is more than one."""
    last = -1
    runs: list[list[Unit]] = []
    for unit, number in zip(sentence.units, sentence.segments, strict=True):
        if number != last:
            runs.append([])
            last = number
        runs[-1].append(unit)
    texts = [sentence.shown(run[0].start, run[-1].end).strip(" ,;:–—-") for run in runs]
    if len([text for text in texts if any(char.isalnum() for char in text)]) > 1:
        yield from (text for text in texts if any(char.isalnum() for char in text))


# -- names ------------------------------------------------------------------------------------------


def _names(sentence: Sentence, roster: Roster) -> Iterator[FoundName]:
    start = sentence.bounds[0]
    for unit in _single(sentence.units):
        meaning = _meaning(unit, roster)
        if meaning:
            yield FoundName(
                span=(unit.start - start, unit.end - start),
                text=sentence.shown(unit.start, unit.end),
                kind=str(unit.kind) or "name",
                electors=unit.electors,
                candidates=unit.candidates,
                meaning=meaning,
            )


def _single(units: Iterable[Unit]) -> Iterator[Unit]:
    for unit in units:
        if unit.members:
            yield from unit.members
        else:
            yield unit


def _meaning(unit: Unit, roster: Roster) -> str:
    """What a phrase was taken for, in words; empty for a word that names nobody."""
    match unit.kind:
        case Kind.CANDIDATE:
            return _candidate(unit, roster)
        case Kind.ELECTOR:
            return _elector(unit)
        case Kind.ADJECTIVE:
            return f"of elector {_ids(unit.electors)}: it describes the word after it"
        case Kind.VOICE:
            return "an office or government, of the elector spoken of"
        case Kind.UNNAMED:
            return "an unnamed source" + (f" of {_ids(unit.electors)}" if unit.electors else "")
        case Kind.OUTLET:
            return "an outlet"
        case Kind.OUTSIDER:
            return "somebody who speaks for no elector that day"
        case Kind.BODY:
            return "the body, its post, or who holds it"
    if "foreign" in unit.classes:
        return "no elector of this contest"
    return "not taken for the name it may be" if unit.names else ""


def _candidate(unit: Unit, roster: Roster) -> str:
    told = f"candidate {_ids(unit.candidates)}"
    if unit.race:
        told = f"the candidacy of {_ids(unit.candidates)}"
    named = any(name.kind is NameKind.CANDIDATE for name in unit.names)
    if not named and unit.candidates:
        how = {"title": "by the office held", "people": "by nationality"}.get(unit.role, "as described")
        told += f", {how}"
    if unit.dual and not unit.race:
        told += f", who also speaks for {_ids(unit.dual)}"
    return told


def _elector(unit: Unit) -> str:
    told = f"elector {_ids(unit.electors)}"
    speaker = next((n.speaker for n in unit.names if n.speaker and n.id in unit.electors), None)
    if unit.via is not None:
        return f"bloc {unit.via}: {told}"
    match unit.head:
        case Head.PERSON if speaker is not None:
            office = speaker.title or speaker.role.value.replace("_", " ")
            return f"{told}: {speaker.name}, {office}"
        case Head.OFFICE:
            return f"{told}: an office of its"
        case Head.CAPITAL:
            return f"{told}: its seat"
        case Head.PEOPLE:
            return f"{told}: its people"
    return told


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids)


# -- signs and sources ------------------------------------------------------------------------------


def _signs(sentence: Sentence) -> Iterator[Sign]:
    """Operators in the order of the text, the longest of those that share words; conditions; a question."""
    found: list[tuple[int, int, str]] = []
    for stop, entries in sentence.operators.items():
        for first, effect in entries:
            meanings = [EFFECTS[name] for name in effect.split("+") if name in EFFECTS]
            if meanings:
                found.append((first, stop, " and ".join(dict.fromkeys(meanings))))
    for i, unit in enumerate(sentence.units):
        if not unit.kind and not unit.classes.isdisjoint(("if", "whether")):
            found.append((i, i + 1, "a condition" if "if" in unit.classes else "an open question"))
    used: set[int] = set()
    kept: list[Sign] = []
    start = sentence.bounds[0]
    for first, stop, meaning in sorted(found, key=lambda sign: (sign[0] - sign[1], sign[0])):
        if used.isdisjoint(range(first, stop)):
            used.update(range(first, stop))
            low, high = sentence.span(first, stop - 1)
            kept.append(
                Sign(span=(low - start, high - start), text=sentence.shown(low, high), meaning=meaning)
            )
    yield from sorted(kept, key=lambda sign: sign.span)


def _cited(frames: Frames) -> Iterator[Cited]:
    sentence = frames.sentence
    start = sentence.bounds[0]
    for report in frames.said:
        if report.last < report.first or report.first >= len(sentence.units):
            continue
        low, high = sentence.span(report.first, min(report.last, len(sentence.units) - 1))
        yield Cited(
            source=report.source.text,
            electors=report.source.electors,
            span=(low - start, high - start),
            text=sentence.shown(low, high),
        )


# -- claims -----------------------------------------------------------------------------------------


def _claim(
    sentence: Sentence, draft: Draft, claim: Claim, reading: Reading, kept: set[tuple[object, ...]]
) -> ReadClaim:
    start = sentence.bounds[0]
    is_kept = _key(claim) in kept
    # The item's certainty may be firmer than the sentence's: a headline takes the source told further down.
    stands = next((one for one in (*reading.claims, *reading.guesses) if _key(one) == _key(claim)), claim)
    return ReadClaim(
        claim=stands,
        cue=tuple((low - start, high - start) for low, high in _cue(sentence, draft)),
        evidence=(draft.start - start, draft.end - start),
        operators=tuple(
            EFFECTS[effect] for effect in chain(sentence, draft.order[1]).effects if effect in EFFECTS
        ),
        kept=is_kept,
        outranked="" if is_kept else _outranking(claim, reading),
    )


def _cue(sentence: Sentence, draft: Draft) -> Iterator[Span]:
    """The words of the rule, without the names that fill its places; runs of neighbours are one."""
    at = draft.order[1]
    rule = draft.rule.removesuffix(".rival")
    words = [at]
    for found, predicate in find(sentence.language.predicates, sentence.units, at):
        if predicate.id == rule and found.end - at > len(words) - 1:
            slots = (found.candidate, found.elector)
            words = [k for k in range(at, found.end) if k not in slots] or [at]
    for n, k in enumerate(words):
        if n and words[n - 1] == k - 1:
            continue
        stop = k
        while stop + 1 in words:
            stop += 1
        yield sentence.span(k, stop)


def _outranking(claim: Claim, reading: Reading) -> str:
    """The words of the claim that stands in its place."""
    for one in reading.claims:
        if (one.elector, one.candidate, one.time) == (claim.elector, claim.candidate, claim.time):
            return one.evidence.text
    for one in reading.claims:
        if (one.elector, one.candidate) == (claim.elector, claim.candidate):
            return one.evidence.text
    return ""
