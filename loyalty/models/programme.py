"""What a business promises: the programme, its earning rule, its tiers and rewards."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from loyalty.enums import BestFor, ClawBack, ExpiryEnds, TierFall, TierWindow


class Program(TenantModel):
    """A business's one programme."""

    name = models.TextField(_("name"))
    unit_value_rial = models.BigIntegerField(_("value of a point (rial)"))
    pending_days = models.IntegerField(_("days until points can be spent"), default=0)
    # Points of goods that can still be returned wait, line by line, by their category (R16).
    waits_for_returns = models.BooleanField(
        _("points wait for the days to return"), default=False, db_default=False
    )
    expiry_months = models.IntegerField(
        _("months until points expire"),
        null=True,
        blank=True,
        help_text=_("Jalali months; points are good to the last day of the month. Empty: never."),
    )
    expiry_ends = models.TextField(
        _("points are good to the end of the Jalali"),
        choices=ExpiryEnds.choices,
        default=ExpiryEnds.MONTH,
    )
    spending_counts = models.BooleanField(
        _("spending points is an activity too"),
        default=True,
        db_default=True,
        help_text=_("Where points live by activity; purchases always are one, returns never."),
    )
    # Customers are warned by SMS so many days before points end (empty: nobody is).
    warn_days = models.IntegerField(_("days of warning before points end"), null=True, blank=True)
    warn_points = models.BigIntegerField(
        _("fewest points somebody is warned of"), default=10, db_default=10
    )
    grace_days = models.IntegerField(_("days of grace for points given back late"), default=30)
    negative_cap_points = models.BigIntegerField(_("how far a balance may go below zero"))
    hold_minutes = models.IntegerField(_("minutes points stay held at checkout"), default=15)
    tier_window = models.TextField(
        _("purchases count towards a level in"),
        choices=TierWindow.choices,
        default=TierWindow.DAYS,
        db_default=TierWindow.DAYS,
    )
    tier_window_days = models.IntegerField(_("days over which a tier is judged"), default=365)
    tier_grace_days = models.IntegerField(
        _("days to make up for what is missing"), default=0, db_default=0
    )
    tier_fall = models.TextField(
        _("a level falls"),
        choices=TierFall.choices,
        default=TierFall.FULL,
        db_default=TierFall.FULL,
    )
    # A tier reached so short ago is taken back by the return of what it was reached by, if it was
    # not used (R30); 0: never.
    tier_revoke_days = models.IntegerField(
        _("days in which a return takes a level back"), default=0, db_default=0
    )
    clawback = models.TextField(
        _("a return takes back"),
        choices=ClawBack.choices,
        default=ClawBack.UNLIMITED,
        db_default=ClawBack.UNLIMITED,
    )
    # Corrections by hand: the most at once (empty: no limit), and what one person may do alone.
    correct_most_points = models.BigIntegerField(
        _("most points corrected by hand"), null=True, blank=True
    )
    correct_alone_points = models.BigIntegerField(
        _("points one person may correct alone"), default=1_000
    )
    gift_cards_earn = models.BooleanField(
        _("paying with a gift card somebody bought earns points"), default=True
    )
    retroactive = models.BooleanField(_("imported history earns points"), default=False)
    # Whether anybody ever left the club: only then does a sale ask whether its buyer did.
    has_leavers = models.BooleanField(
        _("somebody left the club"), default=False, db_default=False, editable=False
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_program_once"),
            models.CheckConstraint(
                condition=Q(unit_value_rial__gt=0, negative_cap_points__gte=0),
                name="loyalty_program_value",
            ),
            models.CheckConstraint(
                condition=Q(pending_days__gte=0, grace_days__gte=1, hold_minutes__gte=1)
                & Q(tier_window_days__gte=1, tier_grace_days__gte=0, tier_grace_days__lte=90)
                & Q(tier_revoke_days__gte=0, tier_revoke_days__lte=90)
                & (Q(expiry_months__isnull=True) | Q(expiry_months__gte=1)),
                name="loyalty_program_times",
            ),
            models.CheckConstraint(
                condition=Q(warn_points__gte=1)
                & (Q(warn_days__isnull=True) | Q(warn_days__gte=1, warn_days__lte=90)),
                name="loyalty_program_warnings",
            ),
            models.CheckConstraint(
                condition=Q(correct_alone_points__gte=0)
                & (Q(correct_most_points__isnull=True) | Q(correct_most_points__gte=1)),
                name="loyalty_program_corrections",
            ),
        )

    def __str__(self) -> str:
        return self.name


