"""Public pages are limited by token and by address; what cannot be counted is let through."""

import secrets
from typing import Any
from uuid import UUID

import pytest
import redis
from django.test import Client
from django.urls import reverse

from core.api import limits
from payments.web.urls import urlpatterns
from tests.payments.conftest import Shop


def nobodys() -> str:
    """Return an address nobody had before, in a network of its own."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


@pytest.fixture
def long_minute(monkeypatch) -> None:
    """No test crosses from one minute into the next."""
    monkeypatch.setattr(limits, "_WINDOW_S", 10_000_000)


def place(name: str, token: str) -> str:
    more: dict[str, list[Any]] = {"plan-pay": [1], "plan-fee": [1], "uncover": [UUID(int=7)]}
    return reverse(f"payments:{name}", args=[token, *more.get(name, [])])


@pytest.mark.parametrize("name", [one.name for one in urlpatterns])
def test_no_public_address_is_without_a_limit(name, settings):
    settings.PUBLIC_RATE_PER_ADDRESS = 0
    answer = Client(REMOTE_ADDR=nobodys()).post(place(name, "never-issued"))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("long_minute")
def test_who_asks_too_often_is_refused_and_nobody_else(shop: Shop, settings):
    address = nobodys()
    settings.PUBLIC_RATE_PER_ADDRESS = 3
    payments = [shop.ask() for _ in range(4)]
    browser = Client(REMOTE_ADDR=address)
    said = [browser.get(place("pay", one.pay_token)).status_code for one in payments]
    assert said == [200, 200, 200, 429]
    neighbour = Client(REMOTE_ADDR=address.replace("::1", "::2"))
    assert neighbour.get(place("pay", payments[0].pay_token)).status_code == 429
    stranger = Client(REMOTE_ADDR=nobodys())
    assert stranger.get(place("pay", payments[0].pay_token)).status_code == 200


@pytest.mark.usefixtures("long_minute")
def test_one_payment_is_not_asked_for_from_everywhere(shop: Shop):
    """Ten complaints a minute are enough; the buttons of a page bear more."""
    payment = shop.buy()
    for _ in range(10):
        browser = Client(REMOTE_ADDR=nobodys())
        assert browser.post(place("complain", payment.pay_token)).status_code == 302
    assert browser.post(place("complain", payment.pay_token)).status_code == 429
    assert browser.get(place("receipt", payment.pay_token)).status_code == 200


def test_without_redis_nobody_is_refused(shop: Shop, settings, monkeypatch):
    settings.PUBLIC_RATE_PER_ADDRESS = 1
    broken = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.1)
    monkeypatch.setattr(limits, "_client", lambda: broken)
    payment = shop.ask()
    said = {Client().get(place("pay", payment.pay_token)).status_code for _ in range(3)}
    assert said == {200}
