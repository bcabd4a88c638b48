"""What members are told; every message has a key of its own, so nothing is said twice."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from businesses.queries import business_by_id
from core.calendar import format_jalali
from core.money import RIAL_PER_TOMAN
from core.tenancy import active_business_id
from core.text import persian_digits
from loyalty.operations.memberships.charge import OWNER, member
from loyalty.operations.memberships.hold import Held
from messaging.enums import Purpose
from messaging.operations import queue_sms
from payments.operations import Asked
from payments.operations.debits.notices import mandate_url
from payments.queries import pay_url
from payments.queries.mandates import mandate_by_id

Facts = Mapping[str, str]


def say_debit(held: Held, period_id: UUID, day: date, now: datetime) -> None:
    """Announce a renewal that is debited, and where it can be stopped."""
    mandate = mandate_by_id(held.row.mandate_id) if held.row.mandate_id else None
    url = mandate_url(mandate.public_token) if mandate else ""
    _say(held, f"debit:{period_id}", _to_be_debited, now, day=day, url=url)


def say_link(held: Held, period_id: UUID, day: date, asked: Asked, now: datetime) -> None:
    """Announce a renewal that is paid at an address."""
    _say(held, f"link:{period_id}", _to_be_paid, now, day=day, url=pay_url(asked.pay_token))


def say_unpaid(held: Held, period_id: UUID, day: date, asked: Asked, now: datetime) -> None:
    """Tell that a renewal is not paid, and until when it can be."""
    _say(held, f"unpaid:{period_id}", _unpaid, now, day=day, url=pay_url(asked.pay_token))


def say_lapsed(held: Held, period_id: UUID, now: datetime) -> None:
    """Tell that a membership lapsed."""
    _say(held, f"lapsed:{period_id}", _lapsed, now, day=held.today(now))


def _say(
    held: Held,
    key: str,
    words: Callable[[Facts], str],
    now: datetime,
    *,
    day: date,
    url: str = "",
) -> None:
    amount = f"{held.plan.price_rial // RIAL_PER_TOMAN:,}".replace(",", "٬")
    with translation.override("fa"):
        text = words(
            {
                "shop": business_by_id(active_business_id()).name,
                "plan": held.plan.name,
                "amount": persian_digits(amount),
                "day": format_jalali(day),
                "url": url,
            }
        )
    queue_sms(
        address=member(held).mobile or "",
        body=text,
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"{OWNER}-{key}",
        ref_kind=OWNER,
        ref_id=held.row.id,
        now=now,
    )


def _to_be_debited(facts: Facts) -> str:
    return (
        _(
            "%(shop)s: your membership «%(plan)s» renews on %(day)s; %(amount)s toman is debited. "
            "To stop it: %(url)s"
        )
        % facts
    )


def _to_be_paid(facts: Facts) -> str:
    return (
        _(
            "%(shop)s: your membership «%(plan)s» ends on %(day)s. Renew it for %(amount)s toman: "
            "%(url)s"
        )
        % facts
    )


def _unpaid(facts: Facts) -> str:
    return (
        _(
            "%(shop)s: your membership «%(plan)s» is not paid yet. To keep it, pay %(amount)s "
            "toman by %(day)s: %(url)s"
        )
        % facts
    )


def _lapsed(facts: Facts) -> str:
    return (
        _("%(shop)s: your membership «%(plan)s» ended; your points stay. Come back any time.")
        % facts
    )
