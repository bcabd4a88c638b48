"""The other side of scheduled debits: their calls alone, by the adapter and by plain clients."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
from django.utils import timezone

from payments.operations.debits.line import AT_ONCE, SideBySide
from payments.providers import debits_of
from payments.providers.contract import Account, DebitOrder, DirectDebit, Outcome, SignedMandate

PROVIDER: Final = "zarinpal"
MERCHANT: Final = "00000000-0000-4000-8000-000000000000"
AMOUNT: Final = 100_000
_KEY: Final = "00000000-0000-7000-8000-000000000001"
_OPEN: Final[dict[str, Any]] = {
    "merchant_id": MERCHANT,
    "amount": AMOUNT,
    "currency": "IRR",
    "description": f"debit-{_KEY}",
    "callback_url": f"http://localhost:8000/payments/debit-events/{'t' * 60}",
    "metadata": {"order_id": _KEY},
}
_CHECKOUT: Final = {
    "merchant_id": MERCHANT,
    "authority": "S" + "0" * 35,
    "signature": "right-to-debit-1",
}


@dataclass(frozen=True, slots=True)
class Bare:
    """All loops, over connections kept open and as many calls at once as the product makes."""

    base: str
    shared: httpx.Client
    each: "OneEach"

    def by_the_adapter(self, debits: int) -> None:
        """Make the calls as the product makes them, and do nothing with what is said."""
        adapter: DirectDebit = debits_of(PROVIDER)
        account = Account(base_url=self.base, credentials={"merchant_id": MERCHANT})
        order = DebitOrder(
            key=_KEY,
            mandate=SignedMandate(authority="", mandate_ref="", secret=_CHECKOUT["signature"]),
            amount_rial=AMOUNT,
            description=_OPEN["description"],
            due_at=timezone.now(),
            notify_url=_OPEN["callback_url"],
            authority=_CHECKOUT["authority"],
        )

        def one(_number: int) -> Outcome:
            adapter.prepare_debit(account, order)
            return adapter.debit(account, order).outcome

        assert set(_at_once(one, debits)) == {Outcome.OK}

    def by_a_shared_client(self, debits: int) -> None:
        """Make the same requests with the same HTTP library and read their JSON."""
        assert set(_at_once(lambda _n: self._calls(self.shared), debits)) == {100}

    def by_a_client_each(self, debits: int) -> None:
        """Make them so with a client for each thread."""
        assert set(_at_once(lambda _n: self._calls(self.each.client), debits)) == {100}

    def _calls(self, client: httpx.Client) -> int:
        for step, body in (("payment/request", _OPEN), ("payman/checkout", _CHECKOUT)):
            answer = client.post(f"{self.base}/pg/v4/{step}.json", json=body).json()
        return int(answer["data"]["code"])


class OneEach(threading.local):
    """A client of each thread's own."""

    def __init__(self) -> None:
        self.client = httpx.Client()


def shared() -> httpx.Client:
    """Return a plain client with room for all calls at once."""
    return httpx.Client(limits=httpx.Limits(max_connections=AT_ONCE))


def _at_once(one: Callable[[int], Any], debits: int) -> list[Any]:
    with SideBySide(one, range(debits)) as calls:
        return calls.answers()
