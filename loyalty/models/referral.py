"""Customers who bring friends: the offer, everybody's code, and what became of each friend."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import LIVE_REFERRAL, ReferralRefusal, ReferralSource, ReferralState
from loyalty.models.ledger import Lot


class ReferralOffer(TenantModel):
    """What a business gives for a friend. Its row is the lock of budget and monthly number.

    `used_rial` is what live referrals reserve, in rial at the worth of their day.
    """

    is_open = models.BooleanField(_("open"), default=False)
    referrer_points = models.BigIntegerField(_("points for who recommends"))
    friend_points = models.BigIntegerField(_("points for the friend"))
    least_rial = models.BigIntegerField(_("smallest first purchase (rial)"))
    wait_days = models.IntegerField(_("days the first purchase may be returned"))
    most_per_month = models.IntegerField(_("friends of one customer in a month"), null=True)
    budget_rial = models.BigIntegerField(_("budget (rial)"), null=True)
    used_rial = models.BigIntegerField(_("reserved of the budget (rial)"), default=0)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("offer for recommending")
        verbose_name_plural = _("offers for recommending")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_referraloffer_once"),
            models.CheckConstraint(
                condition=Q(referrer_points__gte=0, friend_points__gte=0)
                & (Q(referrer_points__gt=0) | Q(friend_points__gt=0))
                & Q(least_rial__gte=1, wait_days__gte=0),
                name="loyalty_referraloffer_numbers",
            ),
            models.CheckConstraint(
                condition=Q(used_rial__gte=0)
                & (Q(budget_rial=None) | Q(used_rial__lte=F("budget_rial")))
                & (Q(most_per_month=None) | Q(most_per_month__gte=1)),
                name="loyalty_referraloffer_limits",
            ),
        )

    def __str__(self) -> str:
        return f"{self.referrer_points} + {self.friend_points}"


class ReferralCode(TenantModel):
    """A customer's own code to pass on; it opens nothing. Its id is the customer's."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    code = models.TextField(_("code"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("code for recommending")
        verbose_name_plural = _("codes for recommending")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(condition=Q(id=F("customer")), name="loyalty_referralcode_id"),
            models.UniqueConstraint(fields=["business", "code"], name="loyalty_referralcode_once"),
        )

    def __str__(self) -> str:
        return self.code


class Referral(TenantModel):
    """One friend somebody brought, with the promise as it was that day.

    Due while its first purchase is waited for or may be returned: `next_at` says when to look.
    """

    referrer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("recommended by"),
    )
    friend = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("friend"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("first purchase"),
    )
    source = models.TextField(_("told at"), choices=ReferralSource.choices)
    state = models.TextField(_("state"), choices=ReferralState.choices)
    refusal = models.TextField(
        _("why not"), choices=ReferralRefusal.choices, blank=True, default=""
    )
    referrer_points = models.BigIntegerField(_("points for who recommends"))
    friend_points = models.BigIntegerField(_("points for the friend"))
    least_rial = models.BigIntegerField(_("smallest first purchase (rial)"))
    wait_days = models.IntegerField(_("days the first purchase may be returned"))
    reserved_rial = models.BigIntegerField(_("reserved of the budget (rial)"), default=0)
    referrer_lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of who recommends"),
    )
    friend_lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of the friend"),
    )
    made_at = models.DateTimeField(_("told"))
    ends_at = models.DateTimeField(_("must buy before"))
    next_at = models.DateTimeField(_("to be looked at"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints = (
            SameBusiness("referrer"),
            SameBusiness("friend"),
            SameBusiness("purchase"),
            SameBusiness("referrer_lot"),
            SameBusiness("friend_lot"),
            models.UniqueConstraint(
                fields=["business", "friend"],
                condition=Q(state__in=LIVE_REFERRAL),
                name="loyalty_referral_friend",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE_REFERRAL) | ~Q(referrer=F("friend")),
                name="loyalty_referral_of_two",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE_REFERRAL, refusal="")
                | (~Q(state__in=LIVE_REFERRAL) & ~Q(refusal="") & Q(reserved_rial=0)),
                name="loyalty_referral_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(ReferralState.WAITING, ReferralState.RUNNING),
                    next_at__isnull=False,
                )
                | (
                    ~Q(state__in=(ReferralState.WAITING, ReferralState.RUNNING))
                    & Q(next_at=None, settled_at__isnull=False)
                ),
                name="loyalty_referral_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ReferralState.RUNNING, ReferralState.REWARDED))
                | Q(purchase__isnull=False),
                name="loyalty_referral_sale",
            ),
            models.CheckConstraint(
                condition=Q(reserved_rial__gte=0, least_rial__gte=1, wait_days__gte=0)
                & Q(referrer_points__gte=0, friend_points__gte=0),
                name="loyalty_referral_numbers",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                name="loyalty_referral_next",
                condition=Q(next_at__isnull=False),
            ),
            models.Index(fields=["business", "referrer", "-made_at"], name="loyalty_referral_by"),
            models.Index(fields=["business", "friend"], name="loyalty_referral_of"),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_referral_purchase",
                condition=Q(purchase__isnull=False),
            ),
            models.Index(fields=["business", "-made_at", "-id"], name="loyalty_referral_newest"),
        )

    def __str__(self) -> str:
        return f"{self.referrer_id} → {self.friend_id} ({self.state})"
