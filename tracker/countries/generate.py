"""Make `countries.json` from CLDR, ISO 3166 and `sources/`: `python -m tracker.countries.generate`.

babel and pycountry are needed here only (development), so that a start of tracker reads one small file
and loads neither. `tests/countries/` makes the file again and compares.
"""

from __future__ import annotations

import gettext
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tracker.countries import inflection
from tracker.countries.forms import FormKind, UnSeat

FOLDER = Path(__file__).parent
CAREFUL = ("en", "de", "fr", "es", "nl", "it", "ro", "pt", "pl")
LANGUAGES = (
    *CAREFUL,
    *("sv", "da", "nb", "fi", "cs", "sk", "hu", "tr", "el", "ru", "uk", "bg", "hr", "sl", "lt", "lv", "et"),
    *("ar", "zh", "ja"),
)
# In iso-codes: Afghanistan has the name of Pakistan.
MISTRANSLATED = {("Afghanistan", "pt", "official_name")}
VARIANTS = {"pt": ("pt_PT",), "zh": ("zh_Hant",)}


@dataclass(slots=True)
class Draft:
    """A country while it is put together: kind, language, text to whether it is plural and ambiguous."""

    name: str = ""
    seat: UnSeat = UnSeat.MEMBER
    forms: dict[FormKind, dict[str, dict[str, tuple[bool, bool]]]] = field(
        default_factory=lambda: {kind: defaultdict(dict) for kind in FormKind}
    )

    def add(self, kind: FormKind, lang: str, text: str, *, plural: bool = False) -> None:
        """Put a form in; a leading "!" makes it ambiguous. The same form twice keeps what either says."""
        ambiguous = text.startswith("!")
        text = straight(text.lstrip("!*"))
        if not text:
            return
        had_plural, had_ambiguous = self.forms[kind][lang].get(text, (False, False))
        self.forms[kind][lang][text] = (plural or had_plural, ambiguous or had_ambiguous)


def straight(text: str) -> str:
    """Without curly apostrophes and no-break blanks, in NFC."""
    text = re.sub("[’ʼ‘]", "'", text).replace("\u00a0", " ").replace("\u202f", " ")
    return unicodedata.normalize("NFC", text).strip()


