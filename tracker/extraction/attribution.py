"""Attribution: who is cited for a stretch of a sentence, and what that makes of a claim's certainty."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.extraction.discourse import Discourse, gender_of
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import HARD, Kind, Unit
from tracker.stances import Certainty, Voice

_CITED = (Kind.ELECTOR, Kind.VOICE, Kind.UNNAMED, Kind.OUTLET, Kind.OUTSIDER, Kind.BODY, Kind.CANDIDATE)


@dataclass(frozen=True, slots=True)
class Source:
    """Who is cited.

    electors   for whom the source may speak; empty for a body of the elector it is told of (`own`)
    kind       of the unit that names it
    """

    text: str
    kind: Kind
    electors: tuple[str, ...] = ()
    own: bool = False
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A source and the units it covers, ends included."""

    source: Source
    first: int
    last: int
    verb: int
    unit: Unit | None = None


def reports(sentence: Sentence, discourse: Discourse) -> list[Report]:
    """Who says what in a sentence, outer before inner."""
    found: list[Report] = []
    units = sentence.units
    n = len(units)
    for i, unit in enumerate(units):
        if unit.kind:
            continue
        if "sayprep" in unit.classes:
            source_at = _next(units, i + 1)
            source = _source(sentence, source_at, discourse) if source_at >= 0 else None
            if source:
                found.append(Report(source, 0, n - 1, i))
        elif "think" in unit.classes and "say" not in unit.classes and _toward(units, i + 1):
            continue  # "hoped for X": nothing is said of anything
        elif "say" in unit.classes or "think" in unit.classes:
            report = _said(sentence, i, discourse)
            if report:
                found.append(report)
    if n > 3 and "holder" in units[0].classes and units[1].kind is Kind.ELECTOR and units[2].word == ",":
        source = _source(sentence, 1, discourse)  # "Para Varsovia, X es ..."
        if source:
            found.append(Report(source, 3, n - 1, 0))
    if sentence.title or (n > 2 and units[1].word == ":"):
        found.extend(_label(sentence, discourse))
    return found


def _toward(units: list[Unit], i: int) -> bool:
    return i < len(units) and not units[i].kind and {"prep", "toward", "urge"} <= units[i].classes


def _next(units: list[Unit], i: int) -> int:
    for j in range(i, min(i + 3, len(units))):
        if units[j].kind in _CITED:
            return j
        if not units[j].skippable and (units[j].kind or "time" not in units[j].classes):
            break
    return -1


def _said(sentence: Sentence, verb: int, discourse: Discourse) -> Report | None:
    units = sentence.units
    guess = "think" in units[verb].classes
    left = _left(sentence, verb, discourse)
    if left >= 0:
        source = _source(sentence, left, discourse, guess=guess)
        if source is None:
            return None
        trailing = _trailing(sentence, left, verb)
        if trailing:
            stop = next((k for k in range(verb + 1, len(units)) if units[k].word in HARD), -1)
            goes_on = stop > 0 and units[stop].word == ":"  # "..., the president said: ..."
            return Report(source, 0, len(units) - 1 if goes_on else left - 1, verb)
        said = units[left] if units[left].kind in _CITED else None
        return Report(source, verb + 1, _turn(units, verb + 1) - 1, verb, said)
    right = _next(units, verb + 1)
    if right >= 0 and (
        verb == 0
        or units[verb - 1].word in {",", *HARD}
        or sentence.quoted[verb - 1]
        or sentence.language.free
    ):
        source = _source(sentence, right, discourse, guess=guess)
        if source:
            return Report(source, 0, len(units) - 1, verb)
    by = verb + 1
    if by < len(units) and "by" in units[by].classes:
        at = _next(units, by + 1)
        if at >= 0:
            source = _source(sentence, at, discourse, guess=True)
            if source:
                return Report(source, 0, len(units) - 1, verb)
    return None


