"""A customer's page: who they are, what they like, what to say now."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.calendar import business_day
from customers.enums import CaseState, CustomerStatus, IdentityKind, ViewPlace
from customers.operations.people.unlinking import UNLINKED
from customers.queries.cases import case_rows
from customers.queries.people import CustomerView, customer_view, identities_of
from customers.queries.timeline import Moment, timeline
from dashboard.web import words
from dashboard.web.access import (
    EVERYONE,
    MANAGERS,
    READERS,
    SELLERS,
    BusinessRequest,
    business_page,
)
from dashboard.web.accounts import health_card
from dashboard.web.attributes.of_customer import particulars
from dashboard.web.attributes.tastes import tastes
from dashboard.web.credit.offer import OfferShown, shown_offer
from dashboard.web.customer.figures import kpis
from dashboard.web.customer.kept import (
    erasure_ask,
    erasure_decide,
    kept,
    kept_file,
    looks,
)
from dashboard.web.customer.named import named
from dashboard.web.customer.one_person import one_person
from dashboard.web.customer.page_link import page_link
from dashboard.web.customer.points import corrections, points_correct, points_decide
from dashboard.web.customer.staying import staying
from dashboard.web.customer.story import MONEY, TALK, story
from dashboard.web.customer.unlink import identity_unlink
from dashboard.web.customer.way import way_of
from dashboard.web.fit import fit_card
from dashboard.web.gifts.benefits import benefits_on_page
from dashboard.web.gifts.giving import may_give
from dashboard.web.gifts.noting import may_note
from dashboard.web.gifts.of_customer import days_of
from dashboard.web.greeting import Known, greeting
from dashboard.web.leads.following import before_buying
from dashboard.web.leaving.of_customer import membership_of_club
from dashboard.web.looks import note_look
from dashboard.web.measures.of_customer import measures_on_page
from dashboard.web.parts import Choice, Happening
from dashboard.web.people import segment_label, title_of
from dashboard.web.priorities import traits
from dashboard.web.referrals.of_customer import recommending
from dashboard.web.store_credit.filling import credit_on_page
from loyalty.queries.memberships import live_membership
from loyalty.queries.milestones import badges_of
from loyalty.queries.presents import presents_to
from loyalty.queries.standing import tier_of
from loyalty.queries.wallets import wallet_view
from payments.queries.deposits import identifiers_of
from payments.queries.instalments.credit import offer_to
from segmentation.queries import score_of

__all__ = [
    "customer",
    "erasure_ask",
    "erasure_decide",
    "identity_unlink",
    "kept",
    "kept_file",
    "looks",
    "page_link",
    "points_correct",
    "points_decide",
]

_KINDS: Final = {
    "": gettext_lazy("everything"),
    "money": gettext_lazy("money"),
    "talk": gettext_lazy("talk"),
}
_PER_PAGE: Final = 15
_PRESENTS: Final = 10
_MARK: Final = "~"


@business_page(*EVERYONE)
def customer(request: BusinessRequest, customer_id: UUID) -> HttpResponse:
    """Show one customer; unknown ones and other businesses' are 404."""
    person = customer_view(customer_id)
    if person is None:
        raise Http404
    if person.id != customer_id:
        return redirect("dashboard:customer", request.business.slug, person.id)
    note_look(person.id, request, ViewPlace.PAGE)
    erased = person.status == CustomerStatus.ERASED
    context = {
        **_identity(person),
        **_money(person, request),
        **_known(person, request),
        **_story(person, request),
        **({} if erased else corrections(person.id, request)),
        **one_person(person.id, request),
        **({} if erased else _standing(person.id, request)),
        **measures_on_page(person.id, request),
        **recommending(person.id, request),
        **before_buying(person.id, request),
        **membership_of_club(person, request),
        **({} if erased else may_give(request) | may_note(request) | days_of(person.id, request)),
        "presents": [] if erased else presents_to(person.id)[:_PRESENTS],
        **({} if erased else benefits_on_page(person.id, request)),
        **({} if erased else credit_on_page(person.id, request)),
        "badges": [] if erased else badges_of(person.id),
        "payer": None if erased else _payer(person.id, request),
        "customer_id": person.id,
        "erased": erased,
        "can_sell": role_may(request.role, SELLERS) and not erased,
        "may_keep": role_may(request.role, MANAGERS),
        "has_mobile": bool(person.mobile),
    }
    return render(request, "dashboard/customer.html", context)


