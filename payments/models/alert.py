"""What somebody at the business should look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from payments.enums import AlertKind


class Alert(TenantModel):
    """Something about money that looked wrong. One open alert a kind and source, counted."""

    kind = models.TextField(_("what"), choices=AlertKind.choices)
    source_id = models.UUIDField(_("about"))
    payment_id = models.UUIDField(_("payment"), null=True)
    detail = models.JSONField(_("detail"), default=dict)
    times = models.IntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.TextField(_("resolved by"), default="", blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "kind", "source_id"],
                name="payments_alert_open_once",
                condition=Q(resolved_at=None),
            ),
        )
        indexes = (models.Index(fields=["business", "-last_at"], name="payments_alert_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} ×{self.times}"
