"""Telling a customer what was decided of a purchase they said is not theirs (N1, ADR 74).

The SMS names no reason: it may be long and is theirs alone; it stands on their own page.
"""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from businesses.queries import business_by_id
from core.calendar import format_jalali
from core.money import format_toman
from core.tenancy import active_business_id, part_of_operation
from customers.enums import DisputeState
from customers.models import Customer, Purchase, PurchaseDispute
from customers.queries.own_page import page_url
from messaging.enums import Purpose
from messaging.operations import queue_sms

MESSAGE_KIND: Final = "dispute"


@part_of_operation
def tell_decision(*, row: PurchaseDispute, purchase: Purchase, now: datetime) -> None:
    """Text the customer what was decided, once; without a mobile they read it on their page."""
    mobile = Customer.objects.values_list("mobile", flat=True).get(id=row.customer_id)
    if not mobile:
        return
    queue_sms(
        address=mobile,
        body=_body(row, purchase),
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"{MESSAGE_KIND}:{row.id}",
        ref_kind=MESSAGE_KIND,
        ref_id=row.id,
        now=now,
    )


def _body(row: PurchaseDispute, purchase: Purchase) -> str:
    with override(settings.LANGUAGE_CODE):
        return _text(row.state) % {
            "shop": business_by_id(active_business_id()).name,
            "amount": format_toman(purchase.total_rial),
            "day": format_jalali(purchase.local_date),
            "url": page_url(row.customer_id),
        }


def _text(state: str) -> str:
    if state == DisputeState.THEIRS:
        return _(
            "%(shop)s: we looked at the purchase of %(amount)s toman on %(day)s; it stays yours. "
            "Why: %(url)s"
        )
    return _(
        "%(shop)s: you were right, the purchase of %(amount)s toman on %(day)s is not yours and "
        "has left your history. More: %(url)s"
    )
