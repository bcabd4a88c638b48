"""What people who work here give on the spot, and for how much rial each of them may."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import GoodwillSpan
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models.benefit import BenefitGiven
from loyalty.models.coupon import Coupon
from loyalty.models.gift import GiftCard
from loyalty.models.ledger import Lot

_THINGS = ("lot", "coupon", "gift_card", "benefit_given")
_THING_OF = {
    GoodwillKind.POINTS: "lot",
    GoodwillKind.DISCOUNT: "coupon",
    GoodwillKind.COUPON: "coupon",
    GoodwillKind.GIFT_CARD: "gift_card",
    GoodwillKind.CREDIT: "gift_card",
    GoodwillKind.BENEFIT: "benefit_given",
}


def _what() -> Q:
    """Return the condition that each kind has its own thing, and only that; points have points."""
    found = Q()
    for kind, thing in _THING_OF.items():
        nulls = {f"{one}__isnull": one != thing for one in _THINGS}
        found |= (
            Q(kind=kind, points__gte=1, **nulls)
            if thing == "lot"
            else Q(kind=kind, points=0, **nulls)
        )
    return found


class GoodwillBudget(TenantModel):
    """For how much each person who works here may give within a Jalali span, whatever it is.

    Coupons and gift cards they give are good for `good_days` days.
    """

    is_open = models.BooleanField(_("may give"), default=False)
    amount_rial = models.BigIntegerField(_("for each person (rial)"))
    span = models.TextField(_("within"), choices=GoodwillSpan.choices)
    most_at_once_rial = models.BigIntegerField(_("most at once (rial)"), null=True)
    good_days = models.IntegerField(_("coupons and cards are good for (days)"), default=30)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("goodwill budget")
        verbose_name_plural = _("goodwill budgets")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_goodwillbudget_once"),
            models.CheckConstraint(
                condition=Q(amount_rial__gte=1, good_days__gte=1)
                & (
                    Q(most_at_once_rial=None)
                    | Q(most_at_once_rial__gte=1, most_at_once_rial__lte=F("amount_rial"))
                ),
                name="loyalty_goodwillbudget_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} {self.span}"


class GoodwillMeter(TenantModel):
    """What one person gave within one span; the database refuses more than they may."""

    giver_id = models.UUIDField(_("who gives"))
    span = models.TextField(_("within"), choices=GoodwillSpan.choices)
    since = models.DateField(_("span since"))
    used_rial = models.BigIntegerField(_("given (rial)"))
    most_rial = models.BigIntegerField(_("may give (rial)"))

    class Meta:
        verbose_name = _("goodwill given in a span")
        verbose_name_plural = _("goodwill given in spans")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "giver_id", "span", "since"], name="loyalty_goodwillmeter_once"
            ),
            models.CheckConstraint(
                condition=Q(used_rial__gte=0, used_rial__lte=F("most_rial")),
                name="loyalty_goodwillmeter_within",
            ),
        )

    def __str__(self) -> str:
        return f"{self.used_rial}/{self.most_rial}"


class Goodwill(TenantModel):
    """What one person gave one customer on the spot; the thing itself is the one of its kind.

    The code of a coupon or card is made from the row's id and never kept.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("what"), choices=GoodwillKind.choices, default=GoodwillKind.POINTS)
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    coupon = models.ForeignKey(
        Coupon,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("coupon"),
    )
    gift_card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("gift card"),
    )
    benefit_given = models.ForeignKey(
        BenefitGiven,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("service given"),
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
    name = models.TextField(_("called"), blank=True, default="")
    at = models.DateTimeField(_("given at"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True)
    taken_back_by = models.TextField(_("taken back by"), blank=True, default="")

    class Meta:
        verbose_name = _("goodwill")
        verbose_name_plural = _("goodwill")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("lot"),
            SameBusiness("coupon"),
            SameBusiness("gift_card"),
            SameBusiness("benefit_given"),
            SameBusiness("meter"),
            models.UniqueConstraint(
                fields=["business", "coupon"],
                name="loyalty_goodwill_coupon",
                condition=Q(coupon__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(worth_rial__gte=0)
                & ~Q(reason="")
                & (Q(taken_back_at__isnull=False) | Q(taken_back_by="")),
                name="loyalty_goodwill_said",
            ),
            models.CheckConstraint(condition=_what(), name="loyalty_goodwill_what"),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="loyalty_goodwill_newest"),
            models.Index(fields=["business", "customer", "-at"], name="loyalty_goodwill_of"),
            models.Index(fields=["business", "meter"], name="loyalty_goodwill_counted"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.worth_rial}"
