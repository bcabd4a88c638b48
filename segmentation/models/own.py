"""Segments a business makes itself, and who is in them since when."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare

MOST_OWN_SEGMENTS: Final = 30


class OwnSegment(TenantModel):
    """A rule with a name. A closed one keeps its history and is counted no more."""

    name = models.TextField(_("name"))
    rule = models.JSONField(_("rule"))
    is_open = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    # When everybody was last held against the rule.
    counted_at = models.DateTimeField(_("counted"), null=True)

    class Meta:
        verbose_name = _("own segment")
        verbose_name_plural = _("own segments")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "name"],
                name="segmentation_own_segment_name",
                condition=Q(is_open=True),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="segmentation_own_segment_named"),
        )
        indexes = (
            models.Index(
                fields=["business"],
                name="segmentation_own_to_count",
                condition=Q(is_open=True, counted_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.name


class SegmentStay(TenantModel):
    """A customer's time in an own segment; without an end they are in it now."""

    own_segment = models.ForeignKey(
        OwnSegment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("came in"))
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("stay in an own segment")
        verbose_name_plural = _("stays in own segments")
        constraints = (
            SameBusiness("own_segment"),
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "own_segment", "customer"],
                name="segmentation_stay_once",
                condition=Q(left_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="segmentation_stay_ends_after_it_began",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "own_segment", "-entered_at"], name="segmentation_stay_newest"
            ),
            models.Index(fields=["business", "customer"], name="segmentation_stay_of"),
        )

    def __str__(self) -> str:
        return f"{self.own_segment_id}: {self.customer_id}"


declare(
    {
        OwnSegment: Facts(ours=("name", "rule")),
        SegmentStay: Facts(of=by("customer_id"), told=("own_segment", "entered_at", "left_at")),
    }
)
