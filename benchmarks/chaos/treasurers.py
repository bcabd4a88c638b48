"""People who send money to accounts: a program asks, two others say yes or no."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx

from benchmarks.chaos.api import Api, Refused
from benchmarks.chaos.buyers import Seen
from benchmarks.chaos.plan import Due, Plan, is_given_back_by_bank
from benchmarks.chaos.rails import PAYING, STEP_RIAL, PayManner, Payout
from benchmarks.chaos.receivers import account_of, holder_of, mobile_of
from benchmarks.chaos.shops import Shop
from sandbox.people import SARA

# Who decides is asked for by these; the others wait for a bank.
_FOR_PEOPLE: Final = frozenset({"limit", "late", "owner_unsure", "other_owner"})
_ENOUGH_OF: Final = 2
# Of what waits for a yes, one in so many gets a no.
_REFUSED_OF: Final = 7
# Of debits the bank may give back by itself, it gives one in so many.
_GIVEN_BACK_OF: Final = 3
_PATIENCE: Final = 40
_PAUSE_S: Final = 1.5


def pay_out(shop: Shop, payout: Payout, seen: Seen) -> None:
    """Ask for a payout as its manner says."""
    body = {
        "external_id": payout.external_id,
        "amount": payout.amount_rial,
        "account": account_of(payout.whose, SARA),
    }
    times = 2 if payout.manner is PayManner.TWICE else 1
    with ThreadPoolExecutor(times) as programs:
        told = list(programs.map(lambda _n: _ask(shop.api, "payouts", body, seen), range(times)))
    ids = {str(one["id"]) for one in told if one}
    assert len(ids) <= 1, f"one number became several payouts: {ids}"
    for payout_id in ids:
        _say(shop.api, f"payouts/{payout_id}/approve", seen, "by whoever asked for it")
        if payout.manner is PayManner.CALLED_OFF:
            _say(shop.api, f"payouts/{payout_id}/cancel", seen, "called off")


def give_debit_back(shop: Shop, due: Due, debit_id: str, seen: Seen) -> None:
    """Ask for the money of a debit to be sent to an account, if it is collected by now."""
    payment_id = _collected(shop.api, debit_id)
    if payment_id is None or due.to is None:
        seen.note("not collected (yet) when its money was asked back")
        return
    body = {
        "external_id": f"{due.external_id}-back",
        "amount": None if due.number % 2 else max(due.amount_rial // 2 // STEP_RIAL, 5) * STEP_RIAL,
        "destination": "account",
        "account": account_of(due.to, holder_of(due.mandate)),
    }
    if _ask(shop.api, f"payments/{payment_id}/refunds", body, seen):
        seen.note("refund of a debit asked")


def let_bank_give_back(bank: httpx.Client, plan: Plan, seen: Seen) -> None:
    """Let the bank itself give some collected debits back."""
    told = bank.get("/control/debits").raise_for_status().json()
    of = {mobile_of(mandate): mandate for mandate in range(plan.size.mandates)}
    mine = {
        one["id"] for one in told["mandates"] if is_given_back_by_bank(of.get(one["mobile"], 0))
    }
    done = [one for one in told["debits"] if one["state"] == "DONE" and one["mandate"] in mine]
    for one in done[::_GIVEN_BACK_OF]:
        bank.post("/control/debits/refund", json={"key": one["key"]}).raise_for_status()
        seen.note("debit given back by the bank itself")


class Treasurers:
    """The two others of each shop: they look at what waits for them and decide, both at once."""

    def __init__(self, shops: list[Shop], seen: Seen) -> None:
        self._shops = [shops[number] for number in PAYING]
        self._seen = seen

    def look(self) -> None:
        """Decide what waits now."""
        for shop in self._shops:
            for kind in ("payouts", "refunds"):
                for one in _waiting(shop.api, kind):
                    self._decide(shop, kind, one)

    def _decide(self, shop: Shop, kind: str, one: dict[str, Any]) -> None:
        word = "reject" if one["amount"] // STEP_RIAL % _REFUSED_OF == 0 else "approve"
        path, what = f"{kind}/{one['id']}/{word}", f"by others for {one['waiting_for']}"
        with ThreadPoolExecutor(_ENOUGH_OF) as people:
            list(people.map(lambda person: _say(person, path, self._seen, what), shop.people))


def fund(bank: httpx.Client, shops: list[Shop], plan: Plan, *, whole: bool) -> None:
    """Put money where payouts leave from: half of what may go, the rest later."""
    for number in PAYING:
        rial = sum(one.amount_rial for one in plan.payouts if one.shop == number)
        rial += sum(one.amount_rial for one in plan.sales if one.shop == number and one.to)
        rial += sum(one.amount_rial for one in plan.dues if one.to) // len(PAYING)
        body = {"account": shops[number].wallet, "amount_rial": (3 * rial if whole else rial // 4)}
        bank.post("/control/fund", json=body).raise_for_status()


def _collected(api: Api, debit_id: str) -> str | None:
    for _look in range(_PATIENCE):
        told = api.get(f"debits/{debit_id}") or {}
        if told.get("status") == "collected":
            return str(told["payment_id"])
        if told.get("status") == "failed":
            return None
        time.sleep(_PAUSE_S)
    return None


def _waiting(api: Api, kind: str) -> Iterator[dict[str, Any]]:
    told = api.get(f"{kind}?status=awaiting_approval&limit=100") or {}
    yield from (one for one in told.get("data", []) if one["waiting_for"] in _FOR_PEOPLE)


def _ask(api: Api, path: str, body: dict[str, Any], seen: Seen) -> dict[str, Any] | None:
    try:
        return api.post(path, body)
    except Refused as no:
        seen.note(f"no transfer to an account: {no.code}")
        return None


def _say(api: Api, path: str, seen: Seen, what: str) -> None:
    word = path.rpartition("/")[2]
    try:
        api.post(path, {})
    except Refused as no:
        seen.note(f"{word} {what}: {no.code}")
    else:
        seen.note(f"{word} {what}")
