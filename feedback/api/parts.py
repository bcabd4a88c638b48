"""The survey's link beside a purchase: in the API's answer and on the receipt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.api.enrich import register_enricher
from feedback.queries import survey_links
from payments.web.receipt import register_receipt_part


def register() -> None:
    """Join the registries of the apps below."""
    register_enricher("feedback", links_of_purchases)
    register_receipt_part(link_on_receipt)


def links_of_purchases(
    purchase_ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, Mapping[str, Any]]:
    """Return {purchase: {"survey": {"url": …}}} of purchases that may be answered about."""
    return {
        purchase_id: {"survey": link}
        for purchase_id, link in survey_links(purchase_ids, now).items()
    }


def link_on_receipt(purchase_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Return {"survey": {"url": …}}, or nothing to add."""
    return links_of_purchases([purchase_id], now).get(purchase_id, {})
