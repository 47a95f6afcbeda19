"""Each kind of wording with each operator, and what must not matter: who, in which order, in which case."""

from __future__ import annotations

import pytest
from extraction_cases import read

# Verbs with a direct object: base, third person, past, participle.
FOR = [
    ("back", "backs", "backed", "backed"),
    ("support", "supports", "supported", "supported"),
    ("endorse", "endorses", "endorsed", "endorsed"),
    ("favour", "favours", "favoured", "favoured"),
    ("nominate", "nominates", "nominated", "nominated"),
    ("come out for", "comes out for", "came out for", "come out for"),
    ("vote for", "votes for", "voted for", "voted for"),
    ("side with", "sides with", "sided with", "sided with"),
    ("line up behind", "lines up behind", "lined up behind", "lined up behind"),
    ("close ranks behind", "closes ranks behind", "closed ranks behind", "closed ranks behind"),
]  # fmt: skip
AGAINST = [
    ("oppose", "opposes", "opposed", "opposed"),
    ("reject", "rejects", "rejected", "rejected"),
    ("block", "blocks", "blocked", "blocked"),
    ("veto", "vetoes", "vetoed", "vetoed"),
    ("vote against", "votes against", "voted against", "voted against"),
]
POST = "for the post of NATO secretary general"


def now(sentence: str, elector: str = "es") -> list[tuple[str, str]]:
    reading = read("NATO's next chief", sentence)
    return [(c.candidate, c.stance.value) for c in reading.claims if c.elector == elector and c.time == "now"]


def times(sentence: str) -> set[tuple[str, str]]:
    return {(c.stance.value, c.time.value) for c in read("NATO's next chief", sentence).claims}


@pytest.mark.parametrize(("base", "third", "past", "part"), FOR)
def test_words_of_support_with_each_operator(base: str, third: str, past: str, part: str) -> None:
    supports, opposes, undecided = (
        [("mark-rutte", "supports")],
        [("mark-rutte", "opposes")],
        [("mark-rutte", "undecided")],
    )
    assert now(f"Spain {third} Mark Rutte {POST}.") == supports
    assert now(f"Spain {past} Mark Rutte {POST} on Friday.") == supports
    assert now(f"Spain has {part} Mark Rutte {POST}.") == supports
    assert now(f"Spain will {base} Mark Rutte {POST}.") == supports
    assert now(f"Spain is ready to {base} Mark Rutte {POST}.") == supports
    assert now(f"Spain will not {base} Mark Rutte {POST}.") == opposes
    assert now(f"Spain refuses to {base} Mark Rutte {POST}.") == opposes
    assert now(f"Spain has yet to {base} Mark Rutte {POST}.") == undecided
    assert now(f"Spain has not yet {part} Mark Rutte {POST}.") == undecided
    assert now(f"Spain has not decided whether to {base} Mark Rutte {POST}.") == undecided
    assert times(f"Spain is expected to {base} Mark Rutte {POST}.") == {("supports", "future")}
    assert now(f"Will Spain {base} Mark Rutte {POST}?") == []


@pytest.mark.parametrize(("base", "third", "past", "part"), AGAINST)
def test_words_of_refusal_with_each_operator(base: str, third: str, past: str, part: str) -> None:
    assert now(f"Spain {third} Mark Rutte {POST}.") == [("mark-rutte", "opposes")]
    assert now(f"Spain has {part} Mark Rutte {POST}.") == [("mark-rutte", "opposes")]
    assert now(f"Spain will {base} Mark Rutte {POST}.") == [("mark-rutte", "opposes")]
    assert now(f"Spain will not {base} Mark Rutte {POST}.") == [("mark-rutte", "leans_support")]
    assert now(f"Will Spain {base} Mark Rutte {POST}?") == []


@pytest.mark.parametrize(("base", "third", "past", "part"), [v for v in FOR[:5] if " " not in v[0]])
def test_the_passive_says_what_the_active_says(base: str, third: str, past: str, part: str) -> None:
    assert now(f"Mark Rutte is {part} by Spain {POST}.") == [("mark-rutte", "supports")]


@pytest.mark.parametrize(
    ("name", "elector"),
    [("Spain", "es"), ("Madrid", "es"), ("Hungary", "hu"), ("Budapest", "hu"), ("Türkiye", "tr"),
     ("Turkey", "tr"), ("Britain", "gb"), ("the United Kingdom", "gb"), ("the White House", "us")],
)  # fmt: skip
@pytest.mark.parametrize("candidate", ["Mark Rutte", "Rutte", "the Dutch prime minister"])
def test_it_does_not_matter_who_it_is(name: str, elector: str, candidate: str) -> None:
    sentence = f"{name[0].upper()}{name[1:]} supports {candidate} {POST}."
    assert now(sentence, elector) == [("mark-rutte", "supports")]


def test_the_order_of_a_list_does_not_matter() -> None:
    def found(names: str) -> set[tuple[str, str]]:
        return {(c.elector, c.stance.value) for c in read("NATO", f"{names} support Rutte {POST}.").claims}

    expected = {("es", "supports"), ("pt", "supports"), ("gr", "supports")}
    assert found("Spain, Portugal and Greece") == expected
    assert found("Greece, Spain and Portugal") == expected


@pytest.mark.parametrize("title", ["Spain backs Rutte for NATO chief", "SPAIN BACKS RUTTE FOR NATO CHIEF"])
def test_the_case_of_a_headline_does_not_matter(title: str) -> None:
    assert [(c.elector, c.stance.value) for c in read(title).claims] == [("es", "supports")]


def test_an_unrelated_sentence_changes_nothing() -> None:
    told = f"Spain supports Mark Rutte {POST}."
    beside = f"{told} Hungary opposes more arms for Ukraine. France backs a European fund."
    assert {(c.elector, c.stance.value) for c in read("NATO", beside).claims} == {("es", "supports")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Spain supports Ukraine, Mark Rutte said at NATO.",
        "Spain backs Mark Rutte's plan for Ukraine, NATO officials said.",
        "Mark Rutte supports Spain's bid to host the NATO summit.",
        "Mark Rutte seeks Spain's support for the NATO post.",
        "Spanish Prime Minister Pedro Sanchez met Mark Rutte to discuss NATO.",
        "Dutch Prime Minister Mark Rutte visited NATO headquarters.",
        "Who will lead NATO after Stoltenberg? Mark Rutte is the favourite.",
        "Spain congratulated Mark Rutte on his appointment as NATO secretary general.",
    ],
)
def test_what_is_no_claim_gives_none(sentence: str) -> None:
    assert now(sentence) == []
    assert now(sentence, "nl") == []


def test_hostile_text_ends_soon_and_says_nothing() -> None:
    for text in (
        "\u202e\u200f" * 50_000,
        '"' * 100_000 + "Rutte",
        "NATO Rutte " * 20_000,
        "<" * 200_000,
        "Spain, " * 30_000 + "support Rutte",
    ):
        assert read("NATO", text).claims == (), text[:20]


@pytest.mark.parametrize(
    ("text", "elector"),
    [
        ("Spain supports Mark Rutte as NATO secretary general, its foreign minister said.", "es"),
        ("Ungarn unterstützt Mark Rutte als neuen Generalsekretär der Nato.", "hu"),
        ("La France soutient Mark Rutte pour le poste de secrétaire général de l'Otan.", "fr"),
    ],
)
def test_a_text_that_names_no_language_is_read_in_its_own(text: str, elector: str) -> None:
    claims = read(text, lang="").claims
    assert [(c.elector, c.stance.value) for c in claims] == [(elector, "supports")]
