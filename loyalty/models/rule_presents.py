"""What rules gave besides points, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import PresentState, RuleEffect
from loyalty.models.coupon import Coupon
from loyalty.models.gift import GiftCard
from loyalty.models.happening import Happening
from loyalty.models.rules import BonusRule
from loyalty.models.stamp import StampCard

_COUPONS = (RuleEffect.COUPON, RuleEffect.ITEM, RuleEffect.REWARD)


class RulePresent(TenantModel):
    """A present of a rule: stamps, a coupon of the customer's own, or a gift card.

    It is for a purchase, or after something else, `happening`.

    Its code is made from its id and never kept (`queries/rules/present_codes.py`). `facts` are what
    its sentence is said from, `undone` why a return took it back. Whoever holds this row decides
    whether the coupon may still be used.
    """

    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    happening = models.ForeignKey(
        Happening,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("after"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    # Whose share of the rule it was taken of; stays when profiles are joined.
    buyer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("buyer"),
    )
    rule = models.ForeignKey(
        BonusRule,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("rule"),
    )
    key = models.UUIDField(_("rule's own id"))
    effect = models.TextField(_("what"), choices=RuleEffect.choices)
    state = models.TextField(_("state"), choices=PresentState.choices, default=PresentState.GIVEN)
    number = models.IntegerField(_("how many"))
    worth_rial = models.BigIntegerField(_("worth together (rial)"))
    budget_rial = models.BigIntegerField(_("of the budget (rial)"), default=0)
    since = models.DateField(_("share of the span since"), null=True)
    stamp_card = models.ForeignKey(
        StampCard,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("stamp card"),
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
    facts = models.JSONField(_("why"), default=dict)
    undone = models.JSONField(_("why taken back"), default=dict)
    at = models.DateTimeField(_("given"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("present of a rule")
        verbose_name_plural = _("presents of rules")
        constraints = (
            SameBusiness("purchase"),
            SameBusiness("happening"),
            SameBusiness("customer"),
            SameBusiness("buyer"),
            SameBusiness("rule"),
            SameBusiness("stamp_card"),
            SameBusiness("coupon"),
            SameBusiness("gift_card"),
            models.UniqueConstraint(
                fields=["business", "purchase", "key"], name="loyalty_present_once"
            ),
            models.UniqueConstraint(
                fields=["business", "happening", "key"],
                condition=Q(happening__isnull=False),
                name="loyalty_present_after_once",
            ),
            models.CheckConstraint(
                condition=Q(purchase__isnull=False, happening__isnull=True)
                | (Q(purchase__isnull=True, happening__isnull=False) & ~Q(effect=RuleEffect.STAMP)),
                name="loyalty_present_for",
            ),
            models.UniqueConstraint(
                fields=["business", "coupon"],
                name="loyalty_present_coupon",
                condition=Q(coupon__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["business", "gift_card"],
                name="loyalty_present_card",
                condition=Q(gift_card__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0, worth_rial__gt=0, budget_rial__gte=0),
                name="loyalty_present_numbers",
            ),
            models.CheckConstraint(
                condition=Q(
                    effect=RuleEffect.STAMP,
                    stamp_card__isnull=False,
                    coupon__isnull=True,
                    gift_card__isnull=True,
                )
                | Q(
                    effect=RuleEffect.GIFT_CARD,
                    stamp_card__isnull=True,
                    coupon__isnull=True,
                    gift_card__isnull=False,
                )
                | Q(
                    effect__in=_COUPONS,
                    stamp_card__isnull=True,
                    coupon__isnull=False,
                    gift_card__isnull=True,
                ),
                name="loyalty_present_what",
            ),
            models.CheckConstraint(
                condition=Q(state=PresentState.GIVEN, taken_back_at__isnull=True)
                | Q(state=PresentState.TAKEN_BACK, taken_back_at__isnull=False),
                name="loyalty_present_states",
            ),
        )
        indexes = (
            models.Index(fields=["business", "customer", "-at"], name="loyalty_present_of"),
            models.Index(fields=["business", "key", "at"], name="loyalty_present_by"),
        )

    def __str__(self) -> str:
        return f"{self.effect} × {self.number}"
