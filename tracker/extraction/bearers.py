"""Bearers: who holds an attitude, where no plain subject stands before the words that tell it.

Agents after "by", names after a colon, the government of whoever speaks, a subject the language leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.extraction.arguments import Subject, overt, pronoun
from tracker.extraction.frames import Frames
from tracker.extraction.scope import chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import HARD, MARKS, Head, Kind, Unit

_FAR = 24
"""Units that an aside between two agents of one passive may take up."""


def another(frames: Frames, start: int, after: Unit) -> bool:
    """The elector right before the verb is its subject, so that the one after it is none."""
    before = frames.sentence.units[start - 1] if start else None
    return (
        before is not None
        and before.kind is Kind.ELECTOR
        and not before.possessed
        and not set(before.electors) & set(after.electors)
        and (start < 2 or frames.sentence.units[start - 2].classes.isdisjoint(("prep", "of", "at", "by")))
    )


def agents(frames: Frames, stop: int, preps: set[str]) -> tuple[str, ...]:
    """ "Backed by X, who ..., and by Y", "points to one backer, X, and to two others, Y and Z"."""
    units = frames.sentence.units
    found: list[str] = []
    for i in range(stop, min(stop + _FAR, len(units) - 2)):
        if units[i].word in HARD:
            break
        if "and" not in units[i].classes or units[i].kind or units[i + 1].word not in preps:
            continue
        k = next((k for k in range(i + 2, min(i + 6, len(units))) if units[k].kind), -1)
        if k >= 0 and units[k].kind is Kind.ELECTOR and not units[k].possessed:
            found.extend(units[k].electors)
    return tuple(found)


def seated(frames: Frames, start: int) -> Subject | None:
    """ "À Ankara, on refuse": the capital where "one" does it."""
    units = frames.sentence.units
    i = start - 1
    if i < 2 or units[i].kind or "impersonal" not in units[i].classes:
        return None
    i -= 1
    while i > 0 and (units[i].word == "," or (not units[i].kind and "adv" in units[i].classes)):
        i -= 1
    seat = units[i].kind is Kind.ELECTOR and units[i].head is Head.CAPITAL
    if not seat or i == 0 or "at" not in units[i - 1].classes:
        return None
    return Subject(units[i].electors, (), units[i], i)


def listed(frames: Frames, start: int, stop: int) -> Subject | None:
    """ "Two capitals still say no: Budapest and Ankara": the names follow the colon."""
    s = frames.sentence
    units = s.units
    before = [u for u in units[max(start - 4, 0) : start] if not u.kind]
    alone = not any(u.kind or u.word == ":" for u in units[:start])
    if not alone and not any(u.classes & {"number", "group_noun", "land"} for u in before):
        return None
    for i in range(stop, min(stop + 12, len(units) - 1)):
        if units[i].word in {":", "-", "–", "—", "--"}:
            after = units[i + 1]
            if (
                after.kind is Kind.ELECTOR
                and not after.possessed
                and (i + 2 >= len(units) or units[i + 2].word in HARD)
            ):
                return Subject(after.electors, (), _told(after), i + 1)
            return None
        if "it" in units[i].classes and "and" in units[i - 1].classes and i + 2 < len(units):
            after = units[i + 2]
            if "cop" in units[i + 1].classes and after.kind is Kind.ELECTOR and not after.possessed:
                return Subject(after.electors, (), _told(after), i + 2)  # "..., and it is Budapest"
    return None


def _told(unit: Unit) -> Unit:
    """Named after a colon, a person does nothing itself: the narrator tells of it."""
    return replace(unit, head=Head.NAME) if unit.head in (Head.PERSON, Head.OFFICE) else unit


def carried_on(frames: Frames, start: int) -> tuple[str, ...]:
    """ "Set to pull X and endorse Y": the second infinitive is under what governs the first."""
    s = frames.sentence
    forms = {form for found in s.units[start].lemmas.values() for form in found}
    if forms != {"base"} or "and" not in s.units[start - 1].classes:
        return ()
    end = max((e for e in s.operators if e < start), default=-1)
    return chain(s, end).effects if end > 0 else ()


def joined_after(frames: Frames, stop: int, who: Subject) -> Subject:
    """ "For Rutte, together with Berlin and Paris": those named after it are of the same mind."""
    units = frames.sentence.units
    at = stop + (stop < len(units) and units[stop].word == ",")
    if at + 1 >= len(units) or units[at].kind or "jointly" not in units[at].classes:
        return who
    other = units[at + 1]
    if other.kind is not Kind.ELECTOR or other.possessed:
        return who
    return replace(who, electors=tuple(dict.fromkeys((*who.electors, *other.electors))))


def spoken_for(frames: Frames, at: int) -> Subject | None:
    """ "The cabinet is behind him, the Finnish premier said": the cabinet of whoever says it."""
    units = frames.sentence.units
    if not at or units[at - 1].kind is not Kind.VOICE or units[at - 1].possessed:
        return None
    source = frames.source(at)
    electors = source.electors if source is not None else frames.discourse.voice
    if not electors:
        return None
    unit = replace(units[at - 1], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
    return Subject(electors, (), unit, at - 1, pronoun=True)


def ours(frames: Frames, start: int, stop: int) -> Subject | None:
    """Whom "our" means: the source of these words, else the last one cited."""
    s = frames.sentence
    units = s.units[start:stop]
    if not (any("our" in u.classes or "we" in u.classes for u in units) or s.quoted[start]):
        return None
    source = frames.source(start, stop)
    electors = source.electors if source else ()
    if not electors:
        electors = frames.discourse.speakers[-1] if frames.discourse.speakers else frames.discourse.voice
    if not electors:
        return None
    unit = replace(s.units[start], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
    return Subject(electors, (), unit, start, pronoun=True)


def ahead(frames: Frames, stop: int) -> int:
    """The candidate that a participle before a comma belongs to ("Backed by Zagreb, X lacks ...")."""
    units = frames.sentence.units
    comma = next((i for i in range(stop, min(stop + 14, len(units))) if units[i].word == ","), -1)
    if comma < 0:
        return -1
    return next(
        (
            i
            for i in range(comma + 1, min(comma + 4, len(units)))
            if units[i].may_be_candidate and (units[i].kind or "nobody" not in units[i].classes)
        ),
        -1,
    )


def voice(frames: Frames, at: int) -> Subject | None:
    """The elector whose office, or "own government", stands at unit `at`."""
    if not frames.sentence.units[at].kind:
        if "his" in frames.sentence.units[at].classes:
            near = frames.discourse.elector(frames.sentence, at, person=True)
            ids = (near.electors or near.dual) if near is not None else ()
            if near is None or not ids:
                return None
            return Subject(ids, (), replace(near, kind=Kind.ELECTOR, electors=ids), at, pronoun=True)
        found = pronoun(frames.sentence, at, frames.discourse)
        if found is None or not found.electors:
            return None
        unit = replace(frames.sentence.units[at], kind=Kind.ELECTOR, electors=found.electors, head=Head.NAME)
        return Subject(found.electors, (), unit, at, pronoun=True)
    near = frames.discourse.elector(frames.sentence, at, person=False)
    if near is None:
        return None
    return Subject(
        near.electors,
        (),
        replace(frames.sentence.units[at], kind=Kind.ELECTOR, electors=near.electors),
        at,
        pronoun=True,
    )


def dropped(frames: Frames, at: int) -> Subject | None:
    """The subject a language may leave out at unit `at`: the sentence's, else the last spoken of.

    Nobody, when the sentence's is somebody who speaks for no elector.
    """
    units = frames.sentence.units
    if overt(units, at):
        return None
    for k in range(at - 1, -1, -1):
        unit = units[k]
        if unit.possessed or (k and not units[k - 1].classes.isdisjoint(("prep", "of", "at", "by", "link"))):
            continue
        if unit.kind is Kind.UNNAMED and unit.electors:
            return Subject(unit.electors, (), unit, k, pronoun=True)  # "an Ankara source said it will"
        if unit.kind in (Kind.UNNAMED, Kind.OUTSIDER, Kind.OUTLET, Kind.BODY):
            return None
        if unit.kind is Kind.VOICE:
            return voice(frames, k)
        if unit.kind is Kind.ELECTOR:
            return Subject(unit.electors, (), unit, k, pronoun=True)
    source = frames.source(at)
    if source is not None and source.electors and frames.sentence.quoted[at]:
        unit = replace(units[at], kind=Kind.ELECTOR, electors=source.electors, head=Head.OFFICE)
        return Subject(source.electors, (), unit, at, pronoun=True)
    near = frames.discourse.elector(frames.sentence, 0, person=False)
    if near is None:
        return None
    return Subject(near.electors, (), near, 0, pronoun=True)


def asked(frames: Frames, at: int, effects: Sequence[str], start: int) -> bool:
    """ "called on Warsaw to reject him": the elector is asked, and has done nothing."""
    units = frames.sentence.units
    if "to" not in effects or any(not u.kind and "rel" in u.classes for u in units[max(at, 0) + 1 : start]):
        return False
    return at > 0 and not units[at - 1].kind and not units[at - 1].classes.isdisjoint(("urge", "prep", "for"))


def exclaimed(frames: Frames, start: int, who: Subject) -> bool:
    """ "X, bless him, was for Y": a person is one, and the verb's form says that many do it."""
    forms = {form for found in frames.sentence.units[start].lemmas.values() for form in found}
    one = who.unit.head is Head.PERSON and len(who.electors) == 1 and not who.pronoun
    return one and forms == {"base"} and frames.discourse.roster.by_person and not frames.sentence.title


def headed(sentence: Sentence, at: int, start: int) -> bool:
    """Unit `at` stands right before `start`, as a headline without a verb has it ("Turkey, for X")."""
    units = sentence.units
    gap = units[at + 1 : start]
    if not 0 <= at < start or (gap and [unit.word for unit in gap] != [","]):
        return False
    opens = at == 0 or units[at - 1].word in MARKS or not units[at - 1].classes.isdisjoint(("and", "adv"))
    return opens or units[at].kind is not Kind.CANDIDATE


def resumed(sentence: Sentence, subject: int) -> bool:
    """ "Aderarea, pe care Letonia o susține": a relative before the subject, which the pronoun takes up.

    Where one word is both "who" and "that", there is no telling.
    """
    units = sentence.units
    if subject < 2 or units[subject - 1].kind or "rel" not in units[subject - 1].classes:
        return False
    k = subject - 2
    while k > 0 and (units[k].word == "," or not units[k].classes.isdisjoint(("prep", "over"))):
        k -= 1
    return "that" not in units[subject - 1].classes and units[k].kind is not Kind.CANDIDATE
