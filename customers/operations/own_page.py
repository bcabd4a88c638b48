"""Texting a customer the address of their own page."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from businesses.queries import business_by_id
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from customers.enums import CustomerStatus
from customers.models import Customer
from customers.queries.merging import survivor_of
from customers.queries.own_page import page_url
from messaging.enums import Purpose
from messaging.operations import queue_sms

MESSAGE_KIND = "own_page"


@operation
def send_page_link(*, customer_id: UUID, now: datetime) -> None:
    """Text the address of their page to a customer, once in an hour however often it is asked.

    Raises NotFound, Problem `no_mobile` (409).
    """
    customer = Customer.objects.filter(id=survivor_of(customer_id)).first()
    if customer is None or customer.status == CustomerStatus.ERASED:
        raise NotFound(gettext_lazy("There is no such customer."))
    if not customer.mobile:
        raise Problem(
            "no_mobile",
            gettext_lazy("No mobile is known of this customer, so nothing can be sent."),
            status=HTTPStatus.CONFLICT,
        )
    with override(settings.LANGUAGE_CODE):
        body = _("%(shop)s: your points, their dates and your history: %(url)s") % {
            "shop": business_by_id(active_business_id()).name,
            "url": page_url(customer.id),
        }
    queue_sms(
        address=customer.mobile,
        body=body,
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"page-link:{customer.id}:{now:%Y%m%d%H}",
        ref_kind=MESSAGE_KIND,
        ref_id=customer.id,
        now=now,
    )
