"""Points on their way to being spent."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import RedemptionState
from loyalty.models.programme import Reward


class Redemption(TenantModel):
    """Points taken out of the wallet for a checkout; given back unless committed in time."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    reward = models.ForeignKey(
        Reward,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("reward"),
    )
    state = models.TextField(_("state"), choices=RedemptionState.choices)
    points = models.BigIntegerField(_("points"))
    value_rial = models.BigIntegerField(_("worth (rial)"))
    returned_points = models.BigIntegerField(_("given back after returns"), default=0)
    reserved_at = models.DateTimeField(_("held at"))
    expires_at = models.DateTimeField(_("held until"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    # What the wallet may spend after the operation that returned this row; None: ask the wallet.
    left_points: int | None = None

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("purchase"),
            SameBusiness("reward"),
            models.CheckConstraint(
                condition=Q(points__gt=0, value_rial__gte=0)
                & Q(returned_points__gte=0, returned_points__lte=F("points")),
                name="loyalty_redemption_numbers",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "-reserved_at"], name="loyalty_redemption_newest"
            ),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_redemption_purchase",
                condition=Q(purchase__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="loyalty_redemption_due",
                condition=Q(state=RedemptionState.RESERVED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.points} {self.state}"
