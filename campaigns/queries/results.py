"""What a campaign did: everybody assigned counts, in a window fixed in advance."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from campaigns.enums import Arm, Verdict
from campaigns.models import Campaign, CampaignMember
from campaigns.queries.effect import (
    Effect,
    Values,
    cap_of,
    share_effect,
    spend_effect,
    split_p_value,
)
from customers.queries.spending import spend_by_customer
from messaging.queries import Tally, tally

MESSAGE_KIND: Final = "campaign"
SMALLEST_ARM: Final = 30
FEWEST_BUYERS: Final = 10
SPLIT_ALARM: Final = 0.001


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One side: people, how many of them bought in the window, and their mean spend in rial."""

    people: int
    buyers: int
    mean_rial: int


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """Treatment minus holdout, over everybody assigned.

    `per_customer`, `sales` and `profit` are in rial (spending capped at `cap_rial` a customer);
    `buying` is in shares of customers. They are None until there is enough to compare, `profit`
    also without a stated margin. `is_final` tells whether the window is over.
    """

    verdict: Verdict
    treatment: ArmSummary
    holdout: ArmSummary
    messages: Tally
    measured_from: datetime | None
    measured_to: datetime | None
    is_final: bool
    cap_rial: int = 0
    per_customer: Effect | None = None
    sales: Effect | None = None
    buying: Effect | None = None
    profit: Effect | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """Spending of one arm, inside the window and in the year before."""

    spent: Values
    past: Values

    @property
    def summary(self) -> ArmSummary:
        people = len(self.spent)
        mean = round(float(self.spent.mean())) if people else 0
        return ArmSummary(people, int(np.count_nonzero(self.spent > 0)), mean)


def member_key(campaign_id: UUID, customer_id: UUID) -> str:
    """Return what keeps a campaign's message to a customer from being queued twice."""
    return f"campaign:{campaign_id}:{customer_id}"


def results(*, campaign: Campaign, now: datetime) -> CampaignResults:
    """Return what can be said of a campaign now. Three queries, whatever its size."""
    end = _window_end(campaign)
    treated, held_out = _sides(campaign, min(end, now) if end else now)
    bare = CampaignResults(
        verdict=Verdict.NOT_STARTED,
        treatment=treated.summary,
        holdout=held_out.summary,
        messages=tally(MESSAGE_KIND, campaign.id),
        measured_from=campaign.started_at,
        measured_to=end,
        is_final=end is not None and now >= end,
    )
    verdict = _first_verdict(campaign, treated, held_out)
    if verdict is not None:
        return replace(bare, verdict=verdict)
    return _compared(bare, campaign, treated, held_out)


def _compared(
    bare: CampaignResults, campaign: Campaign, treated: _Side, held_out: _Side
) -> CampaignResults:
    per_customer = spend_effect(treated.spent, held_out.spent, treated.past, held_out.past)
    sales = per_customer.times(len(treated.spent))
    return replace(
        bare,
        verdict=_last_verdict(per_customer),
        cap_rial=round(cap_of(np.concatenate([treated.spent, held_out.spent]))),
        per_customer=per_customer,
        sales=sales,
        buying=_buying(treated.summary, held_out.summary),
        profit=_profit(sales, campaign.margin_percent, bare.messages.cost_rial),
    )


def _window_end(campaign: Campaign) -> datetime | None:
    if campaign.started_at is None:
        return None
    return campaign.started_at + timedelta(days=campaign.window_days)


def _sides(campaign: Campaign, until: datetime) -> tuple[_Side, _Side]:
    rows = CampaignMember.objects.filter(campaign_id=campaign.id).order_by("customer_id")
    people = list(rows.values_list("customer_id", "arm", "past_spend_rial"))
    spent: dict[UUID, int] = {}
    if campaign.started_at is not None:
        ids = [customer_id for customer_id, _arm, _past in people]
        spent = spend_by_customer(ids, campaign.started_at, until)

    def side(arm: Arm) -> _Side:
        ours = [(spent.get(one, 0), past) for one, its_arm, past in people if its_arm == arm]
        values = np.array(ours, dtype=np.float64).reshape(-1, 2)
        return _Side(values[:, 0], values[:, 1])

    return side(Arm.TREATMENT), side(Arm.HOLDOUT)


def _first_verdict(campaign: Campaign, treated: _Side, held_out: _Side) -> Verdict | None:
    """Return why nothing can be said, or None when it can."""
    if campaign.started_at is None:
        return Verdict.NOT_STARTED
    sizes = (len(treated.spent), len(held_out.spent))
    if split_p_value(*sizes, campaign.holdout_percent) < SPLIT_ALARM:
        return Verdict.BROKEN
    buyers = treated.summary.buyers + held_out.summary.buyers
    if min(sizes) < SMALLEST_ARM or buyers < FEWEST_BUYERS:
        return Verdict.NOT_ENOUGH
    return None


def _last_verdict(effect: Effect) -> Verdict:
    if effect.low > 0:
        return Verdict.MORE
    return Verdict.LESS if effect.high < 0 else Verdict.UNCLEAR


def _buying(treated: ArmSummary, held_out: ArmSummary) -> Effect:
    return share_effect(treated.buyers, treated.people, held_out.buyers, held_out.people)


def _profit(sales: Effect, margin_percent: int | None, cost_rial: int) -> Effect | None:
    """Return margin on the extra sales minus the messages; unknown without a stated margin."""
    if margin_percent is None:
        return None
    return sales.times(margin_percent / 100).minus(cost_rial)
