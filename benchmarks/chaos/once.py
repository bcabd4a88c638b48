"""What hangs on a payment exists once: its purchase, points, survey and place in the books.

Each check is a sentence and a query that counts what breaks it.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from benchmarks.chaos import ours

_PAID: Final = "p.business_id = ANY(%(ids)s::uuid[]) AND p.state = 'settled'"
_CHECKS: Final = {
    "paid without a purchase of the same amount": f"""
        SELECT count(*) FROM payments_payment p LEFT JOIN customers_purchase b
        ON b.id = p.purchase_id AND b.total_rial = p.amount_rial WHERE {_PAID} AND b.id IS NULL""",
    "purchases of two payments": """
        SELECT count(*) FROM (SELECT 1 FROM payments_payment
        WHERE business_id = ANY(%(ids)s::uuid[]) AND purchase_id IS NOT NULL
        GROUP BY purchase_id HAVING count(*) > 1) twice""",
    "purchases nobody paid for": """
        SELECT count(*) FROM customers_purchase b WHERE b.business_id = ANY(%(ids)s::uuid[])
        AND NOT EXISTS (SELECT FROM payments_payment p WHERE p.purchase_id = b.id)""",
    "paid without points posted exactly once": f"""
        SELECT count(*) FROM payments_payment p WHERE {_PAID} AND 1 <> (
        SELECT count(*) FROM loyalty_ledgerentry e
        WHERE e.purchase_id = p.purchase_id AND e.kind = 'earn')""",
    "gateway payments without exactly one survey": f"""
        SELECT count(*) FROM payments_payment p WHERE {_PAID} AND p.method = 'gateway' AND 1 <> (
        SELECT count(*) FROM feedback_surveyinvitation i WHERE i.purchase_id = p.purchase_id)""",
    "other payments with two surveys": f"""
        SELECT count(*) FROM payments_payment p WHERE {_PAID} AND p.method <> 'gateway' AND 1 < (
        SELECT count(*) FROM feedback_surveyinvitation i WHERE i.purchase_id = p.purchase_id)""",
    "payments announced other than once": f"""
        SELECT count(*) FROM payments_payment p WHERE {_PAID} AND 1 <> (
        SELECT count(*) FROM outbox_event o WHERE o.business_id = p.business_id
        AND o.name = 'payment.settled' AND o.payload->>'payment_id' = p.id::text)""",
    "refunds whose sale was not made smaller by as much": f"""
        SELECT count(*) FROM payments_payment p JOIN customers_purchase b ON b.id = p.purchase_id
        WHERE {_PAID} AND b.returned_rial <> (
        SELECT COALESCE(sum(t.amount_rial), 0) FROM payments_transfer t
        WHERE t.payment_id = p.id AND t.undone_at IS NOT NULL)""",
    "payments that gave back more than they took": """
        SELECT count(*) FROM (SELECT p.id FROM payments_payment p
        JOIN payments_transfer t ON t.payment_id = p.id
        WHERE p.business_id = ANY(%(ids)s::uuid[])
        GROUP BY p.id, p.amount_rial HAVING sum(t.paid_rial) > p.amount_rial) more""",
    "rial on their way out in the books": """
        SELECT abs(sum(amount_rial)) FROM payments_moneyentry
        WHERE business_id = ANY(%(ids)s::uuid[]) AND account = 'in_transit'""",
    "events not delivered": """
        SELECT count(*) FROM outbox_delivery
        WHERE business_id = ANY(%(ids)s::uuid[]) AND state <> 'done'""",
}
TRIAL_BALANCE: Final = """
SELECT sum(amount_rial) FROM payments_moneyentry WHERE business_id = ANY(%(ids)s::uuid[])
"""
AT_PROVIDERS: Final = """
SELECT sum(amount_rial) FROM payments_moneyentry
WHERE business_id = ANY(%(ids)s::uuid[]) AND account IN ('provider', 'bank')
"""
FEES: Final = """
SELECT sum(amount_rial) FROM payments_moneyentry
WHERE business_id = ANY(%(ids)s::uuid[]) AND account = 'fees'
"""


def broken(business_ids: list[UUID]) -> list[str]:
    """Return a sentence per check that does not hold."""
    counted = {what: ours.number(sql, business_ids) for what, sql in _CHECKS.items()}
    return [f"{what}: {count}" for what, count in counted.items() if count]


def broken_statements(held_rial: Mapping[UUID, int], business_ids: list[UUID]) -> list[str]:
    """Return a sentence per bank account of a shop's own of which we heard another story."""
    told = {UUID(str(account)): int(rial) for account, rial in ours.rows(_HEARD, business_ids)}
    return [
        f"account {account} holds {rial}, its statements as we heard them say {told.get(account)}"
        for account, rial in held_rial.items()
        if told.get(account, 0) != rial
    ]


def states(business_ids: list[UUID]) -> list[tuple[str, str, int, int]]:
    """Return what became of every payment and debit: kind, state, how many, how many rial."""
    found = ours.rows(_STATES, business_ids)
    return [(str(kind), str(state), int(count), int(rial)) for kind, state, count, rial in found]


_HEARD: Final = """
SELECT account_id, sum(amount_rial) FROM payments_bankrow
WHERE business_id = ANY(%(ids)s::uuid[]) AND provider_reference = '' GROUP BY account_id
"""
_STATES: Final = """
SELECT CASE WHEN method = 'bnpl' THEN 'pay-later payment' WHEN method = 'card_to_card'
       THEN 'card to card' WHEN method LIKE '%%deposit' THEN 'invoice' ELSE 'payment' END,
       state, count(*), sum(amount_rial)
FROM payments_payment
WHERE business_id = ANY(%(ids)s::uuid[]) AND method IS DISTINCT FROM 'direct_debit'
GROUP BY 1, 2
UNION ALL
SELECT 'debit', state || CASE WHEN failure <> '' THEN ': ' || failure ELSE '' END,
       count(*), sum(amount_rial)
FROM payments_debit WHERE business_id = ANY(%(ids)s::uuid[]) GROUP BY 2
UNION ALL
SELECT kind, route || ', ' || state || CASE WHEN waiting <> '' THEN ': ' || waiting ELSE '' END,
       count(*), sum(amount_rial)
FROM payments_transfer WHERE business_id = ANY(%(ids)s::uuid[]) GROUP BY 1, 2
UNION ALL
SELECT 'deposit', state || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END,
       count(*), sum(amount_rial)
FROM payments_deposit WHERE business_id = ANY(%(ids)s::uuid[]) GROUP BY 2
ORDER BY 1, 3 DESC
"""
