"""What the businesses celebrate of their customers, and who reached it in the last weeks."""

from datetime import datetime, timedelta
from typing import Final

from dashboard.management.demo.trades import Trade
from loyalty.enums.presents import MilestoneKind
from loyalty.operations.milestones import NewMilestone, offer_milestone, reach_milestones

_AGO: Final = timedelta(days=25)
_VISITS: Final = {"cafe": (10, 50), "clothing": (3, 40), "toys": (3, 40)}


def play_milestones(trade: Trade, now: datetime) -> None:
    """Celebrate a visit by its number and a year together, since some weeks."""
    visit, points = _VISITS[trade.vertical]
    offered = (
        NewMilestone(kind=MilestoneKind.VISITS, number=visit, points=points, badge="یار همیشگی"),
        NewMilestone(kind=MilestoneKind.YEARS, number=1, points=30),
    )
    for new in offered:
        offer_milestone(new=new, actor=None, now=now - _AGO)
    while reach_milestones(now=now):
        pass
