"""Points somebody else pays for: how much of a purchase's, and what is owed for them by funder.

Written with the points (`operations/rules/funding.py`) and with the books (`operations/books/`).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import PostingKind
from loyalty.models.ledger import LedgerEntry, Lot


class LotFunding(TenantModel):
    """How many of a purchase's points a supplier or partner pays for, of how many that stand.

    The first row is written with the sale, another with each return that changes it: the newest of
    a funder counts. `lot` is the purchase's own, for all of its parts.
    """

    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    funder = models.TextField(_("paid for by"))
    points = models.BigIntegerField(_("points of the funder"))
    of_points = models.BigIntegerField(_("of so many points"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("funding of a lot")
        verbose_name_plural = _("funding of lots")
        constraints = (
            SameBusiness("lot"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("of_points")) & ~Q(funder=""),
                name="loyalty_lotfunding_share",
            ),
        )
        indexes = (
            models.Index(fields=["business", "lot", "funder", "-at"], name="loyalty_lotfunding_of"),
            models.Index(fields=["business", "at"], name="loyalty_lotfunding_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.funder} {self.points}/{self.of_points}"


class FundedPosting(TenantModel):
    """What of a posting is a funder's; whatever is nobody's is the business's own.

    Signed as the posting: what is owed is a credit. Without an entry it is a return of other goods
    of the purchase, which left the lot alone and changed whose points remain in it.
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
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    funder = models.TextField(_("paid for by"))
    kind = models.TextField(_("kind"), choices=PostingKind.choices)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("when"))
    points = models.BigIntegerField(_("points owed"))
    owed_rial = models.BigIntegerField(_("owed for points (rial)"))

    class Meta:
        verbose_name = _("posting of a funder")
        verbose_name_plural = _("postings of funders")
        constraints = (
            SameBusiness("entry"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "entry", "funder"],
                condition=Q(entry__isnull=False),
                name="loyalty_fundedposting_once",
            ),
            models.CheckConstraint(
                condition=~Q(funder="") & (Q(entry__isnull=False) | Q(kind=PostingKind.CLAWBACK)),
                name="loyalty_fundedposting_of_what",
            ),
        )
        indexes = (
            models.Index(fields=["business", "lot", "funder"], name="loyalty_fundedposting_lot"),
            models.Index(fields=["business", "on"], name="loyalty_fundedposting_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.funder} {self.kind} {self.points:+}"
