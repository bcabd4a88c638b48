"""Where a business wants to be: targets, and every step of what they were (C110). Append-only."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.money import MAX_RIAL
from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare
from segmentation.enums import Figure, Span

LONGEST_REASON: Final = 500


class Target(TenantModel):
    """One figure in one span of a business, for which there is one target or none.

    What is aimed at stands in its steps; the newest one holds.
    """

    figure = models.TextField(_("figure"), choices=Figure.choices)
    span = models.TextField(_("span"), choices=Span.choices)
    starts_on = models.DateField(_("first day"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "figure", "span", "starts_on"], name="segmentation_target_once"
            ),
            models.CheckConstraint(
                condition=Q(figure__in=Figure.values, span__in=Span.values),
                name="segmentation_target_words",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "-starts_on", "-id"], name="segmentation_target_newest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.figure} {self.starts_on}"


class TargetStep(TenantModel):
    """A target set, moved, or ended (without a goal): who, when, why. Never changed afterwards.

    `goal` is in rial, a number, or hundredths of a percent, as the figure is.
    """

    target = models.ForeignKey(
        Target,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("target"),
    )
    number = models.SmallIntegerField(_("number"))
    goal = models.BigIntegerField(_("goal"), null=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    by = models.TextField(_("by"), blank=True, default="")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a target")
        verbose_name_plural = _("steps of targets")
        constraints = (
            SameBusiness("target"),
            models.UniqueConstraint(
                fields=["business", "target", "number"], name="segmentation_target_step_once"
            ),
            models.CheckConstraint(
                condition=Q(goal__isnull=True, number__gt=1)
                | Q(goal__isnull=False, goal__gt=0, goal__lte=MAX_RIAL, number__gte=1),
                name="segmentation_target_step_goal",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.goal}"


declare({Target: Facts(), TargetStep: Facts(free=("reason",), ours=("by",))})
