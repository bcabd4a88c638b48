"""Coupons: a discount promised under conditions, a number of times."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import PoolKind, RedemptionState, Stacking


class CouponPool(TenantModel):
    """Coupons of one promise. Its row is the lock of their number.

    `taken` counts uses held or spent and not given back; the database keeps it within `most_uses`.
    """

    name = models.TextField(_("name"))
    kind = models.TextField(_("kind"), choices=PoolKind.choices)
    code = models.TextField(_("code"), blank=True, default="")
    percent = models.IntegerField(_("percent off"), null=True)
    off_rial = models.BigIntegerField(_("off (rial)"), null=True)
    most_rial = models.BigIntegerField(_("at most (rial)"), null=True)
    least_basket_rial = models.BigIntegerField(_("smallest basket (rial)"), default=0)
    category = models.TextField(_("only items of the category"), blank=True, default="")
    channel = models.TextField(_("only in the channel"), blank=True, default="")
    most_uses = models.IntegerField(_("uses in all"), null=True)
    most_each = models.IntegerField(_("uses for each customer"), null=True)
    taken = models.IntegerField(_("taken"), default=0, editable=False)
    stacking = models.TextField(
        _("with other coupons"), choices=Stacking.choices, default=Stacking.ALONE
    )
    group = models.TextField(_("only the best of"), blank=True, default="")
    gives_back = models.BooleanField(_("usable again when all of the sale is returned"))
    is_active = models.BooleanField(_("offered"), default=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.TextField(_("made by"))

    class Meta:
        verbose_name = _("kind of coupon")
        verbose_name_plural = _("kinds of coupons")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "code"], name="loyalty_pool_code", condition=~Q(code="")
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100, off_rial__isnull=True)
                | Q(percent__isnull=True, off_rial__gt=0),
                name="loyalty_pool_discount",
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0)
                & (Q(most_uses__isnull=True) | Q(taken__lte=F("most_uses"))),
                name="loyalty_pool_taken",
            ),
            models.CheckConstraint(
                condition=Q(least_basket_rial__gte=0, ends_at__gt=F("starts_at")),
                name="loyalty_pool_numbers",
            ),
            models.CheckConstraint(
                condition=(Q(kind=PoolKind.SHARED) & ~Q(code=""))
                | Q(kind=PoolKind.UNIQUE, code=""),
                name="loyalty_pool_codes",
            ),
            models.CheckConstraint(
                condition=Q(stacking=Stacking.BESIDE) | Q(group=""), name="loyalty_pool_stacking"
            ),
        )
        indexes = (
            models.Index(fields=["business", "-made_at", "-id"], name="loyalty_pool_newest"),
        )

    def __str__(self) -> str:
        return self.name


class Coupon(TenantModel):
    """One code of its own, known by its keyed hash."""

    pool = models.ForeignKey(
        CouponPool,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="coupons",
        verbose_name=_("kind of coupon"),
    )
    code_hmac = models.BinaryField(editable=False)
    ends_with = models.TextField(_("ends with"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = (
            SameBusiness("pool"),
            models.UniqueConstraint(fields=["business", "code_hmac"], name="loyalty_coupon_code"),
        )
        indexes = (models.Index(fields=["business", "pool"], name="loyalty_coupon_pool"),)

    def __str__(self) -> str:
        return f"…{self.ends_with}"


class CouponUse(TenantModel):
    """A discount held for a sale and spent with it; a code of its own serves one sale at a time."""

    pool = models.ForeignKey(
        CouponPool,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="uses",
        verbose_name=_("kind of coupon"),
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
    state = models.TextField(_("state"), choices=RedemptionState.choices)
    # Of several for one sale: in this order, each on what those before it left of the basket.
    position = models.IntegerField(_("in this order"), default=1)
    basket_rial = models.BigIntegerField(_("basket (rial)"))
    discount_rial = models.BigIntegerField(_("discount (rial)"))
    reserved_at = models.DateTimeField(_("held at"))
    expires_at = models.DateTimeField(_("held until"))
    settled_at = models.DateTimeField(_("settled at"), null=True)
    # After a whole return: the same customer, or whoever has the code, may use it again until then.
    again_until = models.DateTimeField(_("given back, usable until"), null=True)

    class Meta:
        verbose_name = _("use of a coupon")
        verbose_name_plural = _("uses of coupons")
        constraints = (
            SameBusiness("pool"),
            SameBusiness("coupon"),
            SameBusiness("customer"),
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "coupon"],
                name="loyalty_coupon_use_once",
                condition=Q(
                    coupon__isnull=False,
                    state__in=[RedemptionState.RESERVED, RedemptionState.COMMITTED],
                    again_until__isnull=True,
                ),
            ),
            models.CheckConstraint(
                condition=Q(discount_rial__gt=0, discount_rial__lte=F("basket_rial"))
                & Q(position__gte=1),
                name="loyalty_coupon_use_numbers",
            ),
            models.UniqueConstraint(
                fields=["business", "purchase", "position"],
                name="loyalty_coupon_use_order",
                condition=Q(purchase__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(state=RedemptionState.COMMITTED) | Q(purchase__isnull=False),
                name="loyalty_coupon_use_sale",
            ),
        )
        indexes = (
            models.Index(fields=["business", "pool", "customer"], name="loyalty_coupon_use_whose"),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_coupon_use_purchase",
                condition=Q(purchase__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="loyalty_coupon_use_due",
                condition=Q(state=RedemptionState.RESERVED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.discount_rial} {self.state}"
