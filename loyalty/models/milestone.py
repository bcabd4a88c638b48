"""What a business celebrates of its customers, and who reached it (C085)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.presents import MilestoneKind, NoGift
from loyalty.models.ledger import Lot


class Milestone(TenantModel):
    """Something a customer reaches by its number (`kind`): greeted, and a gift.

    Who reached it before `since` gets nothing for it. Looked after each morning: `next_at`.
    """

    kind = models.TextField(_("kind"), choices=MilestoneKind.choices)
    number = models.BigIntegerField(_("number"))
    points = models.BigIntegerField(_("points as a gift"), default=0)
    greets = models.BooleanField(_("an SMS greets"), default=True)
    text = models.TextField(_("text of the SMS"), blank=True, default="")
    badge = models.TextField(_("badge"), blank=True, default="", db_default="")
    # What can still be returned counts for nothing yet.
    wait_days = models.IntegerField(_("days a purchase waits before it counts"), default=0)
    is_open = models.BooleanField(_("open"), default=True)
    since = models.DateField(_("counts from"))
    changed_at = models.DateTimeField(_("changed"))
    next_at = models.DateTimeField(_("next look"), null=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "kind", "number"], name="loyalty_milestone_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, points__gte=0, wait_days__gte=0),
                name="loyalty_milestone_numbers",
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(next_at__isnull=False),
                name="loyalty_milestone_looked_after",
            ),
        )
        indexes = (models.Index(fields=["next_at"], name="loyalty_milestone_due"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class MilestoneReached(TenantModel):
    """A customer reached one, once whatever becomes of the milestone or of purchases later."""

    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("milestone"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    kind = models.TextField(_("kind"), choices=MilestoneKind.choices)
    number = models.BigIntegerField(_("number"))
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
        verbose_name = _("milestone reached")
        verbose_name_plural = _("milestones reached")
        constraints = (
            SameBusiness("milestone"),
            SameBusiness("customer"),
            SameBusiness("lot"),
            models.UniqueConstraint(
                fields=["business", "customer", "kind", "number"],
                name="loyalty_milestonereached_once",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, lot__isnull=False, no_gift="")
                | (Q(points=0, lot__isnull=True) & ~Q(no_gift="")),
                name="loyalty_milestonereached_gift",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "-at", "-id"],
                name="loyalty_milestonereached_new",
                condition=~Q(no_gift=NoGift.BEFORE),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
