"""Keys for other software, and what it asked lately."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.enums import ACCOUNT_SCOPES, EVERYDAY_SCOPES, INQUIRY_SCOPES, Scope
from businesses.operations import issue_api_key, revoke_api_key, rotate_api_key
from businesses.queries import keys_of, test_twin_id
from core.models import ApiRequest
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import OWNERS, BusinessRequest, business_page
from dashboard.web.devices import DeviceForm, device_rows, registered, switched
from dashboard.web.forms import Line
from dashboard.web.parts import Tone

_SHOWN: Final = 20
_REFUSED: Final = 400
_BROKEN: Final = 500
_EXAMPLE: Final = """curl {base}/api/v1/purchases \\
  -H "Authorization: Bearer vk_test_…" \\
  -H "Idempotency-Key: inv-1001" \\
  -H "Content-Type: application/json" \\
  -d '{{"external_id": "inv-1001", "channel": "pos",
       "customer": {{"mobile": "09121234567"}},
       "lines": [{{"sku": "latte", "name": "latte", "quantity": 2,
                  "unit_price": 450000}}],
       "tenders": [{{"method": "pos", "amount": 900000}}]}}'"""


class KeyForm(forms.Form):
    """A new key: a name, and whether it works on real data."""

    name = Line(label=gettext_lazy("Name, to know it again"), max_length=60)
    mode = forms.ChoiceField(
        label=gettext_lazy("Works on"),
        choices=(
            ("test", gettext_lazy("the test copy")),
            ("live", gettext_lazy("the real business")),
        ),
    )
    accounts = forms.BooleanField(
        label=gettext_lazy("May also connect and change accounts at providers"),
        help_text=gettext_lazy("Only for software of your own: it decides where money goes."),
        required=False,
    )
    inquiries = forms.BooleanField(
        label=gettext_lazy("May also ask banks about people"),
        help_text=gettext_lazy("Only for software of your own: it learns names, and costs money."),
        required=False,
    )
    rules = forms.BooleanField(
        label=gettext_lazy("May also change for how long goods come back"),
        help_text=gettext_lazy("Only for software of your own: later, a second person must agree."),
        required=False,
    )
    point_rules = forms.BooleanField(
        label=gettext_lazy("May also change what earns points"),
        help_text=gettext_lazy("Only for software of your own: points are money you owe."),
        required=False,
    )
    credit = forms.BooleanField(
        label=gettext_lazy("May also change to whom the shop lends, and how much"),
        help_text=gettext_lazy("Only for software of your own: it decides what you may lose."),
        required=False,
    )
    personal = forms.BooleanField(
        label=gettext_lazy("May also give out and erase all that is kept of a person"),
        help_text=gettext_lazy("Only for software of your own: what is erased is gone for good."),
        required=False,
    )

    webhooks = forms.BooleanField(
        label=gettext_lazy("May also say where webhooks go"),
        help_text=gettext_lazy("Only for software of your own: your news goes where it says."),
        required=False,
    )
    settings = forms.BooleanField(
        label=gettext_lazy("May also change the business's settings"),
        help_text=gettext_lazy("Only for software of your own: it switches parts of the shop off."),
        required=False,
    )

    def scopes(self) -> list[str]:
        """Return what the key may do."""
        data = self.cleaned_data
        return [
            *EVERYDAY_SCOPES,
            *(ACCOUNT_SCOPES if data["accounts"] else ()),
            *(INQUIRY_SCOPES if data["inquiries"] else ()),
            *((Scope.RULES_WRITE,) if data["rules"] else ()),
            *((Scope.POINT_RULES_WRITE,) if data["point_rules"] else ()),
            *((Scope.CREDIT_WRITE,) if data["credit"] else ()),
            *((Scope.PERSONAL,) if data["personal"] else ()),
            *((Scope.WEBHOOKS,) if data["webhooks"] else ()),
            *((Scope.SETTINGS,) if data["settings"] else ()),
        ]


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    """A key as listed."""

    id: UUID
    name: str
    prefix: str
    is_test: bool
    last_used_at: datetime | None
    state: str
    usable: bool


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """A request as listed."""

    at: datetime
    what: str
    status: str
    tone: Tone


@business_page(*OWNERS, scoped=False)
def developers(request: BusinessRequest) -> HttpResponse:
    """List keys and requests; issue, rotate and revoke keys."""
    device_form, secret = _acted(request)
    with acting_for(request.business.id):
        listed = {"devices": device_rows(), "device_form": device_form or DeviceForm()}
    context = {
        **listed,
        "secret": secret,
        "keys": [_key_row(key, request.now) for key in keys_of(request.business.id)],
        "requests": _recent(request.business.id),
        "form": KeyForm(),
        "example": _EXAMPLE.format(base=settings.BASE_URL),
    }
    return render(request, "dashboard/developers.html", context)


def _acted(request: BusinessRequest) -> tuple[DeviceForm | None, str]:
    """Carry out what a button asks; return the device's form where it has something to say."""
    action = request.POST.get("action")
    if request.method != "POST":
        return None, ""
    if action == "device":
        return registered(request)
    if action in {"device-on", "device-off"}:
        switched(request, is_active=action == "device-on")
        return None, ""
    return None, _act(request)


def _act(request: BusinessRequest) -> str:
    """Carry out what the page's button asks; return the new secret, if there is one."""
    action = request.POST.get("action")
    if action == "issue":
        return _issue(request)
    arguments: dict[str, Any] = {
        "key_id": _key_id(request),
        "business_id": request.business.id,
        "now": request.now,
        "by": request.user,
    }
    if action == "rotate":
        _key, secret = rotate_api_key(**arguments)
        return secret
    revoke_api_key(**arguments)
    return ""


def _key_id(request: BusinessRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise Http404 from error


def _issue(request: BusinessRequest) -> str:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return ""
    own = request.business.id
    twin = test_twin_id(own) if form.cleaned_data["mode"] == "test" else None
    _key, secret = issue_api_key(
        business_id=twin or own,
        name=form.cleaned_data["name"],
        now=request.now,
        scopes=form.scopes(),
        created_by=request.user,
    )
    return secret


def _key_row(key: Any, now: datetime) -> KeyRow:
    ended = key.revoked_at or (key.expires_at if key.expires_at and key.expires_at <= now else None)
    if ended:
        state = _("ended %(when)s") % {"when": words.ago(ended, now)}
    elif key.expires_at:
        state = _("until %(when)s") % {"when": words.moment(key.expires_at)}
    else:
        state = _("in use")
    return KeyRow(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        is_test=key.prefix.startswith("vk_test_"),
        last_used_at=key.last_used_at,
        state=state,
        usable=not ended and not key.expires_at,
    )


def _recent(business_id: UUID) -> list[RequestRow]:
    rows: list[ApiRequest] = []
    for one in filter(None, (business_id, test_twin_id(business_id))):
        with acting_for(one):
            rows += ApiRequest.objects.order_by("-at")[:_SHOWN]
    newest = sorted(rows, key=lambda row: row.at, reverse=True)[:_SHOWN]
    return [_request_row(row) for row in newest]


def _request_row(row: ApiRequest) -> RequestRow:
    status = row.status or 0
    tone: Tone = "bad" if status >= _BROKEN else "amber" if status >= _REFUSED else "good"
    return RequestRow(
        at=row.at,
        what=f"{row.method} {row.path.removeprefix('/api/v1')}",
        status=" ".join(filter(None, (words.digits(status or "…"), row.problem))),
        tone=tone,
    )