def _standing(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return where a customer stands: ready-made segments, fit, and how we stand with them."""
    return (
        named(customer_id, request)
        | fit_card(customer_id, request)
        | health_card(customer_id, request)
        | traits(customer_id, request)
    )


def _payer(customer_id: UUID, request: BusinessRequest) -> OfferShown | None:
    """Return how well a customer pays what they owe; None for who never owed anything (C026)."""
    today = business_day(request.now, request.business.timezone)
    offer = offer_to(customer_id, today=today)
    return shown_offer(offer) if offer.standing.grade.obligations else None


def _identity(person: CustomerView) -> dict[str, Any]:
    brought = _brought(person.id)
    return {
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "provisional": person.status == CustomerStatus.PROVISIONAL,
        "since_text": _("since %(day)s") % {"day": words.day(person.first_on or person.created_at)},
        "deposit_numbers": [words.code(one.digits) for one in identifiers_of(person.id)],
        "recognised": _(", then ").join(_by_what(one) for one in brought),
        # Of somebody known by nothing else it is all there is.
        "unlinkable": []
        if person.status == CustomerStatus.PROVISIONAL
        else [(one.id, _by_what(one)) for one in brought if one.kind in UNLINKED],
    }


def _brought(customer_id: UUID) -> list[Any]:
    """Return what the customer was known by; the member code is ours, not theirs."""
    known = identities_of(customer_id)
    return [one for one in known if one.kind != IdentityKind.MEMBER_CODE]


def _by_what(identity: Any) -> str:
    label = str(IdentityKind(identity.kind).label)
    text = f"{label} {words.code(f'…{identity.hint}')}" if identity.hint else label
    return _("%(what)s (confirmed)") % {"what": text} if identity.verified_at else text


def _money(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    today = business_day(request.now, request.business.timezone)
    wallet, score = wallet_view(person.id, request.now), score_of(person.id)
    standing = tier_of([person.id]).get(person.id)
    segment, tone = segment_label(score.segment if score else None)
    cases = list(case_rows(state=CaseState.OPEN, customer_id=person.id)[:5])
    say, why = greeting(
        Known(person=person, wallet=wallet, standing=standing, today=today, now=request.now)
    )
    key = score.segment.value if score else ""
    return {
        "kpis": kpis(person, wallet, request.now, today),
        **staying(person, score, today, len(cases)),
        **way_of(person.id, today),
        "segment": segment,
        "segment_tone": tone,
        "segment_href": reverse("dashboard:segment", args=[request.business.slug, key])
        if key and role_may(request.role, READERS)
        else "",
        "tier": standing.name if standing else "",
        "membership": live_membership(person.id),
        "cases": [_case(case, request.now) for case in cases],
        "say": say,
        "say_note": why,
        "owed_points": words.number(max(0, -wallet.balance_points)) if wallet.is_negative else "",
    }


def _case(case: Any, now: datetime) -> Happening:
    return Happening(
        icon="mood-sad",
        tone="amber",
        title=case.title,
        detail=case.detail,
        end=words.ago(case.opened_at, now),
    )


def _known(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    """Return what was said of them, then what they keep buying beside that."""
    said = particulars(person, request)
    return {**said, **tastes(person, request, said["said"])}


def _story(person: CustomerView, request: BusinessRequest) -> dict[str, Any]:
    chosen = request.GET.get("kind", "")
    moments = timeline(person.id, before=_before(request.GET.get("before", "")), limit=_PER_PAGE)
    older = f"?kind={chosen}&before={_mark(moments[-1])}" if len(moments) == _PER_PAGE else ""
    shown = [moment for moment in moments if _belongs(moment, chosen)]
    tabs = [
        Choice(value=key, label=str(label), chosen=key == chosen, href=f"?kind={key}")
        for key, label in _KINDS.items()
    ]
    rows = story(shown, request.business.slug, request.now)
    return {"story": rows, "tabs": tabs, "older": older}


def _belongs(moment: Moment, chosen: str) -> bool:
    kinds = {"money": MONEY, "talk": TALK}.get(chosen)
    return kinds is None or moment.kind in kinds


def _mark(moment: Moment) -> str:
    return f"{moment.at.timestamp()!r}{_MARK}{moment.id}"


def _before(mark: str) -> tuple[datetime, UUID] | None:
    if _MARK not in mark:
        return None
    at, row_id = mark.split(_MARK, 1)
    try:
        return datetime.fromtimestamp(float(at), tz=UTC), UUID(row_id)
    except (ValueError, OverflowError, OSError) as error:
        raise Http404 from error
