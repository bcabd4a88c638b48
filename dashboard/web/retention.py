"""Who comes back: how far the score may be trusted, and whom to call first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from dashboard.web.people import segment_label, title_of
from segmentation.enums import Basis
from segmentation.operations.retention import second_opinion
from segmentation.queries import ScoreView, scores_of
from segmentation.queries.alone import left_alone
from segmentation.queries.drops import drops_of_late
from segmentation.queries.retention import Night, Trial, night, risk_rows

_PER_PAGE: Final = 20
_TENTH: Final = 10
_DROPS: Final = 8


@dataclass(frozen=True, kw_only=True)
class AtRisk:
    """A customer worth a call."""

    id: Any
    name: str
    title: str
    segment: str
    segment_tone: str
    score: int
    last_on: date | None
    year: str
    risk: str
    alone: bool


@business_page(*READERS)
def retention(request: BusinessRequest) -> HttpResponse:
    """Show what is foreseen, how it stood the test, and who is worth a call."""
    found = night()
    if found is None:
        return render(request, "dashboard/retention.html", {"night": None})
    cursor = request.GET.get("cursor")
    people = page(risk_rows(), by="risk_rial", level="risk_level", cursor=cursor, limit=_PER_PAGE)
    drops = [] if cursor else list(drops_of_late(request.now)[:_DROPS])
    ids = [row.customer_id for row in people.rows]
    scores = scores_of(ids)
    today = business_day(request.now, request.business.timezone)
    alone = left_alone({*ids, *(row.customer_id for row in drops)}, today)
    context = {
        "night": found,
        "lead": _lead(found),
        "kpis": _kpis(found),
        "verdict": _verdict(found),
        "measures": _measures(found.trial) if found.trial else [],
        "reliability": _reliability(found.trial) if found.trial else None,
        "spread": _spread(found.tenths),
        "page": people,
        "drops": [_drop(row, alone) for row in drops],
        **_second(request),
        "rows": [_at_risk(row, scores.get(row.customer_id), alone) for row in people.rows],
    }
    return render(request, "dashboard/retention.html", context)


def _drop(row: Any, alone: Collection[UUID]) -> dict[str, Any]:
    return {
        "id": row.customer_id,
        "title": title_of(row.customer.name, row.customer.mobile, row.customer.member_code),
        "at": row.at,
        "score": row.score,
        "alone": row.customer_id in alone,
    }


def _second(request: BusinessRequest) -> dict[str, Any]:
    """Return what another model foresees, when a manager asks for it: it is reckoned anew."""
    if not role_may(request.role, MANAGERS):
        return {}
    if "second" not in request.GET:
        return {"may_ask_second": True}
    found = second_opinion(now=request.now)
    if found is None:
        return {"second": [], "second_asked": True}
    chances = (found.nightly_staying, found.second_staying)
    rows = [(_("Chance of a customer not to have left"), *(words.percent(one) for one in chances))]
    for span in found.spans:
        name = _("Purchase days of all in %(days)s days") % {"days": words.number(span.days)}
        amounts = (words.number(round(one)) for one in (span.nightly, span.second))
        rows.append((name, *amounts))
    return {"second": rows, "second_asked": True}


def _lead(found: Night) -> str:
    people = ngettext("%(n)s customer", "%(n)s customers", found.customers)
    text = _("%(people)s, as of %(day)s · looking %(days)s days ahead")
    return text % {
        "people": people % {"n": words.number(found.customers)},
        "day": words.day(found.as_of),
        "days": words.number(found.horizon_days),
    }


def _kpis(found: Night) -> list[Kpi]:
    days = words.number(found.horizon_days)
    return [
        Kpi(
            label=_("Expected to come"),
            value=words.number(round(found.expected_customers)),
            note=_("of %(n)s, within %(days)s days")
            % {"n": words.number(found.customers), "days": days},
        ),
        Kpi(
            label=_("Chance of a customer"),
            value=words.number(round(found.mean_score)),
            unit=_("in 100"),
            note=_("on average, to buy within %(days)s days") % {"days": days},
        ),
        Kpi(
            label=_("Expected of them in a year"),
            value=words.toman_short(found.expected_year_rial),
            unit=_("toman"),
            note=_("purchases of those you know, without new ones"),
        ),
        Kpi(
            label=_("At risk of it"),
            value=words.toman_short(found.risk_rial),
            unit=_("toman"),
            note=_("with customers of whom it is open whether they have left"),
        ),
    ]


def _verdict(found: Night) -> dict[str, Any]:
    """Return in words how far to trust the score."""
    if found.trial is None:
        text = _(
            "Under 200 customers, or half a year of purchases, there is too little past to test"
            " the score on. It leans on what other shops have in common; decide nothing dear by it."
        )
        return {"tone": "amber", "title": _("A first guess"), "text": text}
    values = {
        "day": words.day(found.trial.since),
        "days": words.number(found.horizon_days),
        "n": words.number(found.trial.customers),
    }
    if found.basis == Basis.MODEL:
        text = _(
            "For %(n)s customers we foresaw from what was known on %(day)s who would buy in the"
            " %(days)s days after it, then looked. The score came closer to what happened than the"
            " plain rule «as often as so far»."
        )
        return {"tone": "good", "title": _("Tested on your own past"), "text": text % values}
    text = _(
        "For %(n)s customers we foresaw from what was known on %(day)s who would buy in the"
        " %(days)s days after it, then looked. Our model did not come closer to what happened than"
        " the plain rule «as often as so far», so the score is the rule's. It is tested again"
        " every week."
    )
    return {"tone": "amber", "title": _("The plain rule is as good"), "text": text % values}


def _measures(trial: Trial) -> list[dict[str, str]]:
    return [
        {
            "name": _("Of 100 pairs, one who came and one who did not, told apart"),
            "ours": words.number(100 * trial.auc),
            "rule": words.number(100 * trial.rule_auc),
        },
        {
            "name": _("Mean squared error of the chances (Brier), less is better"),
            "ours": words.number(trial.brier, 3),
            "rule": words.number(trial.rule_brier, 3),
        },
    ]


def _reliability(trial: Trial) -> dict[str, Any]:
    foreseen = [100 * one.foreseen for one in trial.bins]
    came = [100 * one.came for one in trial.bins]
    names = (_("Foreseen, in 100"), _("Came, in 100"))
    return {
        "labels": [words.number(n) for n in range(1, len(trial.bins) + 1)],
        "min": 0,
        "series": [
            {"name": name, "values": [round(value, 1) for value in values]}
            for name, values in zip(names, (foreseen, came), strict=True)
        ],
        "rows": [
            {
                "label": _("part %(n)s (%(people)s customers)")
                % {"n": words.number(n), "people": words.number(one.people)},
                "texts": [words.number(100 * one.foreseen), words.number(100 * one.came)],
            }
            for n, one in enumerate(trial.bins, 1)
        ],
    }


def _spread(tenths: Sequence[int]) -> dict[str, Any]:
    labels = [
        _("%(low)s–%(high)s")
        % {
            "low": words.number(_TENTH * n),
            "high": words.number(_TENTH * (n + 1) - (n + 1 < len(tenths))),
        }
        for n in range(len(tenths))
    ]
    return {
        "labels": labels,
        "min": 0,
        "series": [{"name": _("Customers"), "values": list(tenths)}],
        "rows": [
            {"label": label, "texts": [words.number(count)]}
            for label, count in zip(labels, tenths, strict=True)
        ],
    }


def _at_risk(row: Any, score: ScoreView | None, alone: Collection[UUID]) -> AtRisk:
    customer = row.customer
    label, tone = segment_label(score.segment if score else None)
    return AtRisk(
        id=customer.id,
        name=customer.name,
        title=title_of(customer.name, customer.mobile, customer.member_code),
        segment=label,
        segment_tone=tone,
        score=row.score,
        last_on=score.last_on if score else None,
        year=words.toman_about(round(row.purchases_365 * row.day_rial)),
        risk=words.toman_about(row.risk_rial),
        alone=customer.id in alone,
    )
