"""Rules beside the rate: what each version holds, what they gave, how much they may, and drafts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import CapSpan, DraftState, ReplayState, RuleEffect
from loyalty.models.coupon import CouponPool
from loyalty.models.happening import Happening
from loyalty.models.programme import EarningRule
from loyalty.models.stamp import StampCard


class BonusRule(TenantModel):
    """A rule of one version, never changed. `key` is the rule's own id in every version.

    `num` and `den`: points are multiplied by num ÷ den, or num points for each den rial, or num
    points at once. Of rules with the same `group` the best for the customer counts.
    """

    version = models.ForeignKey(
        EarningRule,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("version"),
    )
    key = models.UUIDField(_("rule"))
    position = models.IntegerField(_("position"))
    name = models.TextField(_("name"))
    conditions = models.JSONField(_("when"), default=dict)
    effect = models.TextField(_("gives"), choices=RuleEffect.choices)
    num = models.BigIntegerField(_("points or factor"))
    den = models.BigIntegerField(_("for this many rial, or divided by"), default=1)
    present = models.JSONField(_("present"), default=dict, blank=True)
    # What a present is made of: coupons of these, or stamps on this card.
    pool = models.ForeignKey(
        CouponPool,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("kind of coupon"),
    )
    stamp_card = models.ForeignKey(
        StampCard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("stamp card"),
    )
    group = models.TextField(_("only the best of"), blank=True, default="")
    # Whoever pays for its points instead of the business; empty: nobody does.
    funder = models.TextField(_("paid for by"), blank=True, default="", db_default="")
    cap_points = models.BigIntegerField(_("most points for one order"), null=True, blank=True)
    customer_cap_points = models.BigIntegerField(
        _("most points for one customer"), null=True, blank=True
    )
    customer_span = models.TextField(_("within"), choices=CapSpan.choices, default=CapSpan.EVER)
    budget_rial = models.BigIntegerField(_("budget (rial)"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule beside the rate")
        verbose_name_plural = _("rules beside the rate")
        constraints = (
            SameBusiness("version"),
            SameBusiness("pool"),
            SameBusiness("stamp_card"),
            models.UniqueConstraint(
                fields=["business", "version", "key"], name="loyalty_bonus_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["business", "version", "position"], name="loyalty_bonus_position"
            ),
            models.CheckConstraint(
                condition=Q(num__gt=0, den__gt=0)
                & (~Q(effect=RuleEffect.TIMES) | Q(num__gt=F("den")))
                & (~Q(effect=RuleEffect.FIXED) | Q(den=1)),
                name="loyalty_bonus_numbers",
            ),
            models.CheckConstraint(
                condition=Q(
                    effect__in=[RuleEffect.TIMES, RuleEffect.RATE, RuleEffect.FIXED],
                    pool__isnull=True,
                    stamp_card__isnull=True,
                )
                | Q(effect=RuleEffect.GIFT_CARD, pool__isnull=True, stamp_card__isnull=True)
                | Q(effect=RuleEffect.STAMP, pool__isnull=True, stamp_card__isnull=False)
                | Q(
                    effect__in=[RuleEffect.COUPON, RuleEffect.ITEM, RuleEffect.REWARD],
                    pool__isnull=False,
                    stamp_card__isnull=True,
                ),
                name="loyalty_bonus_present",
            ),
            models.CheckConstraint(
                condition=(Q(cap_points__isnull=True) | Q(cap_points__gt=0))
                & (Q(customer_cap_points__isnull=True) | Q(customer_cap_points__gt=0))
                & (Q(budget_rial__isnull=True) | Q(budget_rial__gte=0)),
                name="loyalty_bonus_limits",
            ),
            models.CheckConstraint(
                condition=Q(funder="")
                | Q(effect__in=[RuleEffect.TIMES, RuleEffect.RATE, RuleEffect.FIXED]),
                name="loyalty_bonus_funded",
            ),
        )

    def __str__(self) -> str:
        return self.name


class RulePoints(TenantModel):
    """What a rule gave on a purchase, and what a return took back of it (below zero).

    Without a purchase it was given after something else, `happening`.

    `amount_rial` is what the points were counted on. `budget_rial` is how much of the rule's budget
    moved, `since` the beginning of the span of the customer's share that moved; None without one.
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
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
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
    points = models.BigIntegerField(_("points"))
    amount_rial = models.BigIntegerField(_("counted on (rial)"))
    cost_rial = models.BigIntegerField(_("worth (rial)"))
    budget_rial = models.BigIntegerField(_("of the budget (rial)"), default=0)
    since = models.DateField(_("share of the span since"), null=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("points of a rule")
        verbose_name_plural = _("points of rules")
        constraints = (
            SameBusiness("purchase"),
            SameBusiness("happening"),
            SameBusiness("customer"),
            SameBusiness("rule"),
            models.UniqueConstraint(
                fields=["business", "purchase", "key"],
                condition=Q(points__gt=0),
                name="loyalty_rule_gave_once",
            ),
            models.UniqueConstraint(
                fields=["business", "happening", "key"],
                condition=Q(points__gt=0, happening__isnull=False),
                name="loyalty_rule_gave_after_once",
            ),
            models.CheckConstraint(
                condition=Q(purchase__isnull=False, happening__isnull=True)
                | Q(purchase__isnull=True, happening__isnull=False),
                name="loyalty_rule_gave_for",
            ),
            models.CheckConstraint(
                condition=~Q(points=0) & Q(amount_rial__gte=0), name="loyalty_rule_gave"
            ),
        )
        indexes = (
            models.Index(fields=["business", "purchase"], name="loyalty_rule_points_of"),
            models.Index(fields=["business", "key", "at"], name="loyalty_rule_points_by"),
        )

    def __str__(self) -> str:
        return f"{self.points:+}"


class RuleMeter(TenantModel):
    """How much of a limit is used: a rule's budget (rial), or a customer's share of it (points).

    Its row lock is what keeps many tills within the limit (rule R49).
    """

    key = models.UUIDField(_("rule"))
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    since = models.DateField(_("span since"), null=True)
    used = models.BigIntegerField(_("used"), default=0)
    most = models.BigIntegerField(_("most"))

    class Meta:
        verbose_name = _("limit of a rule")
        verbose_name_plural = _("limits of rules")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "key"],
                condition=Q(customer__isnull=True),
                name="loyalty_meter_budget",
            ),
            models.UniqueConstraint(
                fields=["business", "key", "customer", "since"],
                condition=Q(customer__isnull=False),
                name="loyalty_meter_share",
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("most")), name="loyalty_meter_within"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True, since__isnull=True)
                | Q(customer__isnull=False, since__isnull=False),
                name="loyalty_meter_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.used}/{self.most}"


