"""What one employee gets for a period, the sales it stands on, and objections to it (C084)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from feedback.enums import BonusReason
from feedback.models.bonus import BonusRun


class BonusLine(TenantModel):
    """One employee's bonus: `amount_rial` as its sales stand now.

    What came back after freezing lowered it by `taken_back_rial`. `owed_rial` is what was paid too
    much and not kept back yet; `kept_back_rial` what this payment kept back of earlier ones;
    `paid_rial` what was paid in the end.
    """

    run = models.ForeignKey(
        BonusRun, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    employee = models.ForeignKey(
        "businesses.Employee",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("employee"),
    )
    asked = models.IntegerField(_("asked"))
    answers = models.IntegerField(_("answers"))
    content = models.IntegerField(_("said content"))
    nameless = models.IntegerField(_("sales without a name"))
    not_counted = models.IntegerField(_("answers that do not count"))
    trust_bp = models.IntegerField(_("how much of the difference is believed"))
    difference_bp = models.IntegerField(_("above the team"))
    reason = models.TextField(_("state"), choices=BonusReason.choices)
    amount_rial = models.BigIntegerField(_("bonus (rial)"))
    taken_back_rial = models.BigIntegerField(_("taken back (rial)"), default=0)
    kept_back_rial = models.BigIntegerField(_("kept back for earlier ones (rial)"), default=0)
    paid_rial = models.BigIntegerField(_("paid (rial)"), null=True)
    owed_rial = models.BigIntegerField(_("paid too much (rial)"), default=0)

    class Meta:
        verbose_name = _("staff bonus")
        verbose_name_plural = _("staff bonuses")
        constraints = (
            SameBusiness("run"),
            SameBusiness("employee"),
            models.UniqueConstraint(
                fields=["business", "run", "employee"], name="feedback_bonusline_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gte=0, taken_back_rial__gte=0)
                & Q(kept_back_rial__gte=0, owed_rial__gte=0)
                & (
                    Q(paid_rial=None, kept_back_rial=0, owed_rial=0)
                    | Q(paid_rial__gte=0, owed_rial__lte=F("taken_back_rial"))
                ),
                name="feedback_bonusline_money",
            ),
            models.CheckConstraint(
                condition=Q(content__gte=0, answers__gte=F("content"), asked__gte=F("answers"))
                & Q(nameless__gte=0, not_counted__gte=0, trust_bp__range=(0, 10_000)),
                name="feedback_bonusline_counts",
            ),
        )
        indexes = (
            models.Index(fields=["business", "employee", "-id"], name="feedback_bonusline_of"),
        )

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.amount_rial}"


class BonusSale(TenantModel):
    """One sale a bonus stands on, as it was when it was worked out.

    `value_bp` falls to nothing when goods come back; `set_aside` sales count neither way.
    """

    line = models.ForeignKey(
        BonusLine, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    weight_bp = models.IntegerField(_("weight"))
    value_bp = models.IntegerField(_("said content"))
    expected_bp = models.IntegerField(_("expected"))
    came_back = models.BooleanField(_("goods came back"), default=False)
    set_aside = models.BooleanField(_("set aside"), default=False)

    class Meta:
        verbose_name = _("sale of a staff bonus")
        verbose_name_plural = _("sales of staff bonuses")
        constraints = (
            SameBusiness("line"),
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "line", "purchase"], name="feedback_bonussale_once"
            ),
            models.CheckConstraint(
                condition=Q(weight_bp__range=(0, 10_000), value_bp__range=(0, 10_000))
                & (Q(came_back=False) | Q(value_bp=0)),
                name="feedback_bonussale_numbers",
            ),
        )
        indexes = (models.Index(fields=["business", "purchase"], name="feedback_bonussale_of"),)

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.value_bp}"


class BonusObjection(TenantModel):
    """Somebody says a bonus is not right, of one sale or as a whole; an owner decides once."""

    line = models.ForeignKey(
        BonusLine, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    sale = models.ForeignKey(
        BonusSale,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    reason = models.TextField(_("reason"))
    raised_at = models.DateTimeField(_("raised"))
    raised_by = models.TextField(_("raised by"), blank=True, default="")
    upheld = models.BooleanField(_("upheld"), null=True)
    note = models.TextField(_("note"), blank=True, default="")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.TextField(_("decided by"), blank=True, default="")

    class Meta:
        verbose_name = _("objection to a bonus")
        verbose_name_plural = _("objections to bonuses")
        constraints = (
            SameBusiness("line"),
            SameBusiness("sale"),
            models.CheckConstraint(
                condition=Q(upheld=None, decided_at=None)
                | Q(upheld__isnull=False, decided_at__isnull=False),
                name="feedback_bonusobjection_decided",
            ),
        )
        indexes = (
            models.Index(fields=["business", "line", "raised_at"], name="feedback_objection_of"),
        )

    def __str__(self) -> str:
        return self.reason
