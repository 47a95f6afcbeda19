"""Compounds: names that a language joins to other words, parted before names are looked up.

"Ruttes Kandidatur", "die Kandidatur Ruttes", "US-Präsident", "Ungarns Veto": the name becomes a word of its
own, followed by a genitive or led by one of no width, so that the grammar meets what it meets in English.
"Der 57-Jährige" becomes one word for all ages, and a party in brackets is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.extraction.gazetteer import Gazetteer, NameKind
from tracker.extraction.lexicon import Language
from tracker.extraction.tokens import Token, fold, lower

_OWNERS = frozenset(map(NameKind, ["name", "capital", "speaker", "candidate", "person", "incumbent", "body"]))
_STATES = frozenset([NameKind.NAME, NameKind.ADJECTIVE, NameKind.CANDIDATE])
_OF_A_BODY = ("role", "unnamed", "title", "group_noun", "country_noun")
"""Classes of what a body has: its posts, its envoys and officials, its members."""
_SHORTEST = 4


def parted(tokens: list[Token], language: Language, names: Gazetteer) -> list[Token]:
    """The tokens, with genitives and hyphened names parted; as they are where the language has none."""
    if not language.compounds:
        return tokens
    if language.genitive:
        tokens = _aged(_without_parties(tokens))
    found: list[Token] = []
    for i, token in enumerate(tokens):
        if token.capital and len(token.text) >= _SHORTEST:
            if "-" in token.text:
                found.extend(_hyphened(tokens, i, language, names))
                continue
            if not language.genitive:
                found.append(token)
                continue
            if parts := _welded(token, language, names):
                found.extend(parts)
                continue
            if token.lower.endswith(language.genitive) and (stem := _owner(tokens, i, language, names)):
                found.extend(_genitive(tokens, i, stem, language))
                continue
        found.append(token)
    return found


def _without_parties(tokens: Sequence[Token]) -> list[Token]:
    """ "Kanzler Olaf Scholz (SPD) sagte": what stands in brackets after a name is left out."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        inside = i + 2 < len(tokens) and tokens[i].text == "(" and tokens[i + 2].text == ")"
        if inside and found and found[-1].capital and tokens[i + 1].capital:
            i += 3
            continue
        found.append(tokens[i])
        i += 1
    return found


def _aged(tokens: Sequence[Token]) -> list[Token]:
    """ "57-Jähriger": one word, the same for every age."""
    found: list[Token] = []
    i = 0
    while i < len(tokens):
        three = tokens[i : i + 3]
        joined = len(three) == 3 and three[0].end == three[1].start and three[1].end == three[2].start
        if joined and three[0].text.isdigit() and three[1].text == "-" and three[2].text.isalpha():
            last = three[2]
            text = f"{three[0].text}-{last.text}"
            found.append(Token(text, f"n-{last.lower}", f"n-{last.fold}", three[0].start, last.end))
            i += 3
            continue
        found.append(tokens[i])
        i += 1
    return found


def _welded(token: Token, language: Language, names: Gazetteer) -> list[Token]:
    """ "Visegrádlanden", "Beneluxländer": a bloc's name and a noun for its members, written as one word."""
    for cut in range(_SHORTEST, len(token.text) - _SHORTEST + 1):
        word = language.words.get(token.lower[cut:])
        if word is None or "group_noun" not in word.classes or len(token.lower) != len(token.text):
            continue
        at = token.start + cut
        first = Token(token.text[:cut], token.lower[:cut], fold(token.text[:cut]), token.start, at)
        if NameKind.BLOC in _kinds(first, names):
            tail = token.text[cut:]
            return [first, Token(tail, tail.lower(), fold(tail), at, token.end)]
    return []


def _kinds(token: Token, names: Gazetteer) -> set[NameKind]:
    hit = names.match([token], 0)
    return {n.kind for n in hit[1]} if hit else set()


def _owner(tokens: Sequence[Token], i: int, language: Language, names: Gazetteer) -> Token | None:
    """The name that the token is the genitive of, when it is one."""
    token = tokens[i]
    hit = names.match(tokens, i)
    ids = {n.id for n in hit[1]} if hit else set()
    if hit and hit[0] > 1:
        return None
    cut = len(token.text) - len(language.genitive)
    stem = Token(token.text[:cut], token.lower[:cut], fold(token.text[:cut]), token.start, token.end)
    if len(stem.text) < _SHORTEST - 1 or language.word(token.lower, token.fold) is not None:
        return None
    known = names.match([stem], 0)
    if known is None or not {n.kind for n in known[1]} & _OWNERS:
        return None
    return stem if not ids or ids & {n.id for n in known[1]} else None


def _genitive(tokens: Sequence[Token], i: int, stem: Token, language: Language) -> list[Token]:
    """Before its noun "X's", after it "of X"."""
    token = tokens[i]
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    before = tokens[i - 1] if i else None
    noun = before is not None and _noun(before, language, first=i == 1)
    owns = after is not None and (_noun(after, language) or not noun) and after.text[:1].isalpha()
    if noun and not owns:
        mark = language.owner
        return [Token(mark, mark, mark, token.start, token.start), stem]
    return [stem, Token("s", "'s", "'s", token.end, token.end)]


def _noun(token: Token, language: Language, *, first: bool = False) -> bool:
    word = language.word(token.lower, token.fold)
    if word is not None and word.classes:
        return not word.classes.isdisjoint(("title", "voice", "race", "pro", "contra", "doubt", "noun"))
    return token.capital and not first and word is None


def _hyphened(tokens: Sequence[Token], i: int, language: Language, names: Gazetteer) -> list[Token]:
    """ "US-Präsident", "Rutte-Kandidatur": two words, when the first is a name and the second is known."""
    token = tokens[i]
    if names.match(tokens, i):
        return [token]
    cut = token.text.find("-")
    head, tail = token.text[:cut], token.text[cut + 1 :]
    if not head or not tail or len(lower(token.text)) != len(token.text):
        return [token]
    first = Token(head, lower(head), fold(head), token.start, token.start + cut)
    rest = Token(tail, lower(tail), fold(tail), token.start + cut + 1, token.end)
    word = language.word(rest.lower, rest.fold)
    if word is None:
        return [token]
    fits = _STATES
    if not word.classes.isdisjoint(_OF_A_BODY):
        fits = fits | {NameKind.BODY}
    if "group_noun" in word.classes:
        fits = fits | {NameKind.BLOC}
    if not _kinds(first, names) & fits:
        return [token]
    return [first, rest]
