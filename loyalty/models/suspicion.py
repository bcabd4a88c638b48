"""Signs that points may have been misused: what was found, and what a person thought of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import SuspicionRule, SuspicionState, SuspicionVerdict


class SuspicionLook(TenantModel):
    """When a business's points are looked through next, and what was usual the last time."""

    next_at = models.DateTimeField(_("to be looked at"))
    looked_at = models.DateTimeField(_("looked at"), null=True)
    since = models.DateField(_("looked at from"), null=True)
    usual = models.JSONField(_("what is usual"), default=dict)

    class Meta:
        verbose_name = _("look for misuse")
        verbose_name_plural = _("looks for misuse")
        constraints = (models.UniqueConstraint(fields=["business"], name="loyalty_look_once"),)

    def __str__(self) -> str:
        return f"{self.next_at:%F}"


class Suspicion(TenantModel):
    """One rule that spoke about one customer, device, seller or member in one day or month.

    A sign, never a verdict: nothing is taken from anybody for it (N15). `count` is what was seen,
    `line` from where on the rule speaks, `usual` the middle of `among` like it (empty where the
    rule only counts). It is found again as long as nobody judged it.
    """

    rule = models.TextField(_("rule"), choices=SuspicionRule.choices)
    state = models.TextField(
        _("state"), choices=SuspicionState.choices, default=SuspicionState.OPEN
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
    device = models.ForeignKey(
        "businesses.Device",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("device"),
    )
    employee = models.ForeignKey(
        "businesses.Employee",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("employee"),
    )
    member_id = models.UUIDField(_("member"), null=True)
    on = models.DateField(_("day, or first day of the Jalali month"))
    count = models.IntegerField(_("seen"))
    line = models.IntegerField(_("speaks from"))
    usual = models.IntegerField(_("usual"), null=True)
    among = models.IntegerField(_("among"), null=True)
    is_strong = models.BooleanField(_("strong"), default=False)
    found_at = models.DateTimeField(_("found"))
    last_at = models.DateTimeField(_("last found"))
    told_at = models.DateTimeField(_("alert raised"), null=True)
    judged_count = models.IntegerField(_("seen when it was judged"), null=True)

    class Meta:
        verbose_name = _("sign of misuse")
        verbose_name_plural = _("signs of misuse")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("device"),
            SameBusiness("employee"),
            models.UniqueConstraint(
                fields=["business", "rule", "on", "customer", "device", "employee", "member_id"],
                nulls_distinct=False,
                name="loyalty_suspicion_once",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False)
                | Q(device__isnull=False)
                | Q(member_id__isnull=False),
                name="loyalty_suspicion_about",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=models.F("line"), line__gte=1)
                & (Q(usual=None, among=None) | Q(usual__gte=0, among__gte=1)),
                name="loyalty_suspicion_numbers",
            ),
            models.CheckConstraint(
                condition=Q(state=SuspicionState.OPEN) | Q(judged_count__isnull=False),
                name="loyalty_suspicion_judged",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "state", "-found_at", "-id"], name="loyalty_suspicion_list"
            ),
            models.Index(
                fields=["business", "customer"],
                name="loyalty_suspicion_of",
                condition=Q(customer__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.on} {self.count}"


class SuspicionJudgement(TenantModel):
    """What a person thought of a sign, and why. Append-only."""

    suspicion = models.ForeignKey(
        Suspicion,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("sign of misuse"),
    )
    verdict = models.TextField(_("verdict"), choices=SuspicionVerdict.choices)
    reason = models.TextField(_("reason"))
    by = models.TextField(_("by"))
    by_id = models.UUIDField(_("by"))
    count = models.IntegerField(_("seen"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("judgement of a sign")
        verbose_name_plural = _("judgements of signs")
        constraints = (SameBusiness("suspicion"),)
        indexes = (
            models.Index(fields=["business", "suspicion", "at"], name="loyalty_judgement_of"),
        )

    def __str__(self) -> str:
        return f"{self.verdict} {self.at:%F}"
