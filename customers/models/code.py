"""One-time codes sent to a customer's mobile, and how many went out on a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import CodePurpose, CodeState
from customers.models.person import Customer

MOST_TRIES = 5


class OneTimeCode(TenantModel):
    """Six digits that prove who holds a mobile; kept as a keyed hash, used once (complaint 4.6).

    A mobile that no customer has yet can be asked too: then `customer` is empty.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    mobile_hmac = models.BinaryField(editable=False)
    purpose = models.TextField(_("purpose"), choices=CodePurpose.choices)
    code_hmac = models.BinaryField(editable=False)
    state = models.TextField(_("state"), choices=CodeState.choices, default=CodeState.LIVE)
    tries = models.SmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "mobile_hmac", "purpose"],
                condition=Q(state=CodeState.LIVE),
                name="customers_code_one_live",
            ),
            models.UniqueConstraint(
                fields=["business", "customer", "purpose"],
                condition=Q(state=CodeState.LIVE, customer__isnull=False),
                name="customers_code_one_of_each",
            ),
            models.CheckConstraint(
                condition=Q(tries__gte=0, tries__lte=MOST_TRIES), name="customers_code_tries"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="customers_code_expires"
            ),
            models.CheckConstraint(
                condition=Q(state=CodeState.LIVE, finished_at=None)
                | (~Q(state=CodeState.LIVE) & Q(finished_at__isnull=False)),
                name="customers_code_finished",
            ),
        )
        indexes = (models.Index(fields=["business", "sent_at"], name="customers_code_by_age"),)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.state}"


class CodeMeter(TenantModel):
    """How many codes of one kind went out on a day: to a mobile, a customer, or anybody.

    `whose` is a keyed hash of which of the three it is.
    """

    whose = models.BinaryField(editable=False)
    purpose = models.TextField(_("purpose"), choices=CodePurpose.choices)
    day = models.DateField(_("day"))
    sent = models.IntegerField(_("sent"))

    class Meta:
        verbose_name = _("codes sent in a day")
        verbose_name_plural = _("codes sent in a day")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "whose", "purpose", "day"], name="customers_codemeter_once"
            ),
            models.CheckConstraint(condition=Q(sent__gte=1), name="customers_codemeter_sent"),
        )
        indexes = (models.Index(fields=["business", "day"], name="customers_codemeter_by_day"),)

    def __str__(self) -> str:
        return f"{self.day}: {self.sent}"
