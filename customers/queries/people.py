"""Finding customers and reading their particulars."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from core.tenancy import active_business_id
from core.text import latin_digits, normalise, search_key
from customers.enums import CustomerStatus, IdentityKind
from customers.models import Customer, CustomerIdentity, CustomerTotals
from customers.queries.identities import ForeignNumber, digest, key_of, parse_mobile
from customers.queries.merging import survivor_of

# The last code point there is: every text that begins with a prefix sorts below prefix + this.
_LAST: Final = "\U0010ffff"
_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)
_LEAST_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer with their running sums; `net_rial` is after returns."""

    id: UUID
    status: str
    name: str
    mobile: str | None
    email: str | None
    member_code: str
    created_at: datetime
    purchases: int
    purchase_days: int
    gross_rial: int
    returned_rial: int
    first_on: date | None
    last_on: date | None
    last_at: datetime | None

    @property
    def net_rial(self) -> int:
        """What they bought less what came back."""
        return self.gross_rial - self.returned_rial


def customer_rows(*, search: str = "", status: str = "") -> QuerySet[CustomerTotals]:
    """Return totals joined with their live customers, filtered; the caller orders and pages.

    `search` takes the beginning of a name, of a family name, of a mobile or of a member code.
    """
    rows = CustomerTotals.objects.select_related("customer")
    rows = rows.filter(customer__status__in=[status] if status else _LIVE)
    return rows.filter(_beginning(search)) if search.strip() else rows


def view_of(row: CustomerTotals) -> CustomerView:
    """Return a row of `customer_rows` as a value."""
    person = row.customer
    return CustomerView(
        id=person.id,
        status=person.status,
        name=person.name,
        mobile=person.mobile,
        email=person.email,
        member_code=person.member_code,
        created_at=person.created_at,
        purchases=row.purchases,
        purchase_days=row.purchase_days,
        gross_rial=row.gross_rial,
        returned_rial=row.returned_rial,
        first_on=row.first_on,
        last_on=row.last_on,
        last_at=row.last_at,
    )


def customer_view(customer_id: UUID) -> CustomerView | None:
    """Return one customer of the active business with their sums, or None. One query.

    A merged profile's id gives the profile it was joined to, at the price of two more.
    """
    rows = CustomerTotals.objects.select_related("customer")
    row = rows.filter(id=customer_id).first()
    if row is None:
        row = rows.filter(id=survivor_of(customer_id)).first()
    return view_of(row) if row else None


def customer_views(customer_ids: list[UUID]) -> dict[UUID, CustomerView]:
    """Return many customers by id. One query."""
    rows = CustomerTotals.objects.select_related("customer").filter(id__in=customer_ids)
    return {row.id: view_of(row) for row in rows}


def find_customer(
    *,
    mobile: str = "",
    email: str = "",
    member_code: str = "",
    external_id: str = "",
    card_hash: str = "",
) -> UUID | None:
    """Return the customer known by an identity, the strongest given one first, or None."""
    key = key_of(active_business_id())
    asked = {
        IdentityKind.EXTERNAL_ID: _code(external_id),
        IdentityKind.MEMBER_CODE: _code(member_code).upper(),
        IdentityKind.MOBILE: _mobile(mobile),
        IdentityKind.EMAIL: _code(email).lower(),
        IdentityKind.CARD: card_hash.strip(),
    }
    digests = {kind: digest(key, kind, value) for kind, value in asked.items() if value}
    found = dict(
        CustomerIdentity.objects.filter(
            kind__in=list(digests), value_hmac__in=list(digests.values())
        ).values_list("kind", "customer_id")
    )
    return next((found[kind] for kind in digests if kind in found), None)


def identities_of(customer_id: UUID) -> list[CustomerIdentity]:
    """Return how a customer is recognised, oldest first («چگونه شناخته شد»)."""
    return list(CustomerIdentity.objects.filter(customer_id=customer_id).order_by("created_at"))


def customer_count() -> int:
    """Return the number of live customers of the active business."""
    return Customer.objects.filter(status__in=_LIVE).count()


def latest_customers(limit: int = 20) -> list[CustomerView]:
    """Return the customers who bought last, newest first. One query."""
    rows = customer_rows().filter(last_at__isnull=False).order_by(F("last_at").desc())
    return [view_of(row) for row in rows[:limit]]


def _beginning(typed: str) -> Q:
    typed = typed.replace("\x00", "")
    digits = "".join(latin_digits(normalise(typed)).split()).replace("-", "")
    if digits.lstrip("+").isdigit() and len(digits.lstrip("+0")) >= _LEAST_DIGITS:
        return _range("customer__mobile", _as_e164(digits)) | _range(
            "customer__member_code", digits
        )
    key = search_key(typed)
    return (
        _range("customer__search_key", key)
        | _range("customer__family_key", key)
        | _range("customer__member_code", digits.upper())
    )


def _range(column: str, prefix: str) -> Q:
    """Return "begins with" as a range, which row-level security lets an index answer."""
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + _LAST})


def _as_e164(digits: str) -> str:
    """Return the beginning of the E.164 number that typed beginning stands for."""
    for country in ("+98", "0098", "98"):
        if digits.startswith(country):
            return "+98" + digits.removeprefix(country)
    return "+98" + digits.removeprefix("0")


def _code(typed: str) -> str:
    return latin_digits(normalise(typed.replace("\x00", ""))) if typed else ""


def _mobile(typed: str) -> str:
    try:
        return (parse_mobile(typed) or "") if typed else ""
    except ForeignNumber:
        return ""
