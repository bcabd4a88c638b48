"""Points granted (lots) and every movement of them (entries)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import EntryKind, ExpiryEnds, LotOrigin, LotState
from loyalty.models.programme import EarningRule
from loyalty.models.redemption import Redemption

_LIVE = (LotState.CONTINGENT, LotState.PENDING, LotState.ACTIVE)
_BY_ACTIVITY = (ExpiryEnds.IDLE_DAY, ExpiryEnds.IDLE_MONTH, ExpiryEnds.IDLE_YEAR)


class Lot(TenantModel):
    """Points granted together, with one expiry. A purchase's lot carries the purchase's id.

    `remaining_points` is the sum of the lot's ledger entries. `reversed_points` is how much of it
    returns of the purchase have claimed back so far, wherever those points were taken from.
    Points promised to live by their owner's activity (rule R14) carry the promise: it moves
    `expires_at`, which is all that anybody asks. Goods that can be returned for less long than the
    rest of their purchase have a lot of their own, a part: the first lot tells what all earned.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    part_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("part of"),
    )
    # Which lines of the purchase a part is for, the first being 0.
    part_lines = ArrayField(models.IntegerField(), verbose_name=_("its lines"), null=True)
    rule = models.ForeignKey(
        EarningRule,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("earning rule"),
    )
    origin = models.TextField(_("granted for"), choices=LotOrigin.choices)
    state = models.TextField(_("state"), choices=LotState.choices)
    base_rial = models.BigIntegerField(_("amount that earned (rial)"), default=0)
    earned_points = models.BigIntegerField(_("granted"))
    remaining_points = models.BigIntegerField(_("remaining"))
    reversed_points = models.BigIntegerField(_("claimed back"), default=0)
    # Of the purchase's total, as the latest return told; it makes a repeated return harmless.
    returned_rial = models.BigIntegerField(_("returned of the purchase (rial)"), default=0)
    earned_at = models.DateTimeField(_("granted at"))
    activates_at = models.DateTimeField(_("spendable from"))
    expires_at = models.DateTimeField(_("good until"), null=True)
    idle_months = models.IntegerField(_("months after the last activity"), null=True)
    idle_ends = models.TextField(
        _("to the end of the Jalali"),
        choices=ExpiryEnds.choices,
        blank=True,
        default="",
        db_default="",
    )
    state_at = models.DateTimeField(_("in this state since"))

    class Meta:
        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("purchase"),
            SameBusiness("rule"),
            SameBusiness("part_of"),
            models.CheckConstraint(
                condition=Q(purchase__isnull=True) | Q(id=F("purchase")), name="loyalty_lot_id"
            ),
            models.CheckConstraint(
                condition=Q(remaining_points__gte=0, remaining_points__lte=F("earned_points")),
                name="loyalty_lot_remaining",
            ),
            models.CheckConstraint(
                condition=Q(reversed_points__gte=0, reversed_points__lte=F("earned_points"))
                & Q(base_rial__gte=0, returned_rial__gte=0),
                name="loyalty_lot_reversed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_LIVE) | Q(remaining_points=0), name="loyalty_lot_ended"
            ),
            models.CheckConstraint(
                condition=Q(state=LotState.CONTINGENT) | Q(customer__isnull=False),
                name="loyalty_lot_owned",
            ),
            models.CheckConstraint(
                condition=Q(idle_months__isnull=True, idle_ends="")
                | Q(idle_months__gte=1, idle_ends__in=_BY_ACTIVITY, expires_at__isnull=False),
                name="loyalty_lot_idle",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True, part_lines__isnull=True)
                & ~Q(origin=LotOrigin.PART)
                | Q(part_of__isnull=False, part_lines__isnull=False)
                & Q(purchase__isnull=True, origin=LotOrigin.PART),
                name="loyalty_lot_part",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "expires_at"],
                name="loyalty_lot_live",
                condition=Q(state__in=_LIVE),
            ),
            models.Index(
                fields=["expires_at"],
                name="loyalty_lot_expiring",
                condition=Q(state=LotState.ACTIVE, expires_at__isnull=False),
            ),
            models.Index(
                fields=["business", "expires_at"],
                name="loyalty_lot_ending",
                condition=Q(state=LotState.ACTIVE, expires_at__isnull=False),
                include=["remaining_points"],
            ),
            models.Index(
                fields=["business", "customer", "activates_at"],
                name="loyalty_lot_waiting",
                condition=Q(state=LotState.PENDING),
            ),
            models.Index(
                fields=["activates_at"],
                name="loyalty_lot_activating",
                condition=Q(state=LotState.PENDING),
            ),
            models.Index(
                fields=["business", "customer"],
                name="loyalty_lot_by_activity",
                condition=Q(state__in=_LIVE, idle_months__isnull=False),
            ),
            models.Index(
                fields=["business", "part_of"],
                name="loyalty_lot_parts",
                condition=Q(part_of__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.remaining_points}/{self.earned_points} {self.state}"


class LedgerEntry(TenantModel):
    """One movement of points, never changed. The three amounts are its effect on three balances.

    `points` moves the spendable balance, `pending_points` the pending one, `contingent_points`
    what waits for an owner. An entry without a lot moves the negative part of the balance.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    redemption = models.ForeignKey(
        Redemption,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("redemption"),
    )
    kind = models.TextField(_("kind"), choices=EntryKind.choices)
    points = models.BigIntegerField(_("spendable points"), default=0)
    pending_points = models.BigIntegerField(_("pending points"), default=0)
    contingent_points = models.BigIntegerField(_("points without an owner"), default=0)
    at = models.DateTimeField(_("when"))
    data = models.JSONField(_("why"), default=dict)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("lot"),
            SameBusiness("purchase"),
            SameBusiness("redemption"),
            models.UniqueConstraint(
                fields=["business", "purchase", "kind"],
                condition=Q(kind=EntryKind.EARN),
                name="loyalty_entry_earn_once",
            ),
            models.CheckConstraint(
                condition=Q(points=0, pending_points=0) | Q(customer__isnull=False),
                name="loyalty_entry_owned",
            ),
        )
        indexes = (
            models.Index(fields=["business", "customer", "-at"], name="loyalty_entry_newest"),
            models.Index(fields=["business", "at"], name="loyalty_entry_by_time"),
            models.Index(
                fields=["business", "redemption"],
                name="loyalty_entry_redemption",
                condition=Q(redemption__isnull=False),
            ),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_entry_early_return",
                condition=Q(kind=EntryKind.CLAWBACK, lot__isnull=True),
            ),
            models.Index(
                fields=["business", "at"],
                name="loyalty_entry_leaving",
                condition=Q(kind__in=[EntryKind.LEFT, EntryKind.REJOIN]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.points:+}"
