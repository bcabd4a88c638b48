"""Reading what a question found: names of people, so who read them is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound
from core.tenancy import operation
from payments.models import Inquiry, ProviderCall
from payments.queries.inquiries import Found, calls_of, found_by, inquiry_by_id


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryDetail:
    """One question, what it found, and what was said on the wire."""

    row: Inquiry
    found: Found | None
    calls: list[ProviderCall]


@operation
def read_inquiry(
    *, inquiry_id: UUID, actor: Actor | None = None, by: str, now: datetime
) -> InquiryDetail:
    """Return a question with the names it found; whoever reads is in the audit trail.

    Raises NotFound.
    """
    row = inquiry_by_id(inquiry_id)
    if row is None:
        raise NotFound(_("There is no such inquiry."))
    found = found_by(row)
    if found is not None:
        record_audit(
            action="inquiry.read",
            subject=str(row.id),
            data={"about": row.hint, "by": by},
            actor=actor,
            now=now,
        )
    return InquiryDetail(row=row, found=found, calls=calls_of((row.answered_by or row).id))
