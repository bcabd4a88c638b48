"""Our rows held against a provider's report, a day at a time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.books import Comparison, FetchState, ReportKind, ReportSource
from payments.models.account import ProviderAccount


class Reconciliation(TenantModel):
    """One day of one account, compared once per report; a newer report of the day replaces it."""

    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    day = models.DateField(_("day"))
    source = models.TextField(_("report from"), choices=ReportSource.choices)
    file_name = models.TextField(_("file"), default="", blank=True)
    ours_rial = models.BigIntegerField(_("our payments (rial)"))
    theirs_rial = models.BigIntegerField(_("their payments (rial)"))
    fee_rial = models.BigIntegerField(_("fees (rial)"))
    settled_rial = models.BigIntegerField(_("paid to the bank (rial)"))
    compared_at = models.DateTimeField(_("compared"))
    compared_by = models.TextField(_("compared by"), default="", blank=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = (
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "account", "day"], name="payments_reconciliation_day"
            ),
        )
        indexes = (
            models.Index(fields=["business", "-day"], name="payments_reconciliation_newest"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.account}"


class ReconciliationLine(TenantModel):
    """One of our rows, one of theirs, or both, and how they compare."""

    reconciliation = models.ForeignKey(
        Reconciliation,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("reconciliation"),
    )
    kind = models.TextField(_("about"), choices=ReportKind.choices)
    result = models.TextField(_("result"), choices=Comparison.choices)
    reference = models.TextField(_("reference"))
    source_id = models.UUIDField(_("our row"), null=True)
    payment_id = models.UUIDField(_("payment"), null=True)
    ours_rial = models.BigIntegerField(_("ours (rial)"), null=True)
    theirs_rial = models.BigIntegerField(_("theirs (rial)"), null=True)
    fee_rial = models.BigIntegerField(_("fee (rial)"), default=0)
    settled_on = models.DateField(_("paid to the bank on"), null=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.TextField(_("resolved by"), default="", blank=True)
    note = models.TextField(_("note"), default="", blank=True)

    class Meta:
        verbose_name = _("reconciliation line")
        verbose_name_plural = _("reconciliation lines")
        constraints = (
            SameBusiness("reconciliation"),
            models.UniqueConstraint(
                fields=["business", "reconciliation", "kind", "reference"],
                name="payments_reconciliation_line_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "reconciliation", "result"],
                name="payments_recline_result",
            ),
            models.Index(fields=["business", "source_id"], name="payments_recline_source"),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.result}"


class ReportFetch(TenantModel):
    """One day of one account whose report is fetched from the provider; due until it ends."""

    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    day = models.DateField(_("day"))
    state = models.TextField(_("state"), choices=FetchState.choices, default=FetchState.DUE)
    tries = models.SmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("tried again"), null=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("fetching of a report")
        verbose_name_plural = _("fetching of reports")
        constraints = (
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "account", "day"], name="payments_fetch_once"
            ),
            models.CheckConstraint(
                condition=Q(state=FetchState.DUE, ended_at=None)
                | (~Q(state=FetchState.DUE) & Q(ended_at__isnull=False, next_try_at=None)),
                name="payments_fetch_ended",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-day"], name="payments_fetch_newest"),
            models.Index(
                fields=["next_try_at"],
                name="payments_fetch_due",
                condition=Q(next_try_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.state}"
