"""Dates in the forms met, and what stands in for those that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.feeds.dates import moment

NOON = datetime(2024, 2, 22, 12, 13, tzinfo=UTC)
DAY = datetime(2024, 2, 22, tzinfo=UTC)

FORMS = {
    "Thu, 22 Feb 2024 12:13:00 GMT": NOON,
    "Thu, 22 Feb 2024 13:13:00 +0100": NOON,
    "Thu, 22 Feb 2024 13:13:00 +01:00": NOON,
    "Thu, 22 Feb 2024 13:13 CET": NOON,
    "Thu, 22 Feb 2024 14:13:00 EET": NOON,
    "Thu, 22 Feb 2024 15:13:00 MSK": NOON,
    "Thu, 22 Feb 2024 07:13:00 EST": NOON,
    "Thu, 22 Feb 2024 04:13:00 PST": NOON,
    "Thu, 22 Feb 2024 14:13:00 GMT+0200": NOON,
    "Thu, 22 Feb 2024 12:13:00 Z": NOON,
    "Thu, 22-Feb-2024 12:13:00 GMT": NOON,
    "22 Feb 24 12:13 UT": NOON,
    "22 February 2024 12:13:00": NOON,
    "Thursday, 22 February 2024, 12:13": NOON,
    "  Thu,\n 22 Feb  2024 12:13:00 +0000 ": NOON,
    "Wed, 22 Feb 2024 12:13:00 GMT": NOON,
    "Thu, 22 Feb 2024 12:13:00.123 GMT": NOON,
    "2024-02-22T12:13:00Z": NOON,
    "2024-02-22T13:13:00+01:00": NOON,
    "2024-02-22T13:13:00.250+0100": NOON,
    "2024-02-22T12:13Z": NOON,
    "2024-02-22 12:13:00": NOON,
    "2024-02-22 12:13:00 UTC": NOON,
    "2024/02/22 07:13:00 -0500": NOON,
    "20240222T121300Z": NOON,
    "2024-02-22": DAY,
    "22 Feb 2024": DAY,
    "1708603980": NOON,
    "1708603980000": NOON,
    "jeu., 22 févr. 2024 13:13:00 +0100": NOON,
    "Do, 22 Feb 2024 13:13:00 +0100": NOON,
    "Donnerstag, 22. Februar 2024 13:13 MEZ": NOON,
    "Di, 22 Mär 2022 13:13:00 +0100": NOON.replace(year=2022, month=3),
    "22 de febrero de 2024": DAY,
    "czw, 22 lut 2024 13:13:00 +0100": NOON,
    "Чт, 22 фев 2024 15:13:00 +0300": NOON,
    "22.02.2024 12:13": NOON,
    "February 22, 2024 12:13 PM": NOON,
    "Feb 22, 2024, 7:13 AM EST": NOON,
    "Thu Feb 22 12:13:00 2024": NOON,
    "Thu Feb 22 12:13:00 GMT 2024": NOON,
    "Wed, 21 Feb 2024 24:00:00 GMT": DAY,
    "Thu, 22 Feb 2024 12:13:60 GMT": NOON,
}
NONE = [
    "", " ", "yesterday", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "-0001-11-30T00:00:00+00:00",
    "Thu, 32 Feb 2024 12:13:00 GMT", "2024-13-01", "2024-02-30T00:00:00Z", "Thu, 22 Foo 2024 12:13:00 GMT",
    "2024-02-22T25:00:00Z", "12:13", "1", "{{ date }}", "Thu, 22 Feb 2024 12:13:00 GMT" * 9,
]  # fmt: skip
ABSURD = [
    "Thu, 01 Jan 1970 00:00:00 GMT", "1989-12-31", "0", "2024-03-02T12:00:01Z",
    "Fri, 01 Jan 2100 00:00:00 GMT", "9999-12-31T23:59:59-12:00",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_a_date_is_read(text):
    read = moment(text)
    assert read is not None and read.replace(second=0, microsecond=0) == FORMS[text]
    assert read.tzinfo is UTC


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_date_is_none(text):
    assert moment(text) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9A-Za-z ,:+\-.T]{0,40}", fullmatch=True))
def test_any_text_is_a_moment_or_none(text):
    assert moment(text) is None or moment(text).tzinfo is UTC


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_iso_and_rfc_822_agree_on_the_moment(local, offset_min):
    hours, minutes = divmod(abs(offset_min), 60)
    offset = f"{'-' if offset_min < 0 else '+'}{hours:02}{minutes:02}"
    expected = (local.replace(microsecond=0) - timedelta(minutes=offset_min)).replace(tzinfo=UTC)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    rfc = f"{local.day} {months[local.month - 1]} {local:%Y %H:%M:%S} {offset}"
    assert moment(rfc) == moment(f"{local:%Y-%m-%dT%H:%M:%S}{offset}") == expected


@pytest.mark.parametrize("text", [*NONE, *ABSURD])
def test_a_bad_or_absurd_date_loses_no_item(read, rss, entry, seen_at, text):
    parsed = read(rss(entry(1), entry(2, date=text), entry(3)))
    assert [(item.title, item.date_given) for item in parsed.items] == [
        ("Story 1", True), ("Story 2", False), ("Story 3", True),
    ]  # fmt: skip
    assert parsed.items[1].published_at == seen_at


def test_a_missing_date_is_the_time_of_arrival(read, rss, seen_at):
    (item,) = read(rss("<title>x</title>")).items
    assert (item.published_at, item.date_given) == (seen_at, False)


def test_a_date_a_little_ahead_of_us_is_taken(read, rss, entry, seen_at):
    (item,) = read(rss(entry(1, date="Sat, 02 Mar 2024 11:59:00 GMT"))).items
    assert item.published_at > seen_at and item.date_given


def test_where_the_date_of_publication_is_bad_that_of_the_update_is_taken(read):
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title><published>0000-00-00</published>"
        b"<updated>2024-02-22T12:13:00Z</updated></entry></feed>"
    )
    (item,) = read(body).items
    assert (item.published_at, item.date_given) == (NOON, True)


def test_a_date_that_only_feedparser_reads_is_taken(read, rss, entry):
    (item,) = read(rss(entry(1, date="Πεμ, 22 Φεβ 2024 12:13:00 GMT"))).items
    assert (item.published_at, item.date_given) == (NOON, True)
