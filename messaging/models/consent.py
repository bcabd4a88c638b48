"""Who agreed to what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from messaging.enums import ConsentSource, Purpose


class Consent(TenantModel):
    """A yes or a no to one kind of message; the latest one counts. Append-only."""

    address = models.TextField(_("address"))
    purpose = models.TextField(_("purpose"), choices=Purpose.choices)
    granted = models.BooleanField(_("agreed"))
    source = models.TextField(_("source"), choices=ConsentSource.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = (
            models.Index(
                fields=["business", "address", "purpose", "-at", "-id"],
                name="messaging_consent_latest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose}: {self.granted}"
