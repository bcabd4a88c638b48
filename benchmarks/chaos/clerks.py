"""People of the shops: they give money of sales back, and send away what came in wrong."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Self

from benchmarks.chaos.api import Refused
from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.plan import DEPOSITING, STEP_RIAL, Back, Sale
from benchmarks.chaos.shops import Shop

_LEAST_RIAL: Final = 2 * STEP_RIAL
_PATIENCE: Final = 12
_PAUSE_S: Final = 1.5
# Of what waits for a person, one in so many is left lying.
_LEFT_OF: Final = 3


def give_back(shop: Shop, sale: Sale, payment_id: str, seen: Seen) -> None:
    """Ask for what shall go back of a sale, if it is paid by now."""
    if not _is_paid(shop, payment_id):
        seen.note("not paid (yet) when its money was asked back")
        return
    with ThreadPoolExecutor(2) as people:
        for _done in people.map(lambda body: _ask(shop, payment_id, body, seen), _bodies(sale)):
            pass


def _is_paid(shop: Shop, payment_id: str) -> bool:
    for _look in range(_PATIENCE):
        told = shop.api.get(f"payments/{payment_id}") or {}
        if told.get("status") == "settled":
            return True
        time.sleep(_PAUSE_S)
    return False


def _ask(shop: Shop, payment_id: str, body: dict[str, Any], seen: Seen) -> None:
    try:
        answered = shop.api.post(f"payments/{payment_id}/refunds", body)
    except Refused as no:
        seen.note(f"no refund: {no.code}")
        return
    seen.note("refund asked" if answered else "refund asked, never answered")


def _bodies(sale: Sale) -> Iterator[dict[str, Any]]:
    amount = {
        Back.WHOLE: None,
        Back.TWICE: None,
        Back.PART: _stepped(sale.amount_rial // 2),
        Back.TWO_PARTS: _stepped(sale.amount_rial // 3),
    }[sale.back or Back.WHOLE]
    times = 2 if sale.back in {Back.TWICE, Back.TWO_PARTS} else 1
    for number in range(1, times + 1):
        yield {"external_id": f"{sale.external_id}-back-{number}", "amount": amount}


def _stepped(rial: int) -> int:
    return max(rial // STEP_RIAL * STEP_RIAL, _LEAST_RIAL)


class Clerk:
    """Looks at deposits that wait for a person: sends most back, and leaves some to the bank."""

    def __init__(self, shops: list[Shop], seen: Seen) -> None:
        self._shops = [shops[number] for number in DEPOSITING]
        self._seen = seen
        self._decided: set[str] = set()
        self._over = threading.Event()
        self._hand = ThreadPoolExecutor(1)
        self._work: Future[None] | None = None

    def __enter__(self) -> Self:
        self._work = self._hand.submit(self._run)
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._hand.shutdown()
        if self._work is not None:
            self._work.result()

    def _run(self) -> None:
        while not self._over.wait(_PAUSE_S):
            for shop in self._shops:
                self._look(shop)

    def _look(self, shop: Shop) -> None:
        told = shop.api.get("deposits?status=open&limit=100") or {}
        for deposit in told.get("data", []):
            if deposit["id"] not in self._decided:
                self._decided.add(deposit["id"])
                self._decide(shop, deposit)

    def _decide(self, shop: Shop, deposit: dict[str, Any]) -> None:
        """Send it back, or leave it lying: then the bank sends it back the day after."""
        if deposit["amount"] // STEP_RIAL % _LEFT_OF == 0:
            self._seen.note(f"deposit left to the bank: {deposit['reason']}")
            return
        try:
            shop.api.post(f"deposits/{deposit['id']}/return", {})
        except Refused as no:
            self._seen.note(f"deposit not sent back: {no.code}")
            return
        self._seen.note(f"deposit sent back: {deposit['reason']}")
