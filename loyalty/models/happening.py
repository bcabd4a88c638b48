"""What happened to a customer besides a purchase, and what rules gave for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.happenings import HappeningKind
from loyalty.models.ledger import Lot
from loyalty.models.programme import EarningRule


class Happening(TenantModel):
    """Something a rule of the version in force was about, judged once by its `reference`.

    `facts` tell each rule's part and why not more; its points are one lot.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("happening"), choices=HappeningKind.choices)
    reference = models.TextField(_("its own id"))
    version = models.ForeignKey(
        EarningRule,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("judged under version"),
    )
    at = models.DateTimeField(_("when"))
    points = models.BigIntegerField(_("points given"), default=0)
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    facts = models.JSONField(_("rule by rule"), default=list)
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("happening rules are about")
        verbose_name_plural = _("happenings rules are about")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("version"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "kind", "reference"], name="loyalty_happening_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, lot__isnull=False) | Q(points=0, lot__isnull=True),
                name="loyalty_happening_gives",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="loyalty_happening_told"),
        )
        indexes = (
            models.Index(fields=["business", "customer", "-at"], name="loyalty_happening_of"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"
