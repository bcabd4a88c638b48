"""Days of the calendar that are everybody's, and who was greeted on one (C083).

Their dates are data with a source: solar days follow from the calendar itself, lunar ones are
announced, so whoever plans one says where its date is from.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.presents import NoGift, SharedDayKind, SharedDayState
from loyalty.models.ledger import Lot


class SharedDay(TenantModel):
    """One day of one Jalali year for all customers. Due in its morning: `due_at`.

    `after_id` is the last customer greeted, so a killed morning goes on from there.
    """

    kind = models.TextField(_("day"), choices=SharedDayKind.choices)
    title = models.TextField(_("title"), blank=True, default="")
    on = models.DateField(_("on"))
    year = models.IntegerField(_("Jalali year"))
    source = models.TextField(_("where the date is from"))
    greets = models.BooleanField(_("an SMS greets"), default=True)
    text = models.TextField(_("text of the SMS"), blank=True, default="")
    points = models.BigIntegerField(_("points for each"), default=0)
    least_days = models.IntegerField(_("days somebody is a customer before"), default=30)
    state = models.TextField(
        _("state"), choices=SharedDayState.choices, default=SharedDayState.PLANNED
    )
    due_at = models.DateTimeField(_("to be celebrated"))
    after_id = models.UUIDField(null=True, editable=False)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "kind", "title", "year"],
                name="loyalty_sharedday_once",
                condition=~Q(state=SharedDayState.CANCELLED),
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0, least_days__gte=0) & ~Q(source=""),
                name="loyalty_sharedday_numbers",
            ),
            models.CheckConstraint(
                condition=~Q(kind=SharedDayKind.OWN) | ~Q(title=""), name="loyalty_sharedday_titled"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                name="loyalty_sharedday_due",
                condition=Q(state=SharedDayState.PLANNED),
            ),
            models.Index(fields=["business", "-on", "-id"], name="loyalty_sharedday_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class SharedGreeting(TenantModel):
    """A customer on one shared day of one Jalali year, once whatever became of its date."""

    day = models.ForeignKey(
        SharedDay, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("day"), choices=SharedDayKind.choices)
    title = models.TextField(_("title"), blank=True, default="")
    year = models.IntegerField(_("Jalali year"))
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
        verbose_name = _("greeting of a day of the calendar")
        verbose_name_plural = _("greetings of days of the calendar")
        constraints = (
            SameBusiness("day"),
            SameBusiness("customer"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "title", "year"],
                name="loyalty_sharedgreeting_once",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, lot__isnull=False, no_gift="")
                | (Q(points=0, lot__isnull=True) & ~Q(no_gift="")),
                name="loyalty_sharedgreeting_gift",
            ),
        )
        indexes = (models.Index(fields=["business", "day"], name="loyalty_sharedgreeting_of"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"
