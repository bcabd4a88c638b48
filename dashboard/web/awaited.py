"""Good customers who were expected by now and have not come (C070)."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from core.calendar import business_day
from customers.queries.people import customer_views
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.people import segment_label, title_of
from segmentation.estimation.awaited import WINDOW_DAYS
from segmentation.queries import scores_of
from segmentation.queries.alone import left_alone
from segmentation.queries.awaited import is_told, who_is_away
from segmentation.queries.retention import retention_model

_MOST: Final = 100


@business_page(*READERS)
def awaited_page(request: BusinessRequest) -> HttpResponse:
    """Show whose far bound passed in the last days, the dearest first."""
    model = retention_model()
    context: dict[str, Any] = {"told": False, "days": words.number(WINDOW_DAYS)}
    if model is not None and is_told(model):
        today = business_day(request.now, request.business.timezone)
        away = who_is_away(model, today, most=_MOST)
        ids = [row.customer_id for row in away.rows]
        people, scores, alone = customer_views(ids), scores_of(ids), left_alone(set(ids), today)
        context |= {
            "told": True,
            "people": words.number(away.people),
            "shown": words.number(len(ids)) if len(ids) < away.people else "",
            "rows": [
                _row(row, people[row.customer_id], scores.get(row.customer_id))
                | {"alone": row.customer_id in alone}
                for row in away.rows
            ],
        }
    return render(request, "dashboard/awaited.html", context)


def _row(row: Any, person: Any, score: Any) -> dict[str, Any]:
    segment, tone = segment_label(score.segment if score else None)
    return {
        "id": row.customer_id,
        "name": person.name,
        "title": title_of(person.name, person.mobile, person.member_code),
        "segment": segment,
        "segment_tone": tone,
        "last_on": row.last_on,
        "expected_on": row.expected_on,
        "worth": words.toman_about(row.worth_rial),
    }
