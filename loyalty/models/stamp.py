"""Stamp cards: what is counted, and the rewards that were taken. Stamps themselves are no rows.

They are counted from paid purchases whenever somebody looks, so nobody can make one, and a return
takes them back by itself.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.models.coupon import Coupon, CouponPool


class StampCard(TenantModel):
    """A promise: `needed` paid pieces of a category or product give one of the pool's coupons."""

    name = models.TextField(_("name"))
    category = models.TextField(_("items of the category"), blank=True, default="")
    sku = models.TextField(_("or the product"), blank=True, default="")
    needed = models.IntegerField(_("stamps for a reward"))
    pool = models.ForeignKey(
        CouponPool,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("reward"),
    )
    reward_days = models.IntegerField(_("days a reward is good for"), default=60)
    is_active = models.BooleanField(_("offered"), default=True)
    starts_on = models.DateField(_("counts from"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.TextField(_("made by"))

    class Meta:
        verbose_name = _("stamp card")
        verbose_name_plural = _("stamp cards")
        constraints = (
            SameBusiness("pool"),
            models.CheckConstraint(
                condition=Q(needed__gte=2, reward_days__gte=1), name="loyalty_stamps_numbers"
            ),
            models.CheckConstraint(
                condition=(Q(category="") & ~Q(sku="")) | (Q(sku="") & ~Q(category="")),
                name="loyalty_stamps_of",
            ),
            models.UniqueConstraint(fields=["business", "pool"], name="loyalty_stamps_pool"),
        )
        indexes = (
            models.Index(fields=["business", "-made_at", "-id"], name="loyalty_stamps_newest"),
        )

    def __str__(self) -> str:
        return self.name


class StampReward(TenantModel):
    """A reward a customer took of a full card. Whoever takes one holds the card's row."""

    card = models.ForeignKey(
        StampCard,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("stamp card"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    coupon = models.ForeignKey(
        Coupon,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("coupon"),
    )
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("stamp reward")
        verbose_name_plural = _("stamp rewards")
        constraints = (
            SameBusiness("card"),
            SameBusiness("customer"),
            SameBusiness("coupon"),
            models.UniqueConstraint(fields=["business", "coupon"], name="loyalty_stamp_coupon"),
        )
        indexes = (
            models.Index(fields=["business", "customer", "card"], name="loyalty_stamp_reward_of"),
        )

    def __str__(self) -> str:
        return str(self.taken_at)
