"""A survey and the rules of its sending."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from feedback.enums import SurveyKind


class Survey(TenantModel):
    """One short question after a purchase, with a comment.

    `cooldown_days` runs from the last survey of any kind, `recontact_days` from the last one of
    this survey. `sample_rate` is the percentage of purchases that are asked about.
    """

    kind = models.TextField(_("kind"), choices=SurveyKind.choices)
    title = models.TextField(_("title"))
    question = models.TextField(_("question"))
    comment_question = models.TextField(_("question for the comment"), blank=True, default="")
    thanks = models.TextField(_("thanks"), blank=True, default="")
    invitation = models.TextField(_("text of the invitation"))
    delay_minutes = models.IntegerField(_("minutes after the purchase"), default=60)
    expiry_days = models.IntegerField(_("days the link works"), default=7)
    cooldown_days = models.IntegerField(_("days between any two surveys"), default=30)
    recontact_days = models.IntegerField(_("days between two of this survey"), default=90)
    sample_rate = models.SmallIntegerField(_("percentage asked"), default=100)
    position = models.SmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = (
            models.CheckConstraint(
                condition=Q(sample_rate__gte=0, sample_rate__lte=100)
                & Q(delay_minutes__gte=0, expiry_days__gt=0)
                & Q(cooldown_days__gte=0, recontact_days__gte=0),
                name="feedback_survey_sane",
            ),
        )
        indexes = (models.Index(fields=["business", "position"], name="feedback_survey_order"),)

    def __str__(self) -> str:
        return self.title
