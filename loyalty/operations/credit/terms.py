"""The owner switches store credit on, and says how much of it there may be and for how long."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.money import MAX_RIAL
from core.tenancy import operation
from loyalty.models import CreditTerms

_MOST_MONTHS: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCreditTerms:
    """`most_rial` of one customer and Jalali `months` it is good for; None: no limit, no end."""

    is_on: bool
    most_rial: int | None = None
    months: int | None = None


@operation
def change_credit_terms(*, new: NewCreditTerms, actor: Actor | None, now: datetime) -> CreditTerms:
    """Let store credit be filled, or stop it; what customers have stays as it was promised.

    Raises Problem `invalid_store_credit_terms` naming the field.
    """
    if new.most_rial is not None and not 1 <= new.most_rial <= MAX_RIAL:
        raise _wrong("most", _("Give an amount above zero, or none."))
    if new.months is not None and not 1 <= new.months <= _MOST_MONTHS:
        raise _wrong("months", _("Give 1 to 120 months, or none."))
    row = CreditTerms.objects.select_for_update().first() or CreditTerms()
    data = asdict(new)
    for name, value in data.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    record_audit(action="store_credit.terms", subject="loyalty", data=data, actor=actor, now=now)
    return row


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_store_credit_terms",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
