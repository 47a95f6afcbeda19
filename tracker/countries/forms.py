"""The forms by which a country is named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FormKind(StrEnum):
    """What a form is, which decides what it may stand for.

    NAME       the state itself: "Hungary", "Ungheria", "Ungariei"
    ADJECTIVE  "Hungarian", "ungarische", every inflected form
    PERSON     its people: "Hungarian", "Turk", "Hungarians"; `plural` tells one from many
    CAPITAL    its capital and seats of government by city: "Budapest", "The Hague"
    SEAT       a building, street or office whose name stands for the government: "Downing Street"
    """

    NAME = "name"
    ADJECTIVE = "adjective"
    PERSON = "person"
    CAPITAL = "capital"
    SEAT = "seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """One way to write one name.

    text       as in the middle of a sentence of that language; apostrophes straight ('), never curly
    lang       ISO 639-1, lower case
    plural     for people: the form can mean many of them ("Hungarians", "Chinese")
    ambiguous  it may well be something else: another country ("Congo"), a first name ("Chad"), a place
               ("Georgia"), the host of somebody else's meetings ("Brussels"), a word ("Turkey")
    """

    text: str
    kind: FormKind
    lang: str
    plural: bool = False
    ambiguous: bool = False


class UnSeat(StrEnum):
    """MEMBER of the United Nations, non-member OBSERVER state, or neither (OTHER)."""

    MEMBER = "member"
    OBSERVER = "observer"
    OTHER = "other"
