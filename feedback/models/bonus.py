"""What the business promises its staff for satisfied customers, and each time it is worked out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from feedback.enums import BonusState

SPANS = (1, 3)


class BonusPlan(TenantModel):
    """One version of the terms (C084); it holds for months that had not ended when it was made.

    Half of `most_rial` at the team's level, all of it `reach_percent` content people of a hundred
    asked above that.
    """

    version = models.IntegerField(_("version"))
    months = models.SmallIntegerField(_("months at a time"), default=1)
    most_rial = models.BigIntegerField(_("most for one person (rial)"))
    reach_percent = models.SmallIntegerField(_("above the team for all of it"), default=10)
    min_answers = models.SmallIntegerField(_("answers needed"), default=20)
    floor_percent = models.SmallIntegerField(_("of those asked, percent"), default=10)
    dispute_days = models.SmallIntegerField(_("days to object"), default=7)
    made_at = models.DateTimeField(_("made"))
    made_by = models.TextField(_("made by"), blank=True, default="")

    class Meta:
        verbose_name = _("plan of staff bonuses")
        verbose_name_plural = _("plans of staff bonuses")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "version"], name="feedback_bonusplan_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, months__in=SPANS, most_rial__gt=0)
                & Q(reach_percent__range=(1, 50), min_answers__range=(20, 1_000))
                & Q(floor_percent__range=(1, 90), dispute_days__range=(3, 60)),
                name="feedback_bonusplan_sane",
            ),
        )

    def __str__(self) -> str:
        return f"v{self.version}"


class BonusRun(TenantModel):
    """One period's bonuses: frozen, open to objections, approved by an owner, paid.

    From `starts_on` to before `ends_on`. `level_bp` is the team's mean difference, in basis points.
    """

    plan = models.ForeignKey(
        BonusPlan,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("plan of staff bonuses"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends before"))
    state = models.TextField(_("state"), choices=BonusState.choices, default=BonusState.FROZEN)
    level_bp = models.IntegerField(_("team's level"))
    frozen_at = models.DateTimeField(_("worked out"))
    objections_until = models.DateTimeField(_("objections until"))
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.TextField(_("approved by"), blank=True, default="")
    paid_at = models.DateTimeField(_("paid"), null=True)
    paid_reference = models.TextField(_("how it was paid"), blank=True, default="")

    class Meta:
        verbose_name = _("staff bonuses of a period")
        verbose_name_plural = _("staff bonuses of periods")
        constraints = (
            SameBusiness("plan"),
            models.UniqueConstraint(
                fields=["business", "starts_on"],
                name="feedback_bonusrun_once",
                condition=~Q(state=BonusState.CANCELLED),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), objections_until__gt=F("frozen_at")),
                name="feedback_bonusrun_span",
            ),
            models.CheckConstraint(
                condition=(Q(state=BonusState.FROZEN) & Q(approved_at=None, paid_at=None))
                | (Q(state=BonusState.APPROVED) & Q(approved_at__isnull=False, paid_at=None))
                | (Q(state=BonusState.PAID) & Q(approved_at__isnull=False, paid_at__isnull=False))
                | (Q(state=BonusState.CANCELLED) & Q(paid_at=None)),
                name="feedback_bonusrun_state",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(approved_at__gte=F("objections_until")),
                name="feedback_bonusrun_window",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-starts_on", "-id"], name="feedback_bonusrun_newest"),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} {self.state}"
