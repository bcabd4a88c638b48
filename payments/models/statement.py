"""Statement files of a bank on their way in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.deposits import StatementState
from payments.models.bank import BankAccount


class StatementFile(TenantModel):
    """One file. `rows_done` is committed with each batch, so a killed import goes on from there.

    `mapping` is {field: column header}; `unit_rial` is the number of rial in one unit of its
    amounts (1 rial, 10 toman), told by a person each time.
    """

    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank account"),
    )
    state = models.TextField(
        _("state"), choices=StatementState.choices, default=StatementState.UPLOADED
    )
    file_name = models.TextField(_("file"))
    file_path = models.TextField(editable=False)
    file_digest = models.TextField(editable=False)
    mapping = models.JSONField(_("columns"), default=dict)
    unit_rial = models.SmallIntegerField(_("rial in one unit"), null=True)
    report = models.JSONField(_("report"), default=dict)
    rows_total = models.IntegerField(_("rows"), default=0)
    rows_done = models.IntegerField(_("done"), default=0)
    rows_new = models.IntegerField(_("new"), default=0)
    rows_known = models.IntegerField(_("already there"), default=0)
    rows_failed = models.IntegerField(_("refused"), default=0)
    created_by = models.TextField(_("by"), blank=True, default="")
    created_at = models.DateTimeField(_("uploaded at"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    next_run_at = models.DateTimeField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        constraints = (SameBusiness("account"),)
        indexes = (
            models.Index(fields=["business", "-created_at"], name="payments_statement_newest"),
            models.Index(
                fields=["next_run_at"],
                name="payments_statement_due",
                condition=Q(next_run_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.file_name


class StatementError(TenantModel):
    """A line of the file that was refused, and why."""

    statement = models.ForeignKey(
        StatementFile,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    line = models.IntegerField(_("row"))
    code = models.TextField(_("code"))
    message = models.TextField(_("message"))
    raw = models.JSONField(default=list)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = (
            SameBusiness("statement"),
            models.UniqueConstraint(
                fields=["business", "statement", "line"], name="payments_statement_error_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.line}: {self.code}"
