"""The board of stages: who is in each, their money, the campaigns that serve it (C037)."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.queries.campaigns import segments_since
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from segmentation.enums import Basis, Stage
from segmentation.queries.lifecycle import StageRow, lifecycle, stage_of_segment
from segmentation.queries.retention import foreseen_by

_CAMPAIGNS: Final = timedelta(days=90)
_RULES: Final = {
    Stage.LEAD: gettext_lazy("left their number, and has not bought"),
    Stage.NEW: gettext_lazy("first bought within thirty days"),
    Stage.DEVELOPING: gettext_lazy("buys, and is none of the others"),
    Stage.LOYAL: gettext_lazy("among the champions or the loyal"),
    Stage.AT_RISK: gettext_lazy("buys less or more rarely than before"),
    Stage.LAPSED: gettext_lazy("longer away than their own pauses, or everybody's"),
    Stage.WON_BACK: gettext_lazy("came again lately after too long a pause"),
    Stage.TERMINATED: gettext_lazy("left the club and has not come back to it"),
}
# Where the customers of a stage are listed.
_LISTS: Final = {
    Stage.LEAD: ("named-segment", "lead"),
    Stage.NEW: ("named-segment", "new_to_business"),
    Stage.LAPSED: ("named-segment", "lapsed"),
    Stage.WON_BACK: ("named-segment", "won_back"),
}


@business_page(*READERS)
def lifecycle_page(request: BusinessRequest) -> HttpResponse:
    """Show the board."""
    board = lifecycle()
    served = Counter(stage_of_segment(key) for key in segments_since(request.now - _CAMPAIGNS))
    everybody, shared = sum(one.customers for one in board.rows), served[None]
    context = {
        "as_of": board.as_of,
        "first_guess": foreseen_by() == Basis.HEURISTIC,
        "shared": ngettext(
            "Besides, %(n)s campaign of these ninety days went to more than one stage.",
            "Besides, %(n)s campaigns of these ninety days went to more than one stage.",
            shared,
        )
        % {"n": words.number(shared)}
        if shared
        else "",
        "stages": [_stage(one, everybody, served[one.stage], request) for one in board.rows],
    }
    return render(request, "dashboard/lifecycle.html", context)


def _stage(
    one: StageRow, everybody: int, campaigns: int, request: BusinessRequest
) -> dict[str, Any]:
    name, key = _LISTS.get(one.stage, ("", ""))
    sent = ngettext(
        "%(n)s campaign in ninety days", "%(n)s campaigns in ninety days", campaigns
    ) % {"n": words.number(campaigns)}
    return {
        "name": one.stage.label,
        "rule": _RULES[one.stage],
        "customers": one.customers,
        "people": ngettext("%(n)s customer", "%(n)s customers", one.customers)
        % {"n": words.number(one.customers)},
        "share": words.percent(one.customers / everybody, 0) if everybody else "",
        "year": words.toman_short(one.year_rial),
        "ahead": words.toman_short(one.ahead_rial),
        "campaigns": sent if campaigns else _("no campaign of its own in ninety days"),
        "href": reverse(f"dashboard:{name}", args=[request.business.slug, key]) if name else "",
    }
