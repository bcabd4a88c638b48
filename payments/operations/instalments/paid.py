"""An instalment is paid, unpaid again, or no longer owed: always with its plan, under its lock."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from outbox.operations import publish
from payments.enums import AlertKind, BookAccount, check_move
from payments.enums.instalments import PLAN_MOVES, InstalmentState, PlanState
from payments.events import InstalmentPaid, InstalmentReopened, PlanCompleted
from payments.models import CreditPolicy, Instalment, InstalmentPlan
from payments.operations.alerts import raise_alert
from payments.operations.instalments.late_fee import waive_fees_of
from payments.operations.journal import post_money

OWNER = "instalment"


@operation
def settle_instalment(
    *, payment_id: UUID, instalment_id: UUID | None = None, now: datetime
) -> bool:
    """Note that the payment of an instalment is here; return whether it was of one.

    Without `instalment_id` it is the one that was asked for by this payment. Repeatable. The
    money itself is posted by whoever took it in, against the same debt.
    """
    wanted = {"id": instalment_id} if instalment_id else {"payment_id": payment_id}
    part = Instalment.objects.filter(**wanted).first()
    if part is None:
        return False
    plan = _locked(part.plan_id)
    part.refresh_from_db()
    if part.state != InstalmentState.OPEN:
        _told_twice(part, payment_id, now)
        return True
    zone = business_by_id(active_business_id()).timezone
    part.state, part.paid_on = InstalmentState.PAID, business_day(now, zone)
    part.payment_id, part.next_step_at = payment_id, None
    part.save()
    plan.paid_rial += part.amount_rial
    _owe(-part.amount_rial)
    if plan.paid_rial == plan.credit_rial:
        _move(plan, PlanState.COMPLETED, now)
        publish([PlanCompleted(plan_id=plan.id, customer_id=plan.customer_id)], now=now)
    plan.save()
    publish([_paid_event(plan, part, payment_id)], now=now)
    return True


@operation
def reopen_instalment(*, payment_id: UUID, now: datetime) -> bool:
    """Owe an instalment again whose payment went back; return whether it was paid by it."""
    part = Instalment.objects.filter(payment_id=payment_id).first()
    if part is None:
        return False
    plan = _locked(part.plan_id)
    part.refresh_from_db()
    if part.state != InstalmentState.PAID or plan.state == PlanState.CANCELLED:
        return False
    part.state, part.paid_on, part.payment, part.next_step_at = (
        InstalmentState.OPEN,
        None,
        None,
        now,
    )
    part.save()
    plan.paid_rial -= part.amount_rial
    _owe(part.amount_rial)
    if plan.state == PlanState.COMPLETED:
        _move(plan, PlanState.ACTIVE, now)
    plan.save()
    event = InstalmentReopened(
        instalment_id=part.id,
        plan_id=plan.id,
        customer_id=plan.customer_id,
        payment_id=payment_id,
        amount_rial=part.amount_rial,
    )
    publish([event], now=now)
    return True


@operation
def cancel_plan(*, plan_id: UUID, now: datetime) -> int:
    """Waive what is still owed (the goods came back); return how many rial that was.

    What was paid is given back by refunds of its payments, not here.
    """
    plan = _locked(plan_id)
    if plan.state != PlanState.ACTIVE:
        return 0
    waived = plan.credit_rial - plan.paid_rial
    Instalment.objects.filter(plan=plan, state=InstalmentState.OPEN).update(
        state=InstalmentState.WAIVED, next_step_at=None
    )
    _move(plan, PlanState.CANCELLED, now)
    plan.save()
    waive_fees_of(plan, "", now)
    _owe(-waived)
    post_money(
        kind="credit_waived",
        source_id=plan.id,
        lines={
            (BookAccount.REFUNDS, ""): waived,
            (BookAccount.RECEIVABLE, str(plan.customer_id)): -waived,
        },
        now=now,
    )
    return waived


def _told_twice(part: Instalment, payment_id: UUID, now: datetime) -> None:
    """Money for what is not owed any more: somebody paid by link while the debit was under way."""
    if part.payment_id == payment_id and part.state == InstalmentState.PAID:
        return
    raise_alert(
        kind=AlertKind.ORPHAN,
        source_id=payment_id,
        payment_id=payment_id,
        detail={"instalment": str(part.id), "amount_rial": part.amount_rial},
        now=now,
    )


def _locked(plan_id: UUID) -> InstalmentPlan:
    return InstalmentPlan.objects.select_for_update().get(id=plan_id)


def _owe(rial: int) -> None:
    CreditPolicy.objects.update(owed_rial=F("owed_rial") + rial)


def _move(plan: InstalmentPlan, state: PlanState, now: datetime) -> None:
    check_move(PLAN_MOVES, plan.state, state)
    plan.state = state
    plan.ended_at = None if state is PlanState.ACTIVE else now


def _paid_event(plan: InstalmentPlan, part: Instalment, payment_id: UUID) -> InstalmentPaid:
    return InstalmentPaid(
        instalment_id=part.id,
        plan_id=plan.id,
        customer_id=plan.customer_id,
        purchase_id=plan.purchase_id,
        payment_id=payment_id,
        amount_rial=part.amount_rial,
        number=part.number,
    )
