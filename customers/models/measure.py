"""What a person decided to do about a customer, by evidence, for a time, with an appeal (C058)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import MeasureState, MeasureStep
from customers.models.person import Customer


class Measure(TenantModel):
    """One measure, from its proposal to its end.

    `evidence` is what stood against the customer on the day, as it was shown. Whoever decides is
    not whoever proposed. `lapses_on` stands while an appeal waits: not answered by then, the
    measure holds no more.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    step = models.TextField(_("measure"), choices=MeasureStep.choices)
    state = models.TextField(
        _("state"), choices=MeasureState.choices, default=MeasureState.PROPOSED
    )
    evidence = models.JSONField(_("evidence"))
    reason = models.TextField(_("reason"))
    proposed_by = models.TextField(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decision = models.TextField(_("decision"), blank=True, default="")
    decided_by = models.TextField(_("decided by"), blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    ends_on = models.DateField(_("holds until"), null=True)
    appeal = models.TextField(_("appeal"), blank=True, default="")
    appealed_at = models.DateTimeField(_("appealed at"), null=True)
    lapses_on = models.DateField(_("lapses unless answered by"), null=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    answered_by = models.TextField(_("answered by"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(state=MeasureState.PROPOSED, decided_at=None, decided_by="")
                | (~Q(state=MeasureState.PROPOSED) & Q(decided_at__isnull=False)),
                name="customers_measure_decided",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")) & ~Q(proposed_by="") & ~Q(reason=""),
                name="customers_measure_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MeasureState.IN_FORCE, MeasureState.LIFTED])
                | Q(ends_on__isnull=False),
                name="customers_measure_ends",
            ),
            models.CheckConstraint(
                condition=Q(appeal="", appealed_at=None, answered_at=None, lapses_on=None)
                | (~Q(appeal="") & Q(appealed_at__isnull=False)),
                name="customers_measure_appeal",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-proposed_at"], name="customers_measure_newest"),
            models.Index(fields=["business", "customer"], name="customers_measure_of"),
        )

    def __str__(self) -> str:
        return f"{self.step}: {self.state}"
