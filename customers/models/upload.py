"""Files of past purchases on their way in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import ImportState


class ImportJob(TenantModel):
    """One file. `rows_done` is committed with each batch, so a killed import goes on from there.

    `mapping` is {field: column header}; `unit_rial` is the number of rial in one unit of the
    file's amounts (1 rial, 10 toman).
    """

    state = models.TextField(_("state"), choices=ImportState.choices, default=ImportState.UPLOADED)
    file_name = models.TextField(_("file"))
    file_path = models.TextField(editable=False)
    file_digest = models.TextField(editable=False)
    size_bytes = models.BigIntegerField(_("size"))
    mapping = models.JSONField(_("columns"), default=dict)
    unit_rial = models.IntegerField(_("rial in one unit"), default=1)
    report = models.JSONField(_("report"), default=dict)
    rows_total = models.IntegerField(_("rows"), default=0)
    rows_done = models.IntegerField(_("done"), default=0)
    rows_recorded = models.IntegerField(_("recorded"), default=0)
    rows_replayed = models.IntegerField(_("already there"), default=0)
    rows_failed = models.IntegerField(_("refused"), default=0)
    created_by = models.TextField(_("by"), blank=True, default="")
    created_at = models.DateTimeField(_("uploaded at"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # Also the lease: a claim pushes it on, so a killed worker's job becomes due again.
    due_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = (
            models.Index(fields=["business", "-created_at"], name="customers_import_list"),
            models.Index(
                fields=["due_at"],
                name="customers_import_due",
                condition=Q(state__in=[ImportState.QUEUED, ImportState.RUNNING]),
            ),
        )

    def __str__(self) -> str:
        return self.file_name


class ImportRowError(TenantModel):
    """A row of the file that was refused, and why."""

    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    row = models.IntegerField(_("row"))
    code = models.TextField(_("code"))
    message = models.TextField(_("message"))
    raw = models.JSONField(default=list)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = (
            SameBusiness("job"),
            models.UniqueConstraint(
                fields=["business", "job", "row"], name="customers_import_error_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
