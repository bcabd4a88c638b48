"""Every gateway product as the shared suites try it: with credentials of its own, on the sandbox.

A product joins by one entry in TRIALS. What providers honestly differ in is said here, as data;
what all must do is said by the tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from payments.providers import adapter_of, product_of
from payments.providers.contract import (
    Account,
    CallbackClaim,
    Gateway,
    Outcome,
    PaymentRequest,
    Session,
    Standing,
)
from tests.sandbox_server import Sandbox

AMOUNT = 900_000
RETURN_URL = "http://vafa.test/pay/return/token/"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One product with one kind of credentials.

    `merchant` names the credential the sandbox knows the shop by. `words` are the product's own
    for request, verify, inquiry, unVerified and reverse. `foreign`: what confirming another
    merchant's session is; `other_order`: one told for another order; `again`: the second reversal;
    `unpaid`: where a session stands before it is paid; `chaos`: where a fault of the wire ends
    elsewhere. `terminal`: codes that refuse a terminal, `unheard_of`: codes nobody documented.
    `missing`: the credential an empty form lacks first.
    """

    provider: str
    credentials: Callable[[], dict[str, str]]
    merchant: str
    missing: str
    unknown_session: str
    words: Mapping[str, str]
    terminal: tuple[int, ...]
    unheard_of: tuple[int, ...]
    foreign: Outcome = Outcome.MISMATCH
    other_order: Outcome = Outcome.MISMATCH
    unknown_standing: Standing = Standing.NOT_FOUND
    unpaid: Standing = Standing.AT_BANK
    card_hash: bool = True
    again: Outcome = Outcome.UNKNOWN
    chaos: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def gateway(self) -> Gateway:
        return adapter_of(self.provider)

    def account(self, base_url: str, **changes: str) -> Account:
        """Return the product's account at a sandbox."""
        return account_at(base_url, self.provider, self.credentials() | changes)

    def merchant_of(self, account: Account) -> str:
        return account.credentials[self.merchant]

    def word(self, operation: str) -> str:
        return self.words.get(operation, operation)


TRIALS = {
    "zarinpal": Trial(
        provider="zarinpal",
        credentials=lambda: {"merchant_id": str(uuid4())},
        merchant="merchant_id",
        missing="merchant_id",
        unknown_session="S" + "0" * 35,
        words={},
        terminal=(-10, -11, -12, -15, -19),
        unheard_of=(-52, -99, 7, 100),
    ),
    "zibal": Trial(
        provider="zibal",
        credentials=lambda: {"merchant": uuid4().hex[:24]},
        merchant="merchant",
        missing="merchant",
        unknown_session="12345",
        words={},
        terminal=(102, 103, 104, 112, 115),
        unheard_of=(500, -1, 7),
        foreign=Outcome.DECLINED,
        card_hash=False,
    ),
}
TRIALS["vandar"] = Trial(
    provider="vandar",
    credentials=lambda: {"api_key": uuid4().hex},
    merchant="api_key",
    missing="api_key",
    unknown_session="0" * 32,
    words={},
    terminal=(401, 403),
    unheard_of=(99, 7),
    foreign=Outcome.DECLINED,
    unpaid=Standing.NOT_FOUND,
)
TRIALS["zibal_lazy"] = replace(
    TRIALS["zibal"], credentials=lambda: {"merchant": uuid4().hex[:24], "mode": "lazy"}
)


def account_at(base_url: str, provider: str, credentials: Mapping[str, str]) -> Account:
    """Return an account whose hosts all lead to one sandbox."""
    hosts = {
        name: f"{base_url}{host.sandbox_path}" for name, host in product_of(provider).hosts.items()
    }
    return Account(base_url=next(iter(hosts.values())), credentials=dict(credentials), hosts=hosts)


def ask(amount: int = AMOUNT, **changes: Any) -> PaymentRequest:
    """Return a request for a payment."""
    asked = PaymentRequest(
        reference=str(uuid4()),
        amount_rial=amount,
        description="سفارش ۷",
        callback_url=RETURN_URL,
        mobile="+989121234567",
        number=uuid4().int >> 65,
    )
    return replace(asked, **changes)


def opened(gateway: Gateway, account: Account, amount: int = AMOUNT) -> Session:
    """Open a session; it must work."""
    asked = ask(amount)
    answer = gateway.request(account, asked)
    assert answer.outcome is Outcome.OK, answer
    return Session(
        authority=answer.authority,
        amount_rial=asked.amount_rial,
        reference=asked.reference,
        number=asked.number,
    )


def paid(
    gateway: Gateway, account: Account, bank: Sandbox, amount: int = AMOUNT, card: str = "success"
) -> Session:
    """Open a session, pay it and take in what the way back brings."""
    session = opened(gateway, account, amount)
    claim = returned(gateway, bank, session, card)
    references = {} if claim is None else claim.references
    return replace(session, callback_references=references)


def returned(
    gateway: Gateway, bank: Sandbox, session: Session, card: str = "success"
) -> CallbackClaim | None:
    """Pay a session and read what comes back to the shop, by browser or by server."""
    address = way_back(bank, bank.pay(session.authority, card))
    return gateway.parse_callback(dict(parse_qsl(urlsplit(address).query)))


def way_back(bank: Sandbox, told: Mapping[str, Any]) -> str:
    """Return the address a payment's result comes to, with the fields of a form or of a message.

    "" when nothing ever comes back.
    """
    if told["redirect"] is not None:
        url, fields = told["redirect"], told["fields"]
    else:
        notices = [one for one in bank.notices() if one["authority"] == told["authority"]]
        if not notices:
            return ""
        url, fields = notices[-1]["url"], notices[-1]["fields"]
    query = urlencode(fields)
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else str(url)
