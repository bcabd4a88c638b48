"""Health of gateways: success with its interval, by hour, latency, the breaker; method mix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.gateways.banks import (
    ENOUGH,
    bank_card,
    interval_note,
    reason_rows,
    tone_of,
)
from dashboard.web.parts import Kpi, Meter
from payments.queries.health import FATES, GatewayHealth, MethodShare, gateway_health, method_mix
from payments.queries.issuers import fail_reasons, success_by_bank
from payments.queries.routing import Success

_DAYS: Final = 30
_STEPS: Final = ((0.9, 5), (0.8, 4), (0.65, 3), (0.5, 2), (0.0, 1))
_FATE_NAMES: Final = {
    "confirmed": gettext_lazy("came through"),
    "declined": gettext_lazy("declined"),
    "unpaid": gettext_lazy("never paid"),
    "not_attempted": gettext_lazy("did not reach the provider"),
    "unknown": gettext_lazy("fate unknown or for a person"),
    "under_way": gettext_lazy("under way"),
}
_OPERATIONS: Final = {
    "request": gettext_lazy("Opening a payment"),
    "confirm": gettext_lazy("Confirming"),
    "settle": gettext_lazy("Settling"),
    "inquire": gettext_lazy("Asking where it stands"),
    "list_unverified": gettext_lazy("List of unconfirmed"),
    "reverse": gettext_lazy("Sending back"),
    "refund": gettext_lazy("Refunding"),
    "probe": gettext_lazy("Test of credentials"),
}


@dataclass(frozen=True, kw_only=True)
class HourCell:
    """One hour of the day in an account's row."""

    hour: str
    text: str
    css: str
    label: str


@dataclass(frozen=True, kw_only=True)
class LatencyRow:
    """How long one kind of call took."""

    name: str
    calls: str
    half: str
    most: str


@dataclass(frozen=True, kw_only=True)
class HealthCard:
    """One account's health."""

    name: str
    chips: list[tuple[str, str]]
    error: str
    meter: Meter | None
    fates: list[tuple[str, str]]
    hours: list[HourCell]
    latencies: list[LatencyRow]


@business_page(*READERS)
def health(request: BusinessRequest) -> HttpResponse:
    """Show how gateways did in the last 30 days and by which methods people pay."""
    zone = request.business.timezone
    today = business_day(request.now, zone)
    since, until = today - timedelta(days=_DAYS - 1), today + timedelta(days=1)
    found = gateway_health(since=since, until=until, zone=zone)
    methods = method_mix(since=since, until=until, zone=zone)
    context = {
        "kpis": _kpis(found, methods, request.now),
        "cards": [_card(one, request.now) for one in found],
        "methods": [_method(one) for one in methods],
        "banks": bank_card(success_by_bank(since=since, until=until, zone=zone)),
        "reasons": reason_rows(fail_reasons(since=since, until=until, zone=zone)),
        "empty": not methods and not any(one.tries for one in found),
    }
    return render(request, "dashboard/health.html", context)


def _kpis(
    found: Sequence[GatewayHealth], methods: Sequence[MethodShare], now: datetime
) -> list[Kpi]:
    tries = sum(one.success.tries for one in found)
    won = sum(one.success.won for one in found)
    unknown = sum(one.fates["unknown"] for one in found)
    paused = sum(one.account.is_active and one.is_paused(now) for one in found)
    return [
        Kpi(
            label=_("Success of gateways"),
            value=words.percent(won / tries if tries else None),
            note=interval_note(tries, won),
        ),
        Kpi(
            label=_("Paid by every method"),
            value=words.toman_short(sum(one.paid_rial for one in methods)),
            unit=_("toman"),
            note=_("%(n)s payments") % {"n": words.number(sum(one.paid for one in methods))},
        ),
        Kpi(
            label=_("Fate unknown"),
            value=words.number(unknown),
            unit=_("tries to pay"),
            note=_("asked about until the provider's word is final"),
        ),
        Kpi(
            label=_("Paused gateways"),
            value=words.number(paused),
            note=_("of %(n)s in use")
            % {"n": words.number(sum(one.account.is_active for one in found))},
        ),
    ]


def _card(one: GatewayHealth, now: datetime) -> HealthCard:
    error = words.aside(one.account.failure)
    if error and one.account.failed_at:
        error = f"{error} · {words.moment(one.account.failed_at)}"
    return HealthCard(
        name=one.account.title or str(one.account.get_provider_display()),
        chips=_chips(one, now),
        error=error,
        meter=_meter(one.success),
        fates=[(str(_FATE_NAMES[name]), words.number(one.fates[name])) for name in FATES],
        hours=[_hour(hour, told) for hour, told in enumerate(one.hours)],
        latencies=[
            LatencyRow(
                name=str(_OPERATIONS.get(told.operation, told.operation)),
                calls=words.number(told.calls),
                half=words.number(told.p50_ms),
                most=words.number(told.p95_ms),
            )
            for told in one.latencies
        ],
    )


def _chips(one: GatewayHealth, now: datetime) -> list[tuple[str, str]]:
    chips = [(_("test"), "chip-amber")] if one.account.is_sandbox else []
    if not one.account.is_active:
        return [*chips, (_("put away"), "")]
    if one.is_paused(now):
        until = {"at": words.clock(one.account.paused_until)}
        return [*chips, (_("paused until %(at)s") % until, "chip-bad")]
    if one.account.failures:
        failures = {"n": words.number(one.account.failures)}
        return [*chips, (_("%(n)s failures in a row") % failures, "chip-amber")]
    return [*chips, (_("is answering"), "chip-good")]


def _meter(told: Success) -> Meter | None:
    if not told.tries:
        return None
    part = told.won / told.tries
    return Meter(
        label=_("Success"),
        share=part,
        text=words.percent(part),
        note=interval_note(told.tries, told.won),
        tone=tone_of(part),
    )


def _hour(hour: int, told: Success) -> HourCell:
    part = told.won / told.tries if told.tries else 0.0
    return HourCell(
        hour=words.number(hour),
        text=words.number(round(part * 100)) if told.tries else "·",
        css=f"heat-{_step(part)}" if told.tries >= ENOUGH else "hour-few",
        label=_("From %(hour)s o'clock: %(won)s of %(all)s paid")
        % {
            "hour": words.number(hour),
            "won": words.number(told.won),
            "all": words.number(told.tries),
        },
    )


def _step(part: float) -> int:
    return next(step for least, step in _STEPS if part >= least)


def _method(one: MethodShare) -> Meter:
    note = _("%(n)s payments · %(amount)s toman · completed: %(completion)s") % {
        "n": words.number(one.count),
        "amount": words.toman_short(one.paid_rial),
        "completion": words.percent(one.completion),
    }
    return Meter(
        label=str(one.method.label),
        share=one.share or 0.0,
        text=words.percent(one.share),
        note=note,
    )