class EarningRule(TenantModel):
    """One version of the rate: `points_num` points for each `points_den` rial."""

    version = models.IntegerField(_("version"))
    points_num = models.BigIntegerField(_("points"))
    points_den = models.BigIntegerField(_("for this many rial"))
    minimum_rial = models.BigIntegerField(_("smallest order (rial)"), default=0)
    cap_points = models.BigIntegerField(_("most points for one order"), null=True, blank=True)
    # Each line of a purchase is rounded down by itself, not the order once (R2).
    by_line = models.BooleanField(
        _("each line is rounded down by itself"), default=False, db_default=False
    )
    best_for = models.TextField(
        _("of several that exclude each other counts"),
        choices=BestFor.choices,
        default=BestFor.CUSTOMER,
        db_default=BestFor.CUSTOMER,
    )
    is_active = models.BooleanField(_("in force"), default=True)
    starts_at = models.DateTimeField(_("since"))
    # How many rules beside the rate this version has; none costs a sale nothing.
    bonus_count = models.IntegerField(_("rules beside the rate"), default=0)
    # What was answered to «does it help the customer?» before it was published (C114).
    helps_customer = models.BooleanField(_("helps the customer"), null=True, blank=True)
    benefit_note = models.TextField(_("how it helps the customer"), blank=True, default="")
    published_by = models.TextField(_("published by"), blank=True, default="")

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        constraints = (
            models.UniqueConstraint(fields=["business", "version"], name="loyalty_rule_version"),
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_active=True), name="loyalty_rule_one_active"
            ),
            models.CheckConstraint(
                condition=Q(points_num__gte=0, points_den__gt=0, minimum_rial__gte=0)
                & (Q(cap_points__isnull=True) | Q(cap_points__gte=0)),
                name="loyalty_rule_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"v{self.version}: {self.points_num}/{self.points_den}"


class Tier(TenantModel):
    """A level reached by the amount bought within the programme's window."""

    name = models.TextField(_("name"))
    position = models.IntegerField(_("position"))
    threshold_rial = models.BigIntegerField(_("reached at (rial)"))
    multiplier_num = models.IntegerField(_("points are multiplied by"), default=1)
    multiplier_den = models.IntegerField(_("and divided by"), default=1)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = (
            models.UniqueConstraint(fields=["business", "position"], name="loyalty_tier_position"),
            models.UniqueConstraint(
                fields=["business", "threshold_rial"], name="loyalty_tier_threshold"
            ),
            models.CheckConstraint(
                condition=Q(threshold_rial__gte=0, multiplier_den__gt=0)
                & Q(multiplier_num__gte=F("multiplier_den")),
                name="loyalty_tier_numbers",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Reward(TenantModel):
    """Something points buy: at the till it is worth `value_rial`."""

    name = models.TextField(_("name"))
    cost_points = models.BigIntegerField(_("price in points"))
    value_rial = models.BigIntegerField(_("worth (rial)"))
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = (
            models.UniqueConstraint(fields=["business", "name"], name="loyalty_reward_name"),
            models.CheckConstraint(
                condition=Q(cost_points__gt=0, value_rial__gte=0), name="loyalty_reward_numbers"
            ),
        )

    def __str__(self) -> str:
        return self.name
