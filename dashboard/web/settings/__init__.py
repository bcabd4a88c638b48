"""The settings page: a tab for each section, all of one shape."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.parts import Choice
from dashboard.web.settings import business, gateway, loyalty, parts, people, survey, till
from dashboard.web.settings.section import Section

SECTIONS: Final = {
    section.key: section
    for section in (
        business.SECTION,
        loyalty.SECTION,
        till.SECTION,
        survey.SECTION,
        gateway.SECTION,
        people.BRANCHES,
        people.EMPLOYEES,
        people.MEMBERS,
        parts.SECTION,
    )
}


@business_page(*MANAGERS)
def settings(request: BusinessRequest) -> HttpResponse:
    """Show one section; save its form."""
    section = _asked(request)
    if request.method != "POST":
        return _page(request, section, section.form(initial=section.initial(request)))
    form = section.form(request.POST)
    if form.is_valid():
        try:
            section.save(request, form.cleaned_data)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(request, section.key))
    return refused(_page(request, section, form))


def _asked(request: BusinessRequest) -> Section:
    section = SECTIONS.get(request.GET.get("section", business.SECTION.key))
    if section is None:
        raise Http404
    if not role_may(request.role, section.roles):
        raise PermissionDenied
    return section


def _address(request: BusinessRequest, key: str) -> str:
    return reverse("dashboard:settings", args=[request.business.slug]) + f"?section={key}"


def _page(request: BusinessRequest, section: Section, form: object) -> HttpResponse:
    tabs = [
        Choice(
            value=one.key,
            label=str(one.label),
            chosen=one.key == section.key,
            href=_address(request, one.key),
        )
        for one in SECTIONS.values()
        if role_may(request.role, one.roles)
    ]
    known = reverse("dashboard:attributes", args=[request.business.slug])
    tabs.append(Choice(value="attributes", label=_("Attributes"), chosen=False, href=known))
    told = reverse("dashboard:sale-fields", args=[request.business.slug])
    tabs.append(Choice(value="sale-fields", label=_("Fields of sales"), chosen=False, href=told))
    context = {
        "section": section,
        "rows": section.rows(request) if section.rows else None,
        "form": form,
        "warnings": section.warnings(),
        "tabs": tabs,
    }
    return render(request, "dashboard/settings.html", context)
