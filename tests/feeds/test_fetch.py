"""Fetching from servers that behave, and from servers that do not: each case over a real connection."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib
from pathlib import Path

import brotli
import pytest
from backports import zstd

from tracker.errors import FetchError

FEED = b"<rss version='2.0'><channel><title>The Gazette</title></channel></rss>"
BIG = b"<rss><channel>" + b"<item><title>again and again</title></item>" * 2000 + b"</channel></rss>"


def dribble(connection, piece=b"x", pause_s=0.02):
    while not connection.stopping.wait(pause_s):
        connection.send(piece)


# --- What is asked


def test_a_request_says_who_asks_and_whom_to_turn_to(server, fetch):
    url = server.give("/feed", FEED)
    fetch(url)
    headers = server.requests[0].headers
    assert headers["user-agent"] == "tracker/0.1 (feed reader; +desk@example.org)"
    assert "application/rss+xml" in headers["accept"]
    assert "gzip" in headers["accept-encoding"]
    assert "if-none-match" not in headers and "cookie" not in headers


def test_a_contact_with_a_line_break_adds_no_header(server, fetch):
    url = server.give("/feed", FEED)
    fetch(url, contact="desk@example.org\r\nX-Evil: 1")
    assert "x-evil" not in server.requests[0].headers


def test_both_validators_go_back_and_an_unchanged_feed_costs_no_body(server, fetch):
    def script(connection):
        if connection.headers.get("if-none-match") == 'W/"a1"':
            connection.send(b'HTTP/1.1 304 Not Modified\r\nETag: W/"a1"\r\n\r\n')
        else:
            connection.answer(body=FEED, ETag='W/"a1"', Last_Modified="Thu, 22 Feb 2024 13:13:00 GMT")

    url = server.on("/feed", script)
    first = fetch(url)
    assert (first.status, first.body, first.not_modified) == (200, FEED, False)
    second = fetch(url, etag=first.etag, last_modified=first.last_modified)
    assert (second.status, second.body, second.not_modified) == (304, None, True)
    assert server.requests[1].headers["if-modified-since"] == "Thu, 22 Feb 2024 13:13:00 GMT"


def test_a_validator_that_is_no_header_text_is_not_sent(server, fetch):
    url = server.give("/feed", FEED)
    fetch(url, etag='"a"\r\nX-Evil: 1', last_modified="\x00")
    assert "x-evil" not in server.requests[0].headers
    assert "if-none-match" not in server.requests[0].headers


def test_a_validator_outside_ascii_goes_back_as_it_came(server, fetch):
    url = server.on(
        "/feed", lambda c: c.send(b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nContent-Length: 1\r\n\r\n<')
    )
    fetch(url, etag=fetch(url).etag)
    assert server.requests[1].headers["if-none-match"] == '"é"'


def test_an_endless_validator_is_not_kept(server, fetch):
    assert fetch(server.give("/feed", FEED, ETag='"' + "a" * 5000 + '"')).etag == ""


def test_a_304_that_nobody_asked_for_is_no_success(server, fetch):
    with pytest.raises(FetchError, match="304 to a request without conditions"):
        fetch(server.give("/feed", status="304 Not Modified"))


def test_cookies_are_not_kept(server, fetch):
    url = server.give("/feed", FEED, Set_Cookie="visitor=1; Path=/")
    fetch(url, url)
    assert "cookie" not in server.requests[1].headers


def test_freshness_is_read_from_cache_control(server, fetch):
    assert fetch(server.give("/a", FEED, Cache_Control="public, max-age=600")).max_age_s == 600
    assert fetch(server.give("/b", FEED, Cache_Control="no-cache, max-age=600")).max_age_s is None


# --- Time


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(lambda c: c.hang(), id="before the headers"),
        pytest.param(lambda c: (c.send(b"HTTP/1.1 200 OK\r\nX-A: "), c.hang()), id="within the headers"),
        pytest.param(
            lambda c: (c.send(b"HTTP/1.1 200 OK\r\n"), dribble(c, b"X-A: 1\r\n")), id="endless headers"
        ),
        pytest.param(lambda c: dribble(c, b"HTTP/1.1 103 Early Hints\r\n\r\n"), id="endless hints"),
        pytest.param(
            lambda c: (c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>"), c.hang()),
            id="within the body",
        ),
        pytest.param(
            lambda c: (c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"), dribble(c)),
            id="a dribbled body",
        ),
        pytest.param(
            lambda c: (
                c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                dribble(c, b"1\r\nx\r\n"),
            ),
            id="dribbled chunks",
        ),
        pytest.param(
            lambda c: (
                c.send(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 9\r\n\r\n"),
                c.hang(),
            ),
            id="after a redirect to itself",
        ),
    ],
)
def test_a_server_that_hangs_is_left_at_the_deadline(server, fetch, script):
    start = time.monotonic()
    with pytest.raises(FetchError, match=r"not done after 0\.4 s|in a circle"):
        fetch(server.on("/feed", script), deadline_s=0.4)
    assert time.monotonic() - start < 1.5


def test_the_deadline_covers_all_redirects_together(server, fetch):
    for number in range(3):

        def script(connection, number=number):
            connection.stopping.wait(0.2)
            connection.answer("302 Found", Location=f"/{number + 1}")

        server.on(f"/{number}", script)
    server.on("/3", lambda c: (c.stopping.wait(0.2), c.answer(body=FEED)))
    with pytest.raises(FetchError, match="not done after"):
        fetch(server.url("/0"), deadline_s=0.5)


def test_hanging_feeds_delay_no_other(server, fetch):
    hanging = [server.on(f"/slow/{number}", lambda c: c.hang()) for number in range(30)]
    quick = [server.give(f"/quick/{number}", FEED) for number in range(10)]
    results = fetch(*hanging, *quick, together=True, deadline_s=1.5)
    assert all(isinstance(result, FetchError) for result in results[:30])
    assert all(result.body == FEED and result.elapsed_s < 1 for result in results[30:])


# --- Size


def test_an_endless_body_is_left_at_the_limit(server, fetch):
    def script(connection):
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n<rss>")
        while not connection.stopping.is_set():
            connection.send(b"x" * 65_536)

    with pytest.raises(FetchError, match="longer than 200000 bytes"):
        fetch(server.on("/feed", script), deadline_s=3)


def test_a_compression_bomb_is_left_before_it_unpacks(server, fetch):
    bomb = gzip.compress(b"\0" * 150_000_000, 9)
    assert len(bomb) < 200_000
    with pytest.raises(FetchError, match="longer than 200000 bytes"):
        fetch(server.give("/feed", bomb, Content_Encoding="gzip"), deadline_s=3)


def test_an_endless_run_of_empty_compressed_blocks_ends(server, fetch):
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"<rss>") + packer.flush(zlib.Z_SYNC_FLUSH)
    empty = packer.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"

    def script(connection):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + head)
        while not connection.stopping.is_set():
            connection.send(empty * 10_000)

    with pytest.raises(FetchError, match="longer than 200000 bytes"):
        fetch(server.on("/feed", script), deadline_s=3)


def test_a_body_of_exactly_the_limit_is_taken(server, fetch):
    body = b"x" * 1000
    assert fetch(server.give("/feed", body), max_bytes=1000).body == body
    assert (
        fetch(server.give("/packed", gzip.compress(body), Content_Encoding="gzip"), max_bytes=1000).body
        == body
    )
    with pytest.raises(FetchError):
        fetch(server.give("/more", body + b"x"), max_bytes=1000)


def test_endless_headers_are_left(server, fetch):
    def script(connection):
        connection.send(b"HTTP/1.1 200 OK\r\n")
        while not connection.stopping.is_set():
            connection.send(b"X-Padding: " + b"x" * 8000 + b"\r\n")

    with pytest.raises(FetchError):
        fetch(server.on("/feed", script), deadline_s=3)


# --- Compression


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BIG)),
        ("x-gzip", gzip.compress(BIG)),
        ("GZIP", gzip.compress(BIG[:50_000]) + gzip.compress(BIG[50_000:])),
        ("deflate", zlib.compress(BIG)),
        ("deflate", zlib.compress(BIG)[2:-4]),
        ("identity", BIG),
        ("gzip", BIG),
        ("deflate", BIG),
        ("", gzip.compress(BIG)),
        ("gzip", gzip.compress(BIG) + b"\0" * 100),
        ("br", brotli.compress(BIG)),
        ("br", BIG),
        ("zstd", zstd.compress(BIG)),
        ("zstd", zstd.compress(BIG[:50_000]) + zstd.compress(BIG[50_000:])),
        ("", zstd.compress(BIG)),
        ("zstd", BIG),
    ],
    ids=[
        "gzip",
        "x-gzip",
        "members",
        "zlib",
        "bare-deflate",
        "identity",
        "plain-as-gzip",
        "plain-as-deflate",
        "unlabelled",
        "padded",
        "brotli",
        "plain-as-brotli",
        "zstd",
        "zstd-frames",
        "unlabelled-zstd",
        "plain-as-zstd",
    ],
)
def test_a_compressed_body_is_unpacked_as_it_is_whatever_the_label(server, fetch, encoding, body):
    headers = {"Content_Encoding": encoding} if encoding else {}
    result = fetch(server.give("/feed", body, **headers), deadline_s=2)
    assert (result.body, result.fault) == (BIG, "")


def test_a_compressed_body_that_comes_a_byte_at_a_time_is_unpacked(server, fetch):
    body = gzip.compress(FEED)

    def script(connection):
        connection.send(
            f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        for byte in body:
            connection.send(bytes([byte]))
            time.sleep(0.001)

    assert fetch(server.on("/feed", script), deadline_s=3).body == FEED


def test_a_compression_not_asked_for_is_named(server, fetch):
    with pytest.raises(FetchError, match="'compress', which was not asked for"):
        fetch(server.give("/feed", b"\x1f\x9d", Content_Encoding="compress"))


def test_broken_compression_is_an_error(server, fetch):
    with pytest.raises(FetchError, match="broken compressed data"):
        fetch(server.give("/feed", b"\x1f\x8b\x08\x00" + b"\xff" * 60, Content_Encoding="gzip"))


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("br", brotli.compress),
        ("zstd", zstd.compress),
    ],
    ids=["brotli", "zstd"],
)
def test_a_newer_compression_cut_short_gives_what_came_with_its_fault(server, fetch, encoding, packed):
    noise = random.Random(4).randbytes(300_000)
    body = packed(BIG + noise)[:-20_000]
    given = server.give("/feed", body, Content_Encoding=encoding, ETag='"a"')
    result = fetch(given, max_bytes=1_000_000)
    assert BIG.startswith(result.body[: len(BIG)]) and len(result.body) > 1000
    assert result.fault.startswith("cut off") and result.etag == ""


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("br", brotli.compress(bytes(200_000_000), quality=5)),
        ("zstd", zstd.compress(bytes(200_000_000))),
    ],
    ids=["brotli", "zstd"],
)
def test_a_bomb_of_a_newer_compression_is_left_before_it_unpacks(server, fetch, encoding, bomb):
    tracemalloc.start()
    with pytest.raises(FetchError, match="longer than 200000 bytes"):
        fetch(server.give("/feed", bomb, Content_Encoding=encoding))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_a_zstd_frame_that_wants_a_window_of_gigabytes_is_refused(server, fetch):
    options = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    packer = zstd.ZstdCompressor(options=options)
    body = packer.compress(BIG) + packer.flush()
    with pytest.raises(FetchError, match="broken compressed data"):
        fetch(server.give("/feed", body, Content_Encoding="zstd"))


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_compressed_body_gives_what_is_whole_and_asks_for_the_rest_next_time(server, fetch, damage):
    body = gzip.compress(bytes(range(256)) * 300 + BIG, 0)
    damaged = body[:60_000] if damage == "cut" else body[:-8] + bytes(8)
    result = fetch(server.give("/feed", damaged, Content_Encoding="gzip", ETag='"a"'))
    assert len(result.body) > 50_000
    assert result.fault.startswith("cut off")
    assert result.etag == ""


# --- Lengths


def test_a_body_shorter_than_announced_is_kept_with_its_fault_and_without_validators(server, fetch):
    result = fetch(
        server.give("/feed", FEED, Content_Length=str(len(FEED) + 30), ETag='"a"', Last_Modified="x")
    )
    assert result.body == FEED
    assert "cut off" in result.fault
    assert (result.etag, result.last_modified) == ("", "")


def test_a_body_longer_than_announced_ends_where_announced(server, fetch):
    assert fetch(server.give("/feed", FEED, Content_Length="20")).body == FEED[:20]


def test_chunks_that_end_early_leave_a_fault(server, fetch):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    result = fetch(server.on("/feed", lambda c: c.send(head + b"5\r\n<rss>\r\n20\r\n<chan")))
    assert result.body == b"<rss><chan" and "cut off" in result.fault


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxx",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["nothing", "half-a-line", "ssh", "no-status", "two-lengths", "bad-chunk", "tls"],
)
def test_what_is_no_http_is_an_error_with_words(server, fetch, raw):
    with pytest.raises(FetchError) as caught:
        fetch(server.on("/feed", lambda c: c.send(raw)))
    assert caught.value.problem and caught.value.status in (None, 200)


def test_an_empty_body_is_the_parsers_to_judge(server, fetch):
    assert fetch(server.give("/feed", b"")).body == b""


# --- Statuses


@pytest.mark.parametrize(
    "status",
    [
        "202 Accepted", "204 No Content", "206 Partial Content", "301 Moved", "400 Bad Request",
        "401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Oops", "599 What",
    ],
)  # fmt: skip
def test_any_other_status_is_an_error_even_with_a_feed_in_it(server, fetch, status):
    body = b"" if status.startswith("204") else FEED
    with pytest.raises(FetchError) as caught:
        fetch(server.give("/feed", body, status=status))
    assert caught.value.status == int(status[:3])


def test_gone_is_told_apart(server, fetch):
    with pytest.raises(FetchError, match="gone for good") as caught:
        fetch(server.give("/feed", status="410 Gone"))
    assert caught.value.status == 410


@pytest.mark.parametrize(
    ("status", "wish", "seconds"),
    [
        ("429 Too Many Requests", "120", 120.0),
        ("503 Service Unavailable", "Fri, 01 Mar 2024 12:02:00 GMT", 120.0),
        ("503 Service Unavailable", "Fri, 01 Mar 2024 11:00:00 GMT", 0.0),
        ("429 Too Many Requests", "99999999", 86_400.0),
        ("429 Too Many Requests", "Fri, 01 Mar 2999 12:00:00 GMT", 86_400.0),
        ("429 Too Many Requests", "soon", None),
        ("429 Too Many Requests", "-5", None),
        ("429 Too Many Requests", "Fri, 99 Mar 2024 12:00:00 GMT", None),
        ("500 Oops", "120", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped(server, fetch, status, wish, seconds):
    with pytest.raises(FetchError) as caught:
        fetch(server.give("/feed", status=status, Retry_After=wish))
    assert caught.value.retry_after_s == seconds


# --- Files


def test_a_file_is_read_only_where_the_operator_said_so(fetch, tmp_path: Path):
    path = tmp_path / "my feed.xml"
    path.write_bytes(FEED)
    url = path.as_uri()
    first = fetch(url)
    assert first.body == FEED
    assert fetch(url, etag=first.etag).not_modified
    path.write_bytes(FEED + b"\n")
    assert fetch(url, etag=first.etag).body == FEED + b"\n"
    with pytest.raises(FetchError, match="local = true"):
        fetch(url, local=False)
    with pytest.raises(FetchError, match="longer than"):
        fetch(url, max_bytes=10)
    with pytest.raises(FetchError, match="No such file"):
        fetch(url + ".not")
    with pytest.raises(FetchError, match="not a plain file"):
        fetch(tmp_path.as_uri())


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "gazette.example/feed", "", "http://", "http://[", "javascript:1", "http://a:b/"],
)
def test_what_is_no_web_address_is_refused_before_anything_is_sent(fetch, url):
    with pytest.raises(FetchError, match="address"):
        fetch(url)


def test_a_connection_that_the_server_closed_meanwhile_costs_no_fetch(server, fetch):
    """Kept open after the first answer, and closed when the second request comes."""

    def script(connection):
        connection.answer(body=FEED, ETag='"a"')
        connection.socket.recv(65_536)  # the second request is taken, and not answered

    url = server.on("/feed", script)
    first, second = fetch(url, url)
    assert first.body == second.body == FEED
