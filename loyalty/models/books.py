"""What points are in money: how they are valued, each lot's worth, and the books of what is owed.

All of it follows from the ledger and is written after it (`operations/books/post.py`).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import PostingKind
from loyalty.models.ledger import LedgerEntry, Lot


class Valuation(TenantModel):
    """How points granted from a moment on are valued; what was granted before keeps its own.

    `spent_ppm`: of a million points, how many are expected to be spent. `share_steps`: a sale's
    share that is not for points is rounded down to so many parts; empty: exact.
    """

    since = models.DateTimeField(_("since"))
    unit_value_rial = models.BigIntegerField(_("value of a point (rial)"))
    spent_ppm = models.IntegerField(_("expected to be spent, of a million"))
    share_steps = models.IntegerField(_("parts a share is rounded to"), null=True)
    # From history: of what remains at each age of thirty days, and the interval of `spent_ppm`.
    curve = ArrayField(models.IntegerField(), verbose_name=_("by age"), default=list)
    low_ppm = models.IntegerField(_("at least, of a million"), null=True)
    high_ppm = models.IntegerField(_("at most, of a million"), null=True)
    reason = models.TextField(_("reason"))
    by = models.TextField(_("by"), blank=True, default="")

    class Meta:
        verbose_name = _("valuation of points")
        verbose_name_plural = _("valuations of points")
        constraints = (
            models.CheckConstraint(
                condition=Q(unit_value_rial__gt=0, spent_ppm__gte=1, spent_ppm__lte=1_000_000)
                & (Q(share_steps__isnull=True) | Q(share_steps__gte=1)),
                name="loyalty_valuation_numbers",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="loyalty_valuation_said"),
            models.CheckConstraint(
                condition=Q(low_ppm=None, high_ppm=None)
                | Q(low_ppm__gte=0, low_ppm__lte=F("high_ppm"), high_ppm__lte=1_000_000),
                name="loyalty_valuation_interval",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-since", "-id"], name="loyalty_valuation_newest"),
        )

    def __str__(self) -> str:
        return f"{self.unit_value_rial} × {self.spent_ppm}"


class LotWorth(TenantModel):
    """What a lot is owed for. Its id is the lot's; it begins when somebody first owns its points.

    `price_rial` is what the customer paid for the points, a share of `sale_rial`; without a sale
    it is what they are expected to cost. `owed_rial` is ⌊price × remaining ÷ granted⌋. What was
    spent and what ended tell how much of a grant is used, for whoever estimates the rest.
    """

    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    unit_value_rial = models.BigIntegerField(_("value of a point (rial)"))
    spent_ppm = models.IntegerField(_("expected to be spent, of a million"))
    sale_rial = models.BigIntegerField(_("amount of the sale (rial)"))
    price_rial = models.BigIntegerField(_("allocated to points (rial)"))
    granted_points = models.BigIntegerField(_("granted"))
    remaining_points = models.BigIntegerField(_("remaining, as posted"))
    spent_points = models.BigIntegerField(_("spent, as posted"))
    ended_points = models.BigIntegerField(_("ended, as posted"))
    owed_rial = models.BigIntegerField(_("owed (rial)"))

    class Meta:
        verbose_name = _("worth of a lot")
        verbose_name_plural = _("worths of lots")
        constraints = (
            SameBusiness("lot"),
            models.CheckConstraint(condition=Q(id=F("lot")), name="loyalty_worth_of_lot"),
            models.CheckConstraint(
                condition=Q(unit_value_rial__gt=0, spent_ppm__gte=1, spent_ppm__lte=1_000_000)
                & Q(sale_rial__gte=0, price_rial__gte=0, granted_points__gt=0),
                name="loyalty_worth_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.owed_rial}/{self.price_rial}"


class PointsPosting(TenantModel):
    """One fact in the books of points: a column an account, debits positive, together zero.

    The posting of a ledger entry has the entry's id, so none is posted twice. `points` is by how
    much it changes the points owed. An entry that changes nothing owed has its posting of zeros.
    Without an entry it is a new estimate of what will never be spent, by a valuation.
    """

    entry = models.ForeignKey(
        LedgerEntry,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("ledger entry"),
    )
    valuation = models.ForeignKey(
        Valuation,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("valuation of points"),
    )
    kind = models.TextField(_("kind"), choices=PostingKind.choices)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("when"))
    points = models.BigIntegerField(_("points owed"))
    owed_rial = models.BigIntegerField(_("owed for points (rial)"))
    allowance_rial = models.BigIntegerField(_("expected never to be spent (rial)"), db_default=0)
    sales_rial = models.BigIntegerField(_("kept back of sales (rial)"))
    spent_rial = models.BigIntegerField(_("earned by points spent (rial)"))
    breakage_rial = models.BigIntegerField(_("earned by points that ended (rial)"))
    given_rial = models.BigIntegerField(_("cost of points given (rial)"))

    class Meta:
        verbose_name = _("posting of points")
        verbose_name_plural = _("postings of points")
        constraints = (
            SameBusiness("entry"),
            SameBusiness("valuation"),
            models.CheckConstraint(
                condition=Q(id=F("entry"), valuation=None, allowance_rial=0)
                | (
                    Q(entry=None, kind=PostingKind.ESTIMATE, valuation__isnull=False)
                    & Q(points=0, owed_rial=0, sales_rial=0, spent_rial=0, given_rial=0)
                ),
                name="loyalty_posting_of_what",
            ),
            models.CheckConstraint(
                condition=Q(
                    owed_rial=0
                    - F("allowance_rial")
                    - F("sales_rial")
                    - F("spent_rial")
                    - F("breakage_rial")
                    - F("given_rial")
                ),
                name="loyalty_posting_balanced",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-at"], name="loyalty_posting_newest"),
            models.Index(fields=["business", "kind", "-at"], name="loyalty_posting_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.points:+} {self.owed_rial}"


class OwedDay(TenantModel):
    """The postings of one kind on one business day, in sums written together with them."""

    on = models.DateField(_("day"))
    kind = models.TextField(_("kind"), choices=PostingKind.choices)
    postings = models.BigIntegerField(_("postings"))
    points = models.BigIntegerField(_("points owed"))
    owed_rial = models.BigIntegerField(_("owed for points (rial)"))
    allowance_rial = models.BigIntegerField(_("expected never to be spent (rial)"), db_default=0)
    sales_rial = models.BigIntegerField(_("kept back of sales (rial)"))
    spent_rial = models.BigIntegerField(_("earned by points spent (rial)"))
    breakage_rial = models.BigIntegerField(_("earned by points that ended (rial)"))
    given_rial = models.BigIntegerField(_("cost of points given (rial)"))

    class Meta:
        verbose_name = _("day of what points are owed for")
        verbose_name_plural = _("days of what points are owed for")
        constraints = (
            models.UniqueConstraint(fields=["business", "on", "kind"], name="loyalty_owed_once"),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.points:+}"
