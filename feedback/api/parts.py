"""The survey's link beside a purchase: in the API's answer and on the receipt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.api.enrich import register_question
from feedback.queries import survey_links
from feedback.queries.invitations import SURVEY_LINKS, links_of
from payments.web.receipt import register_receipt_part


def register() -> None:
    """Join the registries of the apps below."""
    register_question("feedback", SURVEY_LINKS, members_of)
    register_receipt_part(link_on_receipt)


def members_of(rows: Sequence[tuple[Any, ...]]) -> Mapping[UUID, Mapping[str, Any]]:
    """Return {purchase: {"survey": {"url": …}}} of purchases that may be answered about."""
    return {purchase_id: {"survey": link} for purchase_id, link in links_of(rows).items()}


def link_on_receipt(purchase_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Return {"survey": {"url": …}}, or nothing to add."""
    link = survey_links([purchase_id], now).get(purchase_id)
    return {"survey": link} if link else {}
