"""Receivers on a sandbox, sales that are told to them, and a worker that tells."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from businesses.queries import BusinessInfo
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from outbox.operations import Turn, deliver_due
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox
from webhooks.models import WebhookMessage
from webhooks.operations import OpenedEndpoint, open_endpoint, send_due

__all__ = ["fresh_sandbox", "sandbox"]

MOBILE = "09121234567"
Sell = Callable[..., UUID]
Work = Callable[..., int]


@pytest.fixture
def inside(settings: Any) -> None:
    """Let receivers be on this machine."""
    settings.WEBHOOKS_INSIDE = True


@pytest.fixture
def receiver(
    committed: None, business: BusinessInfo, now: datetime, inside: None, fresh_sandbox: Sandbox
) -> Callable[..., OpenedEndpoint]:
    """Return a function that opens a receiver on the sandbox."""

    def opened(*kinds: str, name: str = "shop", whose: BusinessInfo = business) -> OpenedEndpoint:
        with acting_for(whose.id):
            return open_endpoint(
                url=f"{fresh_sandbox.base_url}/receiver/{name}",
                kinds=kinds or ("purchase.recorded",),
                actor=None,
                now=now,
            )

    return opened


@pytest.fixture
def sell(business: BusinessInfo, now: datetime) -> Sell:
    """Return a function that sells; with `mobile=None` to nobody known."""

    def sold(rial: int = 900_000, mobile: str | None = MOBILE, whose: Any = None) -> UUID:
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            occurred_at=now,
            customer=CustomerHint(mobile=mobile) if mobile else None,
            tenders=(NewTender(method="cash", amount_rial=rial),),
        )
        with acting_for((whose or business).id):
            [made] = record_purchases(purchases=[new], source="till", now=now)
        assert made.purchase_id is not None
        return made.purchase_id

    return sold


@pytest.fixture
def carry(now: datetime) -> Callable[..., None]:
    """Return a function that carries events to their subscribers, as a worker does."""

    def carried(at: datetime = now) -> None:
        _as_worker()
        turn = Turn()
        while deliver_due(now=at, limit=50, turn=turn):
            pass

    return carried


@pytest.fixture
def work(now: datetime, carry: Callable[..., None]) -> Work:
    """Return a function that carries events and then tells receivers; returns how many tries."""

    def worked(at: datetime = now, at_once: int = 1) -> int:
        carry(at)
        return send_due(clock=lambda: at, seconds=30, at_once=at_once)

    return worked


def _as_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE vafa_worker")


@pytest.fixture
def told(business: BusinessInfo) -> Callable[[], list[WebhookMessage]]:
    """Return a function that lists messages, oldest first."""

    def listed() -> list[WebhookMessage]:
        with acting_for(business.id):
            return list(WebhookMessage.objects.order_by("id"))

    return listed