def _left(sentence: Sentence, verb: int, discourse: Discourse) -> int:
    """The unit that is the subject of a verb of saying, or -1."""
    units = sentence.units
    i = verb - 1
    steps = 0
    while i >= 0 and steps < 14:
        unit = units[i]
        if unit.kind in _CITED or (not unit.kind and unit.names and i == verb - 1):
            if unit.possessed:
                return -1
            if i and not units[i - 1].classes.isdisjoint(("prep", "at", "of", "link", "by")):
                i -= 2
                steps += 2
                continue
            return i
        if not unit.classes.isdisjoint(("he", "it", "they", "we", "one")):
            return i
        if "rel" in unit.classes or "and" in unit.classes or "but" in unit.classes:
            i -= 1
            while i >= 0 and steps < 20:
                if units[i].kind in _CITED or not units[i].classes.isdisjoint(("he", "we", "they")):
                    clause = (
                        i == 0
                        or units[i - 1].word in {",", *HARD}
                        or not units[i - 1].known
                        or "and" in units[i - 1].classes
                    )
                    if clause:
                        return i
                i -= 1
                steps += 1
            return -1
        if unit.word == ",":
            k = i - 1
            while k >= 0 and steps < 20 and units[k].word != ",":
                k -= 1
                steps += 1
            if k > 0 and units[k - 1].kind in _CITED:
                return k - 1
            if k > 0 and discourse.roster.by_person and units[k + 1].kind is Kind.ELECTOR:
                return k + 1  # "Tom, the Ipswich MP, told us"
            return -1
        if not unit.classes.isdisjoint(("adv", "aux", "time", "prep", "at", "det", "clitic", "number")) or (
            i + 1 in sentence.operators
        ):
            i -= 1
            steps += 1
            continue
        rel = next(
            (k for k in range(i - 1, max(i - 8, 0), -1) if not units[k].kind and "rel" in units[k].classes),
            -1,
        )
        if (
            rel > 0
            and units[rel - 1].kind in _CITED
            and not any(units[k].word in {",", *HARD} for k in range(rel, i))
        ):
            return rel - 1
        back = next(
            (k for k in range(i - 1, max(i - 4, -1), -1) if not units[k].classes.isdisjoint(("prep", "at"))),
            -1,
        )
        if back >= 0 and not any(units[k].word in {",", *HARD} for k in range(back, i)):
            i = back - 1
            steps += 2
            continue
        return -1
    return -1


def _trailing(sentence: Sentence, left: int, verb: int) -> bool:
    """ "..., X said": what is said stands before."""
    units = sentence.units
    while (
        left > 0
        and not units[left - 1].kind
        and not units[left - 1].classes.isdisjoint(("some", "number", "det"))
    ):
        left -= 1  # "..., one of their diplomats said"
    if left == 0:
        return False
    before = units[left - 1]
    quoted = sentence.quoted[left - 1] and not sentence.quoted[left]
    mark = before.word in {",", "-", "–", "—", "--", "―"} or quoted
    if not mark:
        return False
    return quoted or _ends(units, verb + 1)


def _turn(units: list[Unit], i: int) -> int:
    """Where what is said ends: at "..., but the government ...", a new clause with a subject of its own."""
    for k in range(i + 1, len(units) - 1):
        if (
            units[k - 1].word == ","
            and not units[k].kind
            and "but" in units[k].classes
            and "and" not in units[k].classes
        ):
            after = units[k + 1]
            if after.kind in (Kind.VOICE, Kind.ELECTOR) and not after.possessed:
                return k
    return len(units)


def _ends(units: list[Unit], i: int) -> bool:
    """Nothing that is said follows: only to whom, when and where, and then an end or a new clause."""
    strangers = 0
    while i < len(units):
        unit = units[i]
        if unit.word in HARD or unit.word == "," or (not unit.kind and "subordinate" in unit.classes):
            return True
        if (
            unit.kind is Kind.OUTLET
            or "addressee" in unit.classes
            or (not unit.kind and not unit.classes.isdisjoint(("time", "adv")))
        ):
            i += 1
        elif (
            not unit.kind
            and "that" not in unit.classes
            and not unit.classes.isdisjoint(("prep", "at", "link", "of"))
        ):
            i += 1
            while i < len(units) and units[i].skippable:
                i += 1
            i += 1
        elif "that" not in unit.classes and (
            unit.skippable or (not unit.kind and not unit.known and strangers < 4)
        ):
            strangers += not unit.skippable
            i += 1
        else:
            return False
    return True


