"""Seals: the ledger's entries in batches, each seal holding the digest of the one before."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class LedgerSeal(TenantModel):
    """One batch of ledger entries, in its order, closed for good.

    `digest` is over the previous seal's, the number and every entry (`queries/chain.py`), so no
    entry, seal, order or omission can change without changing every digest after it.
    """

    number = models.BigIntegerField(_("number"))
    entries = ArrayField(models.UUIDField(), verbose_name=_("entries"))
    previous = models.TextField(_("digest before"), blank=True)
    digest = models.TextField(_("digest"))
    # The latest moment of an entry sealed so far: what comes later is looked for from here.
    until_at = models.DateTimeField(_("entries until"))
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal of the ledger")
        verbose_name_plural = _("seals of the ledger")
        constraints = (
            models.UniqueConstraint(fields=["business", "number"], name="loyalty_seal_number"),
            models.UniqueConstraint(fields=["business", "previous"], name="loyalty_seal_previous"),
            models.CheckConstraint(
                condition=Q(number=1, previous="") | (Q(number__gt=1) & ~Q(previous="")),
                name="loyalty_seal_first",
            ),
        )
        indexes = (models.Index(fields=["business", "until_at"], name="loyalty_seal_until"),)

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"
