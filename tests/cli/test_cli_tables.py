"""Tables line up in any script, give way to the terminal, and pass nothing on that a terminal obeys."""

from __future__ import annotations

import pytest

from tracker.cli.tables import Cell, Column, clean, cut, render, width

NAME = Column(title="NAME", shrinks=True)
NUMBER = Column(title="N", right=True)


def lines(rows: list[list[str | Cell]], wide: int | None = None, colour: bool = False) -> list[str]:
    return list(render([NAME, NUMBER], rows, columns_wide=wide, colour=colour))


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Hungary", 7), ("日本", 4), ("é", 1), ("e\u0301", 1), ("한국", 4), ("Ａ", 2), ("◐ leans", 7), ("", 0)],
)
def test_width_counts_terminal_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_columns_line_up_beside_wide_characters() -> None:
    found = lines([["日本", "1"], ["Türkiye", "22"], ["e\u0301", "3"]])
    assert [width(line) for line in found] == [11, 11, 11, 11]
    assert [line[-2:] for line in found[1:]] == [" 1", "22", " 3"]


def test_a_narrow_terminal_cuts_the_shrinking_column_only() -> None:
    found = lines([["a very long name indeed", "12345"]], wide=18)
    assert found[1] == "a very lon…  12345"
    assert all(width(line) <= 18 for line in found)


def test_without_a_terminal_nothing_is_cut() -> None:
    long = "x" * 500
    assert lines([[long, "1"]])[1].startswith(long + " ")


def test_a_terminal_too_narrow_for_every_column_still_gets_lines_that_fit() -> None:
    found = lines([["a very long name indeed", "12345"]], wide=6)
    assert all(width(line) <= 6 for line in found)


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert cut("日本語の", 4) == "日…"
    assert width(cut("日本語の", 4)) <= 4


@pytest.mark.parametrize(
    "nasty",
    ["\x1b[2Jgone", "a\x07b", "a\r\nb", "a\u202eb", "a\u2066b", "a\u2028b", "a\x9b31mb", "\ud800"],
)
def test_nothing_that_a_terminal_obeys_gets_through(nasty: str) -> None:
    shown = clean(nasty)
    assert not any(bad in shown for bad in "\x1b\x07\r\n\u202e\u2066\u2028\x9b\ud800")


def test_colour_is_added_around_the_text_and_changes_no_width() -> None:
    plain = lines([[Cell("yes", {"fg": "green"}), "1"]])
    coloured = lines([[Cell("yes", {"fg": "green"}), "1"]], colour=True)
    assert "\x1b[32myes\x1b[0m" in coloured[1]
    assert coloured[1].replace("\x1b[32m", "").replace("\x1b[0m", "") == plain[1]


def test_no_rows_give_no_lines() -> None:
    assert lines([]) == []


def test_a_column_that_may_go_goes_before_the_others_are_cut_off() -> None:
    columns = [NAME, Column(title="ASIDE", drops=1), Column(title="SOURCE", drops=2), NUMBER]
    row = ["a very long name indeed", "aside, too", "source, too", "12345"]
    widths = {60: row, 50: row, 45: row, 35: [*row[:2], row[3]], 20: [row[0], row[3]]}
    for wide, kept in widths.items():
        (title, found) = render(columns, [row], columns_wide=wide)
        assert width(found) <= wide
        assert len(title.split()) == len(kept), wide
        assert found.endswith("12345")
