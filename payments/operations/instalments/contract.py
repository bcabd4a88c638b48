"""Selling on credit: the sale is recorded, what is lent becomes a debt in parts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.ids import new_id
from core.spelling import number
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.enums import Channel, TenderMethod
from customers.operations import CustomerHint, NewLine, NewPurchase, NewTender, record_purchases
from customers.queries.people import CustomerView, customer_view
from outbox.operations import publish
from payments.enums import BookAccount
from payments.enums.debits import MandateState
from payments.enums.instalments import CapBasis, CreditRefusal
from payments.events import CreditGranted
from payments.models import CreditPolicy, Instalment, InstalmentPlan, Mandate
from payments.models.tokens import new_public_token
from payments.operations.journal import post_money
from payments.queries.instalments.calculator import Due, split
from payments.queries.instalments.credit import Offer, credit_terms, offer_to

SOURCE: Final = "credit"
_NOTICE: Final = timedelta(days=3)
_NOTICE_HOUR: Final = time(10)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlan:
    """A sale on credit. `down_method` is how the part paid at once was paid.

    `context` holds of every line that does not say otherwise; `judged`: a quote said it before.
    """

    external_id: str
    customer_id: UUID
    total_rial: int
    down_rial: int
    count: int
    first_due_on: date
    title: str = ""
    mandate_id: UUID | None = None
    down_method: str = TenderMethod.POS
    lines: Sequence[NewLine] = field(default_factory=tuple)
    context: Mapping[str, Any] = field(default_factory=dict)
    judged: bool = False
    branch_code: str | None = None
    employee_code: str | None = None


@operation
def sell_on_credit(*, plan: NewPlan, by: str = "", now: datetime) -> UUID:
    """Record a sale paid in instalments; return the plan's id. Repeatable by its number.

    The business's own caps are judged under a lock, so two tills cannot pass them together.
    Raises NotFound, Problem `credit_refused` (with the reason and what could be lent),
    `invalid_plan`, `plan_conflict`, `mandate_not_active`, and those of recording a purchase.
    """
    earlier = _known(plan)
    if earlier is not None:
        return earlier
    # The row that carries the shop's bound is held until the debt is written.
    list(CreditPolicy.objects.select_for_update())
    today = business_day(now, business_by_id(active_business_id()).timezone)
    person = customer_view(plan.customer_id)
    if person is None:
        raise NotFound(_("There is no such customer."))
    offer = offer_to(plan.customer_id, today=today)
    parts = _checked(plan, offer, today)
    _check_mandate(plan, parts)
    credit = plan.total_rial - plan.down_rial
    CreditPolicy.objects.update(owed_rial=F("owed_rial") + credit)
    return _write(plan, person, parts, by, now)


def _known(plan: NewPlan) -> UUID | None:
    earlier = InstalmentPlan.objects.filter(external_id=normalise_code(plan.external_id)).first()
    if earlier is None:
        return None
    if earlier.fingerprint != _fingerprint(plan):
        raise Problem(
            "plan_conflict",
            _("Another plan with this number and other content exists."),
            status=HTTPStatus.CONFLICT,
            extra={"plan_id": str(earlier.id)},
        )
    return earlier.id


def _checked(plan: NewPlan, offer: Offer, today: date) -> tuple[Due, ...]:
    credit = plan.total_rial - plan.down_rial
    if offer.refusal is not None or credit > offer.limit_rial:
        raise _refused(offer, credit)
    terms = offer.terms
    least_down = -(-plan.total_rial * terms.down_percent // 100)
    wrong = {
        "count": not 1 <= plan.count <= terms.most_count,
        "down": not least_down <= plan.down_rial < plan.total_rial,
        "first_due_on": not today < plan.first_due_on <= today + timedelta(days=62),
    }
    if any(wrong.values()) or credit < plan.count:
        raise Problem(
            "invalid_plan",
            _(
                "Pay at least %(down)s rial at once and the rest in 1 to %(count)s instalments, "
                "the first within two months."
            )
            % {"down": number(least_down), "count": terms.most_count},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={name: [_("Check this value.")] for name, bad in wrong.items() if bad},
        )
    return split(credit, plan.count, plan.first_due_on)


def _refused(offer: Offer, credit_rial: int) -> Problem:
    theirs = (
        CreditRefusal.LOW_WORTH
        if offer.cap.basis in {CapBasis.WORTH, CapBasis.LEAST}
        else CreditRefusal.CUSTOMER_LIMIT
    )
    reason = offer.refusal or (
        theirs
        if offer.terms.most_total_rial - offer.terms.owed_rial >= credit_rial
        else CreditRefusal.TOTAL_LIMIT
    )
    return Problem(
        "credit_refused",
        _("This sale cannot be made on credit: %(reason)s.") % {"reason": reason.label},
        status=HTTPStatus.CONFLICT,
        extra={"reason": reason.value, "limit": offer.limit_rial},
    )


def _check_mandate(plan: NewPlan, parts: Sequence[Due]) -> None:
    if plan.mandate_id is None:
        return
    mandate = Mandate.objects.filter(id=plan.mandate_id, customer_id=plan.customer_id).first()
    if mandate is None:
        raise NotFound(_("There is no such mandate."))
    most = max(part.amount_rial for part in parts)
    if mandate.state != MandateState.ACTIVE or mandate.max_debit_rial < most:
        raise Problem(
            "mandate_not_active",
            _("This mandate is not in force, or allows less than one instalment."),
            status=HTTPStatus.CONFLICT,
        )


def _write(
    plan: NewPlan, person: CustomerView, parts: Sequence[Due], by: str, now: datetime
) -> UUID:
    row = _plan(plan, person, by, now)
    row.save(force_insert=True)
    Instalment.objects.bulk_create([_instalment(row, part) for part in parts])
    post_money(
        kind="credit",
        source_id=row.id,
        lines={
            (BookAccount.RECEIVABLE, str(row.customer_id)): row.credit_rial,
            (BookAccount.SALES, ""): -row.credit_rial,
        },
        now=now,
    )
    event = CreditGranted(
        plan_id=row.id,
        customer_id=row.customer_id,
        purchase_id=row.purchase_id,
        credit_rial=row.credit_rial,
        count=len(parts),
    )
    publish([event], now=now)
    return row.id


def _plan(plan: NewPlan, person: CustomerView, by: str, now: datetime) -> InstalmentPlan:
    terms = credit_terms()
    return InstalmentPlan(
        id=new_id(),
        customer_id=plan.customer_id,
        purchase_id=_purchase(plan, person, now),
        mandate_id=plan.mandate_id,
        external_id=normalise_code(plan.external_id),
        fingerprint=_fingerprint(plan),
        title=normalise(plan.title)[:200],
        total_rial=plan.total_rial,
        down_rial=plan.down_rial,
        credit_rial=plan.total_rial - plan.down_rial,
        late_fee_rial=terms.late_fee_rial,
        late_fee_after_days=terms.late_fee_after_days,
        token=new_public_token(active_business_id()),
        created_at=now,
        created_by=by,
    )


def _instalment(plan: InstalmentPlan, part: Due) -> Instalment:
    zone = business_by_id(active_business_id()).timezone
    notice_on = part.due_on - _NOTICE
    return Instalment(
        plan=plan,
        number=part.number,
        due_on=part.due_on,
        amount_rial=part.amount_rial,
        next_step_at=datetime.combine(notice_on, _NOTICE_HOUR, tzinfo=zone),
    )


def _purchase(plan: NewPlan, person: CustomerView, now: datetime) -> UUID:
    credit = plan.total_rial - plan.down_rial
    tenders = [NewTender(method=TenderMethod.CREDIT, amount_rial=credit)]
    if plan.down_rial:
        tenders.append(NewTender(method=plan.down_method, amount_rial=plan.down_rial))
    purchase = NewPurchase(
        external_id=plan.external_id,
        channel=Channel.OTHER,
        branch_code=plan.branch_code,
        employee_code=plan.employee_code,
        customer=CustomerHint(member_code=person.member_code),
        lines=tuple(plan.lines),
        context=plan.context,
        judged=plan.judged,
        tenders=tuple(tenders),
    )
    (outcome,) = record_purchases(purchases=[purchase], source=SOURCE, now=now)
    if outcome.error is not None:
        raise outcome.error
    if outcome.purchase_id is None:
        raise LookupError(plan.external_id)
    return outcome.purchase_id


def _fingerprint(plan: NewPlan) -> str:
    said = [
        str(plan.customer_id),
        plan.total_rial,
        plan.down_rial,
        plan.count,
        plan.first_due_on.isoformat(),
        str(plan.mandate_id),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
