"""Own segments and who is in them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.own_segments.reasons import told_reasons
from dashboard.web.people import title_of
from segmentation.operations import close_own_segment
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import (
    PREFIX,
    own_segment,
    own_segments,
    reasons_in,
    sentence_of,
    stay_rows,
)


@business_page(*READERS)
def listing(request: BusinessRequest) -> HttpResponse:
    """List the segments the business made itself."""
    known = names()
    rows = [
        {
            "name": row.segment.name,
            "sentence": sentence_of(row.segment, known),
            "count": row.customers,
            "is_counted": row.segment.counted_at is not None,
            "href": reverse("dashboard:own-segment", args=[request.business.slug, row.segment.id]),
        }
        for row in own_segments()
    ]
    context = {"rows": rows, "can_edit": role_may(request.role, MANAGERS)}
    return render(request, "dashboard/own/list.html", context)


@business_page(*READERS)
def shown(request: BusinessRequest, own_segment_id: UUID) -> HttpResponse:
    """Show one with its rule in words and who is in it, who came last first."""
    row = own_segment(own_segment_id)
    found = page(stay_rows(own_segment_id), by="entered_at", cursor=request.GET.get("cursor"))
    new = reverse("dashboard:campaign-new", args=[request.business.slug])
    context: dict[str, Any] = {
        "segment": row.segment,
        "sentence": sentence_of(row.segment),
        "count": row.customers,
        "counted": words.moment(row.segment.counted_at) if row.segment.counted_at else "",
        "is_waiting": row.segment.is_open and row.segment.counted_at is None,
        "page": found,
        "people": [
            {
                "id": stay.customer_id,
                "name": stay.customer.name,
                "title": title_of(
                    stay.customer.name, stay.customer.mobile, stay.customer.member_code
                ),
                "since": words.ago(stay.entered_at, request.now),
            }
            for stay in found.rows
        ],
        "campaign_href": f"{new}?segment={PREFIX}{row.segment.id}",
        "can_edit": role_may(request.role, MANAGERS) and row.segment.is_open,
    }
    return render(request, "dashboard/own/shown.html", context)


@require_POST
@business_page(*MANAGERS)
def close(request: BusinessRequest, own_segment_id: UUID) -> HttpResponse:
    """Count a segment no more."""
    close_own_segment(own_segment_id=own_segment_id, actor=request.user, now=request.now)
    messages.success(request, _("Closed; who was in it when stays written."))
    return redirect("dashboard:own-segments", request.business.slug)


@business_page(*READERS)
def explained(request: BusinessRequest, own_segment_id: UUID, customer_id: UUID) -> HttpResponse:
    """Tell why a customer is in a segment, condition by condition (a part of the page)."""
    reasons = reasons_in(own_segment_id, customer_id, request.now)
    return render(request, "dashboard/own/why.html", {"reasons": told_reasons(reasons)})
