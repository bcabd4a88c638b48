"""What customers do besides buying, and what they get for it (C065)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import CapSpan
from loyalty.enums.engagement import ONCE_EVER, SEEN_HERE, EngagementKind, NoPoints
from loyalty.models.ledger import Lot


class EngagementRule(TenantModel):
    """What one kind of engagement gives: so many points, at most so often within a Jalali span.

    With `is_activity` it is an activity: points that live by activity live on (rule R14).
    """

    kind = models.TextField(_("kind"), choices=EngagementKind.choices)
    points = models.BigIntegerField(_("points"), default=0)
    most_times = models.IntegerField(_("at most so often"))
    span = models.TextField(_("within"), choices=CapSpan.choices)
    is_activity = models.BooleanField(
        _("an activity that keeps points"), default=False, db_default=False
    )
    is_open = models.BooleanField(_("open"), default=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("rule of engagement")
        verbose_name_plural = _("rules of engagement")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "kind"], name="loyalty_engagementrule_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0, most_times__gte=1), name="loyalty_engagementrule_numbers"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(ONCE_EVER)) | Q(most_times=1, span=CapSpan.EVER),
                name="loyalty_engagementrule_ever",
            ),
            models.CheckConstraint(
                condition=Q(is_activity=False) | ~Q(kind__in=sorted(SEEN_HERE)),
                name="loyalty_engagementrule_told",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class Engagement(TenantModel):
    """A customer did something, noted once by its reference; with points it has a lot.

    `number` says for the how-manieth time since `since` it gave points, of `most_times` that day.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("kind"), choices=EngagementKind.choices)
    reference = models.TextField(_("its number elsewhere"))
    at = models.DateTimeField(_("noted"))
    points = models.BigIntegerField(_("points given"), default=0)
    lot = models.ForeignKey(
        Lot,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("lot of points"),
    )
    since = models.DateField(_("counted since"))
    number = models.IntegerField(_("for the how-manieth time"), default=0)
    most_times = models.IntegerField(_("at most so often"))
    why_none = models.TextField(
        _("why no points"), choices=NoPoints.choices, blank=True, default=""
    )
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "kind", "reference"], name="loyalty_engagement_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, lot__isnull=False, why_none="")
                | (Q(points=0, lot__isnull=True) & ~Q(why_none="")),
                name="loyalty_engagement_gives",
            ),
            models.CheckConstraint(
                condition=Q(points=0, number=0)
                | Q(points__gt=0, number__gte=1, number__lte=F("most_times")),
                name="loyalty_engagement_within",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="loyalty_engagement_told"),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="loyalty_engagement_newest"),
            models.Index(fields=["business", "customer", "kind"], name="loyalty_engagement_of"),
        )

    def __str__(self) -> str:
        return self.kind
