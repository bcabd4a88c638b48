"""Which parts of the product the business uses (capability C090)."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.operations.modules import switch_modules
from dashboard.web.access import OWNERS, BusinessRequest
from dashboard.web.settings.section import Section


class ModulesForm(forms.Form):
    """One box for each part."""

    modules = forms.MultipleChoiceField(
        label=_("Parts in use"),
        choices=Module.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _initial(request: BusinessRequest) -> dict[str, Any]:
    return {"modules": [one.value for one in Module if request.business.has(one)]}


def _save(request: BusinessRequest, data: dict[str, Any]) -> None:
    off = set(Module.values) - set(data["modules"])
    switch_modules(off=off, actor=request.user, now=request.now)


SECTION: Final = Section(
    key="modules",
    label=_("Parts"),
    title=_("Parts of the product"),
    help=_(
        "What is switched off is in no menu, page or interface, and nothing is done for it. What "
        "it wrote stays, and is there again when it is switched on."
    ),
    action=_("Save"),
    form=ModulesForm,
    initial=_initial,
    save=_save,
    roles=OWNERS,
)
