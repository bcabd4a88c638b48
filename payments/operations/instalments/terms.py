"""The shop's terms of credit."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem
from core.tenancy import operation
from payments.models import CreditPolicy
from payments.queries.instalments.credit import credit_terms, owed_altogether


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTerms:
    """To whom to lend, how much and in how many parts; amounts in rial.

    `late_fee_rial` is charged once for each instalment `late_fee_after_days` past its grace; 0, as
    it is unless somebody says else: being late costs nothing. `worth_percent` of what a customer is
    foreseen to buy in a year bounds what they may owe; 0: it has no say.
    """

    is_on: bool
    least_grade: int = 60
    lends_without_history: bool = False
    newcomer_rial: int = 0
    most_customer_rial: int = 0
    most_total_rial: int = 0
    most_count: int = 6
    down_percent: int = 25
    grace_days: int = 3
    late_fee_rial: int = 0
    late_fee_after_days: int = 7
    worth_percent: int = 0


@operation
def set_credit_terms(
    *, terms: NewTerms, actor: Actor | None = None, by: str = "", now: datetime
) -> None:
    """Change the terms; plans that exist keep theirs. Raises Problem `invalid_terms`."""
    values = {name: getattr(terms, name) for name in NewTerms.__slots__} | {"changed_at": now}
    before = credit_terms()
    try:
        with transaction.atomic():
            if not CreditPolicy.objects.update(**values):
                CreditPolicy.objects.create(**values, owed_rial=owed_altogether())
    except IntegrityError as error:
        raise Problem(
            "invalid_terms",
            _(
                "These terms do not fit: grades are 0 to 100, parts 1 to 60, "
                "and no amount is below zero."
            ),
        ) from error
    changed = {
        name: [getattr(before, name), getattr(terms, name)]
        for name in NewTerms.__slots__
        if getattr(before, name) != getattr(terms, name)
    }
    data = {"changed": changed, **({"by": by} if by else {})}
    record_audit(action="credit_terms.changed", subject="", data=data, actor=actor, now=now)
