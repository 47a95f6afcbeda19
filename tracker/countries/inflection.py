"""Endings: from the form a dictionary gives to the forms that readers meet, for eight languages and English.

Only what a reader of names needs: the forms need not all exist in good prose, but no form that does
may be missing, and none may be another country's. Each function returns (singular forms, plural forms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

Forms = tuple[tuple[str, ...], tuple[str, ...]]


def given(text: str) -> Forms | None:
    """Forms written out: parted by blanks, plural after "/"; without "/" the latter half is plural.

    `None` when the text is a single word, so that the language's rule applies.
    """
    if "/" in text:
        singular, plural = text.split("/")
        return tuple(singular.split()), tuple(plural.split())
    words = tuple(text.split())
    if len(words) < 2:
        return None
    half = (len(words) + 1) // 2
    return words[:half], words[half:]


def _german_adjective(stem: str) -> Forms:
    if not stem.endswith("sch"):
        return (stem,), ()
    return tuple(stem + ending for ending in ("", "e", "er", "es", "en", "em")), ()


def _german_person(word: str) -> Forms:
    if word.endswith("er") and word != "Ungar":
        return (word, word + "s", word + "in"), (word, word + "n", word + "innen")
    stem = word.removesuffix("e")
    return (word, stem + "en" if word.endswith("e") else word + "n", stem + "in"), (
        stem + "en" if word.endswith("e") or not word.endswith("r") else word + "n",
        stem + "innen",
    )


def _french_adjective(word: str) -> Forms:
    if word.endswith(("ais", "ois")):
        return (word, word + "e"), (word, word + "es")
    if word.endswith("e"):
        return (word,), (word + "s",)
    if word.endswith(("ien", "éen", "on")):
        return (word, word + "ne"), (word + "s", word + "nes")
    return (word, word + "e"), (word + "s", word + "es")


def _spanish_adjective(word: str) -> Forms:
    if word.endswith("o"):
        stem = word[:-1]
        return (word, stem + "a"), (stem + "os", stem + "as")
    for accented, plain in (("és", "es"), ("án", "an"), ("ón", "on")):
        if word.endswith(accented):
            stem = word[: -len(accented)] + plain
            return (word, stem + "a"), (stem + "es", stem + "as")
    if word.endswith("l"):
        return (word, word + "a"), (word + "es", word + "as")
    if word.endswith("í"):
        return (word,), (word + "es", word + "s")
    if word.endswith("r"):
        return (word,), (word + "es",)
    return (word,), (word + "s",)


def _italian_adjective(word: str) -> Forms:
    if word.endswith("co"):
        stem = word[:-1]
        return (word, stem + "a"), (stem + "hi", stem + "he")
    if word.endswith("o"):
        stem = word[:-1]
        return (word, stem + "a"), (stem + "i", stem + "e")
    return (word,), (word[:-1] + "i",)


def _portuguese_adjective(word: str) -> Forms:
    if word.endswith("o"):
        stem = word[:-1]
        return (word, stem + "a"), (stem + "os", stem + "as")
    if word.endswith("ês"):
        stem = word[:-2] + "es"
        return (word, stem + "a"), (stem + "es", stem + "as")
    if word.endswith("r"):
        return (word,), (word + "es",)
    return (word,), (word + "s",)


def _dutch_adjective(word: str) -> Forms:
    return (word, word + "e"), ()


def _romanian_adjective(word: str) -> Forms:
    if word.endswith("esc"):
        stem = word[:-2]
        return (word, word[:-3] + "ească"), (stem + "ști",)
    return (word, word + "ă"), (word + "i", word + "e")


def _romanian_person(word: str) -> Forms:
    forms = given(word)
    if forms and "/" in word:
        return forms
    singular, plural = forms or _romanian_adjective(word)
    if word.endswith("esc"):
        return (), ()
    masculine, plural_stem = singular[0], plural[0]
    return (
        (*singular, masculine + "ul", masculine + "ului"),
        (*plural, plural_stem + "i", plural_stem + "lor", plural[-1] + "le"),
    )


def _polish_adjective(word: str) -> Forms:
    stem = word[:-1]
    endings = ("i", "iego", "iemu", "im", "a", "iej", "ą", "ie", "ich", "imi")
    return (*(stem + ending for ending in endings), word.removesuffix("ki") + "cy"), ()


def _polish_people(word: str) -> tuple[str, ...]:
    if word.endswith("~"):
        return tuple(word[:-1] + ending for ending in ("om", "ami", "ach"))
    return (word,)


ADJECTIVES: Mapping[str, Callable[[str], Forms]] = MappingProxyType(
    {
        "en": lambda word: ((word,), ()),
        "de": _german_adjective,
        "fr": _french_adjective,
        "es": _spanish_adjective,
        "nl": _dutch_adjective,
        "it": _italian_adjective,
        "ro": _romanian_adjective,
        "pt": _portuguese_adjective,
        "pl": _polish_adjective,
    }
)


def adjective(word: str, lang: str) -> tuple[str, ...]:
    """All forms of an adjective in one language, the dictionary form first."""
    if lang == "en":
        return (word,)
    singular, plural = given(word) or ADJECTIVES[lang](word)
    return tuple(dict.fromkeys((*singular, *plural)))


def people(words: Iterable[str], adjectives: Iterable[str], lang: str) -> Forms:
    """The forms for one person and for many, from the words of the table or, without any, the adjectives."""
    singular: list[str] = []
    plural: list[str] = []
    for word in words:
        if lang == "de":
            one, many = given(word) or _german_person(word)
        elif lang == "ro":
            one, many = _romanian_person(word)
        else:
            one, many = given(word) or ((word,), ())
        singular += one
        plural += many
    if not singular and lang in ("fr", "es", "it", "pt", "ro"):
        for word in adjectives:
            one, many = _romanian_person(word) if lang == "ro" else given(word) or ADJECTIVES[lang](word)
            singular += one
            plural += many
        if lang == "fr":
            singular = [word[0].upper() + word[1:] for word in singular]
            plural = [word[0].upper() + word[1:] for word in plural]
    return tuple(dict.fromkeys(singular)), tuple(dict.fromkeys(plural))


def many(word: str, lang: str) -> tuple[str, ...]:
    """A plural of the table: itself, or for Polish the cases that "~" stands for."""
    return _polish_people(word) if lang == "pl" else (word,)


# Case endings of names of countries; the longest ending that fits is taken.
_NAME_CASES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = MappingProxyType(
    {
        "ro": (("ia", ("iei",)), ("a", ("ei",))),
        "pl": (("ja", ("ji", "ję", "ją")), ("ia", ("ii", "ię", "ią"))),
        "cs": (("sko", ("ska", "sku", "skem")), ("cko", ("cka", "cku", "ckem")), ("ie", ("ii", "ií"))),
        "sk": (("sko", ("ska", "sku", "skom")), ("cko", ("cka", "cku", "ckom"))),
        "ru": (("ия", ("ии", "ию", "ией")),),
        "uk": (("ія", ("ії", "ію", "ією")),),
        "hr": (("ija", ("ije", "iji", "iju", "ijom")), ("ska", ("ske", "skoj", "sku", "skom"))),
        "sl": (("ija", ("ije", "iji", "ijo")), ("ska", ("ske", "ski", "sko"))),
        "lt": (("ija", ("ijos", "ijai", "iją", "ijoje")),),
        "lv": (("ija", ("ijas", "ijai", "iju", "ijā")),),
        "el": (("ία", ("ίας", "ίαν")), ("α", ("ας",))),
        "de": (("", ("s",)),),
        "sv": (("", ("s",)),),
        "da": (("", ("s",)),),
        "nb": (("", ("s",)),),
    }
)


def name_cases(name: str, lang: str) -> tuple[str, ...]:
    """The further case forms of a country's name, by its ending; empty where no rule fits.

    Only names of one word: in "Saudi Arabia" each word has its own cases, and those are given by hand.
    """
    if " " in name or "." in name or name.isupper() or name.endswith(("s", "x", "z", "ß")):
        return ()
    for ending, endings in _NAME_CASES.get(lang, ()):
        if name.endswith(ending):
            stem = name[: len(name) - len(ending)]
            return tuple(stem + new for new in endings)
    return ()
