"""What people say after a purchase: the score with its interval, every mark, their words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Happening, Interval, Kpi, Meter, Tone
from dashboard.web.people import title_of
from feedback.enums import HIGH, LOW, SurveyKind
from feedback.queries import ENOUGH, SurveyResults, comments, results, surveys

_DAYS: Final = 90


@dataclass(frozen=True, kw_only=True)
class CommentPage:
    """A page of comments."""

    rows: list[Happening]
    next_cursor: str | None


@business_page(*READERS)
def feedback(request: BusinessRequest) -> HttpResponse:
    """Show the results of the last ninety days."""
    survey = surveys().first()
    kind = survey.kind if survey else SurveyKind.NPS
    found = results(kind=kind, start=request.now - timedelta(days=_DAYS), end=request.now)
    said = page(comments(), by="answered_at", cursor=request.GET.get("cursor"), limit=20)
    rows = [_comment(row, request.business.slug, request.now) for row in said.rows]
    context = {
        "answers": found.n,
        "lead": _("Last %(n)s days") % {"n": words.number(_DAYS)},
        "kpis": _kpis(found),
        "score_title": str(SurveyKind(kind).label),
        "meters": _meters(found),
        "scores": _marks(found),
        "comments": rows,
        "page": CommentPage(rows=rows, next_cursor=said.next_cursor),
        "can_edit": role_may(request.role, MANAGERS),
        **_interval(found),
    }
    return render(request, "dashboard/feedback.html", context)


def _kpis(found: SurveyResults) -> list[Kpi]:
    few = _("at least %(n)s answers are needed") % {"n": words.number(ENOUGH)}
    rate = found.response_rate
    return [
        Kpi(label=_("Score"), value=_score_text(found), note="" if found.score else few),
        Kpi(
            label=_("Answers"),
            value=words.number(found.n),
            note=_("of %(n)s asked") % {"n": words.number(found.invited)},
        ),
        Kpi(label=_("Response rate"), value=words.percent(rate)),
    ]


def _score_text(found: SurveyResults) -> str:
    if found.score is None:
        return "—"
    if found.kind == SurveyKind.NPS:
        return words.number(found.score.score)
    return words.percent(found.score.score, 0)


def _interval(found: SurveyResults) -> dict[str, Any]:
    score = found.score
    if score is None:
        return {"interval": None, "interval_text": ""}
    is_nps = found.kind == SurveyKind.NPS
    axis = (-100.0, 100.0) if is_nps else (0.0, 1.0)
    low = words.number(score.low) if is_nps else words.percent(score.low, 0)
    high = words.number(score.high) if is_nps else words.percent(score.high, 0)
    drawn = Interval(
        low=score.low, point=score.score, high=score.high, axis_low=axis[0], axis_high=axis[1]
    )
    text = _("with 95%% certainty between %(low)s and %(high)s") % {"low": low, "high": high}
    return {"interval": drawn, "interval_text": text}


def _meters(found: SurveyResults) -> list[Meter]:
    groups: list[tuple[str, int, Tone]] = [
        (_("Content"), found.high, "good"),
        (_("In between"), found.middle, "amber"),
        (_("Discontent"), found.low, "bad"),
    ]
    whole = found.n or 1
    return [
        Meter(
            label=label,
            share=count / whole,
            text=words.percent(count / whole, 0),
            note=_("%(n)s answers") % {"n": words.number(count)},
            tone=tone,
        )
        for label, count, tone in groups
    ]


def _marks(found: SurveyResults) -> dict[str, Any]:
    labels = [words.number(mark) for mark in found.counts]
    counts = list(found.counts.values())
    return {
        "labels": labels,
        "series": [{"name": _("Answers"), "values": counts}],
        "rows": [
            {"label": labels[i], "texts": [words.number(count)]} for i, count in enumerate(counts)
        ],
    }


def _comment(row: Any, slug: str, now: datetime) -> Happening:
    kind, person = row.survey.kind, row.customer
    low, high = row.score <= LOW[kind], row.score >= HIGH[kind]
    tone: Tone = "bad" if low else "good" if high else "amber"
    icon = "mood-sad" if low else "mood-smile" if high else "mood-empty"
    score = _("score %(n)s") % {"n": words.number(row.score)}
    return Happening(
        icon=icon,
        tone=tone,
        title=row.comment,
        detail=f"{title_of(person.name, person.mobile, person.member_code)} · {score}",
        end=words.ago(row.answered_at, now),
        href=reverse("dashboard:customer", args=[slug, person.id]),
    )
