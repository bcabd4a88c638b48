"""What feedback adds to other apps: the survey's link beside a purchase, what a refund changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.api.enrich import register_question
from feedback.queries import survey_links
from feedback.queries.bonus.recount import bonuses_lost
from feedback.queries.invitations import SURVEY_LINKS, links_of
from feedback.queries.returned import survey_undone
from payments.operations.refunds import register_refund_effect
from payments.operations.refunds.effects import ComingBack
from payments.web.receipt import register_receipt_part


def register() -> None:
    """Join the registries of the apps below."""
    register_question("feedback", SURVEY_LINKS, members_of)
    register_receipt_part(link_on_receipt)
    register_refund_effect(refund_effect)


def members_of(rows: Sequence[tuple[Any, ...]]) -> Mapping[UUID, Mapping[str, Any]]:
    """Return {purchase: {"survey": {"url": …}}} of purchases that may be answered about."""
    return {purchase_id: {"survey": link} for purchase_id, link in links_of(rows).items()}


def link_on_receipt(purchase_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Return {"survey": {"url": …}}, or nothing to add."""
    link = survey_links([purchase_id], now).get(purchase_id)
    return {"survey": link} if link else {}


def refund_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return what a refund takes of staff bonuses, and what becomes of the survey (N8)."""
    said: dict[str, Any] = {}
    if lost := bonuses_lost(back.purchase_id):
        said["bonus_taken"] = dict(lost)
    if survey := survey_undone(back.purchase_id):
        said["survey"] = survey
    return said
