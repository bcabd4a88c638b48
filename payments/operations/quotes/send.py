"""Telling somebody the price that was promised to them."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import business_by_id
from core.calendar import business_day, format_jalali
from core.errors import Problem
from core.money import format_toman
from core.tenancy import active_business_id, operation
from messaging.enums import Purpose
from messaging.operations import queue_sms
from payments.enums.quotes import QuoteState
from payments.operations.quotes.hold import hold_quote, refusal
from payments.queries.quotes import mobile_of, quote_url

MESSAGE_KIND: Final = "quote"


@operation
def send_quote(*, quote_id: UUID, now: datetime) -> UUID:
    """Queue one SMS a day with a promised price and its address; return the message's id.

    Raises NotFound, Problem `quote_for_nobody` when no mobile is known, and the refusals of a
    quote that cannot be paid.
    """
    view = hold_quote(quote_id, now)
    if view.state not in {QuoteState.OPEN, QuoteState.UPCOMING}:
        raise refusal(view.state)
    quote, mobile = view.quote, mobile_of(view.quote)
    if not mobile:
        raise Problem(
            "quote_for_nobody",
            gettext_lazy("No mobile is known for this price; give its address yourself."),
            status=HTTPStatus.CONFLICT,
        )
    shop = business_by_id(active_business_id())
    with translation.override("fa"):
        text = _("%(shop)s: %(title)s for %(amount)s toman, kept for you until %(until)s. %(url)s")
        body = text % {
            "shop": shop.name,
            "title": quote.title,
            "amount": format_toman(quote.amount_rial),
            "until": format_jalali(quote.valid_to, shop.timezone, "time"),
            "url": quote_url(quote),
        }
    return queue_sms(
        address=mobile,
        body=body,
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"quote:{quote.id}:{business_day(now, shop.timezone)}",
        expires_at=quote.valid_to,
        ref_kind=MESSAGE_KIND,
        ref_id=quote.id,
        now=now,
    )
