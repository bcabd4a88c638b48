"""The health of gateways and the mix of methods over HTTP."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from payments.queries.health import GatewayHealth, MethodShare, gateway_health, method_mix
from payments.queries.issuers import BankMix, FailReason, fail_reasons, success_by_bank
from payments.queries.routing import Success

_DAYS: Final = 30


class SuccessOut(BaseModel):
    """Tries sent to the bank that are over, those that brought money, and the share of them.

    `low` and `high` are its 95 % interval (Wilson), 0 to 1; null without any try.
    """

    tries: int
    succeeded: int
    rate: float | None
    low: float | None
    high: float | None


class HourOut(BaseModel):
    """One hour of the business's day."""

    hour: int
    tries: int
    succeeded: int


class LatencyOut(BaseModel):
    """How long one kind of call took: half within `p50_ms`, nineteen of twenty in `p95_ms`."""

    operation: str
    calls: int
    p50_ms: int
    p95_ms: int


class GatewayHealthOut(BaseModel):
    """One account that takes payments online. The fates of its tries add up to `tries`."""

    account_id: UUID
    provider: str
    title: str
    is_active: bool
    is_sandbox: bool
    is_paused: bool
    paused_until: AwareDatetime | None
    failures_in_a_row: int
    last_failure_at: AwareDatetime | None
    last_error: str
    tries: int
    confirmed: int
    declined: int
    unpaid: int
    not_attempted: int
    unknown: int
    under_way: int
    success: SuccessOut
    hours: list[HourOut]
    latencies: list[LatencyOut]


class MethodShareOut(BaseModel):
    """Payments of one method; `paid_amount` in rial, `share` of all money paid.

    `completion` is the share paid of those no longer open.
    """

    method: str
    count: int
    open: int
    paid: int
    paid_amount: int
    share: float | None
    completion: float | None


class BankSuccessOut(BaseModel):
    """Tries with cards of one bank, known by the card's first six digits; null: not in the list."""

    bank: str | None
    name: str
    success: SuccessOut


class BankMixOut(BaseModel):
    """Success by the bank that issued the card, the most tries first.

    Counted only over accounts that told the card of at least a fifth of their failed tries too:
    elsewhere every known card has paid. `tries_without_card` went over such accounts and no card
    was told; `tries_left_out` went over the others.
    """

    rows: list[BankSuccessOut]
    tries_without_card: int
    tries_left_out: int


class FailReasonOut(BaseModel):
    """Tries that ended without money for one reason; `kind` where the code is published."""

    provider: str
    status: str
    code: str
    kind: str | None
    message: str
    count: int
    last_at: AwareDatetime


class PaymentHealthOut(BaseModel):
    """The last 30 business days; `until` is the last of them.

    `failed` counts the tries that are over without money; `errors` are their most frequent reasons.
    """

    since: date
    until: date
    gateways: list[GatewayHealthOut]
    methods: list[MethodShareOut]
    banks: BankMixOut
    failed: int
    errors: list[FailReasonOut]


class PaymentHealthReport(Endpoint):
    """GET how well the gateways work and which methods people pay by."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PaymentHealthOut}

    def get(self, call: Call) -> Reply:
        """Return the health of the last 30 business days."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        since, until = today - timedelta(days=_DAYS - 1), today + timedelta(days=1)
        failures = fail_reasons(since=since, until=until, zone=zone)
        document = PaymentHealthOut(
            since=since,
            until=today,
            gateways=[
                _gateway(one, call.now)
                for one in gateway_health(since=since, until=until, zone=zone)
            ],
            methods=[_method(one) for one in method_mix(since=since, until=until, zone=zone)],
            banks=_banks(success_by_bank(since=since, until=until, zone=zone)),
            failed=failures.failed,
            errors=[_reason(one) for one in failures.rows],
        )
        return Reply(document.model_dump())


def _gateway(one: GatewayHealth, now: datetime) -> GatewayHealthOut:
    return GatewayHealthOut(
        account_id=one.account.id,
        provider=one.account.provider,
        title=one.account.title,
        is_active=one.account.is_active,
        is_sandbox=one.account.is_sandbox,
        is_paused=one.is_paused(now),
        paused_until=one.account.paused_until,
        failures_in_a_row=one.account.failures,
        last_failure_at=one.account.failed_at,
        last_error=one.account.failure,
        tries=one.tries,
        success=success_out(one.success),
        hours=[
            HourOut(hour=hour, tries=told.tries, succeeded=told.won)
            for hour, told in enumerate(one.hours)
        ],
        latencies=[
            LatencyOut(
                operation=told.operation, calls=told.calls, p50_ms=told.p50_ms, p95_ms=told.p95_ms
            )
            for told in one.latencies
        ],
        **one.fates,
    )


def success_out(one: Success) -> SuccessOut:
    """Return tries, those that brought money, and the share with its interval."""
    low, high = one.interval if one.tries else (None, None)
    rate = one.won / one.tries if one.tries else None
    return SuccessOut(tries=one.tries, succeeded=one.won, rate=rate, low=low, high=high)


def _method(one: MethodShare) -> MethodShareOut:
    return MethodShareOut(
        method=one.method,
        count=one.count,
        open=one.still_open,
        paid=one.paid,
        paid_amount=one.paid_rial,
        share=one.share,
        completion=one.completion,
    )


def _banks(mix: BankMix) -> BankMixOut:
    return BankMixOut(
        rows=[
            BankSuccessOut(
                bank=one.bank.code if one.bank else None,
                name=one.bank.name_fa if one.bank else "",
                success=success_out(one.success),
            )
            for one in mix.banks
        ],
        tries_without_card=mix.cardless.tries,
        tries_left_out=mix.blind.tries,
    )


def _reason(one: FailReason) -> FailReasonOut:
    return FailReasonOut(
        provider=one.provider,
        status=one.state,
        code=one.code,
        kind=one.kind,
        message=one.message,
        count=one.count,
        last_at=one.last_at,
    )
