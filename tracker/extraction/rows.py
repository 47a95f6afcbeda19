"""Rows: lines that set a candidate's name, or a word of silence, against those of electors.

"Rutte: Albania, Belgium, Britain", "Don Bacon (Neb.): McCarthy", "Undecided: Slovakia, Turkey", and cells of
a table or list, with the candidate's name in the cell before.
"""

from __future__ import annotations

from tracker.extraction import judgement
from tracker.extraction.arguments import Subject
from tracker.extraction.frames import Frames
from tracker.extraction.lexicon import Predicate
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Kind, Unit
from tracker.stances import Stance

BETWEEN = frozenset([",", ".", "(", ")", ":", "-", "–", "—", "*", "•", "!", "|", ";", "…"])
"""Marks that part the cells of a row, or a name from what is said of it."""
_ROW = Predicate(id="row", stance=Stance.SUPPORTS, left="-", confidence=0.85)
_MUM = Predicate(id="row.mum", stance=Stance.UNDECIDED, left="-", everyone=True, confidence=0.85)


def read(frames: Frames) -> bool:
    """Whether the sentence is a row, read as one.

    In a headline about states "Rutte: Hungary ..." may be somebody's words about Hungary: it must be a list.
    """
    s = frames.sentence
    if s.question:
        return False
    units = [u for u in s.units if u.word not in BETWEEN or u.word == ":"]
    colon = next((k for k, u in enumerate(units) if u.word == ":"), -1)
    if colon >= 0:
        return _pair(frames, units[:colon], units[colon + 1 :])
    before = _before(frames)
    if before is None or not _voters(frames, units):
        return False
    return _pair(frames, [u for u in before.units if u.word not in BETWEEN], units)


def _pair(frames: Frames, left: list[Unit], right: list[Unit]) -> bool:
    """A label and the names it is set against."""
    label = [u for u in left if not ("for" in u.word.split() and not u.kind)]
    backing = len(label) == 2 and not label[0].kind and "row_label" in label[0].classes
    label = label[1:] if backing else label
    if len(label) == 1 and label[0].kind is Kind.CANDIDATE and not label[0].race and _voters(frames, right):
        _emit(frames, right, label[0], _ROW)
        return True
    while len(right) > 1 and not right[0].kind and not right[0].capital and not right[0].lemmas:
        right = right[1:]  # "ex-congressman X"
    named = len(right) == 1 and right[0].kind is Kind.CANDIDATE and not right[0].race
    if named and label and _voters(frames, label):
        _emit(frames, label, right[0], _ROW)
        return True
    if _mum(left) and _voters(frames, right):
        _emit(frames, right, None, _MUM)
        return True
    return False


def _mum(units: list[Unit]) -> bool:
    """A label of those who do not say: "Undecided", "Not saying"."""
    if not 0 < len(units) < 4 or any(u.kind for u in units):
        return False
    classes = frozenset().union(*(u.classes for u in units))
    return "undecided_label" in classes or {"neg", "say"} <= classes


def _voters(frames: Frames, units: list[Unit]) -> bool:
    """Nothing but names of those who vote, and, beside persons and parties, remarks in small letters."""
    named = [u for u in units if u.kind]
    if not frames.discourse.roster.by_people:
        several = len(named) > 1 or any(len(u.electors) > 1 for u in named)
        remarks = any(not u.kind and "and" not in u.classes for u in units)
        if remarks or (frames.sentence.title and not several):
            return False
    return (
        bool(named)
        and all(u.kind is Kind.ELECTOR and not u.possessed for u in named)
        and all(u.kind or "and" in u.classes or not u.capital for u in units)
        and sum(not u.kind for u in units) <= 1 + len(named)
    )


def _before(frames: Frames) -> Sentence | None:
    """The cell before: the last sentence of the same field, when it is nothing but a label."""
    seen = frames.discourse.sentences
    earlier = next((s for s in reversed(seen) if s is not frames.sentence), None)
    if earlier is None or earlier.field != frames.sentence.field or earlier.title:
        return None
    if earlier.paragraph == frames.sentence.paragraph or len(earlier.units) > 3:
        return None
    return earlier


def _emit(frames: Frames, names: list[Unit], candidate: Unit | None, predicate: Predicate) -> None:
    units = frames.sentence.units
    for unit in names:
        if unit.kind is not Kind.ELECTOR:
            continue
        at = units.index(unit)
        chosen = candidate.candidates if candidate is not None else ()
        place = Subject(unit.electors, (), unit, at)
        # From the label on: the words after its colon are nobody's speech.
        judgement.claim(frames, 0, at + 1, predicate, (), 0, place, -1, chosen)
    frames.taken.update(range(len(units)))
