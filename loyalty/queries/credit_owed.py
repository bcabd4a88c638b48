"""What is owed as store credit, and the way there from what was owed before, to the rial."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.calendar import day_start
from loyalty.enums import CREDIT_CARDS, CardEntryKind, CardKind
from loyalty.enums.credit import CreditSource
from loyalty.models import GiftCardEntry

# Each movement belongs to one step; filling is told by where it came from.
_STEP_OF: Final = {
    CardEntryKind.SPEND: "spent",
    CardEntryKind.RELEASE: "spent",
    CardEntryKind.REFUND: "back",
    CardEntryKind.EXPIRE: "ended",
    CardEntryKind.TAKE_BACK: "taken_back",
}
STEPS: Final[dict[str, Promise]] = {
    CreditSource.RETURN: _("Goods that came back"),
    CreditSource.REFUND: _("Payments given back"),
    CreditSource.PAID: _("Paid in"),
    CreditSource.GIFT: _("Given by you"),
    "back": _("Back with purchases paid with it"),
    "spent": _("Spent or held for a sale"),
    "ended": _("Ended unused"),
    "taken_back": _("Taken back"),
}


@dataclass(frozen=True, slots=True)
class CreditSum:
    """Rial owed to customers, and rial the business gave, which is owed to nobody."""

    owed_rial: int = 0
    given_rial: int = 0


@dataclass(frozen=True, slots=True)
class CreditStep:
    """What all movements of a kind changed, and how many they were."""

    key: str
    change: CreditSum
    times: int

    @property
    def label(self) -> Promise:
        """Return the step as people read it."""
        return STEPS[self.key]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBridge:
    """opening + every step = closing, in both columns."""

    since: date
    last: date
    opening: CreditSum
    steps: list[CreditStep]

    @property
    def closing(self) -> CreditSum:
        """Return what there is on the evening of the last day."""
        return CreditSum(
            self.opening.owed_rial + sum(step.change.owed_rial for step in self.steps),
            self.opening.given_rial + sum(step.change.given_rial for step in self.steps),
        )


def credit_bridge(since: date, last: date, zone: ZoneInfo) -> CreditBridge:
    """Return the way from the evening before `since` to the evening of `last`. One query."""
    begin, end = day_start(since, zone), day_start(last + timedelta(days=1), zone)
    within = Q(at__gte=begin)
    rows = (
        GiftCardEntry.objects.filter(card__issue__kind__in=CREDIT_CARDS, at__lt=end)
        .values("kind", "card__issue__kind", "card__issue__name")
        .annotate(
            was=Coalesce(Sum("amount_rial", filter=~within), 0),
            moved=Coalesce(Sum("amount_rial", filter=within), 0),
            times=Count("id", filter=within),
        )
    )
    opening: Counter[bool] = Counter()
    moved: Counter[tuple[str, bool]] = Counter()
    times: Counter[str] = Counter()
    for row in rows:
        owed = row["card__issue__kind"] == CardKind.CREDIT
        step = _STEP_OF.get(CardEntryKind(row["kind"]), row["card__issue__name"])
        opening[owed] += row["was"]
        moved[step, owed] += row["moved"]
        times[step] += row["times"]
    return CreditBridge(
        since=since,
        last=last,
        opening=CreditSum(opening[True], opening[False]),
        steps=[
            CreditStep(key, CreditSum(moved[key, True], moved[key, False]), times[key])
            for key in STEPS
            if times[key]
        ],
    )
