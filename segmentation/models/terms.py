"""What of the past a business lets count when it scores, and its dated level of prices."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare
from segmentation.enums import Money

LONGEST_WINDOW: Final = 120
HIGHEST_LEVEL: Final = 10**12


class ScoringTerms(TenantModel):
    """How a business scores; without a row everything counts, as it was paid."""

    window_months = models.SmallIntegerField(_("months counted"), null=True, blank=True)
    money = models.TextField(_("money"), choices=Money.choices, default=Money.NOMINAL)
    # Of a sale, what is earned; empty: nobody has said, and gains are told as sales.
    margin_percent = models.SmallIntegerField(_("margin on sales (percent)"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("terms of scoring")
        verbose_name_plural = _("terms of scoring")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="segmentation_terms_once"),
            models.CheckConstraint(
                condition=Q(window_months__isnull=True)
                | Q(window_months__range=(1, LONGEST_WINDOW)),
                name="segmentation_terms_window",
            ),
            models.CheckConstraint(
                condition=Q(margin_percent__isnull=True) | Q(margin_percent__range=(1, 100)),
                name="segmentation_terms_margin",
            ),
        )

    def __str__(self) -> str:
        return f"{self.window_months or '∞'} {self.money}"


class PriceLevel(TenantModel):
    """How high prices were from a Jalali month on, in thousandths of the index's own unit."""

    month_on = models.DateField(_("first day of the month"))
    level = models.BigIntegerField(_("level (thousandths)"))

    class Meta:
        verbose_name = _("level of prices")
        verbose_name_plural = _("levels of prices")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "month_on"], name="segmentation_price_level_once"
            ),
            models.CheckConstraint(
                condition=Q(level__gt=0, level__lte=HIGHEST_LEVEL),
                name="segmentation_price_level_above_zero",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month_on}: {self.level}"


class CategoryCost(TenantModel):
    """What goods of a category cost, in percent of their sales; the rest is earned."""

    category = models.TextField(_("category"))
    cost_percent = models.SmallIntegerField(_("cost (percent of sales)"))

    class Meta:
        verbose_name = _("cost of a category")
        verbose_name_plural = _("costs of categories")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "category"], name="segmentation_category_cost_once"
            ),
            models.CheckConstraint(
                condition=Q(cost_percent__range=(0, 100)) & ~Q(category=""),
                name="segmentation_category_cost_percent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category}: {self.cost_percent}"


declare({ScoringTerms: Facts(), PriceLevel: Facts(), CategoryCost: Facts(ours=("category",))})
