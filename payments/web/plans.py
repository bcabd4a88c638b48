"""The customer's own page of an instalment plan: what is paid, what is due, where to pay."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from businesses.queries import BusinessInfo, business_by_id
from core.calendar import business_day
from core.tenancy import acting_for
from payments.enums.instalments import InstalmentState, LateFeeState
from payments.models import Instalment
from payments.models.tokens import business_of_token
from payments.operations.instalments import ask_for_instalment, ask_for_late_fee
from payments.queries import pay_url
from payments.queries.instalments.plans import PlanDetail, plan_by_token
from payments.web.views import SeeOther


@never_cache
@require_GET
def plan(request: HttpRequest, token: str) -> HttpResponse:
    """Show a plan to whoever holds its address."""
    shop, detail = _found(token)
    context = _context(shop, detail, timezone.now())
    with timezone.override(shop.timezone):
        return render(request, "payments/plan.html", context, status=HTTPStatus.OK)


@never_cache
@require_POST
def pay_part(_request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Lead to the pay page of one instalment."""
    shop, detail = _found(token)
    part = next((one for one in detail.parts if one.number == number), None)
    if part is None:
        raise Http404
    asked = _asked(shop.id, part.id)
    if asked is None:
        return redirect("payments:plan", token=token)
    return SeeOther(asked)


@never_cache
@require_POST
def pay_fee(_request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Lead to the pay page of the fee being late with one instalment cost."""
    shop, detail = _found(token)
    part = next((one for one in detail.parts if one.number == number), None)
    fee = detail.fee_of(part) if part else None
    if fee is None:
        raise Http404
    with acting_for(shop.id):
        asked = ask_for_late_fee(late_fee_id=fee.id, now=timezone.now())
    if asked is None:
        return redirect("payments:plan", token=token)
    return SeeOther(pay_url(asked.pay_token))


def _asked(business_id: UUID, instalment_id: UUID) -> str | None:
    with acting_for(business_id):
        asked = ask_for_instalment(instalment_id=instalment_id, now=timezone.now())
        return pay_url(asked.pay_token) if asked else None


def _found(token: str) -> tuple[BusinessInfo, PlanDetail]:
    business_id = business_of_token(token)
    if business_id is None:
        raise Http404
    with acting_for(business_id):
        detail = plan_by_token(token)
        if detail is None:
            raise Http404
        return business_by_id(business_id), detail


def _context(shop: BusinessInfo, detail: PlanDetail, now: datetime) -> dict[str, Any]:
    today = business_day(now, shop.timezone)
    row = detail.plan
    following = next((p for p in detail.parts if p.state == InstalmentState.OPEN), None)
    left_rial = row.credit_rial - row.paid_rial if following else 0
    return {
        "shop": shop,
        "plan": row,
        "left_rial": left_rial,
        "left_with_fees": left_rial + detail.fees_rial,
        "late_days": detail.grace_days + row.late_fee_after_days,
        "by_debit": row.mandate_id is not None,
        "fees_rial": detail.fees_rial,
        "parts": [
            {
                "number": part.number,
                "due_on": part.due_on,
                "amount_rial": part.amount_rial,
                "paid": part.state == InstalmentState.PAID,
                "open": part.state == InstalmentState.OPEN,
                "late": part.state == InstalmentState.OPEN and part.due_on < today,
                "next": following is not None and part.id == following.id,
                "fee": _open_fee(detail, part),
            }
            for part in detail.parts
        ],
    }


def _open_fee(detail: PlanDetail, part: Instalment) -> int:
    fee = detail.fee_of(part)
    return fee.amount_rial if fee is not None and fee.state == LateFeeState.OPEN else 0
