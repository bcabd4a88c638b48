"""Whom we call at an address somebody typed: nobody inside, whatever its name leads to."""

import socket
from datetime import timedelta

import httpx
import pytest

from core.errors import Problem
from core.http import ForbiddenAddress, NotSent, Stranger, is_outside, post_to_stranger
from core.tenancy import acting_for
from webhooks.models import WebhookEndpoint
from webhooks.operations import change_endpoint, open_endpoint, send_test

HOW = Stranger(
    timeout=httpx.Timeout(2.0, connect=1.0), patience=timedelta(seconds=3), most_bytes=100
)
INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - not bound to
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "2001:0:53aa:64c:0:fbff:80ff:fffe",
    "fe80::1%eth0",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_the_public_networks(address):
    assert not is_outside(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "185.143.232.1", "2606:4700::1111", "::ffff:1.1.1.1"]
)
def test_addresses_that_are(address):
    assert is_outside(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_a_name_that_leads_inside_is_not_called(monkeypatch, address):
    asked = []

    def resolve(host, port, **_more):
        asked.append(host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port)),
            (family, socket.SOCK_STREAM, 6, "", (address, port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(ForbiddenAddress):
        post_to_stranger("https://shop.example.com/x", b"{}", {}, HOW)
    assert asked == ["shop.example.com"]


def test_the_address_looked_at_is_the_one_connected_to(monkeypatch):
    tried = []

    def resolve(host, port, **_more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port))]

    def connect(address, *_more, **_named):
        tried.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotSent):
        post_to_stranger("https://shop.example.com/x", b"{}", {}, HOW)
    assert tried == [("1.1.1.1", 443)]


def _never(*_all, **_named):
    raise AssertionError("connected")


def test_a_listener_on_this_machine_is_reached_only_where_allowed(sandbox):
    url = f"{sandbox.base_url}/receiver/shop"
    with pytest.raises(ForbiddenAddress):
        post_to_stranger(url, b"{}", {}, HOW)
    inside = Stranger(HOW.timeout, HOW.patience, HOW.most_bytes, inside=True)
    status, answer = post_to_stranger(url, b"{}", {}, inside)
    assert (status, answer) == (200, '{"received": true}')
    few = Stranger(HOW.timeout, HOW.patience, 5, inside=True)
    assert post_to_stranger(url, b"{}", {}, few) == (200, '{"rec')


REFUSED = [
    "http://shop.example.com/",
    "ftp://shop.example.com/",
    "https://user:pass@shop.example.com/",
    "https://localhost/",
    "https://shop/",
    "https://shop.local/",
    "https://db.internal./",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.0.0.1:8443/",
    "https://2130706433/",
    "https://127.1/",
    "https://0x7f.0.0.1/",
    "https://shop.example.com:99999/",
    "https://shop.example.com/ا",
    "https://shop.example.com/a b",
    "//shop.example.com",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.django_db
def test_addresses_nobody_may_type(acting, now, url):
    with pytest.raises(Problem, match="invalid_url"):
        open_endpoint(url=url, kinds=["purchase.recorded"], actor=None, now=now)


@pytest.mark.django_db
def test_at_most_ten_receivers_and_only_known_kinds(acting, now):
    url = "https://shop.example.com/vafa"
    for kinds in ([], ["purchase.recorded", "everything"]):
        with pytest.raises(Problem, match="invalid_kinds"):
            open_endpoint(url=url, kinds=kinds, actor=None, now=now)
    for _ in range(10):
        made = open_endpoint(url=url, kinds=["purchase.recorded"], actor=None, now=now)
    with pytest.raises(Problem, match="too_many_endpoints"):
        open_endpoint(url=url, kinds=["purchase.recorded"], actor=None, now=now)
    with pytest.raises(Problem, match="invalid_url"):
        change_endpoint(
            endpoint_id=made.endpoint.id,
            url="https://10.0.0.1/",
            kinds=["purchase.recorded"],
            is_open=True,
            actor=None,
            now=now,
        )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_forbidden_name_is_told_to_the_owner(receiver, business, work, told, now, settings):
    """Allowed when it was typed, but not any more when it is called."""
    endpoint = receiver().endpoint
    settings.WEBHOOKS_INSIDE = False
    with acting_for(business.id):
        send_test(endpoint_id=endpoint.id, now=now)
    work()
    [row] = told()
    assert (row.status, row.answer) == (None, "this name leads to an address that is not public")
    with acting_for(business.id):
        assert WebhookEndpoint.objects.get().failures == 1
