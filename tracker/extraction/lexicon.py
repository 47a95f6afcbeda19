"""A language as data: words and their classes, verbs with their forms, patterns with what they mean.

`languages/*.toml` hold them; `docs/extraction.md` describes the tables. Nothing here or in the grammar
knows a word of any language.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from tracker.extraction.notation import Element, Index, PatternError, parse, wants
from tracker.extraction.tokens import Clitics, fold, tokenise
from tracker.stances import Stance

EMPTY: frozenset[str] = frozenset()
_SEPARABLE = re.compile(r"\{(\w+)/(\w+)\}")
_FOLDER = files("tracker.extraction").joinpath("languages")


@dataclass(frozen=True, slots=True)
class Word:
    """What a word (or a fixed string of words) can be.

    classes   the classes it belongs to
    lemmas    verbs it is a form of, with the forms
    """

    classes: frozenset[str] = EMPTY
    lemmas: Mapping[str, frozenset[str]] = field(default_factory=dict)


_ADVERB = Word(frozenset(["adv"]))
_SHORTEST_ADVERB = 7
"""Letters: "lentamente" and its like are adverbs whether or not they are listed; "mente" is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Words before (or about) a predicate that change what it says: negation, modality, time."""

    id: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """Words that fix an attitude.

    left       what stands before: E (the elector), C (the candidate), S (the candidate, and the elector is
               the one who says it), R (a candidate who runs for the elector), or - (nothing is looked for)
    stance     what it says, plainly put
    past       the stance it says is over ("dropped its objections"), toward the candidate at D where the
               pattern has one ("switched from D to C"); `None` when none
    copula     a form of "to be" (or a headline's gap) must stand before it
    everyone   of every candidate the item names
    own        of the elector's own candidate
    echo       it points at the predicate before ("did likewise"), and says the same, or `stance` when given
    context    the candidate may come from the passage when the object is not said
    seat       the elector must be named by its capital: of the land itself it says what people think
    silence    nothing was said or decided, as told by others
    guess      a guess of somebody's, however it is put
    rival      what it says of the other candidate ("prefers")
    denied     what it says when it is negated: for those that alone say nothing ("decide"), and where it is
               less than the opposite ("not convinced")
    over       only what is over is told ("jumped ship from X"): nothing of what follows it
    persons    means this only where persons or parties decide ("named X", "wrote in X")
    confidence what the words are worth, 0..1
    """

    id: str
    stance: Stance | None
    left: str = "E"
    past: Stance | None = None
    context: bool = False
    silence: bool = False
    seat: bool = False
    guess: bool = False
    rival: Stance | None = None
    denied: Stance | None = None
    copula: bool = False
    own: bool = False
    echo: bool = False
    everyone: bool = False
    over: bool = False
    persons: bool = False
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Language:
    """All that the grammar knows of one language."""

    code: str
    free: bool
    drops: bool
    adjective_after: bool
    genitive_after: bool
    genitive: str
    compounds: bool
    owner: str
    folds: bool
    words: Mapping[str, Word]
    strings: Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]
    clitics: Clitics
    abbreviations: frozenset[str]
    operators: Index[Operator]
    predicates: Index[Predicate]
    lights: Index[str]
    idioms: frozenset[str]
    gerund: str
    adverb: str
    possessor_first: bool
    purpose: str
    incumbent: tuple[str, ...]
    leading: frozenset[str]
    moods: Mapping[str, str]
    candidacies: Index[tuple[str, str]]
    numerals: Mapping[str, int]
    bags: Mapping[str, tuple[tuple[tuple[tuple[Element, ...], ...], Predicate], ...]]
    endings: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    common: frozenset[str]
    stop_words: frozenset[str]

    def mood(self, lemmas: Mapping[str, frozenset[str]]) -> str:
        """The effect of a verb's own form ("apoyaría": would), when all it can be has that one effect."""
        found: set[str] = set()
        for forms in lemmas.values():
            both = self.moods.get("+".join(sorted(forms)))
            found.update([both] if both else [self.moods.get(form, "") for form in forms])
        return found.pop() if len(found) == 1 else ""

    def cases(self, name: str, kind: str) -> tuple[str, ...]:
        """The case forms of a name of that kind, all its words in one case; empty where none is told."""
        words = name.split()
        columns = [self._column(word, kind) for word in words]
        found = [
            " ".join(c[min(n, len(c) - 1)] if c else word for c, word in zip(columns, words, strict=True))
            for n in range(max((len(c) for c in columns), default=0))
        ]
        if len(words) > 1:
            # Women's family names that end in a consonant keep their form ("Rebecę Grynspan").
            found += [" ".join((form, *words[1:])) for form in columns[0]]
        return tuple(dict.fromkeys(form for form in found if form != name))

    def _column(self, word: str, kind: str) -> tuple[str, ...]:
        """The case forms of one word, by the first ending that fits."""
        if len(word) < 3 or not word[:1].isupper():
            return ()
        for ending, forms in self.endings.get(kind, ()):
            if word.endswith(ending):
                return tuple(word[: len(word) - len(ending)] + form.strip("-") for form in forms)
        return ()

    def word(self, lower: str, folded: str) -> Word | None:
        """What a word is, or `None` when the language file does not know it."""
        found = self.words.get(folded if self.folds else lower)
        if found is None and self.adverb and lower.endswith(self.adverb) and len(lower) > _SHORTEST_ADVERB:
            return _ADVERB
        return found


@cache
def codes() -> tuple[str, ...]:
    """The languages that have a file, English first."""
    names = sorted(f.name[:-5] for f in _FOLDER.iterdir() if f.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: (name != "en", name)))


