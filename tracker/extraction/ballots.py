"""Ballots: a name called out, a slogan, a slate, an answer, where persons or parties decide.

"'Scalise,' said Vern Buchanan", "Kay Granger answered 'Scalise'", "X to Y: no".
"""

from __future__ import annotations

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject, subject
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.rows import BETWEEN
from tracker.extraction.scope import chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Kind
from tracker.stances import Stance

_CALLED = Predicate(id="ballot.called", stance=Stance.SUPPORTS, confidence=0.9)
_SLATE = Predicate(id="ballot.slate", stance=Stance.SUPPORTS, confidence=0.85)
_NO = Predicate(id="ballot.no", stance=Stance.OPPOSES, confidence=0.85)
_SHORTEST = 5
_LONGEST = 6
"""Units of an answer in a headline."""
_NEVER = Predicate(id="ballot.never", stance=Stance.OPPOSES, confidence=0.85)
_PRESENT = Predicate(id="ballot.present", stance=Stance.UNDECIDED, context=True, confidence=0.9)


def read(frames: Frames) -> None:
    """Add the claims of names called, of slogans, slates and answers."""
    s = frames.sentence
    if not frames.discourse.roster.by_people or s.question:
        return
    _called(frames)
    _slogans(frames)
    _slate(frames)
    _addressed(frames)


def _called(frames: Frames) -> None:
    s = frames.sentence
    units = s.units
    for i, unit in enumerate(units):
        if unit.kind or unit.classes.isdisjoint(("calls", "say")) or s.quoted[i]:
            continue
        at = _alone(s, i + 1, 1)
        if at >= 0:
            links = chain(s, i)
            who = subject(s, links.start, frames.discourse)
            effects = links.effects
        else:
            at = _alone(s, i - 1, -1)
            if at < 0:
                continue
            effects = ()
            name = next((k for k in range(i + 1, min(i + 4, len(units))) if units[k].kind), -1)
            if name >= 0 and units[name].may_be_elector and units[name].kind is not Kind.VOICE:
                found = units[name]
                who = Subject(found.electors or found.dual, (), found, name)
            else:
                links = chain(s, i)
                who = subject(s, links.start, frames.discourse)
        if who is None or not who.electors:
            continue
        present = "present_vote" in units[at].classes
        predicate = _PRESENT if present else _CALLED
        judgement.claim(
            frames, min(i, at), max(i, at) + 1, predicate, effects, min(i, at), who, -1 if present else at
        )


def _slogans(frames: Frames) -> None:
    """ "Let a 'Never X' website do the talking": the slogan is that of whom the sentence is about."""
    units = frames.sentence.units
    for i, unit in enumerate(units[:-1]):
        named = units[i + 1].kind is Kind.CANDIDATE and not units[i + 1].possessed
        told = any(d.start <= unit.start < d.end for d in frames.drafts)
        if not named or "slogan" not in unit.classes or not unit.capital or told:
            continue
        part = frames.sentence.segments[i]
        persons = [k for k, u in enumerate(units[:i]) if u.kind and frames.sentence.segments[k] == part]
        if len(persons) == 1 and units[persons[0]].kind is Kind.ELECTOR and not units[persons[0]].possessed:
            who = Subject(units[persons[0]].electors, (), units[persons[0]], persons[0])
            judgement.claim(frames, i, i + 2, _NEVER, (), persons[0], who, i + 1)


def _slate(frames: Frames) -> None:
    """ "X and Y present a list of names: A, B and C": each of them for each."""
    units = frames.sentence.units
    colon = next((k for k, u in enumerate(units) if u.word == ":"), -1)
    if colon < 1 or not any("slate" in u.classes for u in units[:colon] if not u.kind):
        return
    names = [u for u in units[colon + 1 :] if u.word not in BETWEEN]
    if len(names) != 1 or names[0].kind is not Kind.CANDIDATE or len(names[0].candidates) < 2:
        return
    first = next((k for k, u in enumerate(units[:colon]) if u.kind), -1)
    denied = any("neg" in u.classes for u in units[:colon] if not u.kind)
    if first < 0 or denied or units[first].kind is not Kind.ELECTOR or units[first].possessed:
        return
    if first and not units[first - 1].classes.isdisjoint(("prep", "of", "by", "at")):
        return
    who = Subject(units[first].electors, (), units[first], first)
    judgement.claim(frames, first, colon, _SLATE, (), first, who, -1, names[0].candidates)


def _addressed(frames: Frames) -> None:
    """ "X to Y: no", a headline that has one speak to the other."""
    s = frames.sentence
    units = s.units
    if not s.title or len(units) < _SHORTEST or units[0].kind is not Kind.ELECTOR or units[0].possessed:
        return
    if "inf_to" not in units[1].classes or units[2].kind is not Kind.CANDIDATE or units[3].word != ":":
        return
    words = units[4:]
    if any(u.kind for u in words) or len(words) > _LONGEST:
        return
    no = any("no" in u.classes or "slogan" in u.classes for u in words)
    yes = any(u.word == "yes" for u in words if "pro" in u.classes)
    if no == yes:
        return
    predicate = _NO if no else _CALLED
    judgement.claim(frames, 0, 5, predicate, (), 0, Subject(units[0].electors, (), units[0], 0), 2)


def _alone(s: Sentence, i: int, step: int) -> int:
    """The quotation that stands at `i`, when a candidate's name (or "present") is all of it; else -1."""
    units = s.units
    skipped = 0
    while 0 <= i < len(units) and not s.quoted[i] and skipped < 3:
        if not (units[i].word in {",", ":"} or units[i].skippable or "out" in units[i].classes):
            return -1
        i += step
        skipped += 1
    if not 0 <= i < len(units) or not s.quoted[i]:
        return -1
    found = -1
    while 0 <= i < len(units) and s.quoted[i]:
        unit = units[i]
        if (unit.kind is Kind.CANDIDATE and not unit.race) or "present_vote" in unit.classes:
            if found >= 0:
                return -1
            found = i
        elif unit.word not in BETWEEN:
            return -1
        i += step
    return found