def _label(sentence: Sentence, discourse: Discourse) -> list[Report]:
    """ "Orban: ..." before a colon; "... - Ankara official" after a dash."""
    units = sentence.units
    n = len(units)
    found = []
    for i in range(1, n - 1):
        if units[i].word == ":" and not sentence.quoted[i]:
            at = i - 1
            while (
                at > 0
                and units[at].kind not in _CITED
                and not units[at].kind
                and (units[at].classes & {"adv", "time"} or "prep" in units[at - 1].classes)
            ):
                at -= 1
            if units[at].kind in _CITED:
                start = at
                # "NATO: ..." names the topic, not who says it.
                if units[at].kind is not Kind.BODY and (
                    start == 0 or units[start - 1].word in {",", *HARD} or start <= 2
                ):
                    source = _source(sentence, at, discourse)
                    if source:
                        found.append(Report(source, i + 1, n - 1, i))
            elif units[at - 1].kind in _CITED and at:
                source = _source(sentence, at - 1, discourse)
                if source:
                    found.append(Report(source, i + 1, n - 1, i))
            break
    for i in range(n - 2, 1, -1):
        if units[i].word in {"-", "–", "—", "--", "―"}:
            at = _next(units, i + 1)
            if at >= 0 and n - at <= 3 and not any("say" in u.classes for u in units[at + 1 :]):
                source = _source(sentence, at, discourse)
                if source:
                    found.append(Report(source, 0, i - 1, i))
            break
    return found


def _source(sentence: Sentence, at: int, discourse: Discourse, *, guess: bool = False) -> Source | None:
    unit = sentence.units[at]
    text = sentence.shown(unit.start, unit.end)
    if unit.kind is Kind.ELECTOR:
        return Source(text, Kind.ELECTOR, unit.electors, guess=guess)
    if unit.kind is Kind.CANDIDATE:
        return Source(text, Kind.CANDIDATE, unit.dual, guess=guess)
    if unit.kind is Kind.VOICE:
        near = _spoken_of(sentence, at) or discourse.elector(sentence, at, person=False)
        return Source(text, Kind.ELECTOR, near.electors if near else (), own=near is None, guess=guess)
    if unit.kind is Kind.UNNAMED and not unit.electors:
        # "a government adviser", "one of their diplomats": of whomever it is told.
        return Source(text, unit.kind, (), own=not unit.classes.isdisjoint(("poss", "staff")), guess=guess)
    if unit.kind in (Kind.UNNAMED, Kind.OUTLET, Kind.OUTSIDER, Kind.BODY):
        return Source(text, unit.kind, unit.electors, guess=guess)
    if not unit.kind and unit.names:
        return Source(text, Kind.OUTSIDER, guess=guess)  # somebody of a country that decides nothing here
    if "he" in unit.classes and isinstance(last := discourse.cited, Source) and last.kind is Kind.UNNAMED:
        return last  # "..., he explained", after words of an unnamed official
    if "he" in unit.classes or "it" in unit.classes:
        near = discourse.elector(sentence, at, person="he" in unit.classes, gender=gender_of(unit))
        if near is None:
            return None
        electors = near.electors if near.kind is Kind.ELECTOR else near.dual
        return Source(near.text, Kind.ELECTOR, electors, guess=guess)
    if "they" in unit.classes:
        return Source(text, Kind.UNNAMED, guess=guess)
    if "one" in unit.classes:
        return Source(text, Kind.UNNAMED, guess=guess)
    return None


def _spoken_of(sentence: Sentence, at: int) -> Unit | None:
    """The subject of what is said, when its office is named after it ("Peru backs X, the premier said")."""
    units = sentence.units
    if at == 0 or units[at - 1].word != ",":
        return None
    first = next((i for i, u in enumerate(units[:at]) if u.kind), -1)
    if (
        first >= 0
        and units[first].kind is Kind.ELECTOR
        and len(units[first].electors) == 1
        and not units[first].possessed
    ):
        return units[first]
    return None


def weigh(elector: str, source: Source | None, *, acts: bool) -> tuple[Certainty, Voice]:
    """Certainty and voice of a claim on an elector, from its source.

    acts  the elector is named by a leader, minister or office whose own act or word is told
    """
    if source is None:
        return (Certainty.OFFICIAL, Voice.ELECTOR) if acts else (Certainty.REPORTED, Voice.OUTLET)
    if source.kind is Kind.UNNAMED:
        own = source.own or elector in source.electors
        return Certainty.ANONYMOUS, Voice.ELECTOR_UNNAMED if own else Voice.UNNAMED
    if source.kind is Kind.OUTLET:
        return Certainty.REPORTED, Voice.OUTLET
    if source.own or elector in source.electors:
        return Certainty.OFFICIAL, Voice.ELECTOR
    return Certainty.REPORTED, Voice.THIRD_PARTY
