"""What a campaign did, in numbers an owner can judge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.enums import Verdict
from campaigns.queries import ArmSummary, CampaignResults, Effect
from dashboard.web import words
from dashboard.web.parts import Interval, Kpi, Meter, Tone

_SAID: Final[dict[Verdict, Promise]] = {
    Verdict.NOT_STARTED: gettext_lazy("The campaign has not begun."),
    Verdict.BROKEN: gettext_lazy(
        "The two groups are not of the planned sizes; the comparison cannot be trusted."
    ),
    Verdict.NOT_ENOUGH: gettext_lazy(
        "Too few people or too few buyers so far; a difference would only be chance."
    ),
    Verdict.MORE: gettext_lazy("The message brought more sales, and it was not chance."),
    Verdict.LESS: gettext_lazy("The message brought less sales; do not repeat it."),
    Verdict.UNCLEAR: gettext_lazy("The difference is within chance; it may be nothing."),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One difference with its interval."""

    label: str
    text: str
    note: str
    interval: Interval


def verdict_text(found: CampaignResults) -> str:
    """Return what can be said, as a sentence."""
    said = str(_SAID[found.verdict])
    if found.is_final or found.measured_to is None:
        return said
    until = _("Sales are counted until %(day)s.") % {"day": words.day(found.measured_to)}
    return f"{said} {until}"


def kpis(found: CampaignResults) -> list[Kpi]:
    """Return messages, cost, and what each side bought."""
    told = found.messages
    return [
        Kpi(
            label=_("Messages sent"),
            value=words.number(told.sent),
            note=_("%(n)s waiting") % {"n": words.number(told.waiting)} if told.waiting else "",
        ),
        Kpi(label=_("Cost"), value=words.toman(told.cost_rial), unit=_("toman")),
        _side(_("With the message"), found.treatment),
        _side(_("Left out"), found.holdout),
    ]


def outcomes(found: CampaignResults) -> list[Outcome]:
    """Return the differences that can be told."""
    told: list[tuple[str, Effect | None, Callable[[float], str]]] = [
        (_("Sales of each customer, toman"), found.per_customer, _toman),
        (_("Sales in all, toman"), found.sales, _toman),
        (_("Share of people who bought"), found.buying, words.percent),
        (_("Profit after the messages, toman"), found.profit, _toman),
    ]
    return [_outcome(label, effect, say) for label, effect, say in told if effect is not None]


def meters(found: CampaignResults) -> list[Meter]:
    """Return what became of the messages."""
    told = found.messages
    whole = told.total or 1
    parts: list[tuple[str, int, Tone]] = [
        (_("Delivered"), told.delivered, "good"),
        (_("Not delivered"), told.not_delivered + told.unknown, "amber"),
        (_("Held back by consent or caps"), told.suppressed, "bad"),
    ]
    return [
        Meter(label=label, share=n / whole, text=words.number(n), tone=tone)
        for label, n, tone in parts
        if told.total
    ]


def _side(label: str, arm: ArmSummary) -> Kpi:
    values = {"buyers": words.number(arm.buyers), "mean": _toman(arm.mean_rial)}
    return Kpi(
        label=label,
        value=words.number(arm.people),
        unit=_("people"),
        note=_("%(buyers)s bought, %(mean)s toman each on average") % values,
    )


def _toman(rial: float) -> str:
    return words.toman(round(rial / 10) * 10)


def _outcome(label: str, effect: Effect, say: Callable[[float], str]) -> Outcome:
    reach = max(abs(effect.low), abs(effect.high)) * 1.1 or 1.0
    note = _("95%%: %(low)s to %(high)s")
    return Outcome(
        label=label,
        text=say(effect.value),
        note=note % {"low": say(effect.low), "high": say(effect.high)},
        interval=Interval(
            low=effect.low, point=effect.value, high=effect.high, axis_low=-reach, axis_high=reach
        ),
    )
