"""Units: what a sentence is made of once its names, titles and fixed strings are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.extraction.gazetteer import Gazetteer, Name, NameKind
from tracker.extraction.lexicon import EMPTY, Language, Word
from tracker.extraction.tokens import STOPS, Token

_NO_LEMMAS: Mapping[str, frozenset[str]] = {}
_NOUNS = frozenset(["title", "voice", "unnamed", "outlet", "outsider", "race"])
_OBJECTS = frozenset(
    ["him", "both", "nobody", "rival", "favourite", "own_candidate", "first_of_two", "second_of_two"]
)
BEGINNING = _NOUNS | {"det", "poss", "modifier", "number"}
"""Classes of what a noun phrase can begin with, beside names."""
NOUNS_OF_STANCE = ("pro", "contra", "doubt", "silence", "decision")
MARKS = frozenset(",;:()[]{}") | {"-", "–", "—", "--", "―"} | STOPS
HARD = frozenset(";:()[]–—―") | {"--", "|", "•", "·"} | STOPS


class Kind(StrEnum):
    """What a unit stands for.

    ELECTOR     one or more electors, named or by an office of theirs
    CANDIDATE   one or more candidates
    ADJECTIVE   an elector's adjective without a head that makes it a person ("Turkish" in "Turkish backing")
    VOICE       an office or body of an elector that the unit does not name ("the president")
    UNNAMED     an unnamed official, diplomat, source; `electors` when told whose
    OUTLET      a newspaper, an agency
    OUTSIDER    somebody who speaks for no elector
    BODY        the organisation, its post, the incumbent
    WORD        anything else
    """

    ELECTOR = "elector"
    CANDIDATE = "candidate"
    ADJECTIVE = "adjective"
    VOICE = "voice"
    UNNAMED = "unnamed"
    OUTLET = "outlet"
    OUTSIDER = "outsider"
    BODY = "body"
    WORD = ""


class Head(StrEnum):
    """How an elector is named: by its name, its people, a person or office that speaks for it, a bloc."""

    NAME = "name"
    PEOPLE = "people"
    PERSON = "person"
    OFFICE = "office"
    CAPITAL = "capital"
    BLOC = "bloc"


@dataclass(slots=True)
class Unit:
    """One word, name or noun phrase.

    first, last  token positions, `last` exclusive
    start, end   offsets into the shown text
    word         lower case, in the language's key form; of a phrase, its words joined
    possessed    it owns the word that follows ("Rutte's" in "Rutte's plan"), so it is no argument itself
    own          "its president", "their own candidate": belongs to whoever is spoken of
    dual         electors for whom a candidate also speaks or votes
    race         the phrase is somebody's candidacy
    holder       the state whose candidate it says somebody is ("Jamaica's nominee"); "" when none
    members      the units of a list, when it is one
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    word: str
    capital: bool
    classes: frozenset[str] = EMPTY
    lemmas: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NO_LEMMAS)
    kind: Kind = Kind.WORD
    names: tuple[Name, ...] = ()
    electors: tuple[str, ...] = ()
    via: str | None = None
    candidates: tuple[str, ...] = ()
    dual: tuple[str, ...] = ()
    head: Head | None = None
    role: str = ""
    possessed: bool = False
    own: bool = False
    race: bool = False
    holder: str = ""
    plural: bool = False
    upper: bool = False
    members: tuple[Unit, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        return self.classes | {str(self.kind)} if self.kind else self.classes

    @property
    def known(self) -> bool:
        return bool(self.classes or self.lemmas or self.kind)

    @property
    def bars(self) -> bool:
        """A gap in a pattern does not reach across it."""
        named = self.kind in (Kind.CANDIDATE, Kind.ELECTOR) and not self.possessed
        return self.word in MARKS or named or "and" in self.classes or "but" in self.classes

    @property
    def skippable(self) -> bool:
        """May stand between a verb and its object: articles, adjectives, adverbs."""
        if self.kind:
            return False
        if self.classes:
            return (
                not self.classes.isdisjoint(("det", "modifier", "adv", "poss", "number"))
                and "and" not in self.classes
            )
        return not self.lemmas and self.word not in MARKS and not self.capital and self.word[:1].isalpha()

    @property
    def may_be_candidate(self) -> bool:
        if self.kind is Kind.CANDIDATE:
            return not self.possessed
        if self.kind is Kind.VOICE:
            return self.own
        if self.kind is Kind.ELECTOR:
            return bool(self.candidates) and not self.possessed
        if not self.classes.isdisjoint(_OBJECTS):
            return True
        return "race" in self.classes and ("weak" not in self.classes or "poss" in self.classes)

    @property
    def owns_as_candidate(self) -> bool:
        return (self.kind is Kind.CANDIDATE and self.possessed) or (not self.kind and "his" in self.classes)

    @property
    def may_be_elector(self) -> bool:
        if self.kind in (Kind.ELECTOR, Kind.VOICE):
            return not self.possessed
        if self.kind is Kind.CANDIDATE:
            return bool(self.dual) and not self.possessed and not self.race and "prep" not in self.classes
        return not self.kind and "his_state" in self.classes


def base(tokens: Sequence[Token], language: Language, names: Gazetteer) -> list[Unit]:
    """One unit for each name, fixed string or word, longest first."""
    found: list[Unit] = []
    i = 0
    n = len(tokens)
    while i < n:
        token = tokens[i]
        hit = names.match(tokens, i) if token.text[:1].isalpha() or names.people else None
        length, word = _string(tokens, i, language)
        if hit and hit[0] >= length:
            length, readings = hit
            single = language.word(token.lower, token.fold) if length == 1 else None
            unit = _unit(tokens, i, length, language)
            unit.names = readings
            if single is not None:
                unit.classes, unit.lemmas = single.classes, single.lemmas
        else:
            if length > 1 and _cuts(tokens, i, length, names):
                length, word = 1, language.words.get(token.fold if language.folds else token.lower)
            unit = _unit(tokens, i, length, language)
            if token.lower in ("am", "pm") and i and tokens[i - 1].text[0].isdigit():
                pass  # a time of day
            elif word is not None:
                unit.classes, unit.lemmas = word.classes, word.lemmas
            elif token.capital and i and not token.lower.endswith("'s") and not _first(tokens, i, names):
                unit.names = names.misspelt(token)
        found.append(unit)
        i += length
    return found


def _cuts(tokens: Sequence[Token], at: int, length: int, names: Gazetteer) -> bool:
    """A fixed string would end within a longer name ("the Five" in "the Five Star Movement")."""
    for k in range(1, length):
        if tokens[at + k].capital and (hit := names.match(tokens, at + k)) and hit[0] > length - k:
            return True
    return False


def _first(tokens: Sequence[Token], at: int, names: Gazetteer) -> bool:
    """Where persons decide, an unknown capital before another is a stranger's first name, no slip."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return names.people and after is not None and after.capital and names.match(tokens, at + 1) is None


def _string(tokens: Sequence[Token], at: int, language: Language) -> tuple[int, Word | None]:
    token = tokens[at]
    strings = language.strings.get(token.fold if language.folds else token.lower)
    if strings is not None:
        longest = len(tokens) - at
        after = tokens[at + 1] if longest > 1 else None
        second = "" if after is None else after.fold if language.folds else after.lower
        for parts, word in strings:
            n = len(parts)
            if n > longest or (n > 1 and parts[1] != second):
                continue
            for k in range(2, n):
                other = tokens[at + k]
                if (other.fold if language.folds else other.lower) != parts[k]:
                    break
            else:
                return n, word
    return 1, language.word(token.lower, token.fold)


def _unit(tokens: Sequence[Token], at: int, length: int, language: Language) -> Unit:
    first, last = tokens[at], tokens[at + length - 1]
    if length == 1:
        word = first.fold if language.folds else first.lower
        capital = first.capital
        return Unit(at, at + 1, first.start, first.end, first.text, word, capital, upper=first.upper)
    word = " ".join((t.fold if language.folds else t.lower) for t in tokens[at : at + length])
    return Unit(
        first=at,
        last=at + length,
        start=first.start,
        end=last.end,
        text=" ".join(t.text for t in tokens[at : at + length]),
        word=word,
        capital=first.capital,
        upper=first.upper,
    )


def is_noun(unit: Unit) -> bool:
    """A name or a noun that people and offices are called by."""
    return bool(unit.names) or not unit.classes.isdisjoint(_NOUNS)


def name_of(unit: Unit, *kinds: NameKind) -> Name | None:
    """The first reading of one of these kinds."""
    for name in unit.names:
        if name.kind in kinds:
            return name
    return None
