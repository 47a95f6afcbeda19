"""Which IP addresses a feed of the open web may lead to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), with multicast.
# Written out, because what `is_private` and `is_global` cover differs between Python releases.
_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "reserved"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "reserved"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::/96", "IPv4-compatible"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard-only"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_NETWORKS: tuple[tuple[Network, str], ...] = tuple((ip_network(net), kind) for net, kind in _SPECIAL)
# RFC 6052: the well-known prefix holds an IPv4 address in its last 32 bits; where DNS64 is at work,
# every IPv4-only outlet resolves to such an address, so the address within is what is judged.
_NAT64 = IPv6Network("64:ff9b::/96")


def special(address: Address) -> str:
    """What kind of special-purpose address this is ("loopback", "private"); empty for a public one."""
    if isinstance(address, IPv6Address) and address in _NAT64:
        inner = special(IPv4Address(int(address) & 0xFFFFFFFF))
        return f"NAT64 of {inner}" if inner else ""
    for network, kind in _NETWORKS:
        if address.version == network.version and address in network:
            return kind
    return ""


def read_address(text: str) -> Address:
    """The address of what a resolver returns; a scope ("fe80::1%eth0") is cut. Raises ValueError."""
    return ip_address(text.partition("%")[0])
