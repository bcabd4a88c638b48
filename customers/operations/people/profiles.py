"""Finding, creating and correcting customers outside a sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from customers.enums import CustomerStatus, IdentityKind, TimelineKind
from customers.events import CustomerActivated, ProfileTold
from customers.models import Customer, CustomerIdentity
from customers.operations.people.payer import (
    Payer,
    clean_email,
    clean_mobile,
    clean_name,
    payer_of,
)
from customers.operations.people.register import Register, digests_of, search_keys
from customers.operations.purchases.record import people_events, until_settled
from customers.operations.purchases.resolve import resolve
from customers.operations.purchases.values import CustomerHint
from customers.operations.purchases.write import Rows, write
from customers.operations.stories import note_timeline
from customers.queries.identities import digest, key_of
from outbox.operations import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCustomer:
    """A customer that is there now; `created` when they were not before."""

    customer_id: UUID
    status: str
    name: str
    created: bool


def find_or_create(*, customer: CustomerHint, source: str, now: datetime) -> FoundCustomer:
    """Return the customer a hint stands for, creating them when nobody fits.

    Raises Problem `customer_unidentified`, `invalid_mobile`, `invalid_email`, `invalid_text`.
    """
    payer = payer_of(customer, key_of(active_business_id()))
    if payer is None:
        raise Problem(
            "customer_unidentified",
            _("Give a mobile, e-mail, member code or number of your own for the customer."),
        )
    (found,) = until_settled(lambda: _find_or_create(payers=[payer], source=source, now=now))
    return found


def find_or_create_by_mobile(
    *, mobiles: Sequence[str], source: str, now: datetime
) -> list[FoundCustomer]:
    """Return whose each E.164 mobile is, creating whoever is not known; all at once, in order."""
    key = key_of(active_business_id())
    payers = [one for mobile in mobiles if (one := payer_of(CustomerHint(mobile=mobile), key))]
    if not payers:
        return []
    return until_settled(lambda: _find_or_create(payers=payers, source=source, now=now))


@operation
def _find_or_create(*, payers: Sequence[Payer], source: str, now: datetime) -> list[FoundCustomer]:
    register = Register(key_of(active_business_id()), source, now)
    resolve((), digests_of(payers), register)
    people = [register.recognise(payer)[0] for payer in payers]
    write(register, Rows(), source=source, now=now)
    publish(people_events(register), now=now)
    return [
        FoundCustomer(
            customer_id=person.id, status=person.status, name=person.name, created=person.is_new
        )
        for person in people
    ]


@operation
def update_customer(
    *,
    customer_id: UUID,
    now: datetime,
    name: str | None = None,
    mobile: str | None = None,
    email: str | None = None,
    source: str = "manual",
) -> Customer:
    """Correct a customer's particulars; None leaves a field as it is, "" clears it.

    Raises NotFound, and Problem `identity_taken` (409) when the mobile or e-mail is somebody
    else's, `customer_closed` (409) for merged or erased customers.
    """
    customer = held_profile(customer_id)
    before = (customer.name, customer.mobile, customer.email)
    if name is not None:
        customer.name = clean_name(name)
        customer.search_key, customer.family_key = search_keys(customer.name)
    if mobile is not None:
        customer.mobile = clean_mobile(mobile)
        _claim(customer, IdentityKind.MOBILE, before[1], customer.mobile, source, now)
    if email is not None:
        customer.email = clean_email(email)
        _claim(customer, IdentityKind.EMAIL, before[2], customer.email, source, now)
    if before != (customer.name, customer.mobile, customer.email):
        _keep(customer, source, now)
    return customer


def held_profile(customer_id: UUID) -> Customer:
    """Return a profile under its lock. Raises NotFound, Problem `customer_closed` (409)."""
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    if customer.status in {CustomerStatus.MERGED, CustomerStatus.ERASED}:
        raise Problem(
            "customer_closed",
            _("This profile was merged or erased and cannot be changed."),
            status=HTTPStatus.CONFLICT,
        )
    return customer


def _keep(customer: Customer, source: str, now: datetime) -> None:
    known = bool(customer.mobile or customer.email)
    if known and customer.status == CustomerStatus.PROVISIONAL:
        customer.status = CustomerStatus.ACTIVE
        publish([CustomerActivated(customer_id=customer.id)], now=now)
    customer.save(update_fields=["name", "mobile", "email", "search_key", "family_key", "status"])
    note_timeline(
        customer_id=customer.id,
        kind=TimelineKind.PROFILE_CHANGED,
        data={"source": source},
        occurred_at=now,
        now=now,
    )
    publish([ProfileTold(customer_id=customer.id)], now=now)


def _claim(  # noqa: PLR0917 - the columns of one row
    customer: Customer,
    kind: IdentityKind,
    old: str | None,
    new: str | None,
    source: str,
    now: datetime,
) -> None:
    """Give the customer the new identity and take the old one away."""
    if old == new:
        return
    key = key_of(active_business_id())
    if old:
        CustomerIdentity.objects.filter(
            customer_id=customer.id, kind=kind, value_hmac=digest(key, kind, old)
        ).delete()
    if not new:
        return
    row, _created = CustomerIdentity.objects.get_or_create(
        kind=kind,
        value_hmac=digest(key, kind, new),
        defaults={
            "customer_id": customer.id,
            "hint": new[-4:] if kind is IdentityKind.MOBILE else new.partition("@")[2],
            "source": source,
            "reason": "typed",
            "created_at": now,
        },
    )
    if row.customer_id != customer.id:
        raise Problem(
            "identity_taken",
            _("Another customer already has this %(what)s.") % {"what": kind.label},
            status=HTTPStatus.CONFLICT,
            extra={"customer_id": str(row.customer_id)},
        )
