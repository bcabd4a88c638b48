"""Receivers of a business, and what is on its way to them."""

from datetime import datetime
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import sealing
from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare
from webhooks.enums import MessageState

_ABOUT: Final = "webhooks_webhookendpoint.secret.{business_id}.{id}"


class WebhookEndpoint(TenantModel):
    """An address of the business's own software, and what it wants to hear.

    The row is also the place in the queue: whoever sends leases it, so one call at a time is made
    to a receiver. `failures` in a row make the pauses between them longer.
    """

    sealed: ClassVar = {"secret": _ABOUT, "previous_secret": _ABOUT}

    url = models.TextField(_("address"))
    note = models.TextField(_("note"), default="", blank=True)
    kinds = ArrayField(models.TextField(), verbose_name=_("what it hears"))
    is_open = models.BooleanField(_("is sent to"), default=True)
    secret = models.BinaryField(editable=False)
    previous_secret = models.BinaryField(null=True, editable=False)
    previous_until = models.DateTimeField(_("the earlier secret signs until"), null=True)
    made_at = models.DateTimeField(_("made"))
    closed_at = models.DateTimeField(_("removed"), null=True)
    next_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    failures = models.IntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("receiver of webhooks")
        verbose_name_plural = _("receivers of webhooks")
        constraints = (
            models.CheckConstraint(
                condition=Q(previous_secret=None, previous_until=None)
                | Q(previous_secret__isnull=False, previous_until__isnull=False),
                name="webhooks_previous_secret_ends",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "next_at"],
                name="webhooks_endpoint_due",
                condition=Q(next_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.url

    @property
    def about(self) -> str:
        """Return what its secrets are bound to."""
        return _ABOUT.format(business_id=self.business_id, id=self.id)

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign at this moment, the newest first."""
        held = [self.secret]
        if self.previous_secret and self.previous_until and self.previous_until > now:
            held.append(self.previous_secret)
        return [sealing.unseal(bytes(one), about=self.about) for one in held]


class WebhookMessage(TenantModel):
    """One thing told to one receiver. `key` is the same at every try, and of a replay."""

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("receiver"),
    )
    key = models.UUIDField(_("id for the receiver"))
    kind = models.TextField(_("what happened"))
    body = models.TextField(_("content"))
    state = models.TextField(_("state"), choices=MessageState.choices, default=MessageState.PENDING)
    attempts = models.IntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("due"), null=True)
    made_at = models.DateTimeField(_("made"))
    done_at = models.DateTimeField(_("ended"), null=True)
    status = models.IntegerField(_("answer's status"), null=True)
    answer = models.TextField(_("answer, its beginning"), default="", blank=True)
    took_ms = models.IntegerField(_("took (ms)"), null=True)

    class Meta:
        verbose_name = _("message to a receiver")
        verbose_name_plural = _("messages to receivers")
        constraints = (
            SameBusiness("endpoint"),
            models.UniqueConstraint(
                fields=["business", "endpoint", "key"], name="webhooks_message_once"
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.PENDING, next_at__isnull=False, done_at=None)
                | Q(
                    state__in=[MessageState.DELIVERED, MessageState.DEAD],
                    next_at=None,
                    done_at__isnull=False,
                ),
                name="webhooks_message_is_due_or_done",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "endpoint", "next_at"],
                name="webhooks_message_due",
                condition=Q(state=MessageState.PENDING),
            ),
            models.Index(
                fields=["business", "endpoint", "-made_at"], name="webhooks_message_newest"
            ),
            models.Index(fields=["business", "state", "done_at"], name="webhooks_message_ended"),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.endpoint_id}"


declare(
    {
        WebhookEndpoint: Facts(free=("note",), ours=("url", "kinds", "secret", "previous_secret")),
        # Bodies hold ids and amounts; what a receiver answered may hold anything.
        WebhookMessage: Facts(free=("answer",), ours=("kind", "body")),
    }
)
