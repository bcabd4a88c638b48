"""Two stories of the same money: what the bank says and what the books say, read apart.

The bank's is its own list over HTTP; ours is read from the tables above every wall, by plain SQL
that shares no code with what wrote them.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx

from benchmarks import stage

HELD: Final = "held"
WAITING: Final = "waiting"
GIVEN_BACK: Final = "given back"
_STATES: Final = {
    "VERIFIED": HELD,
    "PAID": WAITING,
    "RETURNED": GIVEN_BACK,
    "REVERSED": GIVEN_BACK,
    "DONE": HELD,
    "REFUND": GIVEN_BACK,
}


@dataclass(frozen=True, slots=True)
class Movement:
    """Money the bank says it took for a shop: under which token, how much, where it is now."""

    key: str
    kind: str
    rial: int
    state: str


@dataclass(frozen=True, slots=True)
class Ours:
    """A try of ours, by the token the bank knows it by, and what it pays for.

    `taken_in` is what the journal holds for it: the sum of the payment's postings on the earning
    side, so a payment that was undone counts nothing.
    """

    key: str
    kind: str
    source: str
    rial: int
    state: str
    owner_state: str
    reason: str
    taken_in: int


def movements(bank: httpx.Client) -> list[Movement]:
    """Return every movement the bank ever made for a shop."""
    debits = bank.get("/control/debits").raise_for_status().json()["debits"]
    payments = bank.get("/control/payments.json").raise_for_status().json()["payments"]
    by_debit = {str(row["key"]) for row in debits}
    return [
        Movement(str(row["key"]), "debit", row["amount_rial"], _STATES[row["state"]])
        for row in debits
        if row["state"] in _STATES
    ] + [
        Movement(str(row["authority"]), "payment", row["charged_rial"], _STATES[row["state"]])
        for row in payments
        if row["state"] in _STATES and str(row["authority"]) not in by_debit
    ]


def held_in_accounts(bank: httpx.Client) -> tuple[int, int]:
    """Return the rial in the shops' accounts and in the bank's till of fees, by its ledger."""
    told = bank.get("/control/ledger.json", params={"limit": 1}).raise_for_status().json()
    assert told["total_rial"] == 0, "the bank's own ledger does not balance"
    accounts: dict[str, int] = told["accounts"]
    shops = sum(rial for name, rial in accounts.items() if name.startswith("merchant:"))
    return shops, accounts.get("fees", 0)


def faults_met(bank: httpx.Client) -> tuple[int, int]:
    """Return how many calls providers took, and how many of them were faulty."""
    calls = faulty = 0
    since = 0
    while True:
        found = bank.get("/control/log.json", params={"since": since, "limit": 20_000})
        events = found.raise_for_status().json()["events"]
        if not events:
            return calls, faulty
        since = events[-1]["id"]
        asked = [one for one in events if one["operation"] not in _NOT_CALLS]
        calls += len(asked)
        faulty += sum(one["fault"] is not None for one in asked)


_NOT_CALLS: Final = frozenset(
    {
        "pay",
        "expire",
        "auto_return",
        "transfer",
        "notice",
        "StartPay",
        "start",
        "startpay",
        "OnlinePG",
        "page",
    }
)

_TRIES: Final = """
SELECT a.authority, 'payment', a.payment_id::text, a.sent_amount, a.state, p.state,
       concat_ws(' ', o.state, r.reason, r.state, a.last_code), COALESCE(j.rial, 0)
FROM payments_paymentattempt a
JOIN payments_payment p ON p.id = a.payment_id
LEFT JOIN payments_orphancapture o ON o.attempt_id = a.id
LEFT JOIN payments_reversal r ON r.attempt_id = a.id AND r.state <> 'failed'
LEFT JOIN earned j ON j.payment_id = p.id
WHERE a.business_id = ANY(%(ids)s::uuid[]) AND a.authority IS NOT NULL
"""
_DEBITS: Final = """
SELECT CASE WHEN t.authority <> '' THEN t.authority ELSE t.key END, 'debit', d.id::text,
       t.amount_rial, t.state, d.state, concat_ws(' ', t.failure, t.last_code), COALESCE(j.rial, 0)
FROM payments_debitattempt t
JOIN payments_debit d ON d.id = t.debit_id
LEFT JOIN earned j ON j.payment_id = d.payment_id
WHERE t.business_id = ANY(%(ids)s::uuid[])
"""
# What a payment earned by the journal: a reversal posts the same back.
_EARNED: Final = """
WITH sources AS (
    SELECT id AS source_id, id AS payment_id FROM payments_payment
    WHERE business_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT id, payment_id FROM payments_reversal WHERE business_id = ANY(%(ids)s::uuid[])
), earned AS (
    SELECT payment_id, -sum(amount_rial)::bigint AS rial
    FROM sources JOIN payments_moneyentry USING (source_id)
    WHERE account IN ('sales', 'receivable', 'refunds')
    GROUP BY payment_id
)
"""


def ours(business_ids: list[UUID]) -> list[Ours]:
    """Return every try of ours that reached a provider."""
    return [Ours(*row) for row in rows(f"{_EARNED}{_TRIES} UNION ALL {_DEBITS}", business_ids)]


def rows(sql: str, business_ids: list[UUID]) -> list[tuple[Any, ...]]:
    """Return the rows of a query about some businesses, `%(ids)s`."""
    with stage.loader() as cursor:
        cursor.execute(sql, {"ids": [str(one) for one in business_ids]})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def number(sql: str, business_ids: list[UUID]) -> int:
    """Return the one number of a query."""
    ((found,),) = rows(sql, business_ids)
    return int(found or 0)
