"""Recording sales: check, look once, write once, announce."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import DeadlockDetected

from businesses.queries import business_by_id
from core.errors import Problem
from core.spelling import number
from core.tenancy import active_business_id, operation
from core.text import is_storable, normalise_code
from customers.events import CustomerActivated, CustomerCreated, PurchaseRecorded
from customers.models import ContextField
from customers.operations.people.register import Person, Register, digests_of
from customers.operations.purchases.context import check_context, fields_for, with_context
from customers.operations.purchases.draft import Draft, Setting, draft_of
from customers.operations.purchases.holds import judged
from customers.operations.purchases.resolve import Earlier, Key, resolve
from customers.operations.purchases.values import NewPurchase, PurchaseOutcome
from customers.operations.purchases.write import Overtaken, Rows, write
from customers.queries.codes import branch_ids, employee_ids
from customers.queries.identities import key_of
from outbox.operations import publish

MAX_BATCH: Final = 1000
_TRIES: Final = 8

R = TypeVar("R")


def record_purchases(
    *, purchases: Sequence[NewPurchase], source: str, now: datetime
) -> list[PurchaseOutcome]:
    """Record up to 1,000 purchases of the active business; one outcome each, in order.

    A refused purchase (bad amount, unknown branch, `purchase_conflict`, …) is an outcome with
    `error`; the others are written. Raises Problem `too_many_purchases` for a longer list.
    """
    if len(purchases) > MAX_BATCH:
        raise too_many_purchases()
    setting = _setting(purchases, source, now)
    fields = fields_for([one for new in purchases for one in _said(new)])
    drafts = [_draft_or_problem(new, setting, fields) for new in purchases]
    return until_settled(lambda: _attempt(drafts=drafts, setting=setting))


def too_many_purchases() -> Problem:
    """Return the refusal of a list longer than MAX_BATCH."""
    return Problem(
        "too_many_purchases",
        _("Send at most %(most)s purchases at a time.") % {"most": number(MAX_BATCH)},
    )


def until_settled(attempt: Callable[[], R]) -> R:
    """Repeat an attempt whose savepoint was undone because somebody else was faster."""
    for _try in range(_TRIES):
        try:
            return attempt()
        except Overtaken:
            continue
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise Problem(
        "busy",
        _("Too many changes at once; try again in a moment."),
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": "1"},
    )


def _setting(purchases: Sequence[NewPurchase], source: str, now: datetime) -> Setting:
    business_id = active_business_id()
    return Setting(
        identity_key=key_of(business_id),
        zone=business_by_id(business_id).timezone,
        branches=branch_ids(_codes(p.branch_code for p in purchases)),
        employees=employee_ids(_codes(p.employee_code for p in purchases)),
        source=source,
        now=now,
    )


def _codes(typed: Iterable[str | None]) -> set[str]:
    """Return the codes in normal spelling; unstorable ones are refused with their purchase."""
    clean = {normalise_code(code) for code in set(typed) if code}
    return {code for code in clean if is_storable(code)}


def _said(new: NewPurchase) -> Iterator[Mapping[str, Any]]:
    """Return what is to be held against the fields."""
    if not _was_judged(new):
        yield new.context
        yield from (line.attributes for line in new.lines)


def _was_judged(new: NewPurchase) -> bool:
    """Of what a payment paid, what it says was held against the fields before."""
    return new.judged or new.payment_id is not None


def _draft_or_problem(
    new: NewPurchase, setting: Setting, fields: Mapping[str, ContextField]
) -> Draft | Problem:
    try:
        if not _was_judged(new):
            check_context(fields, new.context, new.lines)
        if new.context:
            new = replace(new, lines=with_context(new.lines, new.context))
        return draft_of(new, setting)
    except Problem as problem:
        return problem


@operation
def _attempt(*, drafts: Sequence[Draft | Problem], setting: Setting) -> list[PurchaseOutcome]:
    # Inside the attempt: what sales use stays locked until they stand, and is let go with it.
    drafts = judged(drafts, setting.now)
    sound = [draft for draft in drafts if isinstance(draft, Draft)]
    register = Register(setting.identity_key, setting.source, setting.now)
    identities = digests_of(draft.payer for draft in sound)
    seen = resolve(list({draft.key for draft in sound}), identities, register)
    book = _Book(register, seen)
    outcomes = [
        book.enter(one) if isinstance(one, Draft) else PurchaseOutcome(error=one) for one in drafts
    ]
    write(register, book.rows, source=setting.source, now=setting.now)
    publish([*people_events(register), *book.events(setting.source)], now=setting.now)
    return outcomes


@dataclass(slots=True)
class _Book:
    """Enters drafts one by one: repeats and conflicts, also among themselves."""

    register: Register
    seen: dict[Key, Earlier]
    rows: Rows = field(default_factory=Rows)
    entries: list[tuple[Draft, Person | None, bool]] = field(default_factory=list)

    def enter(self, draft: Draft) -> PurchaseOutcome:
        earlier = self.seen.get(draft.key)
        if earlier is not None:
            return _repeated(draft, earlier)
        person, matched_by = None, ""
        if draft.payer is not None:
            person, matched_by = self.register.recognise(draft.payer)
        self._write_down(draft, person, matched_by)
        entered = _as_earlier(draft, person)
        self.seen[draft.key] = entered
        return _outcome(entered, replayed=False)

    def _write_down(self, draft: Draft, person: Person | None, matched_by: str) -> None:
        customer_id = person.id if person else None
        first = person is not None and person.purchases == 0
        if person is not None:
            person.purchases += 1
        self.rows.purchases.append(_purchase_row(draft, customer_id, matched_by))
        self.rows.lines += [line | {"purchase_id": draft.id} for line in draft.lines]
        self.rows.tenders += [tender | {"purchase_id": draft.id} for tender in draft.tenders]
        self.entries.append((draft, person, first))

    def events(self, source: str) -> list[PurchaseRecorded]:
        return [
            PurchaseRecorded(
                purchase_id=draft.id,
                customer_id=person.id if person else None,
                total_rial=draft.total_rial,
                eligible_rial=draft.eligible_rial,
                channel=draft.channel,
                source=source,
                occurred_at=draft.occurred_at,
                local_date=draft.local_date,
                branch_id=draft.branch_id,
                employee_id=draft.employee_id,
                first_purchase=first,
                customer_status=person.status if person else None,
                holds=tuple(held.id for held in draft.holds),
                referral_code=draft.referral_code,
            )
            for draft, person, first in self.entries
        ]


def _purchase_row(draft: Draft, customer_id: UUID | None, matched_by: str) -> dict[str, object]:
    return {
        "id": draft.id,
        "customer_id": customer_id,
        "external_id": draft.external_id,
        "channel": draft.channel,
        "occurred_at": draft.occurred_at,
        "local_date": draft.local_date,
        "branch_id": draft.branch_id,
        "employee_id": draft.employee_id,
        "total_rial": draft.total_rial,
        "eligible_rial": draft.eligible_rial,
        "payment_id": draft.payment_id,
        "matched_by": matched_by,
        "fingerprint": "\\x" + draft.fingerprint.hex(),
    }


def _as_earlier(draft: Draft, person: Person | None) -> Earlier:
    return Earlier(
        draft.fingerprint,
        draft.id,
        draft.total_rial,
        person.id if person else None,
        person.status if person else None,
        person.name if person else "",
    )


def _repeated(draft: Draft, earlier: Earlier) -> PurchaseOutcome:
    if earlier.fingerprint != draft.fingerprint:
        return PurchaseOutcome(
            error=Problem(
                "purchase_conflict",
                _("Another purchase was already recorded under this number in this channel."),
                status=HTTPStatus.CONFLICT,
                fields={"external_id": [_("This number is already in use.")]},
                extra={"purchase_id": str(earlier.purchase_id)},
            )
        )
    return _outcome(earlier, replayed=True)


def _outcome(entry: Earlier, *, replayed: bool) -> PurchaseOutcome:
    return PurchaseOutcome(
        purchase_id=entry.purchase_id,
        customer_id=entry.customer_id,
        customer_status=entry.customer_status,
        customer_name=entry.customer_name,
        total_rial=entry.total_rial,
        replayed=replayed,
    )


def people_events(register: Register) -> list[CustomerCreated | CustomerActivated]:
    """Return what to announce of the people a register met."""
    return [
        *(
            CustomerCreated(customer_id=person.id, status=person.status, source=register.source)
            for person in register.created
        ),
        *(CustomerActivated(customer_id=person.id) for person in register.activated),
    ]
