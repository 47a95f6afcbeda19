"""Dates as outlets write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

# Before this no feed was written; later than the time it reached us by more than a day is a mistake too.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LONGEST = 100

# A line a month, from January: English, German, French, Spanish, Portuguese, Italian, Dutch, the
# Scandinavian ones, Polish, Romanian, Russian; short forms too.
_MONTH_WORDS = """
jan january januar jänner janvier enero ene janeiro gennaio gen januari styczeń sty stycznia ianuarie янв января
feb february februar février fevrier févr fevr febrero fevereiro fev febbraio februari lut luty lutego februarie фев февраля
mar march märz maerz mär mrz mars marzo março marco maart mrt marzec marca martie мар марта
apr april avril avr abril abr aprile kwi kwiecień kwietnia aprilie апр апреля
may mai mayo maio maggio mag mei maj maja май мая
jun june juni juin junio junho giugno giu cze czerwiec czerwca iunie июн июня
jul july juli juillet juil julio julho luglio lug lip lipiec lipca iulie июл июля
aug august août aout agosto ago augustus augusti sie sierpień sierpnia авг августа
sep sept september septembre septiembre setembro set settembre wrz wrzesień września septembrie сен сент сентября
oct october okt oktober octobre octubre outubro out ottobre ott paź październik października octombrie окт октября
nov november novembre noviembre novembro lis listopad listopada noiembrie ноя ноября
dec december dez dezember décembre decembre déc diciembre dic dezembro dicembre gru grudzień grudnia decembrie дек декабря
"""  # noqa: E501
_MONTHS = {
    word: number
    for number, line in enumerate(_MONTH_WORDS.strip().splitlines(), start=1)
    for word in line.split()
}
# RFC 5322, 4.3, and the names that outlets use beside them. Where a name has several meanings, the
# one of most news outlets.
_ZONES_H = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "ist": 5.5, "cet": 1, "cest": 2,
    "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "msd": 4, "trt": 3,
    "gst": 4, "pkt": 5, "ict": 7, "wib": 7, "sgt": 8, "hkt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5,
    "ndt": -2.5, "brt": -3, "art": -3, "clt": -4, "a": 0,
}  # fmt: skip
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
)
_ZONE = r"(?P<zone>[+\-−]\s?\d{1,2}:?\d{2}|(?:UTC|GMT)?[+\-−]\d{1,2}|[A-Za-z]{1,5})?"
_REST = rf"(?:[\s,T]*(?:à|um|at|-|–|klo|kl\.?|o)?\s*{_CLOCK}\s*\(?{_ZONE}\)?.*)?$"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})[-/.]?(?P<month>\d{{2}})[-/.]?(?P<day>\d{{2}})(?=\D|$){_REST}", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(?P<day>\d{{1,2}})(?:\.|er|st|nd|rd|th|º)?[\s-]+(?:de\s+)?(?P<name>[^\W\d_]+)\.?,?"
    rf"[\s-]+(?:de\s+)?(?P<year>\d{{4}}|\d{{2}})(?=\D|$){_REST}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"(?=\D|$){_REST}",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}})(?=\D|$){_REST}", re.IGNORECASE
)
# "Thu Feb 22 13:13:00 GMT 2024": the year at the end (asctime, Java, Unix date).
_YEAR_LAST = re.compile(
    rf"(?:[^\W\d_]+\s+)?(?P<name>[^\W\d_]+)\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s*{_ZONE}\s+(?P<year>\d{{4}})$",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})"
    rf"(?P<half>)?{_ZONE}$",
    re.IGNORECASE,
)
_FORMS = (_COMPACT, _ISO, _DAY_FIRST, _MONTH_FIRST, _DOTTED, _YEAR_LAST)
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")


def moment(text: str) -> datetime | None:
    """The moment an outlet's date names, UTC; `None` when it names none.

    Reads RFC 822 and ISO 8601 in the forms met, seconds or milliseconds of the epoch, and month
    names of a dozen languages. A time without zone is UTC; a date without time is its midnight.
    """
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    for form in _FORMS:
        found = form.match(text)
        if found:
            read = _moment(found.groupdict())
            if read is not None:
                return read
    return None


def usable(found: datetime | None, seen_at: datetime) -> bool:
    """Whether a moment can be when something was published that was seen at `seen_at`."""
    return found is not None and EARLIEST <= found <= seen_at + timedelta(days=1)


def _moment(parts: dict[str, str | None]) -> datetime | None:
    name = parts.get("name")
    month = _MONTHS.get(name.lower()) if name else int(parts["month"] or 0)
    if month is None:
        return None
    year = int(parts["year"] or 0)
    if year < 100:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(parts[unit] or 0) for unit in ("hour", "minute", "second"))
    half = (parts["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    offset = _offset(parts["zone"] or "")
    try:
        # 24:00 is the next midnight (ISO 8601), and :60 a leap second.
        days, hour = (1, 0) if (hour, minute, second) == (24, 0, 0) else (0, hour)
        local = datetime(year, month, int(parts["day"] or 0), hour, minute, min(second, 59), tzinfo=offset)
        return (local + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timezone:
    text = zone.replace("−", "-").replace(" ", "").lower()
    numbers = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}?):?(\d{2})?", text)
    if numbers:
        hours, minutes = int(numbers[2]), int(numbers[3] or 0)
        if hours <= 15 and minutes < 60:
            span = timedelta(hours=hours, minutes=minutes)
            return timezone(-span if numbers[1] == "-" else span)
        return UTC
    return timezone(timedelta(hours=_ZONES_H.get(text, 0)))
