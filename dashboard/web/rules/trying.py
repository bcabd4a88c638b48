"""A basket under today's rules and under the draft, rule by rule, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import business_day, day_start
from core.errors import Problem
from customers.enums import Channel
from customers.queries.people import find_customer
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.rules.asking import BasketForm
from dashboard.web.rules.present_fields import gives_present, present_names
from loyalty.enums.happenings import HappeningKind
from loyalty.queries.rules.dry_run import DryRun, basket_dry_run, purchase_dry_run
from loyalty.queries.rules.evaluate import Earned, Part
from loyalty.queries.rules.judge import Asked, Sale
from loyalty.queries.rules.reading import open_draft, rules_in

_INITIAL: Final = {"channel": Channel.TILL, "total": 5_000_000}


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the rate or a rule gives, and why."""

    name: str
    points: str
    why: str
    gives: bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """A basket under one set of rules."""

    title: str
    total: str
    lines: Sequence[Line]


@business_page(*MANAGERS)
def rule_try(request: BusinessRequest) -> HttpResponse:
    """Try the draft on a basket somebody types, or on a purchase of the past."""
    draft = open_draft()
    if draft is None:
        raise Http404
    purchase = request.GET.get("purchase", "")
    form = BasketForm(request.POST or None, initial=_INITIAL)
    told: DryRun | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = basket_dry_run(_asked(request, form), rules_in(draft))
        except Problem as problem:
            refusal_to_form(form, problem)
    elif purchase:
        told = purchase_dry_run(_id(purchase), rules_in(draft))
    context: dict[str, Any] = {"form": form, "told": told and _columns(told)}
    page = render(request, "dashboard/rules/try.html", context)
    return refused(page) if form.errors else page


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _asked(request: BusinessRequest, form: BasketForm) -> Asked:
    data = form.cleaned_data
    customer_id = find_customer(mobile=data["mobile"]) if data["mobile"] else None
    if data["mobile"] and customer_id is None:
        sentence = _("Nobody is known by this mobile.")
        raise Problem("unknown_customer", sentence, fields={"mobile": [sentence]})
    return Asked(
        eligible_rial=data["total"] or 0,
        at=_moment(request, data),
        customer_id=customer_id,
        sale=Sale(lines=form.lines(), channel=data["channel"]),
        happened=HappeningKind(data["happened"]) if data["happened"] else None,
    )


def _moment(request: BusinessRequest, data: dict[str, Any]) -> datetime:
    zone, now = request.business.timezone, request.now.astimezone(request.business.timezone)
    day = data["on"] or business_day(request.now, zone)
    minute = now.hour * 60 + now.minute if data["at"] is None else data["at"]
    return day_start(day, zone) + timedelta(minutes=minute)


def _columns(told: DryRun) -> list[Column]:
    names = present_names()
    return [
        _column(_("Rules in force"), told.today, names),
        _column(_("The draft"), told.draft, names),
    ]


def _gave(part: Part, names: Mapping[UUID, str]) -> str:
    """Return the points of a rule, or what its present is."""
    if part.bonus.present is None or not part.presents:
        return words.number(part.points)
    given = part.bonus.model_copy(update={"num": part.presents})
    return gives_present(given, part.bonus.present, names)


def _column(title: str, earned: Earned, names: Mapping[UUID, str]) -> Column:
    rate = [] if earned.bonuses_alone else [_rate(earned)]
    rules = [
        Line(
            name=part.bonus.name,
            points=_gave(part, names),
            why=str((part.cut or part.verdict).label),
            gives=bool(part.given),
        )
        for part in earned.parts
    ]
    return Column(title=title, total=words.number(earned.points), lines=[*rate, *rules])


def _rate(earned: Earned) -> Line:
    return Line(
        name=_("By the rate"),
        points=words.number(earned.base_points),
        why=_("Below the smallest purchase") if earned.below else "",
        gives=bool(earned.base_points),
    )
