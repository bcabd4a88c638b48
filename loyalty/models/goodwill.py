"""Points people who work here give on the spot, and how many each of them may."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import GoodwillSpan
from loyalty.models.ledger import Lot


class GoodwillBudget(TenantModel):
    """How many points each person who works here may give within a Jalali span."""

    is_open = models.BooleanField(_("points may be given"), default=False)
    points = models.BigIntegerField(_("points of each person"))
    span = models.TextField(_("within"), choices=GoodwillSpan.choices)
    most_at_once = models.BigIntegerField(_("most points at once"), null=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("goodwill budget")
        verbose_name_plural = _("goodwill budgets")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_goodwillbudget_once"),
            models.CheckConstraint(
                condition=Q(points__gte=1)
                & (Q(most_at_once=None) | Q(most_at_once__gte=1, most_at_once__lte=F("points"))),
                name="loyalty_goodwillbudget_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.points} {self.span}"


class GoodwillMeter(TenantModel):
    """What one person gave within one span; the database refuses more than they may."""

    giver_id = models.UUIDField(_("who gives"))
    span = models.TextField(_("within"), choices=GoodwillSpan.choices)
    since = models.DateField(_("span since"))
    used_points = models.BigIntegerField(_("given"))
    most_points = models.BigIntegerField(_("may give"))

    class Meta:
        verbose_name = _("goodwill given in a span")
        verbose_name_plural = _("goodwill given in spans")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "giver_id", "span", "since"], name="loyalty_goodwillmeter_once"
            ),
            models.CheckConstraint(
                condition=Q(used_points__gte=1, used_points__lte=F("most_points")),
                name="loyalty_goodwillmeter_within",
            ),
        )

    def __str__(self) -> str:
        return f"{self.used_points}/{self.most_points}"


class Goodwill(TenantModel):
    """Points one person gave one customer on the spot. Its lot has the points."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    meter = models.ForeignKey(
        GoodwillMeter,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("counted in"),
    )
    giver_id = models.UUIDField(_("who gave"))
    giver_name = models.TextField(_("given by"))
    points = models.BigIntegerField(_("points"))
    worth_rial = models.BigIntegerField(_("worth that day (rial)"))
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("goodwill")
        verbose_name_plural = _("goodwill")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("lot"),
            SameBusiness("meter"),
            models.CheckConstraint(
                condition=Q(points__gte=1, worth_rial__gte=0) & ~Q(reason=""),
                name="loyalty_goodwill_said",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="loyalty_goodwill_newest"),
            models.Index(fields=["business", "customer", "-at"], name="loyalty_goodwill_of"),
            models.Index(fields=["business", "meter"], name="loyalty_goodwill_counted"),
        )

    def __str__(self) -> str:
        return f"{self.points:+}"
