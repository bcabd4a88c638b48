"""Who was warned of points that end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel


class ExpiryWarning(TenantModel):
    """A customer was told, or would have been, what ends at a moment: once for each moment.

    Where activity moves the moment on, they are warned again before the later one.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    ends_at = models.DateTimeField(_("points end at"))
    points = models.BigIntegerField(_("points"))
    at = models.DateTimeField(_("warned"))
    sent = models.BooleanField(_("an SMS was queued"), default=False)

    class Meta:
        verbose_name = _("warning of points that end")
        verbose_name_plural = _("warnings of points that end")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer", "ends_at"], name="loyalty_expirywarning_once"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="loyalty_expirywarning_points"),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="loyalty_expirywarning_newest"),
        )

    def __str__(self) -> str:
        return f"{self.points} {self.ends_at:%Y-%m-%d}"
