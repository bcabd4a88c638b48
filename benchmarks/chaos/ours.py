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
    side, so a payment that was undone counts nothing. `aside` is what it holds of a deposit beside
    payments: what waits for a person, is the owner's, or made a sum lent to a card its own.
    """

    key: str
    kind: str
    source: str
    rial: int
    state: str
    owner_state: str
    reason: str
    taken_in: int
    aside: int = 0


@dataclass(frozen=True, slots=True)
class OurReturn:
    """A part of a refund or payout of ours, or one without parts.

    Its `key` is the token of its payment's try, and for money to an account its own id, by which
    the provider knows it; then `kind` says what it is. `given_back` is what the journal holds for
    it: what it took of sales, or what was paid out.
    """

    key: str
    source: str
    rial: int
    state: str
    owner_state: str
    waiting: str
    given_back: int
    kind: str = ""


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
       concat_ws(' ', o.state, r.reason, r.state, a.last_code), COALESCE(j.rial, 0), 0
FROM payments_paymentattempt a
JOIN payments_payment p ON p.id = a.payment_id
LEFT JOIN payments_orphancapture o ON o.attempt_id = a.id
LEFT JOIN payments_reversal r ON r.attempt_id = a.id AND r.state <> 'failed'
LEFT JOIN earned j ON j.payment_id = p.id
WHERE a.business_id = ANY(%(ids)s::uuid[]) AND a.authority IS NOT NULL
"""
_DEBITS: Final = """
SELECT CASE WHEN t.authority <> '' THEN t.authority ELSE t.key END, 'debit', d.id::text,
       t.amount_rial, t.state, d.state, concat_ws(' ', t.failure, t.last_code), COALESCE(j.rial, 0),
       0
FROM payments_debitattempt t
JOIN payments_debit d ON d.id = t.debit_id
LEFT JOIN earned j ON j.payment_id = d.payment_id
WHERE t.business_id = ANY(%(ids)s::uuid[])
"""
# A deposit pays one payment here; two deposits of one payment are a double.
_DEPOSITS: Final = """
SELECT CASE WHEN b.provider_reference <> '' THEN b.provider_reference ELSE b.bank_reference END,
       'deposit', COALESCE(a.payment_id, d.id)::text,
       d.amount_rial, d.state, COALESCE(p.state, ''), concat_ws(' ', d.reason, d.last_code),
       COALESCE(j.rial, 0), COALESCE(k.rial, 0)
FROM payments_deposit d
JOIN payments_bankrow b ON b.id = d.row_id
LEFT JOIN payments_depositallocation a ON a.deposit_id = d.id AND a.state = 'settled'
LEFT JOIN payments_payment p ON p.id = a.payment_id
LEFT JOIN earned j ON j.payment_id = a.payment_id
LEFT JOIN aside k ON k.deposit_id = d.id
WHERE d.business_id = ANY(%(ids)s::uuid[])
"""
# What a payment earned by the journal: a reversal posts the same back.
_EARNED: Final = """
WITH sources AS (
    SELECT id AS source_id, id AS payment_id FROM payments_payment
    WHERE business_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT id, payment_id FROM payments_reversal WHERE business_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT id, payment_id FROM payments_debit WHERE business_id = ANY(%(ids)s::uuid[])
), of_deposit AS (
    SELECT id AS source_id, id AS deposit_id FROM payments_deposit
    WHERE business_id = ANY(%(ids)s::uuid[])
    UNION ALL
    SELECT payment_id, deposit_id FROM payments_depositallocation
    WHERE business_id = ANY(%(ids)s::uuid[]) AND state = 'settled'
    UNION ALL
    SELECT id, deposit_id FROM payments_depositreturn WHERE business_id = ANY(%(ids)s::uuid[])
), aside AS (
    SELECT deposit_id, -sum(amount_rial)::bigint AS rial
    FROM of_deposit JOIN payments_moneyentry USING (source_id)
    WHERE account IN ('unmatched', 'owner', 'rounding')
    GROUP BY deposit_id
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
    WHERE business_id = ANY(%(ids)s::uuid[]) AND account IN ('refunds', 'receivable', 'payouts')
    GROUP BY source_id
)
SELECT CASE WHEN t.route = 'payout' THEN t.id::text ELSE a.authority END, t.id::text,
       COALESCE(q.amount_rial, t.amount_rial), COALESCE(q.state, ''), t.state, t.waiting,
       COALESCE(g.rial, 0), CASE WHEN t.kind = 'payout' THEN 'payout'
       WHEN t.route = 'payout' THEN 'refund to an account' ELSE '' END
FROM payments_transfer t
LEFT JOIN payments_paymentattempt a ON a.id = t.attempt_id
LEFT JOIN payments_transferpart q ON q.transfer_id = t.id
LEFT JOIN given g ON g.source_id = q.id
WHERE t.business_id = ANY(%(ids)s::uuid[]) AND t.route IN ('gateway', 'payout')
ORDER BY t.requested_at, t.id, q.number
"""
