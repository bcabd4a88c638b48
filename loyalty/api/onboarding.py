"""From the first purchase to the second and to the first points spent, over HTTP (C113)."""

from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import Problem
from core.tenancy import active_business_id
from loyalty.api.bodies import Document
from loyalty.queries.onboarding import Group, onboarding, reach
from loyalty.queries.waits import share_by

_MONTHS: Final = 12
_WHATS: Final = ("second", "spent")
_TOLD: Final = (7, 30, 60, 90)


class SharesOut(BaseModel):
    """Which share, 0 to 1, is through within so many days."""

    within_7_days: float
    within_30_days: float
    within_60_days: float
    within_90_days: float


class WaitOut(BaseModel):
    """The wait of a group: `median_days` with its 95 % interval, null while not known.

    `key` is the first day of a Jalali month; or reward, points, nothing: what the first day left.
    Those who still wait count for as long as they have waited (Kaplan and Meier).
    """

    key: str
    customers: int
    happened: int
    median_days: int | None
    low_days: int | None
    high_days: int | None
    shares: SharesOut


class OnboardingOut(BaseModel):
    """Newcomers of the last twelve Jalali months.

    `cheapest_reward` costs so many points, `usual_points` are earned by a sale of the last months.
    """

    what: str
    whole: WaitOut
    months: list[WaitOut]
    first_days: list[WaitOut]
    cheapest_reward: int | None
    usual_points: int


class OnboardingReport(Endpoint):
    """GET how long newcomers take."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": OnboardingOut}
    filters: ClassVar = {"what": "second (day with a purchase; the default) or spent (points)"}

    def get(self, call: Call) -> Reply:
        """Return it."""
        what = call.query.get("what", "second")
        if what not in _WHATS:
            raise Problem("invalid_what", _("Ask for second or spent."))
        today = business_day(call.now, business_by_id(active_business_id()).timezone)
        found, told = onboarding(what, today, _MONTHS), reach(today)
        return Reply(
            {
                "what": what,
                "whole": _wait(found.whole),
                "months": [_wait(group) for _first, group in found.months],
                "first_days": [_wait(group) for _start, group in found.starts],
                "cheapest_reward": told.cheapest,
                "usual_points": told.usual,
            }
        )


def _wait(group: Group) -> Document:
    wait = group.wait
    return {
        "key": group.key,
        "customers": wait.people,
        "happened": wait.happened,
        "median_days": wait.median,
        "low_days": wait.low,
        "high_days": wait.high,
        "shares": {f"within_{days}_days": round(share_by(group.steps, days), 4) for days in _TOLD},
    }
