"""Whom the shop may lend to, and how much, over HTTP (C026, C029)."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound, Problem
from customers.queries.people import customer_view
from payments.api.bodies import Body
from payments.queries.instalments.credit import Offer, credit_terms, offer_to, offers_to
from payments.queries.instalments.lendable import Who, lendable_rows

_WHO: Final = {one.value: one for one in Who}


class EligibilityIn(Body):
    """Whom, and how much (rial) they would like to pay in parts."""

    customer_id: UUID
    amount: int = Field(default=0, ge=0)


class ReasonOut(BaseModel):
    """Points given or taken by the scorecard."""

    reason: str
    points: int


class GradeOut(BaseModel):
    """The good-payer grade of 0 to 100 at this shop alone; null under three obligations.

    `with_mandate` is what it is, or would be, with instalments debited by consent, which avoids
    being late and any fee for it. Nothing is told to a credit bureau.
    """

    customer_id: UUID
    score: int | None
    with_mandate: int | None
    obligations: int
    on_time: int
    reasons: list[ReasonOut]


class CapOut(BaseModel):
    """The most a customer may owe, in rial, before what they owe and what the shop may lend.

    `basis`: most (the owner's), newcomer (no grade yet), worth (the terms' share of what they are
    foreseen to buy in a year) or least (that share is less than what a stranger is lent).
    `foreseen_worth` null: nothing is foreseen, or it has no say in the terms.
    """

    amount: int
    basis: str
    foreseen_worth: int | None


class EligibilityOut(BaseModel):
    """What may be lent now; amounts in rial. `refusal` says why it is nothing."""

    eligible: bool
    limit: int
    refusal: str | None
    owed: int
    overdue: int
    max_instalments: int
    down_percent: int
    cap: CapOut
    grade: GradeOut


class LendableOut(BaseModel):
    """A customer, what may be lent to them now, and why; amounts in rial."""

    customer_id: UUID
    last_purchase_at: AwareDatetime
    limit: int
    refusal: str | None
    owed: int
    overdue: int
    cap: CapOut
    grade: GradeOut


class LendablesOut(BaseModel):
    """A page of customers, the latest buyer first. `left` is what the shop may lend altogether."""

    left: int
    data: list[LendableOut]
    next_cursor: str | None


class CreditEligibility(Endpoint):
    """POST asks what a customer may be lent."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_READ}
    body: ClassVar = {"POST": EligibilityIn}
    answer: ClassVar = {"POST": EligibilityOut}

    def post(self, call: Call, body: EligibilityIn) -> Reply:
        """Return the offer and its reasons."""
        offer = offer_to(_person(body.customer_id), today=_today(call))
        told = EligibilityOut(
            eligible=offer.refusal is None and offer.limit_rial >= body.amount,
            limit=offer.limit_rial,
            refusal=offer.refusal.value if offer.refusal else None,
            owed=offer.standing.owed_rial,
            overdue=offer.standing.overdue_rial,
            max_instalments=offer.terms.most_count,
            down_percent=offer.terms.down_percent,
            cap=_cap(offer),
            grade=_grade(body.customer_id, offer),
        )
        return Reply(told.model_dump())


class PaymentGrade(Endpoint):
    """GET the good-payer grade of a customer."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": GradeOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return the grade with the points it is made of."""
        offer = offer_to(_person(customer_id), today=_today(call))
        return Reply(_grade(customer_id, offer).model_dump())


class CreditCustomers(Endpoint):
    """GET whom the shop may lend to, and how much."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "who": "eligible (unless told), known (with a grade), new (without one) or refused "
        "(who bought on credit before and gets nothing now)",
        **FILTERS,
    }
    answer: ClassVar = {"GET": LendablesOut}

    def get(self, call: Call) -> Reply:
        """List them, the latest buyer first."""
        who = _WHO.get(call.query.get("who") or Who.ELIGIBLE)
        if who is None:
            raise Problem("invalid_who", _("This value is not one of the choices."))
        terms, today = credit_terms(), _today(call)
        found = page(
            lendable_rows(terms, who=who, today=today),
            by="last_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        offers = offers_to([row.customer_id for row in found.rows], today=today, terms=terms)
        rows = [
            _lendable(row.customer_id, row.last_at, offers[row.customer_id]) for row in found.rows
        ]
        left = max(terms.most_total_rial - terms.owed_rial, 0) if terms.is_on else 0
        told = LendablesOut(left=left, data=rows, next_cursor=found.next_cursor)
        return Reply(told.model_dump())


def _today(call: Call) -> date:
    return business_day(call.now, business_by_id(call.business_id).timezone)


def _person(customer_id: UUID) -> UUID:
    person = customer_view(customer_id)
    if person is None:
        raise NotFound(_("There is no such customer."))
    return person.id


def _grade(customer_id: UUID, offer: Offer) -> GradeOut:
    grade = offer.standing.grade
    return GradeOut(
        customer_id=customer_id,
        score=grade.score,
        with_mandate=grade.with_consent,
        obligations=grade.obligations,
        on_time=grade.on_time,
        reasons=[ReasonOut(reason=name, points=points) for name, points in grade.reasons],
    )


def _cap(offer: Offer) -> CapOut:
    cap = offer.cap
    return CapOut(amount=cap.rial, basis=cap.basis, foreseen_worth=cap.worth_rial)


def _lendable(customer_id: UUID, last_at: datetime, offer: Offer) -> LendableOut:
    return LendableOut(
        customer_id=customer_id,
        last_purchase_at=last_at,
        limit=offer.limit_rial,
        refusal=offer.refusal.value if offer.refusal else None,
        owed=offer.standing.owed_rial,
        overdue=offer.standing.overdue_rial,
        cap=_cap(offer),
        grade=_grade(customer_id, offer),
    )