class RuleDraft(TenantModel):
    """Rules being thought about: one open at a time; `document` is the whole next version."""

    state = models.TextField(_("state"), choices=DraftState.choices, default=DraftState.OPEN)
    document = models.JSONField(_("rules"))
    based_on = models.IntegerField(_("begun from version"))
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.TextField(_("by"), blank=True, default="")

    class Meta:
        verbose_name = _("draft of rules")
        verbose_name_plural = _("drafts of rules")
        constraints = (
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(state=DraftState.OPEN),
                name="loyalty_draft_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.based_on}"


class RuleReplay(TenantModel):
    """A span of purchases judged under a draft beside the rules in force, a page at a time.

    `document` is the draft as it was asked about, `report` what came out. `place` and `kept` are
    how far it is and what it has counted, written together: a killed one goes on from there.
    """

    state = models.TextField(_("state"), choices=ReplayState.choices, default=ReplayState.QUEUED)
    version = models.ForeignKey(
        EarningRule,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("compared with version"),
    )
    document = models.JSONField(_("rules"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    total = models.IntegerField(_("purchases"), default=0)
    done = models.IntegerField(_("done"), default=0)
    attempts = models.IntegerField(_("times begun"), default=0)
    report = models.JSONField(_("report"), default=dict)
    place = models.JSONField(_("place"), default=dict, blank=True)
    kept = models.BinaryField(default=bytes, editable=False)
    created_by = models.TextField(_("by"), blank=True, default="")
    created_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # Also the lease: a claim pushes it on, so a killed worker's replay becomes due again.
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("replay of purchases")
        verbose_name_plural = _("replays of purchases")
        constraints = (
            SameBusiness("version"),
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(state__in=[ReplayState.QUEUED, ReplayState.RUNNING]),
                name="loyalty_replay_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(since__lt=F("until"), total__gte=0, done__gte=0, attempts__gte=0),
                name="loyalty_replay_numbers",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[ReplayState.QUEUED, ReplayState.RUNNING], due_at__isnull=False
                )
                | Q(
                    state__in=[ReplayState.DONE, ReplayState.FAILED, ReplayState.CANCELLED],
                    due_at__isnull=True,
                ),
                name="loyalty_replay_while_due",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at"], name="loyalty_replay_list"),
            models.Index(
                fields=["due_at"], name="loyalty_replay_due", condition=Q(due_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.done}/{self.total}"
