"""Writing people down who have not bought yet: one by one, or a list."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.text import latin_digits
from customers.enums import LeadKind
from customers.operations import CustomerHint
from customers.operations.leads import NewLead, note_lead
from dashboard.web import words
from dashboard.web.access import MANAGERS, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import JalaliDay, Line, Mobile, refusal_to_form
from dashboard.web.leads.words_of_leads import moment_of, owners

_BY_HAND: Final = (LeadKind.TILL, LeadKind.STAFF, LeadKind.FORM, LeadKind.COMPETITOR)
MOST_LINES: Final = 500
_PARTS: Final = 3


class LeadForm(forms.Form):
    """Who it is, where from, what they want, and whether and when to get in touch."""

    mobile = Mobile(label=gettext_lazy("Mobile"))
    name = Line(label=gettext_lazy("Name"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Where from"), choices=[(kind, kind.label) for kind in _BY_HAND]
    )
    source = Line(
        label=gettext_lazy("More exactly"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Like the name of the market or of your site; may be empty."),
    )
    wants = Line(label=gettext_lazy("What they want"), required=False, max_length=500)
    consented = forms.BooleanField(
        label=gettext_lazy("They agreed to be contacted"), required=False
    )
    next_on = JalaliDay(
        label=gettext_lazy("Get in touch on"),
        help_text=gettext_lazy("Like 1405/9/2. Empty: tomorrow, if they agreed."),
    )
    owner = forms.ChoiceField(label=gettext_lazy("Looked after by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ChoiceField):
            owner.choices = owners()


class ListForm(forms.Form):
    """A list of people from one source."""

    source = Line(label=gettext_lazy("Where the list is from"), max_length=60)
    lines = forms.CharField(
        label=gettext_lazy("One person a line: mobile, name, what they want"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        max_length=100_000,
        help_text=gettext_lazy("Separated by commas; only the mobile is needed. At most 500."),
    )
    consented = forms.BooleanField(
        label=gettext_lazy("They agreed to be contacted"), required=False
    )


@dataclass(frozen=True, slots=True)
class _Entered:
    """What became of a list."""

    new: int
    known: int
    refused: list[str]
    why: list[str]


@business_page(*SELLERS)
def lead_new(request: BusinessRequest) -> HttpResponse:
    """Write one person down; afterwards their page is open."""
    form = LeadForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            noted = note_lead(new=_new(form, request), by=str(request.user), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            _say(request, created=noted.created, bought=noted.lead is None)
            return redirect("dashboard:customer", request.business.slug, noted.customer_id)
    answer = render(request, "dashboard/leads/new.html", {"form": form})
    return refused(answer) if form.errors else answer


@business_page(*MANAGERS)
def lead_list(request: BusinessRequest) -> HttpResponse:
    """Write a list of people down; lines that cannot be read come back with the reason."""
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = _enter(form, request)
        values = {"new": words.number(told.new), "known": words.number(told.known)}
        if told.new or told.known:
            messages.success(
                request, _("%(new)s people written down, %(known)s were known already.") % values
            )
        if not told.refused:
            return redirect("dashboard:leads", request.business.slug)
        form = ListForm({**request.POST.dict(), "lines": "\n".join(told.refused)})
        form.is_valid()
        form.add_error("lines", told.why[:10])
    answer = render(request, "dashboard/leads/list.html", {"form": form})
    return refused(answer) if form.errors else answer


def _initial(request: BusinessRequest) -> dict[str, str]:
    return {
        "kind": request.GET.get("kind", LeadKind.STAFF),
        "mobile": request.GET.get("mobile", ""),
    }


def _new(form: LeadForm, request: BusinessRequest) -> NewLead:
    data = form.cleaned_data
    return NewLead(
        customer=CustomerHint(mobile=data["mobile"], name=data["name"]),
        kind=data["kind"],
        source=data["source"],
        wants=data["wants"],
        consented=data["consented"],
        next_at=moment_of(data["next_on"], request.business.timezone, request.now),
        owner_code=data["owner"],
    )


def _say(request: BusinessRequest, *, created: bool, bought: bool) -> None:
    if bought:
        messages.info(request, _("They have bought before: they are a customer already."))
    elif created:
        messages.success(request, _("Written down. When they buy, this is known by itself."))
    else:
        messages.info(request, _("They were known already; what is new was added."))


def _enter(form: ListForm, request: BusinessRequest) -> _Entered:
    told = _Entered(0, 0, [], [])
    new = known = 0
    lines = [line for line in form.cleaned_data["lines"].splitlines() if line.strip()]
    for line in lines[:MOST_LINES]:
        try:
            noted = note_lead(
                new=_of_line(line, form.cleaned_data), by=str(request.user), now=request.now
            )
        except Problem as problem:
            told.refused.append(line)
            told.why.append(f"{line[:40]}: {problem.detail}")
        else:
            new, known = new + noted.created, known + (not noted.created)
    for line in lines[MOST_LINES:]:
        told.refused.append(line)
    if len(lines) > MOST_LINES:
        told.why.append(_("Send the rest in a second list."))
    return _Entered(new, known, told.refused, told.why)


def _of_line(line: str, data: dict[str, Any]) -> NewLead:
    parts = [part.strip() for part in line.replace("،", ",").replace("\t", ",").split(",", 2)]
    mobile, name, wants = parts + [""] * (_PARTS - len(parts))
    return NewLead(
        customer=CustomerHint(mobile=latin_digits(mobile), name=name),
        kind=LeadKind.IMPORT,
        source=data["source"],
        wants=wants,
        consented=data["consented"],
    )
