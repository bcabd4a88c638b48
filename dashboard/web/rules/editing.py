"""Composing a rule of the draft, with its sentence beside the form."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from pydantic import ValidationError as Nonsense

from core.errors import Problem
from core.ids import new_id
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import problem_to_form, refusal_to_form
from dashboard.web.rules.beginnings import TEMPLATES
from dashboard.web.rules.forms import RuleForm, initial_of
from dashboard.web.rules.words_of_rules import Names, rule_sentence
from loyalty.operations.rules.drafts import save_draft
from loyalty.queries.rules.document import MOST_RULES, Bonus, Rules
from loyalty.queries.rules.reading import open_draft, rules_in, rules_in_force


@business_page(*MANAGERS)
def rule_new(request: BusinessRequest) -> HttpResponse:
    """Compose a rule, from a template or from nothing."""
    chosen = next((one for one in TEMPLATES if one.key == request.GET.get("like")), None)
    initial = dict(chosen.initial) if chosen else {}
    form = RuleForm(request.POST or None, initial=initial)
    return _composed(request, form)


@business_page(*MANAGERS)
def rule_edit(request: BusinessRequest, rule: UUID) -> HttpResponse:
    """Change a rule of the draft, or of what is in force, into the draft."""
    held = next((one for one in drawn().bonuses if one.key == rule), None)
    if held is None:
        raise Http404
    form = RuleForm(request.POST or None, initial=initial_of(held), key=rule)
    return _composed(request, form)


@require_POST
@business_page(*MANAGERS)
def rule_composing(request: BusinessRequest) -> HttpResponse:
    """Show the sentence of the rule as it is typed (a part of the page)."""
    composed = RuleForm(request.POST).composed()
    said = rule_sentence(composed, Names.here()) if composed else ""
    return render(request, "dashboard/rules/sentence.html", {"sentence": said})


@require_POST
@business_page(*MANAGERS)
def rule_act(request: BusinessRequest, rule: UUID) -> HttpResponse:
    """Take a rule out of the draft, or judge it before the one above it."""
    held = drawn()
    place = next((at for at, one in enumerate(held.bonuses) if one.key == rule), None)
    if place is None:
        raise Http404
    bonuses = list(held.bonuses)
    taken = bonuses.pop(place)
    if request.POST.get("action") == "up":
        bonuses.insert(max(0, place - 1), taken)
    _save(request, held, bonuses)
    return redirect("dashboard:rule-draft", request.business.slug)


def drawn() -> Rules:
    """Return the rules being thought about: the draft's, or those in force. Raises Http404."""
    draft = open_draft()
    if draft is not None:
        return rules_in(draft)
    found = rules_in_force()
    if found is None:
        raise Http404
    return found[1]


def _composed(request: BusinessRequest, form: RuleForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            _put(request, form.bonus())
        except Nonsense:
            problem_to_form(form, _("This rule makes no sense; look at its dates and times."))
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The rule is in the draft."))
            return redirect("dashboard:rule-draft", request.business.slug)
    composed = form.composed() if form.is_bound else _begun(form)
    said = rule_sentence(composed, Names.here()) if composed else ""
    page = render(request, "dashboard/rules/rule.html", {"form": form, "sentence": said})
    return refused(page) if form.is_bound else page


def _begun(form: RuleForm) -> Bonus | None:
    """Return the rule a form starts with."""
    typed = {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }
    return RuleForm({name: value for name, value in typed.items() if value is not None}).composed()


def _put(request: BusinessRequest, bonus: Bonus) -> None:
    """Put a rule into the draft; one that gives presents now and gave points is another rule."""
    held = drawn()
    before = next((one for one in held.bonuses if one.key == bonus.key), bonus)
    if before.effect.is_present != bonus.effect.is_present:
        bonus = bonus.model_copy(update={"key": new_id()})
        others = (bonus if one is before else one for one in held.bonuses)
        held = Rules(rate=held.rate, bonuses=tuple(others))
    bonuses = [bonus if one.key == bonus.key else one for one in held.bonuses]
    if bonus not in bonuses:
        bonuses.append(bonus)
    if len(bonuses) > MOST_RULES:
        raise Problem("too_many_rules", _("There are too many rules; take one out first."))
    _save(request, held, bonuses)


def _save(request: BusinessRequest, held: Rules, bonuses: list[Bonus]) -> None:
    rules = Rules(rate=held.rate, bonuses=tuple(bonuses))
    save_draft(rules=rules, actor=request.user, now=request.now)
