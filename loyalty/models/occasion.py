"""Days of the Jalali year that are customers' own, and how each year's was celebrated."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.presents import NoGift, OccasionKind, OccasionSource
from loyalty.models.ledger import Lot


class OccasionRules(TenantModel):
    """What a business does on its customers' days."""

    is_open = models.BooleanField(_("days are celebrated"), default=False)
    greets = models.BooleanField(_("an SMS greets"), default=True)
    text = models.TextField(_("text of the SMS"), blank=True, default="")
    birthday_points = models.BigIntegerField(_("points on a birthday"), default=0)
    wedding_points = models.BigIntegerField(_("points on a wedding anniversary"), default=0)
    own_points = models.BigIntegerField(_("points on another day"), default=0)
    least_days = models.IntegerField(_("days somebody is a customer before"), default=30)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("rules of occasions")
        verbose_name_plural = _("rules of occasions")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_occasionrules_once"),
            models.CheckConstraint(
                condition=Q(birthday_points__gte=0, wedding_points__gte=0)
                & Q(own_points__gte=0, least_days__gte=0),
                name="loyalty_occasionrules_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.birthday_points}/{self.wedding_points}/{self.own_points}"


class CustomerOccasion(TenantModel):
    """One day of a customer's. Due in the morning of the next one: `next_at`, on `next_on`."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("kind"), choices=OccasionKind.choices)
    title = models.TextField(_("title"), blank=True, default="")
    month = models.IntegerField(_("Jalali month"))
    day = models.IntegerField(_("day of the month"))
    source = models.TextField(_("told by"), choices=OccasionSource.choices)
    told_at = models.DateTimeField(_("told"))
    next_on = models.DateField(_("next on"))
    next_at = models.DateTimeField(_("to be celebrated"))

    class Meta:
        verbose_name = _("occasion of a customer")
        verbose_name_plural = _("occasions of customers")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer", "kind"], name="loyalty_occasion_once"
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=6, day__gte=1, day__lte=31)
                | Q(month__gte=7, month__lte=12, day__gte=1, day__lte=30),
                name="loyalty_occasion_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OccasionKind.OWN) | ~Q(title=""), name="loyalty_occasion_titled"
            ),
        )
        indexes = (
            models.Index(fields=["next_at"], name="loyalty_occasion_due"),
            models.Index(fields=["business", "next_on"], name="loyalty_occasion_calendar"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.month}/{self.day}"


class Celebration(TenantModel):
    """A customer's day in one Jalali year, celebrated once whatever became of its date (C083)."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("kind"), choices=OccasionKind.choices)
    year = models.IntegerField(_("Jalali year"))
    on = models.DateField(_("on"))
    at = models.DateTimeField(_("celebrated"))
    greeted = models.BooleanField(_("an SMS was queued"), default=False)
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
    no_gift = models.TextField(_("why no points"), choices=NoGift.choices, blank=True, default="")

    class Meta:
        verbose_name = _("celebration")
        verbose_name_plural = _("celebrations")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "year"], name="loyalty_celebration_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, lot__isnull=False, no_gift="")
                | (Q(points=0, lot__isnull=True) & ~Q(no_gift="")),
                name="loyalty_celebration_gift",
            ),
        )
        indexes = (models.Index(fields=["business", "-at", "-id"], name="loyalty_celebration_new"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"
