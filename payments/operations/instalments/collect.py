"""Collecting an instalment: announced, debited or asked for by link, reminded, told to the owner.

Each step is one commit that also says when the next one is due, so a step is never taken twice.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from businesses.queries import BusinessInfo, business_by_id
from core.calendar import format_jalali
from core.errors import Problem
from core.money import RIAL_PER_TOMAN, format_toman
from core.tenancy import acting_for, active_business_id, operation
from core.text import persian_digits
from customers.operations import CustomerHint
from customers.queries.people import customer_view
from messaging.enums import Purpose
from messaging.operations import queue_sms
from payments.enums import AlertKind, PaymentState
from payments.enums.debits import MANDATE_IN_FORCE, Collects
from payments.enums.instalments import InstalmentState, PlanState
from payments.models import Instalment, InstalmentPlan, Payment
from payments.operations.alerts import raise_alert
from payments.operations.create import Asked, Debt, create_payment
from payments.operations.debits import NewDebit, schedule_debits
from payments.operations.instalments.late_fee import charge_if_late
from payments.operations.instalments.paid import OWNER
from payments.queries import pay_url
from payments.queries.instalments.credit import credit_terms
from payments.queries.instalments.plans import plan_url

_HOUR: Final = time(10)
_AGAIN: Final = timedelta(days=7)
_MOST_REMINDERS: Final = 4
_OVER: Final = (PaymentState.EXPIRED, PaymentState.CANCELLED, PaymentState.REVERSED)
_PAYABLE_FOR: Final = timedelta(days=60)


@operation
def ask_for_instalment(*, instalment_id: UUID, now: datetime) -> Asked | None:
    """Return a payment for an open instalment, the same one while it can be paid; None when paid.

    What is taken for it settles the debt of the sale and records no second one.
    """
    part = Instalment.objects.select_for_update().select_related("plan").get(id=instalment_id)
    if part.state != InstalmentState.OPEN:
        return None
    earlier = part.payment
    if earlier is not None and earlier.state not in _OVER and earlier.expires_at > now:
        return Asked(earlier.id, PaymentState(earlier.state), earlier.pay_token, repeated=True)
    person = customer_view(part.plan.customer_id)
    asked = create_payment(
        external_id=f"{part.plan.external_id}-{part.number}-{_tries(part)}",
        amount_rial=part.amount_rial,
        description=_title(part.plan, part),
        customer=CustomerHint(mobile=person.mobile) if person and person.mobile else None,
        payable_for=_PAYABLE_FOR,
        debt=Debt(part.plan.customer_id, part.plan.purchase_id),
        now=now,
    )
    Instalment.objects.filter(id=part.id).update(payment=asked.id)
    return asked


def step_instalment(*, business_id: UUID, instalment_id: UUID, now: datetime) -> bool:
    """Take the step of an instalment whose moment has come; return whether it was due.

    Run outside any scope, under the worker role.
    """
    with acting_for(business_id, durable=True):
        part = Instalment.objects.select_for_update().filter(id=instalment_id).first()
        if part is None or part.next_step_at is None or part.next_step_at > now:
            return False
        plan = InstalmentPlan.objects.get(id=part.plan_id)
        if part.state == InstalmentState.OPEN and plan.state == PlanState.ACTIVE:
            _step(plan, part, now)
        else:
            part.next_step_at = None
        part.save(update_fields=["steps", "next_step_at"])
        return True


def _step(plan: InstalmentPlan, part: Instalment, now: datetime) -> None:
    shop = business_by_id(active_business_id())
    if part.steps == 0:
        if _debited(plan, part, shop, now):
            # From here on the debit announces itself, collects and reminds.
            part.steps, part.next_step_at = 1, _at(part, shop, credit_terms().grace_days + 7)
            return
        _say(plan, part, shop, _announcement, now)
        part.next_step_at = _at(part, shop, 0)
    elif part.steps == 1:
        _say(plan, part, shop, _reminder, now)
        part.next_step_at = _at(part, shop, credit_terms().grace_days + 1)
    else:
        _late(plan, part, shop, now)
    part.steps += 1


def _late(plan: InstalmentPlan, part: Instalment, shop: BusinessInfo, now: datetime) -> None:
    raise_alert(
        kind=AlertKind.DEBIT_TROUBLE,
        source_id=part.id,
        detail={"plan": plan.external_id, "number": part.number, "due_on": str(part.due_on)},
        now=now,
    )
    fee = charge_if_late(plan, part, zone=shop.timezone, now=now)
    _say(plan, part, shop, _reminder if fee is None else _reminder_with_fee, now)
    part.next_step_at = now + _AGAIN if part.steps < _MOST_REMINDERS else None


def _debited(plan: InstalmentPlan, part: Instalment, shop: BusinessInfo, now: datetime) -> bool:
    """Make the debit's row when the plan has a mandate in force; once, by its number."""
    mandate = plan.mandate
    if mandate is None or mandate.state not in MANDATE_IN_FORCE:
        return False
    debit = NewDebit(
        mandate_id=mandate.id,
        external_id=f"{plan.external_id}-{part.number}",
        amount_rial=part.amount_rial,
        due_at=datetime.combine(part.due_on, _HOUR, tzinfo=shop.timezone),
        description=_title(plan, part),
        collects=Collects.RECEIVABLE,
        purchase_id=plan.purchase_id,
        source_kind=OWNER,
        source_id=part.id,
    )
    try:
        schedule_debits(debits=[debit], now=now)
    except Problem:
        # Ended or narrowed meanwhile: the customer is asked by a link instead.
        return False
    return True


