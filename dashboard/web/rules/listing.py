"""The rules in force with what they gave, earlier versions, and the draft."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.rules.asking import PublishForm, RateForm
from dashboard.web.rules.beginnings import TEMPLATES
from dashboard.web.rules.replays import replay_lines
from dashboard.web.rules.rows import rule_rows, version_row
from dashboard.web.rules.words_of_rules import Names, rate_sentence
from loyalty.operations.rules.drafts import discard_draft, publish_draft, save_draft
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.known import rules_of_versions
from loyalty.queries.rules.reading import (
    given_by,
    open_draft,
    rules_in,
    rules_in_force,
    version_rows,
)

_VERSIONS: Final = 10


@require_GET
@business_page(*READERS)
def rules(request: BusinessRequest) -> HttpResponse:
    """Show what earns points now, what each rule gave, and the versions before."""
    names, found, draft = Names.here(), rules_in_force(), open_draft()
    context: dict[str, Any] = {
        "can_edit": role_may(request.role, MANAGERS),
        "templates": TEMPLATES,
        "draft": draft,
        "in_force": None,
    }
    if found is not None:
        version, held = found
        gave = given_by([one.key for one in held.bonuses])
        rows = list(version_rows().order_by("-version")[:_VERSIONS])
        earlier = rules_of_versions(rows)
        context |= {
            "in_force": version,
            "rate": rate_sentence(held.rate),
            "rows": rule_rows(held, gave, names),
            "versions": [version_row(row, earlier[row.id], names) for row in rows],
        }
    return render(request, "dashboard/rules/rules.html", context)


@business_page(*MANAGERS)
def rule_draft(request: BusinessRequest) -> HttpResponse:
    """Show the draft; change its rate, publish it or put it away."""
    draft = open_draft()
    if draft is None:
        return redirect("dashboard:rules", request.business.slug)
    held = rules_in(draft)
    form, rate = PublishForm(), RateForm(initial=_rate(held))
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "publish":
            form = PublishForm(request.POST)
        elif action == "rate":
            rate = RateForm(request.POST)
        done = _act(request, action, draft, form=form, rate=rate)
        if done is not None:
            return done
    context = {
        "draft": draft,
        "rate_form": rate,
        "rate": rate_sentence(held.rate),
        # A rule that stays what it is keeps what it has given, and what is used of its budget.
        "rows": rule_rows(held, given_by([one.key for one in held.bonuses]), Names.here()),
        "templates": TEMPLATES,
        "form": form,
        "replays": replay_lines(),
    }
    page = render(request, "dashboard/rules/draft.html", context)
    return refused(page) if form.is_bound or rate.is_bound else page


def _act(
    request: BusinessRequest, action: str, draft: Any, *, form: Any, rate: Any
) -> HttpResponse | None:
    """Do what was asked of the draft; None shows the page with what was wrong."""
    slug = request.business.slug
    if action == "discard":
        discard_draft(draft_id=draft.id, now=request.now)
        messages.success(request, _("The draft is put away; the rules in force stay."))
        return redirect("dashboard:rules", slug)
    if action == "rate" and rate.is_valid():
        changed = rules_in(draft).model_copy(update={"rate": rate.rate()})
        save_draft(rules=changed, actor=request.user, now=request.now)
        return redirect("dashboard:rule-draft", slug)
    if action == "publish" and form.is_valid():
        return _publish(request, draft, form)
    return None


def _publish(request: BusinessRequest, draft: Any, form: Any) -> HttpResponse | None:
    try:
        version = publish_draft(
            draft_id=draft.id,
            helps_customer=form.cleaned_data["helps"] == "yes",
            benefit_note=form.cleaned_data["note"],
            actor=request.user,
            now=request.now,
        )
    except Problem as problem:
        refusal_to_form(form, problem)
        return None
    told = {"n": words.number(version.version)}
    messages.success(request, _("Version %(n)s is in force from now on.") % told)
    return redirect("dashboard:rules", request.business.slug)


def _rate(held: Rules) -> dict[str, Any]:
    rate = held.rate
    return {
        "per": rate.den // (rate.num or 1),
        "minimum": rate.minimum_rial,
        "cap": rate.cap_points,
        "by_line": rate.by_line,
        "best_for": rate.best_for,
    }
