"""Segments over HTTP."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day, read_month
from core.errors import NotFound, Problem
from segmentation.enums import Segment
from segmentation.models import ScoringRun
from segmentation.queries import latest_run, member_rows, summary
from segmentation.queries.flows import month_flows


class Segments(Endpoint):
    """The eleven segments with their sizes."""

    scopes = {"GET": "customers:read"}

    def get(self, call: Call) -> Reply:
        """Return every segment, best first, and the run whose cut points are in force."""
        del call
        run = latest_run()
        return Reply(
            {
                "as_of": run.as_of if run else None,
                "scale": run.scale if run else None,
                "cut_points": _cuts(run) if run else None,
                "counted_from": run.since_on if run else None,
                "money": run.money if run else None,
                "data": [
                    {
                        "segment": row.segment.value,
                        "name": row.segment.label,
                        "customers": row.customers,
                        "net_rial": row.net_rial,
                        "real_rial": row.real_rial,
                    }
                    for row in summary()
                ],
            }
        )


def _cuts(run: ScoringRun) -> dict[str, Any]:
    """Return the twelve thresholds; a mark is one more than how many of its four are reached."""
    return {"last_on": run.r_cuts, "purchase_days": run.f_cuts, "net_rial": run.m_cuts}


class SegmentFlows(Endpoint):
    """Who went from which segment to which in a Jalali month."""

    scopes = {"GET": "customers:read"}
    filters = {"month": "a Jalali month like 1405-09; this one when left out"}

    def get(self, call: Call) -> Reply:
        """Return the flows, largest first; null stands for no segment."""
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        text = call.query.get("month", "")
        month = read_month(text) if text else today
        if month is None or month > today:
            raise Problem("invalid_month", _("Write a month that has begun, like 1405-09."))
        found = month_flows(month)
        return Reply(
            {
                "month_on": found.month_on,
                "worked_out_afterwards": found.worked_out,
                "data": [
                    {
                        "before": flow.before or None,
                        "after": flow.after or None,
                        "customers": flow.customers,
                    }
                    for flow in found.flows
                ],
            }
        )


class SegmentMembers(Endpoint):
    """The customers of one segment."""

    scopes = {"GET": "customers:read"}
    filters = FILTERS

    def get(self, call: Call, segment: str) -> Reply:
        """Return members, most recently scored first, by cursor."""
        if segment not in Segment.values:
            raise NotFound(_("There is no such segment."))
        found = page(
            member_rows(segment),
            by="scored_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        return Reply(
            {
                "data": [
                    {
                        "customer_id": row.customer_id,
                        "name": row.customer.name,
                        "r": row.r,
                        "f": row.f,
                        "m": row.m,
                        "last_on": row.last_on,
                        "net_rial": row.monetary_rial,
                        "real_rial": row.real_rial,
                    }
                    for row in found.rows
                ],
                "next_cursor": found.next_cursor,
            }
        )
