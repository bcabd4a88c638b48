"""Gateways and their weather: two in turn, one for large sums; one falls silent for a morning."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.errors import Problem
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Play, Scene
from payments.operations import (
    AccountTerms,
    add_account,
    change_account,
    handle_callback,
    replace_credentials,
    start_attempt,
)
from payments.queries import accounts_for

ZARINPAL: Final = "5e7c2f10-8d0b-4c6e-9a51-7e3d0c4b1a01"
ZIBAL: Final = "termeh64f0b9c2a7d1e35"
VANDAR: Final = "termeh"
# Days ago the gateway in front fell silent and lost its place.
TURN: Final = 31
LARGE_RIAL: Final = 350_000_000
_TERMS: Final = {
    "zarinpal": AccountTerms(
        title="زرین‌پال",
        max_rial=LARGE_RIAL,
        daily_cap_rial=150_000_000,
        fee_bp=100,
        fee_max_rial=40_000,
    ),
    "zibal": AccountTerms(title="زیبال", max_rial=LARGE_RIAL, fee_bp=80, fee_max_rial=80_000),
    "vandar": AccountTerms(
        title="وندار، مبلغ‌های بزرگ", min_rial=LARGE_RIAL + 1, fee_fixed_rial=50_000, priority=30
    ),
    "snapppay": AccountTerms(title="اسنپ‌پی", max_rial=LARGE_RIAL, fee_bp=300, priority=40),
}
# Beside the two everyday ones: these keep their terms.
_BESIDE: Final = frozenset({"vandar", "snapppay"})
# The sandbox takes any keys; the first ones it hears are the right ones.
_FIRST_KEYS: Final = {
    "merchant_id": ZARINPAL,
    "access_token": "panel-of-termeh",
    "terminal_id": "4321",
}
_KEYS: Final = {
    "zibal": {"merchant": ZIBAL, "access_token": f"{ZIBAL}.panel", "account_id": "w"},
    "vandar": {
        "api_key": VANDAR,
        "business": VANDAR,
        "mobile": "09121112233",
        "password": "panel",
    },
    "snapppay": {
        "client_id": "termeh",
        "client_secret": "secret",
        "username": "termeh",
        "password": "secret",
    },
    "jibit_ide": {"api_key": "key-termeh-ide", "secret_key": "secret"},
    "jibit_pip": {"api_key": "key-termeh-pip", "secret_key": "secret"},
}
# No basket is as small: a gateway with this limit gets none.
_LEAST_RIAL: Final = 10_000
_WALLET_RIAL: Final = 900_000_000
_EVERYDAY: Final = 14
# Of a hundred buyers so many give up or have no money, by the gateway in front.
_LOST_BEFORE: Final = 30
_LOST_SINCE: Final = 9
_FAILS: Final = ("insufficient_funds", "cancel", "cancel", "timeout")


def open_gateways(play: Play, now: datetime) -> None:
    """Connect every kind of provider the shop uses."""
    with play.acting():
        replace_credentials(
            account_id=accounts_for("gateway")[0].id,
            credentials=_FIRST_KEYS,
            actor=None,
            now=now,
        )
        for provider, keys in _KEYS.items():
            add_account(provider=provider, credentials=keys, is_sandbox=True, actor=None, now=now)
    put_in_front(play, "zibal", now)
    play.bank.fund(VANDAR, _WALLET_RIAL)


def put_in_front(play: Play, provider: str, now: datetime, *, alone: bool = False) -> None:
    """Let one of the two everyday gateways be tried before the other, or without the other."""
    with play.acting():
        for row in accounts_for("gateway"):
            terms = _TERMS[row.provider]
            if row.provider not in _BESIDE:
                chosen = row.provider == provider
                most = _LEAST_RIAL if alone and not chosen else terms.max_rial
                terms = replace(terms, priority=10 if chosen else 20, max_rial=most)
            change_account(account_id=row.id, terms=terms, actor=None, now=now)


def everyday(play: Play, calendar: Calendar) -> None:
    """Baskets of the web shop, some of them never paid."""
    for number in range(_EVERYDAY):
        days_ago = 70 - number * 69 // _EVERYDAY
        moment = calendar.at(days_ago, play.dice.randrange(9, 22), play.dice.randrange(60))
        lost = _LOST_BEFORE if days_ago > TURN else _LOST_SINCE
        card = play.dice.choice(_FAILS) if play.dice.randrange(100) < lost else ""
        play.at(moment, _basket(play, number, card))


def silent_morning(play: Play, calendar: Calendar) -> None:
    """The gateway in front refuses to answer; nobody leaves without paying."""

    def silence(_now: datetime) -> None:
        play.bank.order_fault("request", "http_429", merchant=ZIBAL, times=4)

    play.at(calendar.at(TURN, 11), silence)
    for minute in (2, 3, 5, 25):
        play.at(calendar.at(TURN, 11, minute), _basket(play, 900 + minute, ""))
    play.at(calendar.at(TURN, 12), lambda _now: play.bank.calm_down())
    play.at(calendar.at(TURN, 13), lambda now: put_in_front(play, "zarinpal", now))


def lost_return(play: Play, calendar: Calendar) -> None:
    """A paid buyer's browser never comes back; the worker finds the money."""

    def scene(now: datetime) -> None:
        asked = play.ask("web-lost", play.buyers[3], now, lines=play.basket())
        play.pay(asked.id, "callback_lost", now)
        play.at(now + timedelta(minutes=6), play.work)

    play.at(calendar.at(18, 12, 10), scene)


def strange_returns(play: Play, calendar: Calendar) -> None:
    """A forged return, and money of another amount than was asked."""

    def forged(now: datetime) -> None:
        asked = play.ask("web-forged", play.buyers[5], now, lines=play.basket())
        start_attempt(business_id=play.business_id, payment_id=asked.id, now=now)
        session = play.bank.payments_of(ZARINPAL)[0]
        token = str(session["callback_url"]).rstrip("/").rpartition("/")[2]
        params = {"Authority": "S" + "7" * 35, "Status": "OK"}
        try:
            handle_callback(token=token, params=params, now=now + timedelta(minutes=1))
        except Problem as problem:
            if problem.code != "callback_mismatch":
                raise

    def tenfold(now: datetime) -> None:
        play.bank.order_fault("pay", "amount_tenfold", merchant=ZIBAL)
        put_in_front(play, "zibal", now, alone=True)
        play.buy("web-tenfold", play.buyers[6], now)
        put_in_front(play, "zarinpal", now)

    play.at(calendar.at(9, 16, 20), forged)
    play.at(calendar.at(4, 10, 40), tenfold)


def _basket(play: Play, number: int, card: str) -> Scene:
    buyer = play.dice.choice(play.buyers)

    def scene(now: datetime) -> None:
        asked = play.ask(f"web-{number:03}", buyer, now, lines=play.basket())
        play.pay(asked.id, card or buyer.card, now)

    return scene
