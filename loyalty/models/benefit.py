"""Services and gifts without a price: offered to whom, how many are left, given (C048, C050)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.benefits import BenefitKind


class Benefit(TenantModel):
    """More for the same price: for customers of a tier and those above it, or for all (no tier).

    `unit_cost_rial` is what one costs the business, nothing its customers pay. Its row is the lock
    of how often each customer may have it and of how many are in stock (none: without end).
    """

    name = models.TextField(_("name"))
    kind = models.TextField(_("kind"), choices=BenefitKind.choices)
    unit_cost_rial = models.BigIntegerField(_("what one costs (rial)"))
    tier = models.ForeignKey(
        "loyalty.Tier",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("from tier"),
    )
    most_each = models.IntegerField(_("for each customer in a month"), null=True)
    stock = models.BigIntegerField(_("left in stock"), null=True)
    is_open = models.BooleanField(_("offered"), default=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("service without a price")
        verbose_name_plural = _("services without a price")
        constraints = (
            SameBusiness("tier"),
            models.UniqueConstraint(fields=["business", "name"], name="loyalty_benefit_name"),
            models.CheckConstraint(
                condition=Q(unit_cost_rial__gte=0)
                & (Q(most_each__isnull=True) | Q(most_each__gte=1)),
                name="loyalty_benefit_numbers",
            ),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=0), name="loyalty_benefit_stock"
            ),
        )

    def __str__(self) -> str:
        return self.name


class BenefitGiven(TenantModel):
    """One given to a customer: the so-manieth of the Jalali month that begins on `month`.

    `from_stock`: it lessened the stock, and lies there again once taken back.
    """

    benefit = models.ForeignKey(
        Benefit,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="given",
        verbose_name=_("service without a price"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    month = models.DateField(_("month"))
    number = models.IntegerField(_("of the month"))
    cost_rial = models.BigIntegerField(_("cost (rial)"))
    at = models.DateTimeField(_("given"))
    by = models.TextField(_("given by"), blank=True, default="")
    from_stock = models.BooleanField(_("out of the stock"), default=False)
    taken_back_at = models.DateTimeField(_("taken back"), null=True)
    taken_back_by = models.TextField(_("taken back by"), blank=True, default="")

    class Meta:
        verbose_name = _("service given")
        verbose_name_plural = _("services given")
        constraints = (
            SameBusiness("benefit"),
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(number__gte=1, cost_rial__gte=0), name="loyalty_benefitgiven_numbers"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=False) | Q(taken_back_by=""),
                name="loyalty_benefitgiven_back",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "benefit", "customer", "month"],
                name="loyalty_benefitgiven_of",
            ),
            models.Index(fields=["business", "-at", "-id"], name="loyalty_benefitgiven_new"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.month}"
