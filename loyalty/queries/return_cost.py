"""What returns cost: money, fees and points together, and what it does to the results (C074)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from customers.queries.return_costs import Returned, returned
from loyalty.queries.programme import program
from loyalty.queries.return_points import PointsOfReturns, points_of_returns
from payments.queries.return_fees import FeesLost, fees_lost


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthOfReturns:
    """One span: what came back, the fees and points that went with it."""

    start: date
    returned_rial: int
    fees_rial: int
    points_taken: int
    points_unrecoverable: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnCost:
    """Returns of some spans of business days. A point is worth what the programme says today."""

    returned: Returned
    fees: Sequence[FeesLost]
    points: Sequence[PointsOfReturns]
    months: Sequence[MonthOfReturns]
    point_rial: int

    @property
    def sending_rial(self) -> int:
        """Return what sending money back cost."""
        return sum(one.sending_rial for one in self.fees)

    @property
    def taken_rial(self) -> int:
        """Return the payments' own fees that stay with the provider."""
        return sum(one.taken_rial for one in self.fees)

    @property
    def points_taken(self) -> int:
        """Return the points taken back."""
        return sum(one.taken for one in self.points)

    @property
    def points_owed(self) -> int:
        """Return how many of those are owed by customers."""
        return sum(one.owed for one in self.points)

    @property
    def points_unrecoverable(self) -> int:
        """Return the points that were spent and are not taken back from anybody."""
        return sum(one.unrecoverable for one in self.points)

    @property
    def lost_rial(self) -> int:
        """Return what was spent for nothing: fees, and points nobody gives back."""
        return self.sending_rial + self.taken_rial + self.points_unrecoverable * self.point_rial

    @property
    def results_rial(self) -> int:
        """Return what returns did to the results, before the worth of goods that came back.

        Sales lost and sending paid, less the points that are not owed to customers any more. The
        payments' own fees and points not recoverable were costs already when the sale was made.
        """
        spared = self.points_taken * self.point_rial
        return spared - self.returned.rial - self.sending_rial


def return_cost(starts: Sequence[date], *, until: date, zone: ZoneInfo) -> ReturnCost:
    """Return the cost of returns in the spans that begin on `starts`. Six queries."""
    came_back = returned(starts, until=until)
    fees = fees_lost(starts, until=until, zone=zone)
    points = points_of_returns(starts, until=until, zone=zone)
    current = program()
    return ReturnCost(
        returned=came_back,
        fees=fees,
        points=points,
        months=[_month(n, start, came_back, fees, points) for n, start in enumerate(starts)],
        point_rial=current.unit_value_rial if current else 0,
    )


def _month(
    place: int,
    start: date,
    came_back: Returned,
    fees: Sequence[FeesLost],
    points: Sequence[PointsOfReturns],
) -> MonthOfReturns:
    moved = [one for one in points if one.place == place]
    return MonthOfReturns(
        start=start,
        returned_rial=sum(one.rial for one in came_back.by_reason if one.place == place),
        fees_rial=sum(one.sending_rial + one.taken_rial for one in fees if one.place == place),
        points_taken=sum(one.taken for one in moved),
        points_unrecoverable=sum(one.unrecoverable for one in moved),
    )
