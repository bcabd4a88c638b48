"""What customers answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from feedback.models.invitation import SurveyInvitation
from feedback.models.survey import Survey


class Response(TenantModel):
    """One answer per invitation, never deleted; `flagged` tells that goods came back."""

    invitation = models.ForeignKey(
        SurveyInvitation,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    score = models.SmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True, default="")
    flagged = models.BooleanField(_("goods came back"), default=False)
    answered_at = models.DateTimeField(_("answered"))
    # From where: a browser that somebody who works here uses, and which browser, as a keyed hash.
    # Bonuses leave out what staff answered, and what one browser answered for many (N16).
    from_staff = models.BooleanField(_("answered by staff"), default=False)
    browser_hash = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = (
            SameBusiness("invitation"),
            SameBusiness("survey"),
            SameBusiness("customer"),
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "invitation"], name="feedback_response_once"
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=10), name="feedback_response_score"
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "survey", "-answered_at"], name="feedback_response_newest"
            ),
            models.Index(fields=["business", "-answered_at"], name="feedback_response_latest"),
            models.Index(
                fields=["business", "customer", "-answered_at"], name="feedback_response_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.score}"
