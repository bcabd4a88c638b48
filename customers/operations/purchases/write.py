"""The one data-modifying statement that writes purchases with everything that belongs to them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from pydantic_core import to_json

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.operations.people.register import Register
from customers.operations.purchases.lines import Row

# Rows are written in the order of their unique keys, so that two writers wait, never deadlock.
# A unique key somebody else took meanwhile shows as a missing row: see `Overtaken`.
_PARTS: Final[dict[str, str]] = {
    "customers": """
INSERT INTO customers_customer (id, business_id, status, name, mobile, email, member_code,
                                search_key, family_key, created_at)
SELECT id, %(business)s, status, name, mobile, email, member_code, search_key, family_key, %(now)s
FROM json_to_recordset(%(customers)s::json) AS r (
    id uuid, status text, name text, mobile text, email text, member_code text,
    search_key text, family_key text)
ORDER BY member_code
ON CONFLICT (business_id, member_code) DO NOTHING
RETURNING id""",
    "empty_totals": """
INSERT INTO customers_customertotals (id, business_id, customer_id, purchases, purchase_days,
                                      gross_rial, returned_rial)
SELECT id, %(business)s, id, 0, 0, 0, 0 FROM customers RETURNING id""",
    # Only gaps are filled: somebody else may have filled one since we looked.
    "changed": """
UPDATE customers_customer c
SET status = CASE c.status WHEN 'provisional' THEN r.status ELSE c.status END,
    name = CASE c.name WHEN '' THEN r.name ELSE c.name END,
    mobile = COALESCE(c.mobile, r.mobile), email = COALESCE(c.email, r.email),
    search_key = CASE c.name WHEN '' THEN r.search_key ELSE c.search_key END,
    family_key = CASE c.name WHEN '' THEN r.family_key ELSE c.family_key END
FROM json_to_recordset(%(changed)s::json) AS r (
    id uuid, status text, name text, mobile text, email text, search_key text, family_key text)
WHERE c.business_id = (SELECT %(business)s::uuid) AND c.id = r.id
RETURNING c.id""",
    "identities": """
INSERT INTO customers_customeridentity (id, business_id, customer_id, kind, value_hmac, hint,
                                        source, reason, verified_at, created_at)
SELECT id, %(business)s, customer_id, kind, value_hmac, hint, %(source)s, reason, verified_at,
       %(now)s
FROM json_to_recordset(%(identities)s::json) AS r (
    id uuid, customer_id uuid, kind text, value_hmac bytea, hint text, reason text,
    verified_at timestamptz)
ORDER BY kind, value_hmac
ON CONFLICT (business_id, kind, value_hmac) DO NOTHING
RETURNING id""",
    "notes": """
INSERT INTO customers_timelineentry (id, business_id, customer_id, kind, occurred_at, data,
                                     source_ref)
SELECT id, %(business)s, customer_id, kind, %(now)s, data, source_ref
FROM json_to_recordset(%(notes)s::json) AS r (
    id uuid, customer_id uuid, kind text, data jsonb, source_ref text)
ORDER BY customer_id, source_ref
ON CONFLICT DO NOTHING
RETURNING id""",
    # Two payments agree on a card, and nobody else who told who they are was seen with it. One that
    # a stranger has goes to whom an earlier payment named beside it; the stranger's past does not.
    "agreed": """
