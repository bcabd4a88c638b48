"""What was said on the wire, money nobody waited for, and money on its way back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums import FoundBy, OrphanState, ReversalReason, ReversalState
from payments.models.account import ProviderAccount
from payments.models.attempt import PaymentAttempt
from payments.models.payment import Payment


class ProviderCall(TenantModel):
    """One message to or from a provider, masked, stored before it is believed. Append-only.

    `about_id` is what it was about where that is no gateway attempt: a mandate, a debit's try, an
    inquiry.
    """

    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment attempt"),
    )
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    about_id = models.UUIDField(null=True, editable=False)
    operation = models.TextField(_("operation"))
    outcome = models.TextField(_("outcome"))
    code = models.TextField(_("code"), default="", blank=True)
    message = models.TextField(_("message"), default="", blank=True)
    http_status = models.SmallIntegerField(_("HTTP status"), null=True)
    asked = models.JSONField(_("sent"), default=dict)
    answered = models.JSONField(_("received"), null=True)
    at = models.DateTimeField(_("when"))
    took_ms = models.IntegerField(_("took (ms)"), default=0)

    class Meta:
        verbose_name = _("provider call")
        verbose_name_plural = _("provider calls")
        constraints = (SameBusiness("attempt"), SameBusiness("account"))
        indexes = (
            models.Index(fields=["business", "attempt", "at"], name="payments_call_attempt"),
            models.Index(
                fields=["business", "about_id", "at"],
                name="payments_call_about",
                condition=Q(about_id__isnull=False),
            ),
            models.Index(fields=["business", "-at"], name="payments_call_newest"),
        )

    def __str__(self) -> str:
        return f"{self.operation}: {self.outcome}"


class OrphanCapture(TenantModel):
    """Money taken for a try that was already over; it goes back by itself or by a person."""

    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment attempt"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    found_at = models.DateTimeField(_("found"))
    found_by = models.TextField(_("found by"), choices=FoundBy.choices)
    state = models.TextField(_("state"), choices=OrphanState.choices, default=OrphanState.OPEN)
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    class Meta:
        verbose_name = _("orphan capture")
        verbose_name_plural = _("orphan captures")
        constraints = (
            SameBusiness("attempt"),
            models.UniqueConstraint(fields=["business", "attempt"], name="payments_orphan_once"),
        )
        indexes = (
            models.Index(fields=["business", "state", "-found_at"], name="payments_orphan_open"),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"


class Reversal(TenantModel):
    """The whole money of one try on its way back; committed before the provider is asked."""

    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment attempt"),
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    reason = models.TextField(_("reason"), choices=ReversalReason.choices)
    state = models.TextField(
        _("state"), choices=ReversalState.choices, default=ReversalState.REQUESTED
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    # What it holds of its payment's money by itself; a refund that goes this way holds its own.
    reserved_rial = models.BigIntegerField(_("held of the payment (rial)"), default=0)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.TextField(_("requested by"), default="", blank=True)
    done_at = models.DateTimeField(_("done"), null=True)
    next_try_at = models.DateTimeField(_("tried again"), null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(_("tries"), default=0)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        constraints = (
            SameBusiness("attempt"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "attempt"],
                name="payments_reversal_one_live",
                condition=~Q(state=ReversalState.FAILED),
            ),
        )
        indexes = (
            models.Index(fields=["business", "payment"], name="payments_reversal_payment"),
            models.Index(
                fields=["next_try_at"],
                name="payments_reversal_due",
                condition=Q(next_try_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"
