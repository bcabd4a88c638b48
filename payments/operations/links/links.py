"""Making, closing and paying at a link."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id, new_spoken_code
from core.money import MAX_RIAL, format_toman
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.operations import CustomerHint
from payments.enums import ENDED_UNPAID
from payments.models import Payment, PaymentLink
from payments.models.tokens import new_public_token
from payments.operations.create import Asked, create_payment

_MAX_TITLE: Final = 200
_MAX_TIMES: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLink:
    """A link to make: a fixed `amount_rial`, or bounds for what the payer types."""

    title: str
    amount_rial: int | None = None
    least_rial: int | None = None
    most_rial: int | None = None
    asks_mobile: bool = True
    max_payments: int | None = None
    expires_at: datetime | None = None
    branch_code: str = ""
    employee_code: str = ""


@operation
def create_link(*, link: NewLink, by: str = "", now: datetime) -> UUID:
    """Make a link; return its id.

    Raises Problem `invalid_title`, `invalid_amount`, `invalid_times` or `invalid_expiry`.
    """
    _check(link, now)
    made = PaymentLink(
        id=new_id(),
        title=normalise(link.title),
        amount_rial=link.amount_rial,
        least_rial=None if link.amount_rial else link.least_rial,
        most_rial=None if link.amount_rial else link.most_rial,
        asks_mobile=link.asks_mobile,
        max_payments=link.max_payments,
        branch_code=normalise_code(link.branch_code),
        employee_code=normalise_code(link.employee_code),
        token=new_public_token(active_business_id()),
        created_at=now,
        created_by=by,
        expires_at=link.expires_at,
    )
    made.save(force_insert=True)
    return made.id


@operation
def close_link(*, link_id: UUID, now: datetime) -> bool:
    """Take no more payments at a link; those under way go on. Return whether it was open."""
    if not PaymentLink.objects.filter(id=link_id).exists():
        raise NotFound(_("There is no such payment link."))
    return bool(PaymentLink.objects.filter(id=link_id, closed_at=None).update(closed_at=now))


@operation
def pay_at_link(
    *, link_id: UUID, amount_rial: int | None, customer: CustomerHint | None, now: datetime
) -> Asked:
    """Make a payment for somebody who came to a link.

    Raises NotFound, Problem `link_closed`, `link_used_up`, `mobile_needed`, `amount_out_of_range`
    and those of `create_payment`.
    """
    link = PaymentLink.objects.select_for_update().filter(id=link_id).first()
    if link is None:
        raise NotFound(_("There is no such payment link."))
    _check_open(link, now)
    if link.asks_mobile and not (customer and customer.mobile):
        raise Problem(
            "mobile_needed",
            _("Your mobile number is needed."),
            fields={"mobile": [_("Write your mobile number.")]},
        )
    asked = create_payment(
        external_id=f"link-{new_spoken_code(10).lower()}",
        amount_rial=_amount(link, amount_rial),
        description=link.title,
        customer=customer,
        branch_code=link.branch_code or None,
        employee_code=link.employee_code or None,
        now=now,
    )
    Payment.objects.filter(id=asked.id).update(link=link)
    PaymentLink.objects.filter(id=link.id).update(payments=F("payments") + 1)
    return asked


def _check_open(link: PaymentLink, now: datetime) -> None:
    if link.closed_at is not None or (link.expires_at is not None and link.expires_at <= now):
        raise Problem("link_closed", _("This payment link is closed."), status=HTTPStatus.CONFLICT)
    if link.max_payments is None or link.payments < link.max_payments:
        return
    # Those that ended unpaid make room again.
    alive = Payment.objects.filter(link=link).exclude(state__in=ENDED_UNPAID).count()
    PaymentLink.objects.filter(id=link.id).update(payments=alive)
    if alive >= link.max_payments:
        raise Problem(
            "link_used_up",
            _("This link has been paid as often as it may."),
            status=HTTPStatus.CONFLICT,
        )


def _amount(link: PaymentLink, typed: int | None) -> int:
    if link.amount_rial is not None:
        return link.amount_rial
    least, most = link.least_rial or 1, link.most_rial or MAX_RIAL
    if typed is None or not least <= typed <= most:
        raise Problem(
            "amount_out_of_range",
            _("Pay an amount from %(least)s to %(most)s toman.")
            % {"least": format_toman(least), "most": format_toman(most)},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"amount": [_("The amount is outside this link's bounds.")]},
        )
    return typed


def _check(link: NewLink, now: datetime) -> None:
    title = normalise(link.title)
    if not title or len(title) > _MAX_TITLE:
        raise Problem(
            "invalid_title",
            _("Say what the link is for, in at most 200 letters."),
            fields={"title": [_("Check this value.")]},
        )
    if not _amounts_well(link):
        raise Problem(
            "invalid_amount",
            _("Give a fixed amount, or the least and the most a payer may type."),
            fields={"amount": [_("Check this value.")]},
        )
    if link.max_payments is not None and not 1 <= link.max_payments <= _MAX_TIMES:
        raise Problem(
            "invalid_times",
            _("Let the link be paid at least once."),
            fields={"max_payments": [_("Check this value.")]},
        )
    if link.expires_at is not None and link.expires_at <= now:
        raise Problem(
            "invalid_expiry",
            _("The link must end in the future."),
            fields={"expires_at": [_("Check this value.")]},
        )


def _amounts_well(link: NewLink) -> bool:
    if link.amount_rial is not None:
        return 0 < link.amount_rial <= MAX_RIAL
    if link.least_rial is None or link.most_rial is None:
        return False
    return 0 < link.least_rial <= link.most_rial <= MAX_RIAL
