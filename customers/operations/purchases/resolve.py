"""One look into the database before writing: repeats, and the customers that may be meant."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from customers.operations.people.payer import Identity
from customers.operations.people.register import Owner, Person, Register

# Every look-up is LATERAL … LIMIT 1 with the business hidden in a sub-select: one probe of the
# right unique index each. Told the business itself, the planner believes a new one has no rows,
# takes any index that begins with it, and reads all the business's rows for every purchase.
# Locking the totals of every customer that may be meant makes two purchases of one customer wait
# for each other, so that "first purchase" and "new day" are decided on settled facts.
_PEOPLE: Final = """
hits AS (
    SELECT i.customer_id, i.value_hmac, i.verified_at IS NOT NULL AS verified
    FROM json_to_recordset(%(identities)s::json) AS a (kind text, value bytea)
    CROSS JOIN LATERAL (
        SELECT customer_id, value_hmac, verified_at FROM customers_customeridentity
        WHERE business_id = (SELECT %(business)s::uuid) AND kind = a.kind AND value_hmac = a.value
        LIMIT 1
    ) i
),
held AS (
    SELECT t.id, t.purchases
    FROM (SELECT DISTINCT customer_id FROM hits ORDER BY customer_id) h
    CROSS JOIN LATERAL (
        SELECT id, purchases FROM customers_customertotals
        WHERE business_id = (SELECT %(business)s::uuid) AND id = h.customer_id
        LIMIT 1 FOR NO KEY UPDATE
    ) t
),
people AS (
    SELECT json_agg(json_build_array(
        encode(h.value_hmac, 'hex'), h.verified, c.id, c.status, c.name, c.mobile, c.email,
        c.member_code, t.purchases)) AS found
    FROM hits h
    JOIN held t ON t.id = h.customer_id
    CROSS JOIN LATERAL (
        SELECT id, status, name, mobile, email, member_code FROM customers_customer
        WHERE business_id = (SELECT %(business)s::uuid) AND id = h.customer_id LIMIT 1
    ) c
)
"""
_REPEATS: Final = """
repeats AS (
    SELECT json_agg(json_build_array(
        p.channel, p.external_id, encode(p.fingerprint, 'hex'), p.id, p.total_rial,
        c.id, c.status, c.name)) AS found
    FROM json_to_recordset(%(keys)s::json) AS k (channel text, external_id text)
    CROSS JOIN LATERAL (
        SELECT channel, external_id, fingerprint, id, total_rial, customer_id
        FROM customers_purchase
        WHERE business_id = (SELECT %(business)s::uuid)
          AND channel = k.channel AND external_id = k.external_id
        LIMIT 1
    ) p
    LEFT JOIN LATERAL (
        SELECT id, status, name FROM customers_customer
        WHERE business_id = (SELECT %(business)s::uuid) AND id = p.customer_id LIMIT 1
    ) c ON true
)
"""
_NO_PEOPLE: Final = "people AS (SELECT NULL::json AS found)"
_NO_REPEATS: Final = "repeats AS (SELECT NULL::json AS found)"
_SELECT: Final = "SELECT repeats.found::text, people.found::text FROM repeats, people"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A purchase that is already there under the same channel and external id."""

    fingerprint: bytes
    purchase_id: UUID
    total_rial: int
    customer_id: UUID | None
    customer_status: str | None
    customer_name: str


Key = tuple[str, str]


def resolve(
    keys: Sequence[Key], identities: Sequence[Identity], register: Register
) -> dict[Key, Earlier]:
    """Return the purchases already recorded under `keys`; enter known owners in the register.

    One statement, and none without keys and identities.
    """
    if not keys and not identities:
        return {}
    parts = (_REPEATS if keys else _NO_REPEATS, _PEOPLE if identities else _NO_PEOPLE)
    ((repeats, people),) = _statement(parts).rows(
        {
            "business": active_business_id(),
            "keys": to_json(
                [{"channel": channel, "external_id": number} for channel, number in keys]
            ).decode(),
            "identities": to_json(
                [{"kind": i.kind.value, "value": "\\x" + i.digest.hex()} for i in identities]
            ).decode(),
        }
    )
    _enter(register, json.loads(people) if people else ())
    return _earlier(json.loads(repeats) if repeats else ())


@lru_cache(maxsize=4)
def _statement(parts: tuple[str, str]) -> Prepared:
    statement = f"WITH {', '.join(parts)} {_SELECT}"
    return Prepared(statement, business="uuid", keys="json", identities="json")


def _enter(register: Register, rows: Sequence[Sequence[Any]]) -> None:
    people: dict[str, Person] = {}
    for digest, verified, person_id, status, name, mobile, email, code, purchases in rows:
        person = people.get(person_id)
        if person is None:
            person = people[person_id] = Person(
                UUID(person_id), status, name, mobile, email, code, purchases
            )
        register.owners[bytes.fromhex(digest)] = Owner(person, verified)


def _earlier(rows: Sequence[Sequence[Any]]) -> dict[Key, Earlier]:
    return {
        (channel, number): Earlier(
            bytes.fromhex(fingerprint),
            UUID(purchase_id),
            total,
            UUID(customer_id) if customer_id else None,
            status,
            name or "",
        )
        for channel, number, fingerprint, purchase_id, total, customer_id, status, name in rows
    }
