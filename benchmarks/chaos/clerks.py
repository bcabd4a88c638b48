"""People of the shops: they give money back, hand in statements, send away what came in wrong."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, Final

from benchmarks.chaos.api import Refused
from benchmarks.chaos.branch import Branch
from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.plan import DEPOSITING, Back, Sale
from benchmarks.chaos.rails import OWN_BANK, STEP_RIAL
from benchmarks.chaos.receivers import account_of
from benchmarks.chaos.shops import Shop
from sandbox.people import SARA

_LEAST_RIAL: Final = 2 * STEP_RIAL
_PATIENCE: Final = 12
_PAUSE_S: Final = 1.5
# Of what waits for a person, one in so many is left lying.
_LEFT_OF: Final = 3
_LAST_LINES: Final = (10, 40, 200)


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
    to = {"destination": "account", "account": account_of(sale.to, SARA)} if sale.to else {}
    for number in range(1, times + 1):
        yield {"external_id": f"{sale.external_id}-back-{number}", "amount": amount, **to}


def _stepped(rial: int) -> int:
    return max(rial // STEP_RIAL * STEP_RIAL, _LEAST_RIAL)


class Clerk:
    """Looks at deposits that wait for a person: sends most back, and leaves some lying."""

    def __init__(self, shops: list[Shop], seen: Seen) -> None:
        self._shops = [shops[number] for number in (*DEPOSITING, *OWN_BANK)]
        self._seen = seen
        self._decided: set[str] = set()

    def look(self) -> None:
        """Decide what waits now."""
        for shop in self._shops:
            told = shop.api.get("deposits?status=open&limit=100") or {}
            for deposit in told.get("data", []):
                if deposit["id"] not in self._decided:
                    self._decided.add(deposit["id"])
                    self._decide(shop, deposit)

    def _decide(self, shop: Shop, deposit: dict[str, Any]) -> None:
        """Send it back, or leave it: a provider's bank then sends it back the day after."""
        if deposit["amount"] // STEP_RIAL % _LEFT_OF == 0:
            self._seen.note(f"deposit left: {deposit['reason']}")
            return
        try:
            told = shop.api.post(f"deposits/{deposit['id']}/return", {})
        except Refused as no:
            self._seen.note(f"deposit not sent back: {no.code}")
            return
        self._seen.note(f"deposit sent back: {deposit['reason']}")
        if shop.branch is not None and told is not None:
            for one in told["returns"]:
                self._send(shop, shop.branch, deposit["reference"], one["id"])

    def _send(self, shop: Shop, branch: Branch, number: str, return_id: str) -> None:
        """Go to the bank, send the money and tell its reference."""
        reference = branch.send_back(number)
        body = {"bank_reference": reference}
        ended = shop.api.post(f"deposit-returns/{return_id}/end", body)
        self._seen.note("sent back by hand" if ended is not None else "sent back, never told")


class Teller:
    """Fetches statements from the branches and hands them in: overlapping ones, and some twice."""

    def __init__(self, shops: list[Shop], seen: Seen, *, seed: int) -> None:
        self._shops = [shops[number] for number in OWN_BANK]
        self._seen = seen
        self._dice = Random(seed)

    def look(self) -> None:
        """Hand in the last lines of each branch, one time in three by two people at once."""
        for shop in self._shops:
            if shop.branch is not None:
                last = self._dice.choice(_LAST_LINES)
                self._hand_in(shop, shop.branch.statement(last), self._dice.choice((1, 1, 2)))

    def look_at_all(self) -> None:
        """Hand in everything, what came late with it."""
        for shop in self._shops:
            if shop.branch is not None:
                self._hand_in(shop, shop.branch.statement(), 1)

    def _hand_in(self, shop: Shop, file: dict[str, Any], times: int) -> None:
        with ThreadPoolExecutor(times) as people:
            list(people.map(lambda _n: self._send(shop, file), range(times)))

    def _send(self, shop: Shop, file: dict[str, Any]) -> None:
        try:
            shop.api.post("bank-statements", file)
        except Refused as no:
            self._seen.note(f"statement refused: {no.code}")
        else:
            self._seen.note("statement handed in")
