"""The audit trail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class AuditEntry(TenantModel):
    """One thing somebody did that an owner may ask about later. Append-only."""

    at = models.DateTimeField(_("when"))
    actor_kind = models.TextField(_("kind of actor"))
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_name = models.TextField(_("name"), default="")
    action = models.TextField(_("action"))
    subject = models.TextField(_("subject"), default="")
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = (models.Index(fields=["business", "-at"], name="businesses_audit_newest"),)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
