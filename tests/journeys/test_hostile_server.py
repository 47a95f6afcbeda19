# ruff: noqa: E501 (a table of answers reads best uncut)
"""A server that does every wrong thing at once, and `tracker poll` as a real process against it, twice.

A row a case: what the server answers, and what must stand in the answer of the first poll and of the second.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from loopback import LoopbackServer, head_of

from tracker.store import open_store

TIMEOUT_S = 4
MEMORY_KB = 200 * 1024
WELL = 12  # feeds that are as they should be, asked last
FEW = 5  # items in a small feed
Outcome = tuple[str, int, int]  # outcome, items, of them new


def item(case: str, n: int, **given: str) -> str:
    parts = {
        "title": f"Story {n}", "link": f"https://{case}.example/{n}", "guid": f"{case}-{n}",
        "pubDate": "Thu, 22 Feb 2024 13:13:00 GMT", "description": f"What story {n} says.", **given,
    }  # fmt: skip
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in parts.items() if v) + "</item>"


def rss(case: str, *items: str, head: str = "") -> bytes:
    inner = "".join(items or (item(case, n) for n in range(FEW)))
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{case}</title>{head}{inner}</channel></rss>'.encode()


@dataclass
class Asked:
    """One request: `times` this path was asked for in the poll at hand, and which poll it is (1, 2)."""

    socket: socket.socket
    poll: int
    headers: bytes
    stopping: threading.Event

    def raw(self, *parts: bytes) -> None:
        for part in parts:
            self.socket.sendall(part)

    def give(self, body: bytes, status: str = "200 OK", **headers: str) -> None:
        headers = {"Content_Length": str(len(body)), **headers}
        head = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items() if v)
        self.raw(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    def hang(self) -> None:
        self.stopping.wait(60)

    def for_ever(self, part: bytes, pause_s: float = 0.0) -> None:
        while not self.stopping.wait(pause_s) if pause_s else not self.stopping.is_set():
            self.socket.sendall(part)


Answer = Callable[[Asked], None]


def body(content: bytes, **headers: str) -> Answer:
    return lambda asked: asked.give(content, **headers)


def status(words: str, content: bytes = b"", **headers: str) -> Answer:
    return lambda asked: asked.give(content, words, **headers)


def to(address: str, code: str = "302 Found") -> Answer:
    return status(code, Location=address)


def then(first: Answer, second: Answer) -> Answer:
    return lambda asked: (first if asked.poll == 1 else second)(asked)


def raw(*parts: bytes, hang: bool = False) -> Answer:
    def answer(asked: Asked) -> None:
        asked.raw(*parts)
        if hang:
            asked.hang()

    return answer


def hang(asked: Asked) -> None:
    asked.hang()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def endless(part: bytes, head: bytes = OK + b"\r\n", pause_s: float = 0.0) -> Answer:
    def answer(asked: Asked) -> None:
        asked.raw(head)
        asked.for_ever(part, pause_s)

    return answer


def reset(asked: Asked) -> None:
    asked.raw(OK + b"Content-Length: 5000\r\n\r\n" + rss("reset")[:300])
    asked.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
BLOWUP = f"<!DOCTYPE rss [<!ENTITY x '{'x' * 50_000}'>]>"
ZEROS = bytes(300_000_000)
REPEATS = {
    "json_empties": b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
    + b"{}," * 1_500_000
    + b"{}]}"
}
READ, SAME = ("read", FEW, FEW), ("unchanged", 0, 0)
FAILED: Outcome = ("failed", 0, 0)
AGAIN = ("read", FEW, 0)


@dataclass(frozen=True)
class Case:
    answer: Answer
    words: str = ""  # in the error, or in the feed's fault
    first: Outcome = FAILED
    second: Outcome | None = None  # None: failed again, or unchanged


def read(answer: Answer, words: str = "", first: Outcome = READ, second: Outcome = SAME) -> Case:
    return Case(answer, words, first, second)


def doc(case: str, change: Callable[[bytes], bytes], words: str = "", **more: Any) -> Case:
    return read(body(change(rss(case))), words, **more)


def swap(old: str, new: str | bytes, count: int = 1) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(
        old.encode(), new if isinstance(new, bytes) else new.encode(), count
    )


def in_first(case: str, **given: str) -> bytes:
    return rss(case, item(case, 0, **given), *(item(case, n) for n in range(1, FEW)))


def rolling(case: str, **given: str) -> Case:
    """The same stories whose `{poll}` is another each time."""

    def answer(asked: Asked) -> None:
        filled = {k: v.replace("{poll}", str(asked.poll)) for k, v in given.items()}
        asked.give(
            rss(
                case,
                *(
                    item(case, n, **{k: v.replace("{n}", str(n)) for k, v in filled.items()})
                    for n in range(FEW)
                ),
            )
        )

    return read(answer, second=AGAIN)


CASES: dict[str, Case] = {
    # The wire. What is endless ends by its length or by the deadline, as fast as the machine is.
    "hang_at_once": Case(hang, "not done after"),
    "hang_after_status": Case(raw(b"HTTP/1.1 200 OK\r\n", hang=True), "not done after"),
    "hang_in_a_header": Case(raw(b"HTTP/1.1 200 OK\r\nContent-Ty", hang=True), "not done after"),
    "hang_in_the_body": Case(raw(OK + b"\r\n" + rss("x")[:200], hang=True), "not done after"),
    "hang_at_the_end": Case(raw(OK + b"Content-Length: 99999\r\n\r\n" + rss("x"), hang=True), "not done after"),
    "drip_headers": Case(endless(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n", 0.2), "not done after"),
    "drip_body": Case(endless(b"<", pause_s=0.2), "not done after"),
    "closed_at_once": Case(raw()),
    "closed_after_status": Case(raw(b"HTTP/1.1 200 OK\r\n")),
    "reset_in_the_body": read(reset, "cut off", ("read", 1, 1)),
    "endless_body": Case(endless(b"<item>" * 10_000)),
    "endless_space": Case(endless(b" " * 60_000)),
    "endless_headers": Case(endless(b"X-A: " + b"b" * 2000 + b"\r\n", b"HTTP/1.1 200 OK\r\n")),
    "endless_chunks": Case(endless(b"1000\r\n" + b"<" * 4096 + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n")),
    "endless_chunk_extension": Case(endless(b"x" * 5000, OK + b"Transfer-Encoding: chunked\r\n\r\n5;")),
    "endless_continues": Case(endless(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"")),
    "not_http": Case(raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "http_09": Case(raw(rss("x"))),
    "garbage": Case(raw(bytes(range(256)) * 20)),
    "bad_chunk": Case(raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc")),
    "negative_length": Case(raw(OK + b"Content-Length: -5\r\n\r\n" + rss("x"))),
    "two_lengths": Case(raw(OK + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + rss("x"))),
    "early_hints": read(raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"\r\n" + rss("early_hints"))),
    "too_long_a_length": read(raw(OK + b"Content-Length: 99999\r\n\r\n" + rss("too_long_a_length")), "cut off"),
    "too_short_a_length": read(raw(OK + b"Content-Length: 700\r\n\r\n" + rss("too_short_a_length")), "cut off", ("read", 2, 2)),
    "length_none": read(raw(OK + b"\r\n" + rss("length_none"))),
    "empty": Case(body(b""), "empty"),
    "only_space": Case(body(b" \n" * 500), "empty"),
    "only_zeros": Case(body(bytes(3000)), "empty"),
    "huge_header": Case(raw(OK + b"X-A: " + b"b" * 200_000 + b"\r\n\r\n" + rss("x"))),
    # Compression
    "gzip_bomb": Case(body(gzip.compress(ZEROS, 1), Content_Encoding="gzip"), "longer than"),
    "deflate_bomb": Case(body(zlib.compress(ZEROS, 1), Content_Encoding="deflate"), "longer than"),
    "brotli_bomb": Case(body(brotli.compress(ZEROS, quality=3), Content_Encoding="br"), "longer than"),
    "zstd_bomb": Case(body(zstd.compress(ZEROS), Content_Encoding="zstd"), "longer than"),
    "gzip_twice": Case(body(gzip.compress(gzip.compress(rss("x"))), Content_Encoding="gzip, gzip"), "not asked for"),
    "gzip_truncated": Case(body(gzip.compress(rss("gzip_truncated", *(item("gzip_truncated", n) for n in range(40))), 0)[:4000], Content_Encoding="gzip"), "cut off", ("read", 19, 19), SAME),
    "gzip_broken": Case(body(b"\x1f\x8b\x08\x00" + b"\xff" * 500, Content_Encoding="gzip"), "broken"),
    "gzip_unlabelled": read(body(gzip.compress(rss("gzip_unlabelled")))),
    "plain_labelled_gzip": read(body(rss("plain_labelled_gzip"), Content_Encoding="gzip")),
    "plain_labelled_br": read(body(rss("plain_labelled_br"), Content_Encoding="br")),
    "zstd_whole": read(body(zstd.compress(rss("zstd_whole")), Content_Encoding="zstd")),
    "brotli_whole": read(body(brotli.compress(rss("brotli_whole")), Content_Encoding="br")),
    "compression_unknown": Case(body(rss("x"), Content_Encoding="lzma"), "not asked for"),
    # Statuses
    "status_404": Case(status("404 Not Found"), "404"),
    "status_401": Case(status("401 Unauthorized", WWW_Authenticate="Basic"), "401"),
    "status_410": Case(status("410 Gone"), "410"),
    "status_429": Case(status("429 Too Many Requests", Retry_After="99999999"), "429"),
    "status_503": Case(status("503 Service Unavailable", Retry_After="Thu, 01 Jan 1970 00:00:00 GMT"), "503"),
    "status_206": Case(status("206 Partial Content", rss("x")), "206"),
    "status_204": Case(status("204 No Content"), "204"),
    "status_999": Case(status("999 Denied", rss("x")), "999"),
    "feed_in_a_500": Case(status("500 Internal Server Error", rss("x")), "500"),
    "unasked_304": Case(status("304 Not Modified"), "304"),
    "validators_that_lie": read(then(body(rss("validators_that_lie"), ETag='"same"'), status("304 Not Modified"))),
    "validator_endless": read(body(rss("validator_endless"), ETag='"' + "x" * 5000 + '"')),
    # Redirects
    "to_itself": Case(to("/to_itself"), "circle"),
    "in_a_circle": Case(to("/in_a_circle?b"), "circle"),
    "without_an_address": Case(status("302 Found"), "without an address"),
    "to_no_address": Case(to("http://[::1"), "no address"),
    "to_a_file": Case(to("file:///etc/passwd"), "not an http"),
    "to_a_script": Case(to("javascript:alert(1)"), "not an http"),
    "to_data": Case(to("data:application/rss+xml,<rss/>"), "not an http"),
    "to_loopback": Case(to("http://127.0.0.66/feed"), "not a public address"),
    "to_metadata": Case(to("http://169.254.169.254/latest"), "not a public address"),
    "to_loopback_6": Case(to("http://[::1]:8080/"), "not a public address"),
    "to_mapped": Case(to("http://[::ffff:127.0.0.66]/"), "not a public address"),
    "to_zero": Case(to("http://0.0.0.0:1/"), "not a public address"),
    "to_a_number": Case(to("http://2130706498/"), "not a public address"),
    "to_ten": Case(to("https://10.0.0.1/feed"), "not a public address"),
    "moved": read(to("/moved_to", "301 Moved Permanently")),
    # What is no feed
    "page": Case(body(b"<!DOCTYPE html><html><head><title>Oops</title></head></html>"), "HTML page"),
    "page_with_a_feed": Case(body(b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'), "/rss"),
    "text": Case(body(b"Service temporarily unavailable."), "not a feed"),
    "picture": Case(body(b"\x89PNG\r\n\x1a\n" + os.urandom(4000))),
    "json_no_feed": Case(body(b'{"error": "no"}'), "no JSON Feed"),
    "json_broken": Case(body(b'{"items": ['), "broken JSON"),
    "json_deep": Case(body(b"[" * 1_000_000), "nested too deep"),
    "json_empties": Case(body(REPEATS["json_empties"]), "characters"),
    "json_feed": read(body(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "j", "items": [{"id": n, "url": f"https://json.example/{n}", "content_text": "t"} for n in range(FEW)]}).encode())),
    # Bombs of markup
    "laughs": read(body(rss("laughs", *(item("laughs", n, description="&a9;") for n in range(FEW))).replace(b"<rss", LAUGHS.encode() + b"<rss", 1)), "entity"),
    "blowup": read(body(rss("blowup", *(item("blowup", n, description="&x;" * 2000) for n in range(FEW))).replace(b"<rss", BLOWUP.encode() + b"<rss", 1)), "entity"),
    "entity_of_a_file": read(body(rss("entity_of_a_file", *(item("entity_of_a_file", n, description="&x;") for n in range(FEW))).replace(b"<rss", b"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss", 1)), "entity"),
    "outer_dtd": doc("outer_dtd", swap("<rss", "<!DOCTYPE rss SYSTEM 'http://127.0.0.66/x.dtd'><rss")),
    "deep": Case(body(rss("deep", "<item><title>d</title><description>" + "<b>" * 100_000, item("deep", 1))), "cut off", ("read", 0, 0), SAME),
    "deep_outside": Case(body(b"<rss><channel>" + b"<a>" * 300_000), "deep"),
    "attributes_200000": Case(body(rss("x", "<item " + " ".join(f'attribute{n}="1"' for n in range(200_000)) + "/>")), "characters", ("read", 0, 0), SAME),
    "attributes": read(body(rss("attributes", "<item " + " ".join(f'a{n}="1"' for n in range(100_000)) + "><title>a</title></item>", item("attributes", 1))), "attributes", ("read", 1, 1)),
    "namespaces": read(body(rss("namespaces", "<item " + " ".join(f'xmlns:a{n}="urn:{n}"' for n in range(60_000)) + "><title>a</title></item>", item("namespaces", 1))), "attributes", ("read", 1, 1)),
    "long_name": read(body(rss("long_name", f"<{'a' * 3_000_000}/>", item("long_name", 1))), "", ("read", 1, 1)),
    "long_attribute": read(body(rss("long_attribute", f"<item x='{'a' * 3_000_000}'><title>a</title></item>", item("long_attribute", 1))), "characters", ("read", 1, 1)),
    "many_items": read(body(rss("many_items", *(item("many_items", n, description="") for n in range(25_000)))), "entries, the newest", ("read", 500, 500)),
    "long_item": read(body(rss("long_item", item("long_item", 0, description="<![CDATA[" + "<p>word</p>" * 500_000 + "]]>"), item("long_item", 1))), "", ("read", 2, 2)),
    "many_tags": Case(body(b"<rss><channel>" + b"<a/>" * 1_500_000 + b"</channel></rss>"), "elements"),
    "brackets": read(body(rss("brackets", item("brackets", 0, description="<" * 300_000), item("brackets", 1))), "a bare <", ("read", 2, 2)),
    "ampersands": read(body(rss("ampersands", item("ampersands", 0, description="&" * 900_000), item("ampersands", 1))), "", ("read", 1, 1)),
    "comments": read(body(rss("comments", "<!--" * 400_000 + "-->", *(item("comments", n) for n in range(FEW))))),
    "long_author": read(body(rss("long_author", *(item("long_author", n, author="a@" * 100_000) for n in range(FEW))))),
    # Ill-formed
    "ampersand": doc("ampersand", swap("Story 0", "Story & 0"), "ampersand"),
    "nbsp": doc("nbsp", swap("Story 0", "Story&nbsp;0")),
    "control_characters": doc("control_characters", swap("Story 0", "Sto\0\x08ry 0"), "control"),
    "space_before": doc("space_before", lambda content: b"\n \n" + content),
    "bom_and_space": doc("bom_and_space", lambda content: b"\xef\xbb\xbf\n" + content),
    "warning_before": doc("warning_before", lambda content: b"<br />\n<b>Warning</b>: mysql_connect()\n" + content, "junk before"),
    "junk_after": doc("junk_after", lambda content: content + b"<script>x</script>", "junk after"),
    "prefix_undeclared": doc("prefix_undeclared", swap("<guid>", "<dc:creator>x</dc:creator><guid>"), "undeclared"),
    "cut_in_an_item": doc("cut_in_an_item", lambda content: content[:-60], "cut off", first=("read", 4, 4)),
    "cut_in_a_tag": doc("cut_in_a_tag", lambda content: content[: content.rindex(b"</descr") + 4], "cut off", first=("read", 4, 4)),
    "cut_then_whole": read(then(body(rss("cut_then_whole")[:-60]), body(rss("cut_then_whole"))), "", ("read", 4, 4), ("read", 5, 1)),
    "section_unclosed": doc("section_unclosed", swap("<description>What story 0", "<description><![CDATA[What story 0"), "", first=("read", 4, 4)),
    "crossed_tags": doc("crossed_tags", swap("<title>Story 0</title>", "<title><b>Story 0</title></b>")),
    "item_unclosed": doc("item_unclosed", swap("</item>", ""), "without its end"),
    # Letters
    "utf_16": doc("utf_16", lambda content: content.decode().replace("utf-8", "utf-16").encode("utf-16")),
    "latin_undeclared": doc("latin_undeclared", swap("Story 0", "Süß".encode("latin-1"))),
    "wrong_charset": read(body(rss("wrong_charset").replace(b"Story 0", "Süß".encode()), Content_Type="text/xml; charset=windows-1251"), "UTF-8"),
    "unknown_charset": read(body(rss("unknown_charset"), Content_Type="text/xml; charset=klingon")),
    "utf_7": doc("utf_7", swap("utf-8", "utf-7")),
    "zlib_as_charset": doc("zlib_as_charset", swap("utf-8", "zlib_codec")),
    "broken_bytes": doc("broken_bytes", swap("Story 0", b"St\xff\xfe\xc3ry \xf0\x9f")),
    "surrogates": doc("surrogates", swap("Story 0", "&#xD83D; &#x110000; &#xFFFE;")),
    # Items that are not what they seem
    "guids_roll": rolling("guids_roll", guid="{poll}-{n}"),
    "tracking_rolls": rolling("tracking_rolls", link="https://tracking.example/{n}?utm_source=x{poll}&amp;fbclid={poll}"),
    "dates_roll": rolling("dates_roll", pubDate="Thu, 2{poll} Feb 2024 13:13:00 GMT"),
    "guids_collide": read(body(rss("guids_collide", *(item("guids_collide", n, guid="1") for n in range(FEW))))),
    "no_guid": read(body(rss("no_guid", *(item("no_guid", n, guid="") for n in range(FEW))))),
    "no_guid_no_link": read(body(in_first("no_guid_no_link", link="", guid=""))),
    "home_page_links": read(body(rss("home_page_links", *(item("home_page_links", n, link="https://home.example/") for n in range(FEW))))),
    "build_date_rolls": read(lambda asked: asked.give(rss("build_date_rolls", head=f"<lastBuildDate>Thu, 2{asked.poll} Feb 2024 13:13:00 GMT</lastBuildDate>")), second=AGAIN),
    "shuffled": read(then(body(rss("shuffled")), body(rss("shuffled", *(item("shuffled", n) for n in (3, 1, 4, 0, 2))))), second=AGAIN),
    "one_more": read(then(body(rss("one_more")), body(rss("one_more", *(item("one_more", n) for n in range(1, FEW + 1))))), second=("read", FEW, 1)),
    "edited": read(then(body(rss("edited")), body(in_first("edited", title="Another title"))), second=AGAIN),
    "date_of_zeros": read(body(in_first("date_of_zeros", pubDate="0000-00-00 00:00:00"))),
    "date_of_the_future": read(body(in_first("date_of_the_future", pubDate="Thu, 22 Feb 2924 13:13:00 GMT"))),
    "date_of_words": read(body(in_first("date_of_words", pubDate="yesterday, around noon"))),
    "date_endless": read(body(in_first("date_endless", pubDate="1" * 100_000))),
    "link_of_a_script": read(body(in_first("link_of_a_script", link="javascript:alert(1)"))),
    "script_in_a_title": read(body(in_first("script_in_a_title", title="&lt;script>alert(1)&lt;/script>"))),
    "twice_in_one": doc("twice_in_one", swap("</channel>", item("twice_in_one", 0) + "</channel>")),
    "no_title": read(body(in_first("no_title", title=""))),
    "nothing_in_an_item": read(body(rss("nothing_in_an_item", "<item/>", item("nothing_in_an_item", 1))), "no title", ("read", 1, 1)),
    "no_items": read(body(rss("no_items", " ")), "", ("read", 0, 0)),
    "item_within_an_item": read(body(rss("item_within_an_item", "<item><title>a</title><link>https://nested.example/a</link>" + item("item_within_an_item", 1) + "</item>")), "without its", ("read", 2, 2)),
}  # fmt: skip


@dataclass
class HostileServer(LoopbackServer):
    """Answers each path as its case says; `asked_at` tells when a path was asked for (monotonic)."""

    poll: int = 1
    asked_at: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(backlog=512)

    def serve(self, connection: socket.socket) -> None:
        if request := head_of(connection):
            target = request.split(b" ", 2)[1].decode("latin-1")
            name = target.strip("/").partition("?")[0]
            self.asked_at[name] = time.monotonic()
            asked = Asked(connection, self.poll, request, self.stopping)
            if target == "/in_a_circle?b":
                asked.give(b"", "302 Found", Location="/in_a_circle")
            elif name == "moved_to":
                asked.give(rss("moved"))
            elif name.startswith("well-"):
                asked.give(rss(name, *(item(name, n) for n in range(FEW + self.poll))))
            else:
                CASES[name].answer(asked)


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    server = HostileServer()
    yield server
    server.stop()


def most_memory_kb(pid: int) -> int:
    """The most that the process, or one that it started and that still runs, ever held (VmHWM; what `wait4` tells
    begins with the memory of whoever started it)."""
    most = 0
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (str(pid), *children):
            with contextlib.suppress(OSError):
                found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text())
                most = max(most, int(found[1]) if found else 0)
    return most


def poll(folder: Path) -> tuple[dict[str, dict[str, Any]], int]:
    """`tracker poll`: what it says of each feed, and the most memory (KB) that it or a process of it held."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "--config", str(folder / "config"), "poll", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    most = 0
    while True:
        most = max(most, most_memory_kb(process.pid))
        try:
            told, _ = process.communicate(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        assert most > 0
        return {feed["feed"]: feed for feed in json.loads(told)["feeds"]}, most


def test_every_wrong_answer_ends_in_time_and_memory_costs_no_other_feed_and_adds_nothing_false(
    place: Any, hostile: HostileServer
) -> None:
    assert len(CASES) >= 80
    names = [*CASES, *(f"well-{n}" for n in range(WELL))]
    (place.folder / "config" / "feeds.toml").write_text(
        "\n".join(
            f'[[feeds]]\nid = "{name.replace("_", "-")}"\nurl = "http://127.0.0.1:{hostile.port}/{name}"\nlocal = true\n'
            for name in names
        )
    )
    settings = (place.folder / "config" / "tracker.toml").read_text()
    (place.folder / "config" / "tracker.toml").write_text(
        settings.replace("timeout_s = 5", f"timeout_s = {TIMEOUT_S}", 1)
    )
    wrong: list[str] = []
    for number in (1, 2):
        hostile.poll = number
        hostile.asked_at.clear()
        told, memory_kb = poll(place.folder)
        print(f"poll {number}: {memory_kb // 1024} MB")
        assert memory_kb < MEMORY_KB, f"{memory_kb // 1024} MB"
        first_asked = min(hostile.asked_at.values())
        for n in range(WELL):
            # Every feed that is well was asked before the first that hangs was given up.
            assert hostile.asked_at[f"well-{n}"] - first_asked < TIMEOUT_S
            found = told[f"well-{n}"]
            assert (found["outcome"], found["new"]) == ("read", FEW + 1 if number == 1 else 1), found
        with open_store(place.database) as store:
            health = store.feeds.all()
        for name, case in CASES.items():
            id_ = name.replace("_", "-")
            found, marks = told[id_], health[id_]
            expected = case.first if number == 1 else case.second or FAILED
            if (found["outcome"], found["items"], found["new"]) != expected:
                wrong.append(f"{name}, poll {number}: {found}, not {expected}; {marks.fault}")
            if case.words not in (marks.last_error or marks.fault):
                wrong.append(
                    f"{name}, poll {number}: {case.words!r} not in {marks.last_error or marks.fault!r}"
                )
            if bool(marks.failures) != (expected[0] == "failed"):
                wrong.append(f"{name}, poll {number}: {marks.failures} failures")
    assert wrong == [], "\n".join(wrong)
