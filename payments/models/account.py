"""A business's account at a payment provider."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from payments.enums import Provider


class ProviderAccount(TenantModel):
    """Where a business's payments are taken. Credentials are encrypted; only `hint` is readable.

    Several may be active; for each family of services the lowest `priority` is tried first.
    `families` are the services its credentials open. An empty `base_url` means the provider's own
    address from the settings (or the sandbox's).
    """

    provider = models.TextField(_("provider"), choices=Provider.choices)
    credentials = models.BinaryField(editable=False)
    hint = models.TextField(_("ends with"), default="")
    title = models.TextField(_("name"), blank=True, default="")
    families = models.JSONField(_("services"), default=list)
    priority = models.SmallIntegerField(_("order"), default=100)
    is_sandbox = models.BooleanField(_("test gateway"), default=False)
    base_url = models.TextField(_("address"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))
    # The next look at the provider's list of unconfirmed payments; none while nothing is open.
    next_sweep_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("provider account")
        verbose_name_plural = _("provider accounts")
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
