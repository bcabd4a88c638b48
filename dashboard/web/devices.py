"""The devices that sell: registered by an owner, software with a key of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from businesses.enums import DeviceKind
from businesses.operations import register_device, switch_device
from businesses.queries import branches, devices
from core.errors import Problem
from core.tenancy import acting_for
from dashboard.web.access import BusinessRequest
from dashboard.web.forms import Code, Line, refusal_to_form


@dataclass(frozen=True, kw_only=True)
class DeviceRow:
    """A device as listed."""

    id: UUID
    name: str
    code: str
    branch: str
    kind: str
    has_key: bool
    is_active: bool


class DeviceForm(forms.Form):
    """A new till or terminal."""

    device_name = Line(label=_("Name, to know it again"), max_length=80)
    device_code = Code(label=_("Code, as its software sends it"), max_length=40)
    branch_id = forms.TypedChoiceField(
        label=_("Branch"), required=False, empty_value=None, coerce=UUID
    )
    with_key = forms.BooleanField(
        label=_("Make a key for this device alone"),
        help_text=_("With it nothing but selling at this device can be done."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("no branch")), *((one.id, one.name) for one in branches())]
        self.fields["branch_id"].choices = choices  # type: ignore[attr-defined]


def device_rows() -> Sequence[DeviceRow]:
    """Return the business's devices, those that sell first."""
    return [
        DeviceRow(
            id=one.id,
            name=one.name,
            code=one.code,
            branch=one.branch.name if one.branch else "",
            kind=str(DeviceKind(one.kind).label),
            has_key=bool(one.key_ids),
            is_active=one.is_active,
        )
        for one in devices()
    ]


def registered(request: BusinessRequest) -> tuple[DeviceForm, str]:
    """Register what the form says; return the form and the new key's plaintext, if there is one."""
    with acting_for(request.business.id):
        form = DeviceForm(request.POST)
        if not form.is_valid():
            return form, ""
        data = form.cleaned_data
        try:
            made = register_device(
                code=data["device_code"],
                name=data["device_name"],
                branch_id=data["branch_id"],
                with_key=data["with_key"],
                by=request.user,
                now=request.now,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
            return form, ""
        return DeviceForm(), made.plaintext


def switched(request: BusinessRequest, *, is_active: bool) -> None:
    """Let a device sell or stop it."""
    try:
        device_id = UUID(request.POST.get("device", ""))
    except ValueError as error:
        raise Http404 from error
    with acting_for(request.business.id):
        switch_device(device_id=device_id, is_active=is_active, by=request.user, now=request.now)
