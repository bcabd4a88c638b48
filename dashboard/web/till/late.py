"""What the till page recorded without a network, sent when it is back."""

from http import HTTPStatus
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from businesses.enums import DeviceKind
from businesses.operations import register_browser
from businesses.queries import device_by_code
from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewTender
from dashboard.web.access import SELLERS, BusinessRequest, business_page
from dashboard.web.till.forms import SaleForm
from loyalty.enums import TillState
from loyalty.operations.till import Accrual, LateAct, LateResult, take_in_late

_MOST_ROWS = 50
_MOST_TYPED = 20_000


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LateRow(_Body):
    """A sale as it was typed: the form's fields, when, and its place in the browser's row."""

    sequence: int = Field(strict=True, ge=1, le=2**53)
    at: AwareDatetime
    sale_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    typed: str = Field(max_length=_MOST_TYPED)

    def act(self) -> LateAct:
        """Return the sale. What of it is wrong is left for the taking in to judge."""
        form = SaleForm(QueryDict(self.typed))
        form.is_valid()
        data, raw = form.cleaned_data, form.data
        typed = raw.get("mobile", "")
        amount = data.get("amount") or 0
        sale = Accrual(
            number=self.sale_id,
            customer=data.get("mobile") or (CustomerHint(mobile=typed) if typed else None),
            lines=tuple(data.get("lines") or ()),
            tenders=(NewTender(method=data.get("method") or "other", amount_rial=amount),),
            branch_code=data.get("branch") or raw.get("branch") or None,
        )
        return LateAct(act=sale, sequence=self.sequence, device_at=self.at)


class LateSales(_Body):
    """What a browser sends."""

    device: str = Field(max_length=40)
    sent_at: AwareDatetime
    rows: list[LateRow] = Field(min_length=1, max_length=_MOST_ROWS)


@require_POST
@business_page(*SELLERS)
def till_device(request: BusinessRequest) -> HttpResponse:
    """Register the browser, so that it may number its sales; a part of the till page."""
    name = _("Browser of %(who)s") % {"who": str(request.user)[:60]}
    device = register_browser(name=name, by=request.user, now=request.now)
    return JsonResponse({"device": device.code})


@require_POST
@business_page(*SELLERS, scoped=False)
def till_late(request: BusinessRequest) -> HttpResponse:
    """Take in what was recorded without a network; one result per row (a part of the page)."""
    try:
        asked = LateSales.model_validate_json(request.body)
    except ValidationError:
        return JsonResponse({"code": "invalid_body"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    with acting_for(request.business.id):
        device = device_by_code(asked.device)
        if device is None or device.kind != DeviceKind.BROWSER:
            raise Http404
        if not device.is_active:
            raise PermissionDenied
        acts = [row.act() for row in asked.rows]
    results = take_in_late(
        business_id=request.business.id,
        device_id=device.id,
        acts=acts,
        sent_at=asked.sent_at,
        now=request.now,
    )
    told = [_told(one) for one in results]
    return JsonResponse({"results": told})


def _told(result: LateResult) -> dict[str, Any]:
    row = result.row
    if row is None:
        return {"sale_id": result.late.act.number, "kept": False, "why": _why(result.problem)}
    refused = row.state == TillState.REFUSED
    return {
        "sale_id": result.late.act.number,
        "kept": True,
        "fits": not refused,
        "why": row.why,
    }


def _why(problem: Problem | None) -> str:
    return str(problem.detail) if problem else ""
