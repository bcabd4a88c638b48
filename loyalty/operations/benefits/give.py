"""Giving a service without a price: to who may have it, as often as they may."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import operation
from customers.queries.people import customer_view
from loyalty.models import Benefit, BenefitGiven
from loyalty.queries.benefits import benefits_of, this_month


@operation
def give_benefit(
    *,
    benefit_id: UUID,
    customer_id: UUID,
    given_id: UUID | None = None,
    by: str,
    now: datetime,
) -> BenefitGiven:
    """Write down that a customer had one; the same `given_id` again writes nothing more.

    The benefit's row is locked while it is counted. Raises NotFound, Problem `benefit_closed`,
    `benefit_not_theirs`, `benefit_used_up` (409).
    """
    row = Benefit.objects.select_for_update().filter(id=benefit_id).first()
    person = customer_view(customer_id)
    if row is None or person is None:
        raise NotFound(_("There is no such service or customer."))
    earlier = BenefitGiven.objects.filter(id=given_id).first() if given_id else None
    if earlier is not None:
        return earlier
    if not row.is_open:
        raise _refused("benefit_closed", _("This service is not offered any more."))
    mine = next((one for one in benefits_of(person.id, now) if one.benefit.id == row.id), None)
    if mine is None:
        raise _refused("benefit_not_theirs", _("This service is for customers of a higher tier."))
    if not mine.is_there:
        raise _refused("benefit_used_up", _("This customer has had it as often as a month allows."))
    month = this_month(now)
    before = BenefitGiven.objects.filter(benefit=row, customer=person.id, month=month).count()
    return BenefitGiven.objects.create(
        id=given_id or new_id(),
        benefit=row,
        customer_id=person.id,
        month=month,
        number=before + 1,
        cost_rial=row.unit_cost_rial,
        at=now,
        by=by,
    )


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, fields={"benefit": [detail]})
