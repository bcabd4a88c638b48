"""Prices promised until a moment."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel


class Quote(TenantModel):
    """A price a business holds for somebody until `valid_to`, to be used once.

    It is for a customer, for a mobile nobody is known by yet, or for whoever holds its address;
    `members_only`: of these only for somebody the business knows. What used it is the one payment
    that names it and did not end unpaid (see Payment), or the `plan` it was sold by; never both,
    by the trigger `payments_quote_once`.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    mobile = models.TextField(_("mobile"), default="", blank=True)
    members_only = models.BooleanField(_("for known customers only"), default=False)
    title = models.TextField(_("for what"))
    lines = models.JSONField(default=list, editable=False)
    amount_rial = models.BigIntegerField(_("promised price (rial)"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid until"))
    branch_code = models.TextField(_("branch"), default="", blank=True)
    employee_code = models.TextField(_("employee"), default="", blank=True)
    token = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created"))
    created_by = models.TextField(_("created by"), default="", blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.TextField(_("withdrawn by"), default="", blank=True)
    plan = models.ForeignKey(
        "payments.InstalmentPlan",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("instalment plan"),
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("plan"),
            models.UniqueConstraint(fields=["business", "token"], name="payments_quote_token"),
            models.UniqueConstraint(
                fields=["business", "plan"],
                name="payments_quote_plan_once",
                condition=Q(plan__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, valid_to__gt=F("valid_from")),
                name="payments_quote_sane",
            ),
            models.CheckConstraint(
                condition=Q(customer=None) | Q(mobile=""), name="payments_quote_for_one"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(plan=None), name="payments_quote_one_end"
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at", "-id"], name="payments_quote_newest"),
        )

    def __str__(self) -> str:
        return self.title
