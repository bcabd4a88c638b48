"""Which addresses belong to which part of the product, and what keeps a part on (C090)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.queries.modules import register_module
from core.errors import Sentence
from payments.enums.instalments import PlanState
from payments.queries.instalments.plans import plan_rows
from payments.queries.links import open_links
from payments.queries.quotes import promised_rows


def register() -> None:
    """Say what is whose."""
    register_module(Module.LINKS, api=("payment-links",), guard=_links)
    register_module(Module.QUOTES, api=("quotes",), guard=_quotes)
    register_module(
        Module.INSTALMENTS, api=("instalment-plans", "instalments", "credit"), guard=_plans
    )
    register_module(Module.INQUIRIES, api=("inquiries",))


def _links(now: datetime) -> Sentence | None:
    is_open = open_links(now).exists()
    return _("Payment links are still open; close them first.") if is_open else None


def _quotes(now: datetime) -> Sentence | None:
    are_promised = promised_rows(now=now).exists()
    return _("Prices are still promised; withdraw them first.") if are_promised else None


def _plans(_now: datetime) -> Sentence | None:
    is_owed = plan_rows(state=PlanState.ACTIVE).exists()
    return _("Customers still owe instalments; end those contracts first.") if is_owed else None
