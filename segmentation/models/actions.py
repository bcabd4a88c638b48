"""What is worth doing today, and whether it was done."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare
from segmentation.enums import ActionKind, ActionState

MOST_A_DAY: Final = 7
THOUSAND: Final = 1_000


class ActionItem(TenantModel):
    """One thing worth doing on a day, as it was reckoned then.

    `value_rial` is what it is about, `chance` how likely doing it keeps that (in thousandths);
    between `low_rial` and `high_rial` the expected gain lies 95 times of 100. `foreseen` is how
    likely its customer was to come in the days after anyway. `facts` are numbers of its reason.
    One with an owner or a day it is due on waits for its answer from day to day; the others are
    reckoned anew each night.
    """

    on = models.DateField(_("day"))
    place = models.SmallIntegerField(_("place"))
    kind = models.TextField(_("kind"), choices=ActionKind.choices)
    subject = models.TextField(_("about"))
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    value_rial = models.BigIntegerField(_("what it is about (rial)"))
    chance = models.SmallIntegerField(_("chance of an effect (thousandths)"))
    expected_rial = models.BigIntegerField(_("expected (rial)"))
    low_rial = models.BigIntegerField(_("at least (rial)"))
    high_rial = models.BigIntegerField(_("at most (rial)"))
    effort_minutes = models.SmallIntegerField(_("minutes"))
    foreseen = models.SmallIntegerField(_("would come anyway (thousandths)"), null=True)
    facts = models.JSONField(_("reason"), default=dict)
    owner = models.ForeignKey(
        "businesses.Employee",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.TextField(_("state"), choices=ActionState.choices, default=ActionState.OPEN)
    made_at = models.DateTimeField(_("reckoned"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.TextField(_("answered by"), blank=True, default="")

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("owner"),
            models.UniqueConstraint(
                fields=["business", "on", "kind", "subject"], name="segmentation_action_once"
            ),
            models.CheckConstraint(
                condition=Q(chance__range=(0, THOUSAND), effort_minutes__gt=0)
                & Q(low_rial__lte=F("expected_rial"), expected_rial__lte=F("high_rial")),
                name="segmentation_action_numbers",
            ),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN, answered_at=None)
                | (~Q(state=ActionState.OPEN) & Q(answered_at__isnull=False)),
                name="segmentation_action_answered",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-on", "place"], name="segmentation_action_day"),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.place}. {self.kind}"


declare(
    {
        ActionItem: Facts(
            of=by("customer_id"),
            ours=("subject", "facts", "answered_by"),
            told=("on", "kind", "state", "answered_at"),
        )
    }
)
