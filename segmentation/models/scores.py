"""Scoring runs, scores and moves between segments."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare
from segmentation.enums import Money, Scale, Segment


class ScoringRun(TenantModel):
    """One recomputation of the cut points; the newest finished one is in force.

    Empty cuts mean that all values were equal: everybody scores 3. What is bought before `since_on`
    is not counted (None: everything is); `base_level` is the level of prices that real rial are of.
    """

    as_of = models.DateField(_("as of"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    scale = models.TextField(_("scale"), choices=Scale.choices)
    r_cuts = ArrayField(models.DateField())
    f_cuts = ArrayField(models.BigIntegerField())
    m_cuts = ArrayField(models.BigIntegerField())
    since_on = models.DateField(_("counted from"), null=True)
    money = models.TextField(_("money"), choices=Money.choices, default=Money.NOMINAL)
    base_level = models.BigIntegerField(_("level of prices"), null=True)
    customers = models.IntegerField(_("customers"), default=0)
    moved = models.IntegerField(_("moved"), default=0)

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        indexes = (
            models.Index(fields=["business", "-started_at"], name="segmentation_run_newest"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(money=Money.REAL) | Q(base_level__gt=0),
                name="segmentation_run_real_has_prices",
            ),
        )

    def __str__(self) -> str:
        return f"{self.as_of} ({self.scale})"


class CustomerScore(TenantModel):
    """A customer's present scores. Its id is the customer's id.

    No index but its key: a purchase moves its customer to another cell, and an update that no index
    hears of stays on its page. A list of members passes over the business's scores (ADR 76).
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    r = models.SmallIntegerField(_("recency"))
    f = models.SmallIntegerField(_("frequency"))
    m = models.SmallIntegerField(_("monetary"))
    segment = models.TextField(_("segment"), choices=Segment.choices)
    last_on = models.DateField(_("last purchase"))
    frequency = models.BigIntegerField(_("purchase days"))
    monetary_rial = models.BigIntegerField(_("net purchases (rial)"))
    # The same in the prices of the run; empty where the business keeps no index of prices.
    real_rial = models.BigIntegerField(_("net purchases in today's prices (rial)"), null=True)
    scored_at = models.DateTimeField(_("scored"))

    class Meta:
        verbose_name = _("customer score")
        verbose_name_plural = _("customer scores")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(id=F("customer_id")), name="segmentation_score_is_its_customers"
            ),
            models.CheckConstraint(
                condition=Q(r__range=(1, 5), f__range=(1, 5), m__range=(1, 5)),
                name="segmentation_score_one_to_five",
            ),
        )

    def __str__(self) -> str:
        return f"{self.r}{self.f}{self.m} {self.segment}"


class SegmentCount(TenantModel):
    """A part of the sums over scores; the parts of one (r, f, segment) are added up.

    Every scoring writes what it added (positive) and took away (negative), so that a page reads
    hundreds of rows instead of a million and nobody waits for a counter. The nightly run folds
    the parts together.
    """

    r = models.SmallIntegerField(_("recency"))
    f = models.SmallIntegerField(_("frequency"))
    segment = models.TextField(_("segment"), choices=Segment.choices)
    customers = models.IntegerField(_("customers"))
    net_rial = models.BigIntegerField(_("net purchases (rial)"))
    real_rial = models.BigIntegerField(_("net purchases in today's prices (rial)"), null=True)

    class Meta:
        verbose_name = _("part of the segments' sums")
        verbose_name_plural = _("parts of the segments' sums")

    def __str__(self) -> str:
        return f"{self.r}{self.f} {self.segment}: {self.customers}"


class SegmentTransition(TenantModel):
    """A customer's move between segments. Append-only.

    `after` is empty for who is in none any more. Moves before the first run were worked out
    afterwards, month by month, from what was bought.
    """

    # Its customer's key says the business too, and is one look-up a move instead of two.
    business = models.ForeignKey(
        "businesses.Business",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        editable=False,
        related_name="+",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("when"))
    before = models.TextField(_("from"), blank=True)
    after = models.TextField(_("to"), blank=True)

    class Meta:
        verbose_name = _("move between segments")
        verbose_name_plural = _("moves between segments")
        constraints = (SameBusiness("customer"),)
        indexes = (
            models.Index(fields=["business", "customer", "-at"], name="segmentation_move_path"),
            # Always so, and said by who asks for days alone. Without it this index looks as good
            # as the first for one customer's moves while the planner does not know the table;
            # the business's whole list is then walked for each of them.
            models.Index(
                fields=["business", "-on"],
                name="segmentation_move_newest",
                condition=~Q(before=F("after")),
            ),
            models.Index(
                fields=["business", "-on", "before", "after"],
                name="segmentation_move_from",
                condition=~Q(before=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.before or '—'} → {self.after or '—'}"


declare(
    {
        ScoringRun: Facts(ours=("r_cuts", "f_cuts", "m_cuts")),
        CustomerScore: Facts(
            of=by("customer_id"), told=("segment", "r", "f", "m", "monetary_rial", "scored_at")
        ),
        SegmentCount: Facts(),
        SegmentTransition: Facts(
            of=by("customer_id"), ours=("before", "after"), told=("on", "before", "after")
        ),
    }
)
