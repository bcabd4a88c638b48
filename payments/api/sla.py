"""The refund clock over HTTP."""

from datetime import date, timedelta
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import Problem
from payments.api.refund_bodies import RefundSlaOut, StepTimeOut, WaitingOut
from payments.queries.refund_sla import refund_sla

_DAYS: Final = 90


class RefundSlaReport(Endpoint):
    """GET how long customers waited for their money and what is waited for now."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": RefundSlaOut}
    filters: ClassVar = {
        "since": "the first day, YYYY-MM-DD; 90 days ago when left out",
        "until": "the last day",
    }

    def get(self, call: Call) -> Reply:
        """Return the clock of refunds requested in a span of business days."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        until = _day(call.query.get("until"), today)
        since = _day(call.query.get("since"), until - timedelta(days=_DAYS))
        told = refund_sla(since=since, until=until + timedelta(days=1), zone=zone)
        document = RefundSlaOut(
            requested=told.requested,
            requested_amount=told.requested_rial,
            paid=told.paid,
            paid_amount=told.paid_rial,
            paid_within_a_day=told.within_day,
            still_owed=told.owed,
            steps=[
                StepTimeOut(
                    step=one.step,
                    count=one.count,
                    median_seconds=round(one.median.total_seconds()),
                    p90_seconds=round(one.p90.total_seconds()),
                    p99_seconds=round(one.p99.total_seconds()),
                )
                for one in told.steps
            ],
            waiting=[
                WaitingOut(
                    waiting_for=one.waiting or None,
                    count=one.count,
                    amount=one.amount_rial,
                    oldest_at=one.oldest_at,
                )
                for one in told.waiting
            ],
        )
        return Reply(document.model_dump())


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError as error:
        raise Problem("invalid_date", _("Write the day as YYYY-MM-DD.")) from error
