"""Giving a service without a price: to who may have it, while there are any; taking it back."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import operation, part_of_operation
from customers.queries.people import customer_view
from loyalty.models import Benefit, BenefitGiven
from loyalty.queries.benefits import Mine, benefits_of, this_month


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

    The benefit's row is locked while it is counted, and its stock lessened. Raises NotFound,
    Problem `benefit_closed`, `benefit_not_theirs`, `benefit_out_of_stock`, `benefit_used_up` (409).
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
    _demand_there(mine)
    return hand_out(
        benefit=row, customer_id=person.id, given_id=given_id or new_id(), by=by, now=now
    )


def locked_benefit(benefit_id: UUID) -> Benefit:
    """Return a service, its row locked, that is offered and of which some are left.

    Raises Problem `benefit_closed`, `benefit_out_of_stock` (409).
    """
    row = Benefit.objects.select_for_update().get(id=benefit_id)
    if not row.is_open:
        raise _refused("benefit_closed", _("This service is not offered any more."))
    if row.stock == 0:
        raise _refused("benefit_out_of_stock", _("None of it is left."))
    return row


@part_of_operation
def hand_out(
    *, benefit: Benefit, customer_id: UUID, given_id: UUID, by: str, now: datetime
) -> BenefitGiven:
    """Write down that somebody had one of a locked service, and lessen its stock."""
    month = this_month(now)
    theirs = BenefitGiven.objects.filter(benefit=benefit, customer=customer_id, month=month)
    before = theirs.filter(taken_back_at=None).count()
    if benefit.stock is not None:
        benefit.stock -= 1
        benefit.save(update_fields=["stock"])
    return BenefitGiven.objects.create(
        id=given_id,
        benefit=benefit,
        customer_id=customer_id,
        month=month,
        number=before + 1,
        cost_rial=benefit.unit_cost_rial,
        at=now,
        by=by,
        from_stock=benefit.stock is not None,
    )


@operation
def take_benefit_back(
    *, given_id: UUID, actor: Actor | None, by: str, now: datetime
) -> BenefitGiven:
    """Undo a giving: it counts no more and lies in the stock again. Twice is once.

    Raises NotFound.
    """
    found = BenefitGiven.objects.filter(id=given_id).first()
    if found is None:
        raise NotFound(_("This was not given."))
    row = Benefit.objects.select_for_update().get(id=found.benefit_id)
    given = BenefitGiven.objects.select_for_update().get(id=given_id)
    given.benefit = row
    if given.taken_back_at is not None:
        return given
    given.taken_back_at, given.taken_back_by = now, by
    given.save(update_fields=["taken_back_at", "taken_back_by"])
    if given.from_stock and row.stock is not None:
        row.stock += 1
        row.save(update_fields=["stock"])
    data = {"name": row.name, "given": str(given.id)}
    record_audit(action="benefit.taken_back", subject=str(row.id), data=data, actor=actor, now=now)
    return given


def _demand_there(mine: Mine) -> None:
    if mine.benefit.stock == 0:
        raise _refused("benefit_out_of_stock", _("None of it is left."))
    if not mine.is_there:
        raise _refused("benefit_used_up", _("This customer has had it as often as a month allows."))


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, fields={"benefit": [detail]})
