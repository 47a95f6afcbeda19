"""Where a feed may lead: redirects, private addresses, and who gets the secrets."""

from __future__ import annotations

import socket

import pytest

from tracker.errors import FetchError
from tracker.feeds.addresses import read_address, special
from tracker.feeds.fetch import Request

FEED = b"<rss version='2.0'><channel><title>The Gazette</title></channel></rss>"


def redirect(to, status="302 Found"):
    return lambda connection: connection.answer(status, Location=to)


# --- Redirects


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_permanent_move_is_followed_and_reported(server, fetch, status):
    new = server.give("/new", FEED)
    result = fetch(server.on("/old", redirect("/new", status)))
    assert (result.body, result.moved_to, result.url) == (FEED, new, new)


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_passing_redirect_is_followed_and_moves_nothing(server, fetch, status):
    server.give("/now", FEED)
    result = fetch(server.on("/feed", redirect("/now", status)))
    assert (result.body, result.moved_to) == (FEED, None)


def test_a_feed_moves_as_far_as_the_permanent_redirects_go(server, fetch):
    server.on("/old", redirect("/new", "301 Moved"))
    server.on("/new", redirect("/edge"))
    server.on("/edge", redirect("/last", "301 Moved"))
    server.give("/last", FEED)
    result = fetch(server.url("/old"))
    assert (result.moved_to, result.url) == (server.url("/new"), server.url("/last"))


def test_a_move_is_reported_with_an_unchanged_feed_too(server, fetch):
    server.give("/new", status="304 Not Modified")
    result = fetch(server.on("/old", redirect("/new", "301 Moved")), etag='"a"')
    assert result.not_modified and result.moved_to == server.url("/new")


def test_a_circle_is_found(server, fetch):
    server.on("/a", redirect("/b"))
    server.on("/b", redirect("/a#part"))
    with pytest.raises(FetchError, match="in a circle"):
        fetch(server.url("/a"))
    assert len(server.requests) == 2


def test_redirects_are_counted(server, fetch):
    for number in range(9):
        server.on(f"/{number}", redirect(f"/{number + 1}"))
    with pytest.raises(FetchError, match="more than 3 redirects"):
        fetch(server.url("/0"))
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "to",
    ["file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "gopher://127.0.0.1:70/_x", "data:,x"],
)
def test_a_redirect_out_of_the_web_is_refused(server, fetch, to):
    with pytest.raises(FetchError, match="not an http or https address"):
        fetch(server.on("/feed", redirect(to)))


@pytest.mark.parametrize("to", ["http://[::1", "http://a\x7fb/", "http://a.example:99999/"])
def test_a_redirect_to_no_address_is_an_error(server, fetch, to):
    with pytest.raises(FetchError):
        fetch(server.on("/feed", redirect(to)))


# --- Private addresses


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "unspecified"), ("127.0.0.1", "loopback"), ("127.9.9.9", "loopback"),
        ("10.0.0.1", "private"), ("172.16.0.1", "private"), ("172.31.255.255", "private"),
        ("192.168.1.1", "private"), ("169.254.169.254", "link-local"), ("100.64.0.1", "carrier-grade NAT"),
        ("224.0.0.1", "multicast"), ("255.255.255.255", "reserved"), ("198.18.0.1", "benchmarking"),
        ("192.0.2.1", "documentation"), ("::", "unspecified"), ("::1", "loopback"),
        ("fe80::1%eth0", "link-local"), ("fd00::1", "private"), ("ff02::1", "multicast"),
        ("::ffff:127.0.0.1", "IPv4-mapped"), ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::7f00:1", "IPv4-compatible"), ("64:ff9b::7f00:1", "NAT64 of loopback"),
        ("64:ff9b::a9fe:a9fe", "NAT64 of link-local"), ("64:ff9b:1::1", "local NAT64"),
        ("2002:7f00:1::", "6to4"), ("2001:db8::1", "documentation"), ("fec0::1", "site-local"),
        ("8.8.8.8", ""), ("172.32.0.1", ""), ("100.128.0.1", ""), ("2606:4700::1111", ""),
        ("64:ff9b::808:808", ""),
    ],
)  # fmt: skip
def test_special_addresses_are_known_by_kind(address, kind):
    assert special(read_address(address)) == kind


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ],
)
def test_loopback_is_refused_however_it_is_written_and_nothing_is_sent(server, fetch, host):
    with pytest.raises(FetchError, match="not a public address"):
        fetch(Request(url=server.url("/feed", host)))
    assert server.requests == []


def test_a_name_that_resolves_to_loopback_is_refused(server, fetch):
    # The machine's own name stands in its hosts file at an address of its own.
    names = [name for name in ("localhost", socket.gethostname()) if _is_loopback(name)]
    for name in names:
        with pytest.raises(FetchError, match="not a public address"):
            fetch(Request(url=server.url("/feed", name)))
    assert names and server.requests == []


