"""Our story of the same money, read above every wall.

It is plain SQL that shares no code with what wrote the rows.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from benchmarks import stage


@dataclass(frozen=True, slots=True)
class Ours:
    """A try or deposit of ours, by the token the bank knows it by, and what it pays for.

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


@dataclass(frozen=True, slots=True)
class OurReturn:
    """A part of a refund of ours by the token of its payment's try, or a refund without parts.

    `given_back` is what the journal holds for it: what it took of sales.
    """

    key: str
    source: str
    rial: int
    state: str
    owner_state: str
    waiting: str
    given_back: int


def tries(business_ids: list[UUID]) -> list[Ours]:
    """Return every try and deposit of ours a provider knows."""
    sql = f"{_EARNED}{_TRIES} UNION ALL {_DEBITS} UNION ALL {_DEPOSITS}"
    return [Ours(*row) for row in rows(sql, business_ids)]


def returns(business_ids: list[UUID]) -> list[OurReturn]:
    """Return what we say went back by refunds; what was reversed stands at the tries."""
    return [OurReturn(*row) for row in rows(_RETURNS, business_ids)]


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
# A deposit pays one payment here; two deposits of one payment are a double.
_DEPOSITS: Final = """
SELECT b.provider_reference, 'deposit', COALESCE(a.payment_id, d.id)::text,
       d.amount_rial, d.state, COALESCE(p.state, ''), concat_ws(' ', d.reason, d.last_code),
       COALESCE(j.rial, 0)
FROM payments_deposit d
JOIN payments_bankrow b ON b.id = d.row_id
LEFT JOIN payments_depositallocation a ON a.deposit_id = d.id AND a.state = 'settled'
LEFT JOIN payments_payment p ON p.id = a.payment_id
LEFT JOIN earned j ON j.payment_id = a.payment_id
WHERE d.business_id = ANY(%(ids)s::uuid[])
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
_RETURNS: Final = """
WITH given AS (
    SELECT source_id, sum(amount_rial)::bigint AS rial FROM payments_moneyentry
    WHERE business_id = ANY(%(ids)s::uuid[]) AND account IN ('refunds', 'receivable')
    GROUP BY source_id
)
SELECT a.authority, t.id::text, COALESCE(q.amount_rial, t.amount_rial), COALESCE(q.state, ''),
       t.state, t.waiting, COALESCE(g.rial, 0)
FROM payments_transfer t
JOIN payments_paymentattempt a ON a.id = t.attempt_id
LEFT JOIN payments_transferpart q ON q.transfer_id = t.id
LEFT JOIN given g ON g.source_id = q.id
WHERE t.business_id = ANY(%(ids)s::uuid[]) AND t.route = 'gateway'
ORDER BY t.requested_at, t.id, q.number
"""
