"""Scope: the operators before a predicate, and what each makes of the stance it says.

The order is the text's, from the predicate outwards; the table below is the whole of it. What the table
does not hold is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Kind, Unit
from tracker.stances import ClaimTime, Stance

S, LS, U = Stance.SUPPORTS, Stance.LEANS_SUPPORT, Stance.UNDECIDED
LO, OP = Stance.LEANS_OPPOSE, Stance.OPPOSES

_NOTHING: dict[Stance, Stance] = {}
TABLE: dict[str, dict[Stance, Stance]] = {
    # "does not back", "will not block"
    "neg": {S: OP, LS: LO, LO: LS, OP: LS},
    # "refuses to back", "ruled out backing", "refuses to block"
    "refuse": {S: OP, LS: OP, LO: LS, OP: LS},
    # "has yet to back", "stopped short of backing", "has not backed"
    "absent": {S: U, LS: U, U: U},
    # "no longer backs", "stopped opposing"
    "cease": {S: U, LS: U, LO: LS, OP: LS},
    # "is weighing backing", "is in talks about"
    "weigh": {S: U, LS: U, OP: LO, LO: LO},
    # "is reluctant to back"
    "hesitate": {S: LO, LS: LO},
    # "is inclined to back", "leans towards opposing"
    "lean": {S: LS, LS: LS, OP: LO, LO: LO},
    # "has not said whether it backs"
    "unsure": {S: U, LS: U, U: U, LO: U, OP: U},
    # "denied having promised to back"
    "deny": {S: U, LS: U},
}


NEGATIONS = frozenset(["neg", "absent", "refuse", "unsure", "hesitate"])
"""Effects that deny, or put off, what they stand before."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A stance as its operators leave it."""

    stance: Stance
    past: Stance | None = None
    time: ClaimTime = ClaimTime.NOW
    guess: bool = False
    would: bool = False
    silent: bool = False
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The operators before a predicate, inmost first.

    start     the first unit of the outermost
    clitic    an object pronoun met among them ("l'a soutenu"), or -1
    bare      nothing finite was met
    """

    effects: tuple[str, ...]
    start: int
    clitic: int = -1


def chain(sentence: Sentence, at: int, *, noun: bool = False) -> Chain:
    """Walk left from unit `at` over operators and adverbs; from a noun, first over what qualifies it."""
    units = sentence.units
    effects: list[str] = []
    if sentence.language.moods and at < len(units) and not units[at].kind:
        effects.extend(filter(None, sentence.language.mood(units[at].lemmas).split("+")))
    clitic = -1
    i = at
    while noun and i > max(at - 5, 0) and i not in sentence.operators and _qualifies(units[i - 1]):
        if sentence.language.adjective_after and not units[i - 1].known:
            break  # an unknown word before it is a verb of its own, no adjective
        if "no" in units[i - 1].classes:
            effects.append("neg")
        i -= 1
    while i > 0:
        entries = sentence.operators.get(i)
        if entries:
            start, effect = _telling(entries)
            concord = sentence.language.drops and effect == "neg" == (effects[-1] if effects else "")
            effects.extend(() if concord else effect.split("+"))  # "w żadnym razie nie": one negation
            i = start
            continue
        unit = units[i - 1]
        if not unit.kind and ("object" in unit.classes or {"him", "clitic"} <= unit.classes):
            clitic = i - 1
            i -= 1
            continue
        pair = "group2" in unit.classes
        if unit.kind or unit.classes.isdisjoint(("adv", "clitic")) or "and" in unit.classes or pair:
            if not (
                unit.word == ","
                and i > 1
                and not units[i - 2].kind
                and "adv" in units[i - 2].classes
                and i < at
            ):
                break
        i -= 1
    return Chain(tuple(effects), i, clitic)


def _telling(entries: Sequence[tuple[int, str]]) -> tuple[int, str]:
    """The longest of operators that end together, unless it is empty and swallows one that is not."""
    if entries[0][1] == "ready":
        return next((e for e in entries if e[1] in TABLE), entries[0])
    return entries[0]


def _qualifies(unit: Unit) -> bool:
    if unit.kind:
        return unit.kind is Kind.BODY and not unit.possessed
    if unit.known:
        return not unit.classes.isdisjoint(("det", "group_noun", "modifier", "number", "no", "adv", "among"))
    return unit.word[:1].isalpha()


def apply(stance: Stance, effects: Sequence[str]) -> Reading | None:
    """What the operators make of the stance, or `None` when that is no claim."""
    if "inf" in effects and not set(effects) - {"inf", "neg", "cop"}:
        return None  # an infinitive that nothing governs asserts nothing
    if "bare" in effects and {"will", "would", "can", "may"}.isdisjoint(effects):
        effects = (*effects, "once")  # Romanian "accepta": without an auxiliary it is no infinitive
    reading = Reading(stance)
    absent = not {"perfect", "did", "yet", "had"}.isdisjoint(effects)
    for effect in effects:
        name = effect
        if name == "neg" and absent and reading.stance.polarity > 0:
            name = "absent"
        if name in TABLE:
            after = TABLE[name].get(reading.stance)
            if after is None:
                return None
            past = reading.stance if name == "cease" else reading.past
            reading = replace(reading, stance=after, past=past, silent=name in ("absent", "unsure"))
        elif name == "may":
            reading = replace(reading, guess=True)
        elif name == "expect":
            reading = replace(reading, time=ClaimTime.FUTURE, expected=True)
        elif name == "would":
            reading = replace(reading, would=True)
        elif name in ("had", "once"):
            reading = replace(reading, time=ClaimTime.HISTORICAL)
        elif name == "null":
            return None
    return reading
