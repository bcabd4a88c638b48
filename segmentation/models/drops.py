"""Whose retention score dropped (C112)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare


class RetentionDrop(TenantModel):
    """A customer's time with a low retention score: from falling below the line to rising well.

    Who was low when first looked at, or only by a new yardstick, has not dropped and has none;
    that they are low stands with their outlook.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    at = models.DateTimeField(_("dropped"))
    score = models.SmallIntegerField(_("retention score"))
    line = models.SmallIntegerField(_("low score"))
    risen_at = models.DateTimeField(_("risen again"), null=True)

    class Meta:
        verbose_name = _("drop of a retention score")
        verbose_name_plural = _("drops of retention scores")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer"],
                name="segmentation_drop_once",
                condition=Q(risen_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lt=F("line"), line__lte=100),
                name="segmentation_drop_below_its_line",
            ),
            models.CheckConstraint(
                condition=Q(risen_at__isnull=True) | Q(risen_at__gte=F("at")),
                name="segmentation_drop_ends_after",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "-at"],
                name="segmentation_drop_newest",
                condition=Q(risen_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score} < {self.line}"


declare(
    {
        RetentionDrop: Facts(
            of=by("customer_id"),
            told=("at", "score", "line", "risen_at"),
            goes=True,
        )
    }
)