def plain(text: str) -> str:
    """For comparison: no accents, no case."""
    decomposed = unicodedata.normalize("NFKD", straight(text))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def rows(path: Path) -> Iterator[list[str]]:
    """The cells of a table file, comments and empty lines left out. Raises ValueError on a broken row."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            row = [cell.strip() for cell in line.split("|")]
            if len(row) not in ((3,) if path.stem == "names" else (7, 8) if path.stem == "english" else (7,)):
                raise ValueError(f"{path.name}:{number}: {len(row)} cells")
            yield row


def cells(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def generate() -> str:
    """The whole text of `countries.json`: one country a line, sorted by id, with a last newline."""
    drafts: dict[str, Draft] = {}
    for row in rows(FOLDER / "sources" / "english.txt"):
        draft = drafts[row[0]] = Draft(seat=UnSeat(row[7]) if len(row) > 7 else UnSeat.MEMBER)
        _table_row(draft, row, "en")
        shown = [name for name in cells(row[6]) if name.startswith("*")]
        draft.name = shown[0][1:] if shown else ""
    for lang in CAREFUL[1:]:
        for row in rows(FOLDER / "sources" / f"{lang}.txt"):
            _table_row(drafts[row[0]], row, lang)
    for lang, key, names in rows(FOLDER / "sources" / "names.txt"):
        for name in cells(names):
            drafts[key].add(FormKind.NAME, lang, name)
    _cldr_names(drafts)
    _own_names(drafts)
    _iso_names(drafts)
    _cldr_capitals(drafts)
    _cases(drafts)
    _mark_shared(drafts)
    return _text(drafts)


def _table_row(draft: Draft, row: list[str], lang: str) -> None:
    _, adjectives, one, many, capitals, seats, names, *_ = row
    for word in cells(adjectives):
        mark = "!" if word.startswith("!") else ""
        for form in inflection.adjective(word.lstrip("!"), lang):
            draft.add(FormKind.ADJECTIVE, lang, mark + form)
    _people(draft, cells(adjectives), one, many, lang)
    for word in cells(capitals):
        draft.add(FormKind.CAPITAL, lang, word)
    for word in cells(seats):
        draft.add(FormKind.SEAT, lang, word)
    for word in cells(names):
        draft.add(FormKind.NAME, lang, word)


def _people(draft: Draft, adjectives: list[str], one: str, many: str, lang: str) -> None:
    singulars = adjectives if one == "+" else cells(one)
    plurals = [word + "s" for word in adjectives] if many == "+" else cells(many)
    if not singulars and lang in ("fr", "es", "it", "pt", "ro"):
        singulars = []
        for word in adjectives:
            mark = "!" if word.startswith("!") else ""
            single, multiple = inflection.people((), (word.lstrip("!"),), lang)
            _add_people(draft, mark, single, multiple, lang)
    for word in singulars:
        mark = "!" if word.startswith("!") else ""
        bare = word.lstrip("!")
        if lang == "en":
            _add_people(draft, mark, (bare,), (), lang)
        else:
            single, multiple = inflection.people((bare,), (), lang)
            _add_people(draft, mark, single, multiple, lang)
    for word in plurals:
        mark = "!" if word.startswith("!") else ""
        _add_people(draft, mark, (), inflection.many(word.lstrip("!"), lang), lang)


def _add_people(
    draft: Draft, mark: str, single: tuple[str, ...], multiple: tuple[str, ...], lang: str
) -> None:
    for form in single:
        draft.add(FormKind.PERSON, lang, mark + form)
    for form in multiple:
        draft.add(FormKind.PERSON, lang, mark + form, plural=True)


def _cldr_names(drafts: dict[str, Draft]) -> None:
    from babel import Locale

    for lang in LANGUAGES:
        for code in (lang, *VARIANTS.get(lang, ())):
            territories = Locale.parse(code).territories
            for key, draft in drafts.items():
                for name in _split(key, territories.get(key.upper(), "")):
                    draft.add(FormKind.NAME, lang, name)
                    if lang == "en" and not draft.name:
                        draft.name = straight(name)


def _own_names(drafts: dict[str, Draft]) -> None:
    """The name of each country in its official languages: "Қазақстан", "대한민국"."""
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages

    for key, draft in drafts.items():
        for lang in get_official_languages(key.upper(), regional=False, de_facto=True):
            try:
                territories = Locale.parse(lang).territories
            except (UnknownLocaleError, ValueError):
                continue
            for name in _split(key, territories.get(key.upper(), "")):
                draft.add(FormKind.NAME, lang.split("_")[0], name)


def _split(key: str, name: str) -> tuple[str, ...]:
    """The names inside one entry of CLDR: "Myanmar (Burma)" is two, "Kongo - Kinshasa" one with a hyphen."""
    name = straight(name).replace("–", "-").replace(" & ", " and ")
    if key in ("cd", "cg"):
        return (re.sub(r"\s*[(（]([^)）]*)[)）]", r"-\1", name.replace(" - ", "-")),)
    match = re.fullmatch(r"(.*?)\s*[(（]([^)）]*)[)）]", name)
    return match.groups() if match else (name,)


def _iso_names(drafts: dict[str, Draft]) -> None:
    """ISO's own names and its translators' (Debian's iso-codes), which differ from CLDR's in places."""
    import pycountry

    for key, draft in drafts.items():
        entry = pycountry.countries.get(alpha_2=key.upper())
        if entry is None:
            continue
        english = [entry.name, getattr(entry, "common_name", ""), getattr(entry, "official_name", "")]
        for name in english:
            if name and "," not in name and "(" not in name:
                draft.add(FormKind.NAME, "en", name.removeprefix("the "))
    for lang in LANGUAGES[1:]:
        for code in {"zh": ("zh_CN", "zh_TW"), "pt": ("pt", "pt_BR")}.get(lang, (lang,)):
            try:
                table = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[code])
            except OSError:
                continue
            for key, draft in drafts.items():
                entry = pycountry.countries.get(alpha_2=key.upper())
                if entry is not None:
                    _translated(draft, entry, table, lang)


def _translated(draft: Draft, entry: object, table: gettext.NullTranslations, lang: str) -> None:
    for attribute in ("name", "common_name", "official_name"):
        english = getattr(entry, attribute, "")
        name = table.gettext(english) if english else ""
        if not name or name == english or any(mark in name for mark in ",(（،、，"):
            continue
        if attribute == "official_name" and lang not in CAREFUL:
            continue
        if (draft.name, lang, attribute) in MISTRANSLATED:
            continue
        draft.add(FormKind.NAME, lang, name)


def _cldr_capitals(drafts: dict[str, Draft]) -> None:
    """Capitals that name a time zone: CLDR has their names in every language."""
    from babel import Locale
    from babel.core import get_global

    english = Locale.parse("en").time_zones
    zones: dict[str, str] = {}
    for zone, territory in get_global("zone_territories").items():
        draft = drafts.get(str(territory).lower())
        if draft is None:
            continue
        city = english.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
        capitals = {plain(text) for text in draft.forms[FormKind.CAPITAL]["en"]}
        if plain(city) in capitals:
            zones[zone] = str(territory).lower()
    for lang in LANGUAGES[1:]:
        cities = Locale.parse(lang).time_zones
        for zone, key in zones.items():
            city = cities.get(zone, {}).get("city", "")
            if city:
                draft = drafts[key]
                main = next(iter(draft.forms[FormKind.CAPITAL]["en"].values()))
                draft.add(FormKind.CAPITAL, lang, ("!" if main[1] else "") + city)


def _cases(drafts: dict[str, Draft]) -> None:
    for draft in drafts.values():
        for lang, texts in draft.forms[FormKind.NAME].items():
            for text, (_, ambiguous) in list(texts.items()):
                for form in inflection.name_cases(text, lang):
                    if form not in texts:
                        draft.add(FormKind.NAME, lang, ("!" if ambiguous else "") + form)


def _mark_shared(drafts: dict[str, Draft]) -> None:
    """A text that two countries share, in one language, is ambiguous in both; what English doubts is
    doubtful in every language that writes it so; a city written like another country is, too."""
    names: dict[str, set[str]] = defaultdict(set)
    for key, draft in drafts.items():
        for texts in draft.forms[FormKind.NAME].values():
            for text in texts:
                names[text].add(key)
    for key, draft in drafts.items():
        for kind in (FormKind.NAME, FormKind.CAPITAL, FormKind.SEAT):
            doubted = {text for text, (_, ambiguous) in draft.forms[kind]["en"].items() if ambiguous}
            if kind is FormKind.CAPITAL:
                written = {text for texts in draft.forms[kind].values() for text in texts}
                doubted |= {text for text in written if names[text] - {key}}
            for texts in draft.forms[kind].values():
                texts.update((text, (texts[text][0], True)) for text in doubted & texts.keys())
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, draft in drafts.items():
        for by_language in draft.forms.values():
            for lang, texts in by_language.items():
                for text in texts:
                    holders[lang, text.casefold()].add(key)
    for draft in drafts.values():
        for by_language in draft.forms.values():
            for lang, texts in by_language.items():
                for text, (plural, _) in texts.items():
                    if len(holders[lang, text.casefold()]) > 1:
                        texts[text] = (plural, True)


def _text(drafts: dict[str, Draft]) -> str:
    lines = []
    for key, draft in sorted(drafts.items()):
        forms: dict[str, dict[str, list[str]]] = {}
        for kind in FormKind:
            by_language = {
                lang: [
                    ("!" if ambiguous else "") + ("+" if plural else "") + text
                    for text, (plural, ambiguous) in texts.items()
                ]
                for lang, texts in sorted(draft.forms[kind].items(), key=lambda pair: _rank(pair[0]))
                if texts
            }
            if by_language:
                forms[kind.value] = by_language
        stored = {"name": draft.name, "seat": draft.seat.value, "forms": forms}
        body = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
        lines.append(f"{json.dumps(key)}:{body}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _rank(lang: str) -> tuple[int, str]:
    return (LANGUAGES.index(lang) if lang in LANGUAGES else len(LANGUAGES), lang)


if __name__ == "__main__":
    FOLDER.joinpath("countries.json").write_text(generate(), encoding="utf-8")
