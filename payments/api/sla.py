"""The refund clock over HTTP."""

from typing import ClassVar

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from payments.api.matching import matched_out
from payments.api.refund_bodies import RefundEffectOut, RefundSlaOut, StepTimeOut, WaitingOut
from payments.api.spans import FILTERS, asked_span
from payments.queries.refund_effect import RefundEffect, refund_effect
from payments.queries.refund_sla import refund_sla


class RefundSlaReport(Endpoint):
    """GET how long customers waited for their money and what is waited for now."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": RefundSlaOut}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """Return the clock of refunds requested in a span of business days."""
        span = asked_span(call)
        told = refund_sla(since=span.since, until=span.until, zone=span.zone)
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
            later_purchases=_effect(refund_effect(today=span.today, zone=span.zone)),
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


def _effect(one: RefundEffect) -> RefundEffectOut:
    return RefundEffectOut(
        since=one.since,
        until=one.until,
        against_no_refund=matched_out(one.against_none),
        against_quick_refund=matched_out(one.against_quick),
    )
