"""Ready-made segments: nights that held everybody against their rules, and stays in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare
from segmentation.enums import NamedSegment


class NamedNight(TenantModel):
    """One time everybody was held against every rule, written with all its stays or not at all.

    `usual` are the numbers the rules compared with: cuts, base rates, and how many of each kind of
    sign are more than chance. `sizes` counts every segment.
    """

    as_of = models.DateField(_("as of"))
    finished_at = models.DateTimeField(_("finished"))
    customers = models.IntegerField(_("customers"))
    usual = models.JSONField(_("what was usual"))
    sizes = models.JSONField(_("sizes"))

    class Meta:
        verbose_name = _("night of ready-made segments")
        verbose_name_plural = _("nights of ready-made segments")
        indexes = (
            models.Index(fields=["business", "-finished_at"], name="segmentation_named_newest"),
        )

    def __str__(self) -> str:
        return f"{self.as_of}: {self.customers}"


class NamedStay(TenantModel):
    """A customer's time in a ready-made segment, with what speaks for it, as of a day.

    Whoever comes again begins a new stay. `evidence` holds the numbers the rule decided by, so that
    the decision can be followed from it alone.
    """

    segment = models.TextField(_("segment"), choices=NamedSegment.choices)
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("came in"))
    left_at = models.DateTimeField(_("left"), null=True)
    evidence = models.JSONField(_("evidence"))
    seen_on = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("stay in a ready-made segment")
        verbose_name_plural = _("stays in ready-made segments")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "segment", "customer"],
                name="segmentation_named_stay_once",
                condition=Q(left_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="segmentation_named_stay_ends_after",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "segment", "-entered_at"], name="segmentation_named_stay_newest"
            ),
            models.Index(fields=["business", "customer"], name="segmentation_named_stay_of"),
        )

    def __str__(self) -> str:
        return f"{self.segment}: {self.customer_id}"


declare(
    {
        NamedNight: Facts(ours=("usual", "sizes")),
        NamedStay: Facts(
            of=by("customer_id"),
            theirs=("evidence",),
            told=("segment", "entered_at", "left_at", "seen_on"),
            goes=True,
        ),
    }
)
