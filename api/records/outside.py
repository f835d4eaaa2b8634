"""Connections to addresses outside the network alone (against server-side request forgery).

A name is resolved once, every address that it has is looked at, and one of those is connected to: a name server that
answers otherwise the second time leads nowhere else.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that a translator of the network turns into the IPv4 address in their last 32 bits (RFC 6052)."""

_OF_PROTOCOLS = IPv4Network("192.0.0.0/24")
"""Addresses of protocols (RFC 6890); at one of them some clouds tell a machine its secrets."""


class InsideTheNetwork(OSError):
    """The address is this machine's, or inside a network that only this machine reaches."""


def is_outside(text: str) -> bool:
    """Whether an address is one of the public Internet, with every address that it stands for."""
    address = ip_address(text.partition("%")[0])
    parts = (address, *_carried(address))
    return all(part.is_global and not part.is_multicast and part not in _OF_PROTOCOLS for part in parts)


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses within an IPv6 address of a kind that is translated or tunnelled."""
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [part for part in carried if part is not None]


def connected(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to a host outside. Raises InsideTheNetwork where any address of its name is inside."""
    addresses = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not addresses or not all(map(is_outside, addresses)):
        raise InsideTheNetwork(f"{host} is an address inside the network")
    return socket.create_connection((addresses[0], port), timeout)


class _Http(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = connected(self.host, self.port, self.timeout)


class _Https(http.client.HTTPSConnection):
    def connect(self) -> None:
        plain = connected(self.host, self.port, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


class _HttpHandler(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Http, request)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(_Https, request)


HANDLERS = (_HttpHandler, _HttpsHandler, urllib.request.ProxyHandler({}))
"""Handlers for `urllib` that connect to addresses outside alone. No proxy is used: it would resolve names by itself."""
