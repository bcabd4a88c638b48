"""Who was asked about which purchase."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from feedback.enums import InvitationState
from feedback.models.survey import Survey


class SurveyInvitation(TenantModel):
    """One per purchase. The token of its page is derived, only the token's hash is kept.

    `due_at` is when the SMS is due; `refunded_at` when goods of the purchase came back.
    """

    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    branch_id = models.UUIDField(null=True)
    employee_id = models.UUIDField(null=True)
    token_hash = models.BinaryField(editable=False)
    state = models.TextField(
        _("state"), choices=InvitationState.choices, default=InvitationState.WAITING
    )
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"))
    refunded_at = models.DateTimeField(_("returned"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            SameBusiness("survey"),
            SameBusiness("purchase"),
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "purchase"], name="feedback_invitation_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "-created_at"], name="feedback_invitation_recent"
            ),
            models.Index(fields=["business", "token_hash"], name="feedback_invitation_token"),
            models.Index(
                fields=["due_at"],
                name="feedback_invitation_due",
                condition=Q(state=InvitationState.WAITING),
            ),
            models.Index(
                fields=["expires_at"],
                name="feedback_invitation_end",
                condition=Q(state=InvitationState.OPEN),
            ),
            models.Index(
                fields=["business", "survey", "created_at"], name="feedback_invitation_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.survey_id} → {self.purchase_id}"
