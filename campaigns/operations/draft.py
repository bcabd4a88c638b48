"""Writing and changing a campaign while nobody has heard of it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from campaigns.enums import EVERYONE, CampaignState
from campaigns.models import Campaign
from campaigns.queries import clean_body, known_segment
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise

_NAMES: Final = range(1, 121)
_HOLDOUTS: Final = range(91)
_WINDOWS: Final = range(1, 181)
_MARGINS: Final = range(101)


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignPlan:
    """What a campaign says to whom; percentages and days are whole."""

    name: str
    body: str
    segment: str = EVERYONE
    holdout_percent: int = 10
    window_days: int = 14
    margin_percent: int | None = None


@operation
def create_campaign(*, plan: CampaignPlan, now: datetime) -> Campaign:
    """Write a draft.

    Raises Problem `invalid_campaign`, `unknown_segment`, `invalid_text`, `unknown_placeholder`.
    """
    return Campaign.objects.create(created_at=now, **asdict(_checked(plan)))


@operation
def change_campaign(*, campaign_id: UUID, plan: CampaignPlan, now: datetime) -> None:
    """Change a draft. Raises NotFound, and Problem like `create_campaign` or `campaign_fixed`."""
    del now
    campaign = locked(campaign_id)
    require_state(campaign, CampaignState.DRAFT)
    Campaign.objects.filter(id=campaign.id).update(**asdict(_checked(plan)))


def locked(campaign_id: UUID) -> Campaign:
    """Return a campaign, locked; raise NotFound."""
    campaign = Campaign.objects.select_for_update().filter(id=campaign_id).first()
    if campaign is None:
        raise NotFound(_("There is no such campaign."))
    return campaign


def require_state(campaign: Campaign, *allowed: CampaignState) -> None:
    """Raise Problem `campaign_fixed` unless the campaign is in one of these states."""
    if campaign.state not in allowed:
        raise Problem(
            "campaign_fixed",
            _("This campaign is past that point; start a new one instead."),
            status=HTTPStatus.CONFLICT,
        )


def _checked(plan: CampaignPlan) -> CampaignPlan:
    clean = replace(
        plan,
        name=normalise(plan.name),
        body=clean_body(plan.body),
        segment=known_segment(plan.segment),
    )
    wrong = _wrong_fields(clean)
    if wrong:
        sentence = _("Check this field.")
        raise Problem(
            "invalid_campaign",
            _("Some fields of the campaign need another look."),
            fields={field: [sentence] for field in wrong},
        )
    return clean


def _wrong_fields(plan: CampaignPlan) -> list[str]:
    checks = {
        "name": len(plan.name) in _NAMES,
        "holdout_percent": plan.holdout_percent in _HOLDOUTS,
        "window_days": plan.window_days in _WINDOWS,
        "margin_percent": plan.margin_percent is None or plan.margin_percent in _MARGINS,
    }
    return [field for field, is_right in checks.items() if not is_right]
