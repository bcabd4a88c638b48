"""The bank's story: what it took for the shops, what went back, what it holds, by its own lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

HELD: Final = "held"
WAITING: Final = "waiting"
GIVEN_BACK: Final = "given back"
_OF_PAYMENTS: Final = {
    "VERIFIED": HELD,
    "PAID": WAITING,
    "RETURNED": GIVEN_BACK,
    "REVERSED": GIVEN_BACK,
}
_OF_DEBITS: Final = {"DONE": HELD, "REFUND": GIVEN_BACK}
_OF_DEPOSITS: Final = {
    "SUCCESSFUL": HELD,
    "IN_PROGRESS": WAITING,
    "WAITING_FOR_MERCHANT_VERIFY": WAITING,
    "FAILED": GIVEN_BACK,
}
# Of a transfer on its way out: it arrived, it is on its way, it came back.
ARRIVED: Final = "arrived"
ON_ITS_WAY: Final = "on its way"
CAME_BACK: Final = "came back"
_OF_TRANSFERS: Final = {"PAID": ARRIVED, "PENDING": ON_ITS_WAY, "SENT": ON_ITS_WAY}
_PARTNER: Final = "snapppay"


@dataclass(frozen=True, slots=True)
class Movement:
    """Money the bank says it took for a shop: under which token, how much, where it is now."""

    key: str
    kind: str
    rial: int
    state: str


@dataclass(frozen=True, slots=True)
class Return:
    """Money of a movement that went back while the rest stayed, and where it is now."""

    key: str
    rial: int
    state: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the bank holds: for the shops (less what they put there), as fees, on its way."""

    shops_rial: int
    fees_rial: int
    transit_rial: int


def movements(bank: httpx.Client) -> list[Movement]:
    """Return every movement the bank ever made for a shop."""
    debits = list(_listed(bank, "debits", "debits"))
    collected = {str(row["key"]) for row in debits}
    payments = [
        row
        for row in _listed(bank, "payments.json", "payments")
        if str(row["authority"]) not in collected
    ]
    return [
        *_moved(debits, "key", "amount_rial", _OF_DEBITS, lambda _row: "debit"),
        *_moved(payments, "authority", "charged_rial", _OF_PAYMENTS, _kind),
        *_moved(
            _listed(bank, "deposits.json", "deposits"),
            "reference",
            "amount_rial",
            _OF_DEPOSITS,
            lambda _row: "deposit",
        ),
    ]


def returns(bank: httpx.Client) -> list[Return]:
    """Return what went back of movements in part, and to accounts: by the key it has with us."""
    return [
        *(
            Return(row["key"], row["amount_rial"], _OF_TRANSFERS.get(row["state"], CAME_BACK))
            for row in _listed(bank, "transfers.json", "transfers")
            if row["kind"] == "payout"
        ),
        *(
            Return(row["authority"], row["amount_rial"], _OF_TRANSFERS.get(row["state"], CAME_BACK))
            for row in _listed(bank, "transfers.json", "transfers")
            if row["kind"] == "refund"
        ),
        *(
            Return(row["authority"], row["amount_rial"], ARRIVED)
            for row in _pages(bank, "ledger.json", "entries")
            if row["memo"] == "update" and row["amount_rial"] > 0
        ),
    ]


def accounts(bank: httpx.Client) -> Accounts:
    """Return what the bank's ledger holds."""
    told = bank.get("/control/ledger.json", params={"limit": 1}).raise_for_status().json()
    assert told["total_rial"] == 0, "the bank's own ledger does not balance"
    held: dict[str, int] = told["accounts"]
    shops = sum(rial for name, rial in held.items() if name.startswith("merchant:"))
    shops -= sum(
        row["amount_rial"]
        for row in _pages(bank, "ledger.json", "entries")
        if row["memo"] == "opening balance" and row["account"].startswith("merchant:")
    )
    return Accounts(shops, held.get("fees", 0), held.get("transit", 0))


def last_event(bank: httpx.Client) -> int:
    """Return the number of the newest event in the bank's log."""
    return max((event["id"] for event in _pages(bank, "log.json", "events")), default=0)


def faults_met(bank: httpx.Client, *, since: int) -> tuple[int, int]:
    """Return how many calls providers took after an event, and how many of them were faulty."""
    events = _pages(bank, "log.json", "events", since=since)
    calls = [one for one in events if _is_call(one["operation"])]
    return len(calls), sum(one["fault"] is not None for one in calls)


def _is_call(operation: str) -> bool:
    return operation not in _NOT_CALLS and not operation.startswith("control.")


# What people and the bank itself do: no provider answers it, so no fault can strike it.
_NOT_CALLS: Final = frozenset(
    {
        "pay",
        "expire",
        "auto_return",
        "contradiction",
        "transfer",
        "notice",
        "deposit",
        "debit",
        "pay-day",
        "sign",
        "StartPay",
        "start",
        "startpay",
        "OnlinePG",
        "page",
        "jibit.ppg.start",
        "snapppay",
    }
)


def _moved(
    rows: Iterable[dict[str, Any]],
    key: str,
    rial: str,
    states: Mapping[str, str],
    kind: Callable[[dict[str, Any]], str],
) -> Iterator[Movement]:
    for row in rows:
        state = states.get(row.get("status") or row["state"])
        if state is not None:
            yield Movement(str(row[key]), kind(row), row[rial], state)


def _kind(row: dict[str, Any]) -> str:
    return "pay later" if row["psp"] == _PARTNER else "payment"


def _listed(bank: httpx.Client, path: str, name: str) -> Iterator[dict[str, Any]]:
    yield from bank.get(f"/control/{path}").raise_for_status().json()[name]


def _pages(bank: httpx.Client, path: str, name: str, *, since: int = 0) -> Iterator[dict[str, Any]]:
    while True:
        asked = {"since": since, "limit": 5_000}
        rows = bank.get(f"/control/{path}", params=asked).raise_for_status().json()[name]
        if not rows:
            return
        yield from rows
        since = rows[-1]["id"]
