"""What a business's tills and shops say of what they sell (capability C016)."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from customers.enums import ContextKind

# A till's own spelling, which need not be ours.
KEY: Final = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"


class ContextField(TenantModel):
    """One member a line's `attributes` may have. Its key and kind never change.

    While one of a business is in use, its lines say nothing else. `choices` is a list of
    {"code", "fa", "en"}.
    """

    key = models.TextField(_("key"))
    kind = models.TextField(_("kind"), choices=ContextKind.choices)
    title_fa = models.TextField(_("Persian title"))
    title_en = models.TextField(_("English title"), blank=True, default="")
    choices = models.JSONField(_("list"), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("field of sales")
        verbose_name_plural = _("fields of sales")
        constraints = (
            models.UniqueConstraint(fields=["business", "key"], name="customers_context_key"),
            models.CheckConstraint(
                condition=Q(key__regex=KEY) & ~Q(title_fa=""), name="customers_context_named"
            ),
            models.CheckConstraint(
                condition=Q(kind=ContextKind.CHOICE) & ~Q(choices=[])
                | ~Q(kind=ContextKind.CHOICE) & Q(choices=[]),
                name="customers_context_list",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return (get_language() == "en" and self.title_en) or self.title_fa
