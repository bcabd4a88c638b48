"""The business's account with an SMS provider, and its manners."""

from datetime import time
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.sealing import seal, unseal
from core.tenancy.models import TenantModel


class SmsAccount(TenantModel):
    """One per business. Hours are the business's own; no offers go out from `quiet_from`."""

    sealed: ClassVar = {"sealed_key": "messaging_smsaccount.sealed_key.{id}"}

    provider = models.TextField(_("provider"), default="kavenegar")
    is_sandbox = models.BooleanField(_("simulated"), default=True)
    sender = models.TextField(_("sender line"))
    sealed_key = models.BinaryField(editable=False)
    part_price_rial = models.BigIntegerField(_("price of one part (rial)"), default=1_850)
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_until = models.TimeField(_("quiet until"), default=time(9))
    daily_cap = models.SmallIntegerField(_("offers per customer and day"), default=1)
    weekly_cap = models.SmallIntegerField(_("offers per customer and week"), default=3)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("SMS account")
        verbose_name_plural = _("SMS accounts")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="messaging_account_one"),
            models.CheckConstraint(
                condition=models.Q(part_price_rial__gte=0)
                & models.Q(daily_cap__gte=0)
                & models.Q(weekly_cap__gte=0),
                name="messaging_account_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.sender}"

    @property
    def api_key(self) -> str:
        """The provider's key in the clear; never log it."""
        return unseal(bytes(self.sealed_key), about=self._about)

    @api_key.setter
    def api_key(self, plaintext: str) -> None:
        self.sealed_key = seal(plaintext, about=self._about)

    @property
    def _about(self) -> str:
        return f"messaging_smsaccount.sealed_key.{self.id}"
