"""A business's account at a payment provider."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from payments.enums import Provider
from payments.enums.accounts import UnverifiedPolicy


class ProviderAccount(TenantModel):
    """Where a business's payments are taken. Credentials are encrypted; only `hint` is readable.

    Several may be active; for each family of services the lowest `priority` is tried first.
    `families` are the services its credentials open. An empty `base_url` means the provider's own
    address from the settings (or the sandbox's). `failures` in a row pause it for new tries until
    `paused_until`; money under way is asked about all the same. `unverified` and `verify_minutes`
    are what the provider's contract says where the provider leaves it to the terminal.
    """

    sealed: ClassVar = {"credentials": "payments_provideraccount.credentials.{business_id}.{id}"}

    provider = models.TextField(_("provider"), choices=Provider.choices)
    credentials = models.BinaryField(editable=False)
    hint = models.TextField(_("ends with"), default="")
    title = models.TextField(_("name"), blank=True, default="")
    families = models.JSONField(_("services"), default=list)
    priority = models.SmallIntegerField(_("order"), default=100)
    is_sandbox = models.BooleanField(_("test gateway"), default=False)
    base_url = models.TextField(_("address"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    daily_cap_rial = models.BigIntegerField(_("cap per day (rial)"), null=True, blank=True)
    min_rial = models.BigIntegerField(_("smallest payment (rial)"), null=True, blank=True)
    max_rial = models.BigIntegerField(_("largest payment (rial)"), null=True, blank=True)
    fee_bp = models.SmallIntegerField(_("fee (1/100 percent)"), default=0)
    fee_fixed_rial = models.BigIntegerField(_("fixed fee (rial)"), default=0)
    fee_max_rial = models.BigIntegerField(_("largest fee (rial)"), null=True, blank=True)
    unverified = models.TextField(
        _("unconfirmed money"), choices=UnverifiedPolicy.choices, default="", blank=True
    )
    verify_minutes = models.SmallIntegerField(_("minutes to confirm"), null=True, blank=True)
    failures = models.SmallIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    failure = models.TextField(_("last error"), default="", blank=True)
    tested_at = models.DateTimeField(_("credentials tested"), null=True, blank=True)
    test_outcome = models.TextField(_("result of the test"), default="", blank=True)
    created_at = models.DateTimeField(_("created"))
    # The next look at the provider's list of unconfirmed payments; none while nothing is open.
    next_sweep_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("provider account")
        verbose_name_plural = _("provider accounts")
        constraints = (
            models.CheckConstraint(
                condition=Q(fee_bp__gte=0, fee_bp__lte=10_000, fee_fixed_rial__gte=0),
                name="payments_account_fee",
            ),
            models.CheckConstraint(
                condition=(Q(daily_cap_rial=None) | Q(daily_cap_rial__gt=0))
                & (Q(min_rial=None) | Q(min_rial__gt=0))
                & (Q(max_rial=None) | Q(max_rial__gt=0))
                & (Q(verify_minutes=None) | Q(verify_minutes__gt=0)),
                name="payments_account_limits",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "priority", "created_at"],
                name="payments_account_order",
                condition=Q(is_active=True),
            ),
            models.Index(
                fields=["next_sweep_at"],
                name="payments_account_sweep",
                condition=Q(next_sweep_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} …{self.hint}"
