"""Letters of every alphabet, declared rightly, wrongly, or not at all."""

from __future__ import annotations

import pytest

from tracker.feeds.charsets import decode

TEXTS = {
    "latin": "Türkiye will Frankreichs Kandidaten: „größer“ – 5 €",
    "cyrillic": "Россия и Болгария поддержали кандидата",
    "greek": "Η Ελλάδα στηρίζει τον υποψήφιο",
    "japanese": "日本は候補者を支持した",
    "plain": "Hungary objects",
}


def feed(text, prolog=""):
    declared = f' encoding="{prolog}"' if prolog else ""
    item = f"<item><title>{text}</title></item>"
    return f'<?xml version="1.0"{declared}?><rss version="2.0"><channel>{item}</channel></rss>'


@pytest.mark.parametrize(
    ("text", "codec", "prolog", "header"),
    [
        ("latin", "utf-8", "utf-8", "utf-8"),
        ("latin", "utf-8", "", ""),
        ("latin", "utf-8-sig", "", ""),
        ("latin", "utf-8", "", "iso-8859-1"),
        ("latin", "utf-8", "iso-8859-1", ""),
        ("cyrillic", "utf-8", "windows-1251", "windows-1251"),
        ("latin", "cp1252", "iso-8859-1", ""),
        ("latin", "cp1252", "windows-1252", "utf-8"),
        ("latin", "cp1252", "utf-8", "iso-8859-1"),
        ("latin", "cp1252", "", ""),
        ("latin", "cp1252", "no-such-charset", ""),
        ("latin", "utf-16", "utf-16", ""),
        ("latin", "utf-16-le", "utf-16", ""),
        ("latin", "utf-16-be", "", ""),
        ("japanese", "utf-32", "", ""),
        ("latin", "utf-8", "utf-16", ""),
        ("cyrillic", "cp1251", "windows-1251", ""),
        ("cyrillic", "cp1251", "", "windows-1251"),
        ("cyrillic", "cp1251", "windows-1251", "iso-8859-1"),
        ("cyrillic", "cp1251", "windows-1251", "utf-8"),
        ("cyrillic", "koi8-r", "koi8-r", ""),
        ("cyrillic", "koi8-r", "windows-1251", "koi8-r"),
        ("greek", "iso-8859-7", "ISO-8859-7", ""),
        ("japanese", "euc-jp", "euc-jp", ""),
        ("japanese", "shift_jis", "Shift_JIS", ""),
        ("japanese", "iso2022_jp", "iso-2022-jp", ""),
        ("plain", "ascii", "us-ascii", ""),
        ("plain", "ascii", "rot13", "zlib"),
        ("plain", "ascii", "utf-7", ""),
    ],
)
def test_a_feed_is_read_in_its_letters(read, text, codec, prolog, header):
    body = feed(TEXTS[text], prolog).encode(codec)
    parsed = read(body, content_type=f"application/rss+xml; charset={header}" if header else "text/xml")
    assert [item.title for item in parsed.items] == [TEXTS[text]]


def test_a_few_broken_bytes_cost_those_characters_and_are_told(read):
    body = feed(TEXTS["cyrillic"], "utf-8").encode().replace("л".encode(), b"\xd0", 1)
    parsed = read(body)
    assert "поддержа" in parsed.items[0].title
    assert "could not be read as utf-8" in (parsed.fault or "")


def test_a_wrong_declaration_is_told(read):
    assert read(feed(TEXTS["latin"], "iso-8859-1").encode()).fault == "declared as cp1252, and is UTF-8"


def test_a_body_cut_within_a_character_keeps_the_rest():
    text, fault = decode("Größe".encode()[:-1] + b"\xc3")
    assert text.startswith("Größ") and fault


def test_an_attribute_named_encoding_elsewhere_is_no_declaration():
    text, _ = decode("<?xml version='1.0'?><a encoding='koi8-r'>Ünder</a>".encode("cp1252"))
    assert "Ünder" in text
