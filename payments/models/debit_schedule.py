"""Debits that come again and again, and a business's manners of collecting."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.debits import Collects, Every, HolidayShift, ScheduleState
from payments.models.mandate import Mandate

NOTICE_HOURS = 24
GRACE_DAYS = 5
MAX_TRIES = 4
COLLECT_HOUR = 10


class DebitSchedule(TenantModel):
    """A sum due every so many weeks or Jalali months from its first day on.

    The n-th due day is counted from `first_on` and never from the day before it, so an anchor on
    the 31st does not drift. `made` of its debits exist; `next_make_at` makes it a due row.
    """

    mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("mandate"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    description = models.TextField(_("description"), default="", blank=True)
    collects = models.TextField(_("settles"), choices=Collects.choices, default=Collects.SALE)
    source_kind = models.TextField(_("for"), default="", blank=True)
    source_id = models.UUIDField(null=True, editable=False)
    every = models.TextField(_("unit"), choices=Every.choices, default=Every.MONTH)
    step = models.SmallIntegerField(_("every"), default=1)
    first_on = models.DateField(_("first day"))
    anchor_day = models.SmallIntegerField(_("day of the month"))
    times = models.SmallIntegerField(_("how many"), null=True)
    hour = models.SmallIntegerField(_("hour"), default=COLLECT_HOUR)
    shift = models.TextField(
        _("on a holiday"), choices=HolidayShift.choices, default=HolidayShift.NONE
    )
    state = models.TextField(
        _("state"), choices=ScheduleState.choices, default=ScheduleState.ACTIVE
    )
    made = models.SmallIntegerField(_("made"), default=0)
    next_make_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("debit schedule")
        verbose_name_plural = _("debit schedules")
        constraints = (
            SameBusiness("mandate"),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, step__gt=0, anchor_day__range=(1, 31)),
                name="payments_schedule_sane",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_make_at"],
                name="payments_schedule_due",
                condition=Q(next_make_at__isnull=False),
            ),
            models.Index(fields=["business", "mandate"], name="payments_schedule_mandate"),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} / {self.step} {self.every}"


class DebitPolicy(TenantModel):
    """How a business collects: notice before, grace after, tries and reminders."""

    notice_hours = models.SmallIntegerField(_("hours of notice"), default=NOTICE_HOURS)
    grace_days = models.SmallIntegerField(_("days of grace"), default=GRACE_DAYS)
    max_tries = models.SmallIntegerField(_("most tries"), default=MAX_TRIES)
    reminders = models.JSONField(_("reminders after a failure (days)"), default=list)
    pause_after = models.SmallIntegerField(_("pause after failures in a row"), default=3)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("manners of collecting")
        verbose_name_plural = _("manners of collecting")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="payments_debit_policy_one"),
            models.CheckConstraint(
                condition=Q(
                    notice_hours__range=(0, 168),
                    grace_days__range=(0, 60),
                    max_tries__range=(1, 16),
                    pause_after__gte=1,
                ),
                name="payments_debit_policy_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.grace_days} · {self.max_tries}"
