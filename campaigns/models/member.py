"""Who takes part in a campaign, on which side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import Arm
from campaigns.models.campaign import Campaign
from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel


class CampaignMember(TenantModel):
    """A customer's arm, decided once before exposure. Append-only.

    `past_spend_rial` is what the customer spent, net of returns, in the year before.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    arm = models.TextField(_("arm"), choices=Arm.choices)
    past_spend_rial = models.BigIntegerField(_("spent in the year before (rial)"), default=0)

    class Meta:
        verbose_name = _("campaign member")
        verbose_name_plural = _("campaign members")
        constraints = (
            SameBusiness("campaign"),
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "campaign", "customer"], name="campaigns_member_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.arm}"
