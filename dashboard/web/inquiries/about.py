"""What a question is asked for: a deposit or a permission to debit, and what is known of it."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest
from dashboard.web.inquiries.showing import InquiryRow, row_of
from payments.enums.inquiries import InquiryKind, InquiryPurpose
from payments.queries import accounts_for
from payments.queries.deposits import deposit_detail
from payments.queries.inquiries import inquiries_about
from payments.queries.mandates import mandate_by_id

_KINDS: Final = {
    InquiryPurpose.DEPOSIT_SOURCE: InquiryKind.IBAN_OWNER,
    InquiryPurpose.MANDATE: InquiryKind.MOBILE_NATIONAL_CODE,
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something a person wonders about, and what the form knows before they type."""

    purpose: InquiryPurpose
    id: UUID
    title: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Return how addresses of the form name it."""
        return urlencode({"purpose": self.purpose.value, "about": self.id})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What banks were asked about one thing, and where to ask; without rows nobody has."""

    rows: list[InquiryRow]
    href: str


def asked_about(request: BusinessRequest, purpose: InquiryPurpose, about_id: UUID) -> Asked | None:
    """Return the questions about a deposit or a mandate; None for who may not see them."""
    if not role_may(request.role, MANAGERS):
        return None
    query = urlencode({"kind": _KINDS[purpose].value, "purpose": purpose.value, "about": about_id})
    form = reverse("dashboard:inquiry-new", args=[request.business.slug])
    return Asked(
        rows=[row_of(row) for row in inquiries_about(about_id)],
        href=f"{form}?{query}" if accounts_for("inquiries") else "",
    )


def subject_of(request: BusinessRequest) -> Subject | None:
    """Return what the address says the question is for; None when it says nothing.

    Raises Http404 for what is not there.
    """
    said, purpose = request.GET.get("about", ""), request.GET.get("purpose", "")
    if not said:
        return None
    try:
        about_id = UUID(said)
    except ValueError as error:
        raise Http404 from error
    found = _FINDERS[purpose](about_id) if purpose in _FINDERS else None
    if found is None:
        raise Http404
    return found


def _deposit(about_id: UUID) -> Subject | None:
    found = deposit_detail(about_id)
    if found is None:
        return None
    row, deposit = found.deposit.row, found.deposit
    return Subject(
        purpose=InquiryPurpose.DEPOSIT_SOURCE,
        id=about_id,
        title=_("A deposit of %(amount)s toman, %(day)s")
        % {"amount": words.toman(deposit.amount_rial), "day": words.day(deposit.at)},
        facts={"iban": row.source_iban, "expected_name": row.source_name},
    )


def _mandate(about_id: UUID) -> Subject | None:
    found: Any = mandate_by_id(about_id)
    if found is None:
        return None
    name = found.customer.name or ""
    return Subject(
        purpose=InquiryPurpose.MANDATE,
        id=about_id,
        title=_("The permission of %(name)s to debit") % {"name": name or words.code(found.mobile)},
        facts={"mobile": found.mobile, "expected_name": name},
    )


_FINDERS: Final = {
    InquiryPurpose.DEPOSIT_SOURCE.value: _deposit,
    InquiryPurpose.MANDATE.value: _mandate,
}
