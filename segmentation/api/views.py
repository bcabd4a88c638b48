"""Segments over HTTP."""

from django.utils.translation import gettext_lazy as _

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from segmentation.enums import Segment
from segmentation.queries import latest_run, member_rows, summary


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
                "data": [
                    {
                        "segment": row.segment.value,
                        "name": row.segment.label,
                        "customers": row.customers,
                        "net_rial": row.net_rial,
                    }
                    for row in summary()
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
                    }
                    for row in found.rows
                ],
                "next_cursor": found.next_cursor,
            }
        )