UPDATE customers_customeridentity i
SET customer_id = r.customer_id, verified_at = %(now)s, reason = 'twice'
FROM json_to_recordset(%(agreed)s::json) AS r (value bytea, was uuid, customer_id uuid)
WHERE i.business_id = (SELECT %(business)s::uuid) AND i.kind = 'card' AND i.value_hmac = r.value
  AND i.customer_id = r.was AND i.verified_at IS NULL
  AND (r.was = r.customer_id OR EXISTS (
      SELECT FROM customers_mergesuggestion s
      WHERE s.business_id = (SELECT %(business)s::uuid) AND s.state = 'open'
        AND s.first_id = LEAST(r.was, r.customer_id)
        AND s.second_id = GREATEST(r.was, r.customer_id)))
  AND NOT EXISTS (
      SELECT FROM customers_mergesuggestion s
      JOIN customers_customer x ON x.business_id = s.business_id AND x.status = 'active'
       AND x.id IN (s.first_id, s.second_id) AND x.id <> r.customer_id
      WHERE s.business_id = (SELECT %(business)s::uuid) AND s.state <> 'accepted'
        AND 'card' = ANY (s.because)
        AND (s.first_id IN (r.was, r.customer_id) OR s.second_id IN (r.was, r.customer_id)))
RETURNING i.id""",
    "loosened": """
UPDATE customers_customeridentity i SET customer_id = r.customer_id, reason = 'alone'
FROM json_to_recordset(%(loosened)s::json) AS r (value bytea, was uuid, customer_id uuid)
WHERE i.business_id = (SELECT %(business)s::uuid) AND i.kind = 'card' AND i.value_hmac = r.value
  AND i.customer_id = r.was AND i.verified_at IS NULL
RETURNING i.id""",
    # What a person decided stays decided; until then it is counted how often it was seen.
    "suggestions": """
INSERT INTO customers_mergesuggestion AS s (id, business_id, first_id, second_id, state, because,
                                            times, raised_at, last_at, decided_by)
SELECT id, %(business)s, first_id, second_id, 'open', because, times, %(now)s, %(now)s, ''
FROM json_to_recordset(%(suggestions)s::json) AS r (
    id uuid, first_id uuid, second_id uuid, because text[], times int)
ORDER BY first_id, second_id
ON CONFLICT (business_id, first_id, second_id) DO UPDATE
SET times = s.times + excluded.times, last_at = excluded.last_at,
    because = (SELECT array_agg(DISTINCT kind ORDER BY kind)
               FROM unnest(s.because || excluded.because) AS k (kind))
WHERE s.state = 'open'
RETURNING id""",
    "purchases": """
INSERT INTO customers_purchase (id, business_id, customer_id, external_id, channel, source,
                                occurred_at, local_date, branch_id, employee_id, total_rial,
                                eligible_rial, returned_rial, payment_id, matched_by, fingerprint,
                                recorded_at)
SELECT id, %(business)s, customer_id, external_id, channel, %(source)s, occurred_at, local_date,
       branch_id, employee_id, total_rial, eligible_rial, 0, payment_id, matched_by, fingerprint,
       %(now)s
FROM json_to_recordset(%(purchases)s::json) AS r (
    id uuid, customer_id uuid, external_id text, channel text, occurred_at timestamptz,
    local_date date, branch_id uuid, employee_id uuid, total_rial bigint, eligible_rial bigint,
    payment_id uuid, matched_by text, fingerprint bytea)
ORDER BY channel, external_id
ON CONFLICT (business_id, channel, external_id) DO NOTHING
RETURNING id, customer_id, occurred_at, local_date, total_rial""",
    "lines": """
INSERT INTO customers_purchaseline (id, business_id, purchase_id, position, sku, name, category,
                                    quantity, unit_price_rial, discount_rial, total_rial,
                                    returned_rial, attributes)
SELECT id, %(business)s, purchase_id, position, sku, name, category, quantity, unit_price_rial,
       discount_rial, total_rial, 0, attributes
FROM json_to_recordset(%(lines)s::json) AS r (
    id uuid, purchase_id uuid, position int, sku text, name text, category text, quantity numeric,
    unit_price_rial bigint, discount_rial bigint, total_rial bigint, attributes jsonb)
RETURNING id""",
    "tenders": """
INSERT INTO customers_tender (id, business_id, purchase_id, position, method, amount_rial,
                              reference, masked_pan)
SELECT id, %(business)s, purchase_id, position, method, amount_rial, reference, masked_pan
FROM json_to_recordset(%(tenders)s::json) AS r (
    id uuid, purchase_id uuid, position int, method text, amount_rial bigint, reference text,
    masked_pan text)
