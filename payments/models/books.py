"""The money journal: double entries that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from payments.enums import BookAccount


class MoneyEntry(TenantModel):
    """One line of a posting. Debits are positive rial; a posting's lines sum to zero.

    A posting is named by what happened (`kind`) and to what (`source_id`), so that the same fact is
    never posted twice. `party` is the provider account, bank account or customer meant, or "".
    """

    kind = models.TextField(_("what happened"))
    source_id = models.UUIDField(_("to what"))
    account = models.TextField(_("account"), choices=BookAccount.choices)
    party = models.TextField(_("whose"), default="", blank=True)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "source_id", "kind", "account", "party"],
                name="payments_entry_once",
            ),
            models.CheckConstraint(condition=~Q(amount_rial=0), name="payments_entry_not_zero"),
        )
        indexes = (
            models.Index(fields=["business", "account", "at"], name="payments_entry_account"),
            models.Index(fields=["business", "-at"], name="payments_entry_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.account} {self.amount_rial}"
