"""A message to many, with some held out to measure it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.enums import EVERYONE, CampaignState
from core.tenancy.models import TenantModel


class Campaign(TenantModel):
    """One SMS to one segment.

    Once prepared (state ready) nothing that decides who gets what may change. `queued_through` is
    the last member whose message is queued: sending goes on from there. `margin_percent` is the
    owner's stated margin on sales; without it profit stays unknown.
    """

    name = models.TextField(_("name"))
    segment = models.TextField(_("segment"), default=EVERYONE)
    body = models.TextField(_("text"))
    holdout_percent = models.SmallIntegerField(_("held out (percent)"), default=10)
    window_days = models.SmallIntegerField(_("days measured"), default=14)
    margin_percent = models.SmallIntegerField(_("margin on sales (percent)"), null=True, blank=True)
    state = models.TextField(_("state"), choices=CampaignState.choices, default=CampaignState.DRAFT)
    treatment_count = models.IntegerField(_("get the message"), default=0)
    holdout_count = models.IntegerField(_("held out"), default=0)
    queued_through = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    prepared_at = models.DateTimeField(_("prepared"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    done_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = (
            models.CheckConstraint(
                condition=Q(holdout_percent__gte=0, holdout_percent__lte=90)
                & Q(window_days__gt=0)
                & (Q(margin_percent__isnull=True) | Q(margin_percent__range=(0, 100))),
                name="campaigns_campaign_sane",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at"], name="campaigns_campaign_newest"),
            models.Index(
                fields=["id"],
                name="campaigns_campaign_sending",
                condition=Q(state=CampaignState.SENDING),
            ),
        )

    def __str__(self) -> str:
        return self.name