@cache
def _source(code: str) -> str:
    return _FOLDER.joinpath(f"{code}.toml").read_text("utf-8")


@cache
def language(code: str) -> Language:
    """The language of that code. Raises KeyError when it has no file, PatternError when the file is wrong."""
    if code not in codes():
        raise KeyError(code)
    return _Builder(code, tomllib.loads(_source(code))).build()


class _Builder:
    def __init__(self, code: str, table: dict[str, Any]) -> None:
        self.code = code
        self.table = table
        self.folds = bool(table.get("fold", False))
        clitics = table.get("clitics", {})
        self.clitics = Clitics(
            before=frozenset(clitics.get("before", ())),
            after=frozenset(clitics.get("after", ())),
            whole={k: tuple(v.split()) for k, v in clitics.get("whole", {}).items()},
            hyphen=frozenset(clitics.get("hyphen", ())),
        )
        self.whole = dict(self.clitics.whole)
        self.lemmas: dict[str, dict[str, set[str]]] = {}
        self.words: dict[str, tuple[set[str], dict[str, set[str]]]] = defaultdict(lambda: (set(), {}))
        self.strings: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self.opening: frozenset[str] = EMPTY

    def key(self, text: str) -> str:
        return fold(text) if self.folds else text.lower()

    def build(self) -> Language:
        table = self.table
        self._verbs(table.get("conjugations", {}), table.get("verbs", {}))
        self._separables(table.get("separables", {}))
        self._enclitics(table.get("enclitics", {}))
        for name, members in table.get("classes", {}).items():
            self._class(name, members)
        self.opening = frozenset(parts[0] for parts in self.strings)
        words = {
            word: Word(frozenset(classes), {k: frozenset(v) for k, v in lemmas.items()})
            for word, (classes, lemmas) in self.words.items()
        }
        strings: dict[str, list[tuple[tuple[str, ...], Word]]] = defaultdict(list)
        for parts, classes in self.strings.items():
            strings[parts[0]].append((parts, Word(frozenset(classes))))
        return Language(
            code=self.code,
            free=table.get("order", "fixed") == "free",
            drops=bool(table.get("drops_subject", False)),
            adjective_after=bool(table.get("adjective_after", False)),
            genitive_after=bool(table.get("genitive_after", False)),
            genitive=table.get("genitive", ""),
            compounds=bool(table.get("compounds", False)),
            owner=table.get("owner", ""),
            folds=self.folds,
            words=words,
            strings={k: tuple(sorted(v, key=lambda e: -len(e[0]))) for k, v in strings.items()},
            clitics=self.clitics,
            abbreviations=frozenset(table.get("abbreviations", ())),
            operators=self._index(
                (self._timed(text), Operator(id=f"{effect}", effect=effect))
                for effect, texts in table.get("operators", {}).items()
                for text in texts
            ),
            predicates=self._index(
                (
                    *self._transitives(table.get("transitives", [])),
                    *self._predicates(table.get("predicates", [])),
                )
            ),
            lights=self._index(
                (text, name) for name, texts in table.get("lights", {}).items() for text in texts
            ),
            idioms=frozenset(self._idioms()),
            gerund=table.get("gerund", ""),
            adverb=table.get("adverb", ""),
            possessor_first=bool(table.get("possessor_first", False)),
            purpose=table.get("purpose", ""),
            incumbent=tuple(table.get("incumbent", ())),
            leading=frozenset(table.get("leading", ())),
            moods=dict(table.get("moods", {})),
            candidacies=self._index(
                (text.strip(), (step, f"{self.code}.candidacy.{step}"))
                for step, texts in table.get("candidacies", {}).items()
                for text in texts.split("\n")
                if text.strip()
            ),
            numerals={self.key(word): int(value) for word, value in table.get("numerals", {}).items()},
            bags=self._bags(self._predicates(table.get("bags", []))),
            endings={
                kind: tuple((ending, tuple(forms.split())) for ending, forms in rules.items())
                for kind, rules in table.get("name_endings", {}).items()
            },
            common=frozenset(table.get("common", ())),
            stop_words=frozenset(table.get("stop_words", ())),
        )

    def _timed(self, text: str) -> str:
        """An operator that ends with the mark of the infinitive may have a time before it ("agreed on
        Monday to back").
        """
        mark = self.table.get("purpose", "")
        head = text.removesuffix(f" {mark}")
        return f"{head} <time>? {mark}" if mark and head != text else text

    def _verbs(self, conjugations: dict[str, dict[str, str]], verbs: dict[str, Any]) -> None:
        """`stem pattern` by a conjugation, or forms written out: "give gives gave given giving"."""
        order = self.table.get("forms", "base third past part ger").split()
        for lemma, how in verbs.items():
            forms: dict[str, set[str]] = defaultdict(set)
            extra = ""
            if isinstance(how, dict):
                extra, how = how.get("more", ""), how["as"]
            parts = how.split()
            if len(parts) == 2 and parts[1] in conjugations:
                stem = "" if parts[0] == "-" else parts[0]
                for form, endings in conjugations[parts[1]].items():
                    for ending in endings.split():
                        before, _, after = ending.rpartition("-")
                        forms[form].add(before + stem + after)
            else:
                for form, word in zip(order, parts, strict=True):
                    forms[form].update(one for one in word.split("/") if one != "-")
            for pair in extra.split():
                form, _, word = pair.partition(":")
                forms[form].add(word)
            self._verb(lemma, forms)

    def _verb(self, lemma: str, forms: dict[str, set[str]]) -> None:
        self.lemmas[lemma] = forms
        for form, found in forms.items():
            for word in found:
                self.words[self.key(word)][1].setdefault(lemma, set()).add(form)

    def _separables(self, table: dict[str, str]) -> None:
        """Verbs with a particle that may part ("ausspricht": "spricht ... aus"), named "aus/sprechen"."""
        mark = self.table.get("particle_joins", "")
        for particle, verbs in table.items():
            for verb in verbs.split():
                if verb not in self.lemmas:
                    raise PatternError(f"{self.code}: no verb {verb!r}")
                joined: dict[str, set[str]] = {
                    form: {particle + word for word in words} for form, words in self.lemmas[verb].items()
                }
                if mark:
                    joined["zu"] = {particle + mark + word for word in self.lemmas[verb]["base"]}
                self._verb(f"{particle}/{verb}", joined)

    def _enclitics(self, table: dict[str, str]) -> None:
        """Pronouns written as one word with a form of any verb ("apoyarlo"): `lo = "inf+ger lo"`, what it is
        read as last. `joints` hold what changes where they meet ("ando ándo")."""
        joints = [pair.split() for pair in table.get("joints", "").split(",") if pair.strip()]
        for written, how in table.items():
            if written == "joints":
                continue
            wanted, read = how.split(" ", 1)
            for lemma in self.lemmas.values():
                words = {w for form in wanted.split("+") for w in lemma.get(form, ())}
                for word in sorted(words):
                    end, joint = next(((a, b) for a, b in joints if word.endswith(a)), ("", ""))
                    stem = word[: len(word) - len(end)] + joint
                    self.whole.setdefault(stem + written, (stem if stem in words else word, *read.split()))
        self.clitics = replace(self.clitics, whole=self.whole)

    def _class(self, name: str, members: Iterable[str] | str) -> None:
        names = (name, "title") if name.startswith("role_") else (name,)
        for member in members.split() if isinstance(members, str) else members:
            for text in self._spread(member):
                parts = tuple(self.key(part) for part in self._parted(text))
                if len(parts) == 1:
                    self.words[parts[0]][0].update(names)
                else:
                    self.strings[parts].update(names)

    def _parted(self, text: str) -> Iterator[str]:
        """The words of a fixed string as a text has them: "del" in two, "dall'inizio" in three."""
        if not self.table.get("drops_subject", False):
            yield from text.split()
            return
        for word in text.split():
            if word in self.whole or word[0] in "-<{~" or word.endswith(("-", ".", "'")) or "|" in word:
                yield from self.whole.get(word, (word,))
            elif "-" in word or "'" in word:
                yield from (token.lower for token in tokenise(word, 0, len(word), self.clitics))
            else:
                yield word

    def _spread(self, member: str) -> Iterator[str]:
        """A member with `{verb}` stands once for each form of the verb, with `a|b` once for each."""
        head, *rest = member.split(" ", 1)
        if head[0] == "{":
            name, _, only = head[1:-1].partition(":")
            if name not in self.lemmas:
                raise PatternError(f"{self.code}: no verb {name!r}")
            chosen = [
                w for form, ws in self.lemmas[name].items() if not only or form in only.split("+") for w in ws
            ]
        else:
            chosen = head.split("|")
        for word in dict.fromkeys(chosen):
            if rest:
                for tail in self._spread(rest[0]):
                    yield f"{word} {tail}"
            else:
                yield word

    def _predicates(self, tables: list[dict[str, Any]]) -> Iterator[tuple[str, Predicate]]:
        """Each table gives a meaning to several patterns; ids are the group's name and the number."""
        for table in tables:
            table = dict(table)
            texts = table.pop("text")
            name = table.pop("id")
            said = table.pop("stance")
            stance = None if said == "none" else Stance(said)
            for key in ("past", "rival", "denied"):
                if key in table:
                    table[key] = Stance(table[key])
            predicate = Predicate(id=f"{self.code}.{name}", stance=stance, **table)
            for text in texts.split("\n") if isinstance(texts, str) else texts:
                parts = text.split()
                if parts and parts[0] == "<cop>":
                    while parts[0] in ("<cop>", "~") or parts[0].endswith("?"):
                        parts = parts[1:]
                    yield " ".join(parts), replace(predicate, copula=True)
                elif parts:
                    yield " ".join(parts), predicate

    def _transitives(self, tables: list[dict[str, Any]]) -> Iterator[tuple[str, Predicate]]:
        """Verbs with a direct object: each gives its active pattern and its passive with an agent."""
        for table in tables:
            verbs = table["verbs"].split() if isinstance(table["verbs"], str) else table["verbs"]
            rest = {k: v for k, v in table.items() if k != "verbs"}
            active = self.table.get("active", ["{V} C"])
            passive = self.table.get("passive", ["{V:part} <adv>? <by> E"])
            for verb in verbs:
                texts = [t.replace("V", verb, 1) for t in active]
                yield from self._predicates([{**rest, "text": texts}])
                swapped = {k: v for k, v in rest.items() if k not in ("rival", "context")}
                texts = [t.replace("V", verb, 1) for t in passive]
                yield from self._predicates(
                    [{**swapped, "id": rest["id"] + ".passive", "left": "C", "text": texts}]
                )

    def _joined(self, elements: tuple[Element, ...]) -> tuple[Element, ...]:
        """Words of a pattern that make a fixed string are one unit in a text, and one element here."""
        out: list[Element] = []
        i = 0
        while i < len(elements):
            run = []
            for e in elements[i:]:
                if e.kind != "words" or e.optional or len(e.words) != 1:
                    break
                run.append(self.key(next(iter(e.words))))
                if run[0] not in self.opening:
                    break
            n = next((n for n in range(len(run), 1, -1) if tuple(run[:n]) in self.strings), 1)
            out.append(elements[i] if n == 1 else Element("words", words=frozenset([" ".join(run[:n])])))
            i += n
        return tuple(out)

    def _elements(self, text: str) -> tuple[Element, ...]:
        elements = self._joined(parse(text))
        while len(elements) > 1 and elements[-1].kind == "gap":
            elements = elements[:-1]
        out = []
        for e in elements:
            if e.kind == "lemma" and e.name not in self.lemmas:
                raise PatternError(f"{self.code}: pattern {text!r}: no verb {e.name!r}")
            if e.kind == "words":
                words = frozenset(self.key(w) for w in e.words)
                e = e if words == e.words else replace(e, words=words)
            out.append(e)
        return tuple(out)

    def _starts(self, elements: tuple[Element, ...]) -> tuple[set[str], set[str]]:
        first = elements[0]
        if first.optional or first.kind == "gap":
            raise PatternError(f"{self.code}: a pattern must begin with a word: {elements}")
        if first.kind == "words":
            return set(first.words), set()
        if first.kind == "lemma":
            forms = self.lemmas[first.name]
            return {
                self.key(w) for f, ws in forms.items() if not first.forms or f in first.forms for w in ws
            }, set()
        if first.kind == "class":
            return set(), {first.name}
        if first.kind == "C":
            return set(), {"candidate"}
        if first.name == "owner":
            return set(), {"elector", "voice", "his"}
        return set(), {first.name if first.name == "choice_of" else "elector"}

    def _idioms(self) -> Iterator[str]:
        """Words of predicates that stand right beside the candidate: an idiom's, that own nobody."""
        for table in self.table.get("predicates", []):
            for text in table["text"].split("\n"):
                parts = text.split()
                for word, after in pairwise(parts):
                    if after in ("C", "C?") or (after == "lui?" and parts[-1] in ("C", "C?")):
                        yield from map(self.key, word.rstrip("?").split("|"))
                    elif word in ("C", "C?"):
                        yield from map(self.key, after.rstrip("?").split("|"))

    def _index(self, entries: Iterable[tuple[str, Any]]) -> Index[Any]:
        by_word: dict[str, list[Any]] = defaultdict(list)
        by_class: dict[str, list[Any]] = defaultdict(list)
        for text, entry in entries:
            elements = self._elements(text)
            wanted = wants(elements)
            words, classes = self._starts(elements)
            for word in words:
                by_word[word].append((elements, entry, wanted))
            for name in classes:
                by_class[name].append((elements, entry, wanted))
        return Index({k: tuple(v) for k, v in by_word.items()}, {k: tuple(v) for k, v in by_class.items()})

    @staticmethod
    def _ways(text: str) -> tuple[str, ...]:
        """A bag of a separable verb stands for two: the verb whole, and parted with its particle last."""
        found = _SEPARABLE.search(text)
        if found is None:
            return (text,)
        particle, verb = found.groups()
        return text, f"{text[: found.start()]}{{{verb}:base+pres+past}}{text[found.end() :]} + {particle}$"

    def _bags(self, entries: Iterable[tuple[str, Predicate]]) -> dict[str, Any]:
        """Bags by the words of their first part; parts are joined by " + "."""
        found: dict[str, list[Any]] = defaultdict(list)
        for text, entry in ((way, entry) for one, entry in entries for way in self._ways(one)):
            parts = tuple(self._elements(part) for part in text.split(" + "))
            words, classes = self._starts(parts[0])
            if classes:
                raise PatternError(f"{self.code}: bag {text!r} must begin with a word or verb")
            for word in words:
                found[word].append((parts, entry))
        return {k: tuple(v) for k, v in found.items()}
