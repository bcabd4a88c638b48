"""A business's own rules for asking banks, and the lock that makes its daily limit exact."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem
from core.tenancy import operation
from payments.models import InquiryPolicy

_MOST_A_DAY = 100_000
_MOST_DAYS = 365


@operation
def set_inquiry_rules(
    *, daily_limit: int, valid_days: int, actor: Actor | None, by: str = "", now: datetime
) -> None:
    """Set how many billed questions a day, and for how long an answer holds.

    Zero questions closes inquiries; zero days uses no answer twice. Raises Problem
    `invalid_inquiry_rules`.
    """
    wrong = [
        name
        for name, well in (
            ("daily_limit", 0 <= daily_limit <= _MOST_A_DAY),
            ("valid_days", 0 <= valid_days <= _MOST_DAYS),
        )
        if not well
    ]
    if wrong:
        raise Problem(
            "invalid_inquiry_rules",
            _("These rules do not work."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={name: [_("Check this value.")] for name in wrong},
        )
    row = held_rules()
    before = [row.daily_limit, row.valid_days]
    row.daily_limit, row.valid_days, row.changed_at = daily_limit, valid_days, now
    row.save()
    data = {"from": before, "to": [daily_limit, valid_days], **({"by": by} if by else {})}
    record_audit(action="inquiry_rules.changed", subject="", data=data, actor=actor, now=now)


def held_rules() -> InquiryPolicy:
    """Return the business's rules, locked: who holds them counts alone."""
    rows = InquiryPolicy.objects.select_for_update()
    row = rows.first()
    if row is None:
        InquiryPolicy.objects.bulk_create([InquiryPolicy()], ignore_conflicts=True)
        row = rows.get()
    return row