def test_a_local_feed_may_live_at_a_private_address(server, fetch):
    server.give("/feed", FEED)
    assert fetch(server.url("/feed", "localhost")).body == FEED


def test_a_redirect_to_a_private_address_is_refused(server, other_server, fetch):
    other_server.give("/secret", FEED)
    url = server.on("/feed", redirect(other_server.url("/secret")))
    with pytest.raises(FetchError, match=r"127\.0\.0\.66 \(loopback\)"):
        fetch(Request(url=url), exempt=("127.0.0.1/32",))
    assert len(server.requests) == 1 and other_server.requests == []


def test_a_local_feed_opens_its_own_host_and_no_other(server, other_server, fetch):
    other_server.give("/secret", FEED)
    with pytest.raises(FetchError, match=r"127\.0\.0\.66"):
        fetch(server.on("/feed", redirect(other_server.url("/secret"))))
    assert other_server.requests == []
    server.give("/here", FEED)
    assert fetch(server.on("/name", redirect(server.url("/here", "localhost")))).body == FEED


def test_a_connection_opened_for_a_local_feed_is_not_lent_to_another(server, fetch):
    def script(connection):  # keeps the connection open, as HTTP/1.1 does
        connection.answer(body=FEED)
        connection.hang()

    url = server.on("/feed", script)
    good, refused = fetch(Request(url=url, local=True), Request(url=url))
    assert good.body == FEED
    assert "not a public address" in refused.problem


def test_exempt_networks_are_the_operators_choice(server, fetch):
    url = server.give("/feed", FEED)
    assert fetch(Request(url=url), exempt=("127.0.0.0/8",)).body == FEED


def test_a_name_that_does_not_exist_is_said_so(fetch):
    with pytest.raises(FetchError, match=r"no such host: no-such-name\.invalid"):
        fetch(Request(url="http://no-such-name.invalid/feed"), deadline_s=5)


def test_a_closed_port_is_said_so(server, fetch):
    server.stop()
    with pytest.raises(FetchError, match="no connection"):
        fetch(server.url("/feed"))


def test_the_environment_names_no_proxy(server, other_server, fetch, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, other_server.url(""))
    assert fetch(server.give("/feed", FEED)).body == FEED
    assert other_server.requests == []


def test_a_configured_proxy_is_asked_for_everything(server, fetch):
    server.give("http://gazette.invalid/feed", FEED)
    result = fetch(Request(url="http://gazette.invalid/feed"), proxy=server.url("/"))
    assert result.body == FEED


# --- Secrets


def test_a_feeds_headers_go_to_its_own_host_only(server, other_server, fetch):
    other_server.give("/feed", FEED)
    server.on("/feed", redirect("/there"))
    server.on("/there", redirect(other_server.url("/feed")))
    request = Request(url=server.url("/feed"), headers={"Authorization": "Bearer s3cret", "X-Key": "k3y"})
    fetch(request, exempt=("127.0.0.0/8",))
    assert [one.headers.get("authorization") for one in server.requests] == ["Bearer s3cret"] * 2
    assert "authorization" not in other_server.requests[0].headers
    assert "x-key" not in other_server.requests[0].headers


def test_a_detour_does_not_bring_the_headers_back(server, other_server, fetch):
    server.on("/feed", redirect(other_server.url("/detour")))
    other_server.on("/detour", redirect(server.url("/collect")))
    server.give("/collect", FEED)
    request = Request(url=server.url("/feed"), headers={"X-Key": "k3y"})
    fetch(request, exempt=("127.0.0.0/8",))
    assert "x-key" not in server.requests[-1].headers


def test_another_port_is_another_server(server, fetch):
    from_here = server
    elsewhere = type(server)()
    elsewhere.give("/feed", FEED)
    from_here.on("/feed", redirect(elsewhere.url("/feed")))
    fetch(from_here.url("/feed"), headers={"X-Key": "k3y"})
    assert "x-key" not in elsewhere.requests[0].headers
    elsewhere.stop()


def test_a_name_and_password_in_the_address_are_sent_as_such_and_never_shown(server, fetch):
    url = server.give("/feed", FEED).replace("http://", "http://reader:p%40ss@")
    result = fetch(url)
    assert server.requests[0].headers["authorization"] == "Basic cmVhZGVyOnBAc3M="
    assert "p%40ss" not in result.url
    with pytest.raises(FetchError) as caught:
        fetch(url.replace("/feed", "/absent"))
    assert "p%40ss" not in str(caught.value) and "reader" not in str(caught.value)


def test_secrets_are_in_no_message(server, fetch):
    request = Request(url=server.url("/feed"), headers={"X-Key": "k3y\n"}, local=True)
    assert "k3y" not in repr(request)
    with pytest.raises(FetchError, match="header 'X-Key' cannot be sent") as caught:
        fetch(request)
    assert "k3y" not in str(caught.value)


def _is_loopback(name):
    try:
        return all(special(read_address(str(info[4][0]))) for info in socket.getaddrinfo(name, 80))
    except OSError:
        return False
