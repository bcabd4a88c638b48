"""Messages as due rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from messaging.enums import MessageState, Purpose, Reason


class Message(TenantModel):
    """One SMS to one address.

    `due_at` is when to send it next, `check_at` when to ask the provider about it. `dedupe_key`
    names what it is about, so the same thing is never said twice.
    """

    dedupe_key = models.TextField()
    purpose = models.TextField(_("purpose"), choices=Purpose.choices)
    priority = models.SmallIntegerField()
    address = models.TextField(_("address"))
    body = models.TextField(_("text"))
    parts = models.SmallIntegerField(_("parts"))
    cost_rial = models.BigIntegerField(_("cost (rial)"), default=0)
    state = models.TextField(_("state"), choices=MessageState.choices, default=MessageState.QUEUED)
    reason = models.TextField(_("reason"), choices=Reason.choices, default="", blank=True)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    check_at = models.DateTimeField(_("next check"), null=True)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    checks = models.SmallIntegerField(_("checks"), default=0)
    provider_ref = models.TextField(_("provider's number"), default="", blank=True)
    provider_code = models.TextField(_("provider's code"), default="", blank=True)
    ref_kind = models.TextField(_("about"), default="", blank=True)
    ref_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "dedupe_key"], name="messaging_message_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["priority", "due_at"],
                name="messaging_message_due",
                condition=Q(state=MessageState.QUEUED),
            ),
            models.Index(
                fields=["check_at"],
                name="messaging_message_check",
                condition=Q(check_at__isnull=False),
            ),
            models.Index(
                fields=["business", "address", "-sent_at"],
                name="messaging_message_caps",
                condition=Q(purpose=Purpose.MARKETING),
            ),
            models.Index(fields=["business", "ref_kind", "ref_id"], name="messaging_message_ref"),
            models.Index(fields=["business", "-created_at"], name="messaging_message_newest"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} → {self.address}"