def _say(
    plan: InstalmentPlan,
    part: Instalment,
    shop: BusinessInfo,
    words: Callable[[dict[str, str]], str],
    now: datetime,
) -> None:
    person = customer_view(plan.customer_id)
    asked = ask_for_instalment(instalment_id=part.id, now=now)
    if person is None or person.mobile is None or asked is None:
        return
    part.payment_id = asked.id
    with translation.override("fa"):
        text = words(
            {
                "shop": shop.name,
                "amount": persian_digits(f"{part.amount_rial // RIAL_PER_TOMAN:,}").replace(
                    ",", "٬"
                ),
                "day": format_jalali(part.due_on),
                "url": pay_url(asked.pay_token),
                "fee": format_toman(plan.late_fee_rial),
                "plan": plan_url(plan.token),
            }
        )
    queue_sms(
        address=person.mobile,
        body=text,
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"instalment:{part.id}:{part.steps}",
        ref_kind=OWNER,
        ref_id=part.id,
        now=now,
    )


def _announcement(facts: dict[str, str]) -> str:
    return _(
        "%(shop)s: your instalment of %(amount)s toman is due on %(day)s. Pay here: %(url)s"
    ) % (facts)


def _reminder(facts: dict[str, str]) -> str:
    return _(
        "%(shop)s: your instalment of %(amount)s toman was due on %(day)s. Pay here: %(url)s"
    ) % (facts)


def _reminder_with_fee(facts: dict[str, str]) -> str:
    return _(
        "%(shop)s: your instalment of %(amount)s toman was due on %(day)s and, as agreed, a fee of "
        "%(fee)s toman for being late is added. Pay here: %(plan)s"
    ) % (facts)


def _title(plan: InstalmentPlan, part: Instalment) -> str:
    words = {
        "title": plan.title or plan.external_id,
        "number": persian_digits(part.number),
        "count": persian_digits(Instalment.objects.filter(plan=plan).count()),
    }
    with translation.override("fa"):
        return _("%(title)s, instalment %(number)s of %(count)s") % words


def _tries(part: Instalment) -> int:
    prefix = f"{part.plan.external_id}-{part.number}-"
    return Payment.objects.filter(external_id__startswith=prefix).count() + 1


def _at(part: Instalment, shop: BusinessInfo, days: int) -> datetime:
    return datetime.combine(part.due_on + timedelta(days=days), _HOUR, tzinfo=shop.timezone)
