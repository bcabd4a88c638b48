"""Telling a customer what was decided about them, until when, and how to object (C058)."""

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from businesses.queries import business_by_id
from core.calendar import format_jalali
from core.tenancy import active_business_id, part_of_operation
from customers.enums import MeasureStep
from customers.models import Customer, Measure
from customers.queries.measures import FOR_CUSTOMERS
from customers.queries.own_page import page_url
from messaging.enums import Purpose
from messaging.operations import queue_sms

MESSAGE_KIND: Final = "measure"


@part_of_operation
def tell_customer(*, row: Measure, now: datetime) -> None:
    """Text the customer of a decided measure, once; who left no mobile reads it on their page."""
    mobile = Customer.objects.values_list("mobile", flat=True).get(id=row.customer_id)
    if not mobile or row.ends_on is None:
        return
    queue_sms(
        address=mobile,
        body=_body(row, row.ends_on),
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"{MESSAGE_KIND}:{row.id}",
        ref_kind=MESSAGE_KIND,
        ref_id=row.id,
        now=now,
    )


def _body(row: Measure, ends_on: date) -> str:
    with override(settings.LANGUAGE_CODE):
        text = _("%(shop)s: until %(day)s %(step)s. If you see it otherwise, say so here: %(url)s")
        return text % {
            "shop": business_by_id(active_business_id()).name,
            "day": format_jalali(ends_on),
            "step": str(FOR_CUSTOMERS[MeasureStep(row.step)]),
            "url": page_url(row.customer_id),
        }
