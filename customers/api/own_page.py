"""Texting a customer the address of their own page, over HTTP."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from core.api.views import Call, Endpoint, Reply
from customers.api.whose import seen
from customers.operations import send_page_link


class PageLinkOut(BaseModel):
    """The link is on its way to a mobile that ends with these digits."""

    mobile_ends: str


class CustomerPageLink(Endpoint):
    """POST to text a customer the address of their page."""

    scopes: ClassVar = {"POST": "customers:write"}
    answer: ClassVar = {"POST": PageLinkOut}
    answer_status: ClassVar = {"POST": 202}

    def post(self, call: Call, customer_id: UUID) -> Reply:
        """Send it, once in an hour however often it is asked; behind it is a one-time code."""
        person = seen(customer_id)
        send_page_link(customer_id=person.id, now=call.now)
        return Reply({"mobile_ends": (person.mobile or "")[-4:]}, HTTPStatus.ACCEPTED)