RETURNING id""",
    "totals": """
INSERT INTO customers_customertotals AS t (id, business_id, customer_id, purchases, purchase_days,
                                           gross_rial, returned_rial, first_on, last_on, last_at)
SELECT w.customer_id, %(business)s, w.customer_id, count(*), count(DISTINCT w.local_date) FILTER (
           WHERE (
               SELECT true FROM customers_purchase p
               WHERE p.business_id = (SELECT %(business)s::uuid) AND p.customer_id = w.customer_id
                 AND p.local_date = w.local_date LIMIT 1) IS NULL),
       sum(w.total_rial), 0, min(w.local_date), max(w.local_date), max(w.occurred_at)
FROM purchases w
WHERE w.customer_id IS NOT NULL
GROUP BY w.customer_id
ORDER BY w.customer_id
ON CONFLICT (business_id, id) DO UPDATE
SET purchases = t.purchases + excluded.purchases,
    purchase_days = t.purchase_days + excluded.purchase_days,
    gross_rial = t.gross_rial + excluded.gross_rial,
    first_on = least(t.first_on, excluded.first_on),
    last_on = greatest(t.last_on, excluded.last_on),
    last_at = greatest(t.last_at, excluded.last_at)
RETURNING t.id""",
}
# Parts that follow from others and bring no rows of their own.
_DERIVED: Final = {"totals", "empty_totals"}
_COUNTED: Final = {
    "customers": "(SELECT count(*) FROM customers)",
    "identities": "(SELECT count(*) FROM identities)",
    "loosened": "(SELECT count(*) FROM loosened)",
    "purchases": "(SELECT count(*) FROM purchases)",
}


class Overtaken(Exception):
    """Somebody else wrote the same purchase, identity or member code meanwhile: look again."""


@dataclass(slots=True)
class Rows:
    """Rows to write, by part."""

    purchases: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    tenders: list[Row] = field(default_factory=list)


def write(register: Register, rows: Rows, *, source: str, now: datetime) -> None:
    """Write customers, identities, purchases, lines, tenders and totals in one statement.

    Raises Overtaken when a unique key was taken since we looked; the caller rolls back.
    """
    docs = {
        "customers": register.customer_rows(),
        "changed": register.changed_rows(),
        "identities": register.identities,
        "agreed": register.agreed,
        "loosened": register.loosened,
        "notes": register.notes,
        "suggestions": register.suggestion_rows(),
        "purchases": rows.purchases,
        "lines": rows.lines,
        "tenders": rows.tenders,
    }
    parts = _parts_of(docs)
    if not parts:
        return
    values: dict[str, Any] = {
        name: to_json(doc, inf_nan_mode="null").decode() for name, doc in docs.items() if doc
    }
    values |= {"business": active_business_id(), "source": source, "now": now}
    ((*written,),) = _statement(parts).rows(values)
    if written != [len(docs[name]) for name in _COUNTED if docs[name]]:
        raise Overtaken


def _parts_of(docs: dict[str, list[Row]]) -> tuple[str, ...]:
    parts = [name for name, doc in docs.items() if doc]
    if docs["purchases"]:
        parts.append("totals")
    elif docs["customers"]:
        parts.append("empty_totals")
    return tuple(parts)


@lru_cache(maxsize=256)
def _statement(parts: tuple[str, ...]) -> Prepared:
    ctes = ", ".join(f"{name} AS ({part})" for name, part in _PARTS.items() if name in parts)
    counts = ", ".join(count for name, count in _COUNTED.items() if name in parts)
    statement = f"WITH {ctes} SELECT {counts}"
    documents = dict.fromkeys((part for part in parts if part not in _DERIVED), "json")
    scalars = {"business": "uuid", "source": "text", "now": "timestamptz"}
    return Prepared(statement, **scalars, **documents)
