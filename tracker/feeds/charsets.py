"""From a feed's bytes to its characters, when what is declared may be wrong."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<" and what follows it in the wide encodings, for bodies without a byte order mark (XML 1.0, appendix F).
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# What is written where the larger set is meant (WHATWG Encoding, 4.2).
_WIDER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip
# Codecs of Python that are no charset of a document, or hide markup from a scan.
_NOT_CHARSETS = {"utf-7", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "palmos"}
_PROLOG = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
_PARAMETER = re.compile(r"""charset\s*=\s*["']?([A-Za-z][\w.:-]{0,40})""", re.IGNORECASE)


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The characters, and a fault when the declaration was not followed or bytes were lost.

    A byte order mark rules, then what the bytes themselves prove (they are UTF-8, with letters that
    only UTF-8 has), then the header's charset, then the prolog's; where the header names Latin-1,
    which servers send unasked, the prolog goes first. Raises nothing.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _lenient(body[len(mark) :], name)
    for start, name in _WIDE:
        if body.startswith(start):
            return _lenient(body, name)
    in_header = _PARAMETER.search(content_type)
    in_prolog = _PROLOG.search(body[:2000])
    header = _codec(in_header[1]) if in_header else None
    prolog = _codec(in_prolog[1].decode("ascii")) if in_prolog else None
    declared = [name for name in (header, prolog) if name]
    if header == "cp1252" and prolog:
        declared.reverse()
    # Wide encodings would have shown at the start: the declaration is a copy of another document's.
    declared = [name for name in declared if not name.startswith(("utf-16", "utf-32"))]
    candidates = list(dict.fromkeys(declared)) or ["utf-8"]
    proven = _proven_utf8(body)
    if proven is not None:
        wrong = candidates[0] != "utf-8"
        return proven, f"declared as {candidates[0]}, and is UTF-8" if wrong else ""
    for name in candidates:
        try:
            text = body.decode(name)
        except (UnicodeError, ValueError):
            continue
        # A header that lost to its prolog, or the other way round, is no fault worth telling.
        return text, "" if name == candidates[0] else f"declared as {candidates[0]}, read as {name}"
    return _salvaged(body, candidates[0])


def _codec(label: str) -> str | None:
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    # `_is_text_encoding` tells charsets from transformations such as zlib and rot13; the attribute is
    # what bytes.decode itself goes by.
    if not getattr(found, "_is_text_encoding", True) or found.name in _NOT_CHARSETS:
        return None
    return _WIDER.get(found.name, found.name)


def _proven_utf8(body: bytes) -> str | None:
    """The text when it is valid UTF-8 with characters beyond ASCII: no other charset looks so by chance."""
    if body.isascii():
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _lenient(body: bytes, name: str) -> tuple[str, str]:
    text = body.decode(name, "replace")
    lost = text.count("\ufffd")
    return text, f"{lost} characters could not be read as {name}" if lost else ""


def _salvaged(body: bytes, declared: str) -> tuple[str, str]:
    """Bytes that fit nothing declared: mostly UTF-8 with broken places, or else Windows' Latin."""
    text = body.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - lost
    if whole > lost:
        return text, f"{lost} characters could not be read as utf-8"
    return body.decode("cp1252", "replace"), f"declared as {declared}, and is not; read as windows-1252"
