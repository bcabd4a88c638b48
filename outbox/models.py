"""Events and their deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare
from outbox.enums import DeliveryState


class Event(TenantModel):
    """Something that happened, as it was published. Append-only."""

    name = models.TextField(_("event"))
    payload = models.JSONField(_("content"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = (models.Index(fields=["business", "-at"], name="outbox_event_newest"),)

    def __str__(self) -> str:
        return self.name


class Delivery(TenantModel):
    """One event on its way to one subscriber."""

    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("event"),
    )
    subscriber = models.TextField(_("subscriber"))
    state = models.TextField(
        _("state"), choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.IntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    last_error = models.TextField(_("last error"), default="", blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = (
            SameBusiness("event"),
            models.UniqueConstraint(
                fields=["business", "event", "subscriber"], name="outbox_delivery_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "due_at"],
                name="outbox_delivery_due",
                condition=models.Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["business", "state"],
                name="outbox_delivery_dead",
                condition=models.Q(state=DeliveryState.DEAD),
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.event_id}"


class Interest(TenantModel):
    """A business wants its events of one name to reach a subscriber that hears on request only."""

    event = models.TextField(_("event"))
    subscriber = models.TextField(_("subscriber"))

    class Meta:
        verbose_name = _("interest in events")
        verbose_name_plural = _("interests in events")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "event", "subscriber"], name="outbox_interest_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.event}"


declare(
    {
        Event: Facts(free=("payload",), ours=("name",)),
        Delivery: Facts(free=("last_error",), ours=("subscriber",)),
        Interest: Facts(ours=("event", "subscriber")),
    }
)
