"""An alert in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tracker.alerts import Alert
from tracker.channels.rendering import Names, headline, message, plain, record
from tracker.rules import Rule
from tracker.stances import ElectorId, Stance

Make = Callable[..., Alert]
MakeNames = Callable[..., Names]


def test_the_headline_says_who_does_what_what_it_was_and_who_remains(alert: Make, names: MakeNames) -> None:
    line = headline(alert(have=31, needed=32), names())
    assert line == "Hungary now backs First One (was: opposes): 31 of 32, Romania remains"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Stance.LEANS_SUPPORT, "Hungary now leans toward First One"),
        (Stance.UNDECIDED, "Hungary is now undecided on First One"),
        (Stance.LEANS_OPPOSE, "Hungary now leans against First One"),
        (Stance.OPPOSES, "Hungary now opposes First One"),
        (None, "Hungary has no known stance any more on First One"),
    ],
)
def test_every_stance_has_its_words(alert: Make, names: MakeNames, now: Stance | None, words: str) -> None:
    line = headline(alert(now=now, was=None), names())
    assert line.startswith(f"{words} (was: unknown): ")


def test_a_disputed_standing_is_called_so(alert: Make, names: MakeNames) -> None:
    assert headline(alert(disputed=True), names()).endswith("; disputed")


@pytest.mark.parametrize(
    ("have", "missing", "words"),
    [
        (1, ("ro", "jane-doe"), "1 of 3, Romania and Jane Doe remain"),
        (3, (), "all 3"),
        (1, ("hu", "ro", "jane-doe", "hu"), "1 of 5, 4 remain"),
    ],
)
def test_those_missing_are_named_while_a_line_can_bear_it(
    alert: Make, names: MakeNames, have: int, missing: tuple[str, ...], words: str
) -> None:
    given = alert(have=have, needed=have + len(missing), missing=tuple(map(ElectorId, missing)))
    assert headline(given, names()).endswith(f"): {words}")


def test_where_seats_are_missing_from_the_roster_their_number_is_told_not_the_names_known(
    alert: Make, names: MakeNames
) -> None:
    line = headline(alert(have=10, needed=20, missing=(ElectorId("ro"),)), names())
    assert line.endswith("10 of 20, 10 remain")


@pytest.mark.parametrize(
    ("rule", "have", "needed", "words"),
    [
        (Rule(kind="threshold", needed=9), 8, 9, "8 of 9 needed, 1 short"),
        (Rule(kind="threshold", needed=9), 9, 9, "9 of 9 needed, enough"),
        (Rule(kind="weighted_majority"), 50.5, 50.5, "50.5 in weight, more than 50.5 needed"),
        (Rule(kind="open"), 12, None, "12 back it"),
    ],
)
def test_other_rules_are_told_in_their_own_terms(
    *, alert: Make, names: MakeNames, rule: Rule, have: float, needed: float | None, words: str
) -> None:
    assert headline(alert(have=have, needed=needed), names(rule=rule)).endswith(words)


def test_the_message_adds_the_sentence_speaker_outlet_certainty_day_and_link(
    alert: Make, names: MakeNames
) -> None:
    assert message(alert(), names()).splitlines() == [
        "Hungary now backs First One (was: opposes): 2 of 3, Romania remains",
        "“Hungary is ready to support First One.”",
        "The prime minister · The Gazette · official · 2024-06-18",
        "https://gazette.example/hungary",
    ]


def test_what_is_not_known_leaves_no_empty_line(alert: Make, names: MakeNames) -> None:
    bare = alert(speaker="", outlet="", evidence="", url="", certainty=None)
    assert message(bare, names()).splitlines()[1:] == ["2024-06-18"]


def test_the_words_of_a_feed_cannot_break_the_line_or_drive_the_terminal(
    alert: Make, names: MakeNames
) -> None:
    hostile = alert(evidence="calm\x1b]0;owned\x07\n\rFAKE\u202egnorw \ud800\x9b31m", speaker="\x1b[2J A")
    text = message(hostile, names())
    assert len(text.splitlines()) == 4
    assert not set("\x1b\x07\r\u202e\ud800\x9b") & set(text)


def test_joiners_that_words_are_written_with_stay() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"


def test_the_record_has_what_scripts_rely_on_and_the_words(alert: Make, names: MakeNames) -> None:
    got = json.loads(json.dumps(record(alert(was=None), names())))
    contract = {
        "key": "0123456789abcdef0123456789abcdef",
        "at": "2024-06-18T12:30:00Z",
        "occurred_at": "2024-06-18T11:00:00Z",
        "contest": "chair-2024",
        "elector": "hu",
        "candidate": "first-one",
        "from": "unknown",
        "to": "supports",
        "certainty": "official",
        "evidence": "Hungary is ready to support First One.",
        "url": "https://gazette.example/hungary",
        "state": "sent",
    }
    assert contract.items() <= got.items()
    assert got["text"] == "Hungary now backs First One (was: unknown): 2 of 3, Romania remains"
    assert (got["elector_name"], got["missing"]) == ("Hungary", ["ro"])


def test_an_absent_value_of_the_record_is_null(alert: Make, names: MakeNames) -> None:
    got = record(alert(now=None, certainty=None, evidence="", url="", speaker=""), names())
    assert got["to"] == "unknown"
    assert [got[key] for key in ("certainty", "evidence", "url", "speaker")] == [None] * 4


def test_an_id_that_no_roster_knows_stands_for_itself(alert: Make) -> None:
    assert headline(alert(at=datetime(2024, 1, 1, tzinfo=UTC)), Names.of([])).startswith(
        "hu now backs first-one"
    )
