"""Customers who left the club."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import ExitWay


class ClubExit(TenantModel):
    """One time a customer left the club, what they had then, and whether they came back.

    The wallet says whether they are out now (`Wallet.left_at`); here is what it was about. What
    ended with it later (points a return or a hold gave back) is in the ledger under this row's id.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    way = models.TextField(_("where they said so"), choices=ExitWay.choices)
    left_at = models.DateTimeField(_("left"))
    # Who noted it down for them; empty when they did it themselves.
    noted_by = models.TextField(_("noted by"), blank=True, default="")
    points = models.BigIntegerField(_("spendable points that ended"))
    pending_points = models.BigIntegerField(_("pending points that ended"))
    worth_rial = models.BigIntegerField(_("what they were worth (rial)"))
    back_at = models.DateTimeField(_("came back"), null=True)
    restored_points = models.BigIntegerField(_("points that came back"), default=0)

    class Meta:
        verbose_name = _("leaving of the club")
        verbose_name_plural = _("leavings of the club")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer"],
                condition=Q(back_at=None),
                name="loyalty_exit_one_open",
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0, pending_points__gte=0, worth_rial__gte=0)
                & Q(restored_points__gte=0),
                name="loyalty_exit_numbers",
            ),
            models.CheckConstraint(
                condition=Q(back_at=None, restored_points=0) | Q(back_at__gte=F("left_at")),
                name="loyalty_exit_order",
            ),
        )
        indexes = (models.Index(fields=["business", "-left_at"], name="loyalty_exit_newest"),)

    def __str__(self) -> str:
        return f"{self.left_at:%Y-%m-%d} {self.points + self.pending_points}"
