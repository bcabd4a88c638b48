"""The record of API requests: the memory of idempotency and the developer's log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare


class ApiRequest(TenantModel):
    """One writing API request, or one that failed.

    With a `key` it also carries the answer to be replayed: `status` is null while running and
    `lease_until` says when a killed run may be taken over.
    """

    at = models.DateTimeField(_("when"))
    api_key_id = models.UUIDField(_("API key"))
    method = models.TextField(_("method"))
    path = models.TextField(_("path"))
    key = models.TextField(_("idempotency key"), null=True)
    fingerprint = models.BinaryField(null=True)
    lease_until = models.DateTimeField(null=True)
    status = models.IntegerField(_("status"), null=True)
    answer = models.BinaryField(null=True)
    problem = models.TextField(_("problem"), default="", blank=True)
    took_ms = models.IntegerField(_("milliseconds"), null=True)

    class Meta:
        verbose_name = _("API request")
        verbose_name_plural = _("API requests")
        constraints = (
            models.UniqueConstraint(fields=["business", "key"], name="core_apirequest_key"),
        )
        indexes = (models.Index(fields=["business", "-at"], name="core_apirequest_newest"),)

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


# A repetition of a request that named somebody who was erased is a new request.
declare(
    {
        ApiRequest: Facts(
            free=("path", "key", "answer"), ours=("method", "fingerprint", "problem"), goes=True
        )
    }
)
