"""What a business wants to know of its customers, and what was said of each (capability C005)."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import LISTED_KINDS, AttributeKind, AttributePrivacy, AttributeSource
from customers.models.person import Customer

KEY: Final = r"^[a-z][a-z0-9_]{0,39}$"
# Nothing, something of the purchase, or a member of its lines' attributes.
LEARNED: Final = r"^(|item|category|daypart|spend|child_goods|line\..{1,60})$"


class AttributeDefinition(TenantModel):
    """One thing to know. Its key and kind never change; a trigger sees to it.

    `choices` is a list of {"code", "fa", "en"}. `learned_from` is what of a purchase tells it.
    """

    key = models.TextField(_("key"))
    kind = models.TextField(_("kind"), choices=AttributeKind.choices)
    title_fa = models.TextField(_("Persian title"))
    title_en = models.TextField(_("English title"), blank=True, default="")
    privacy = models.TextField(
        _("who sees it"), choices=AttributePrivacy.choices, default=AttributePrivacy.PERSONAL
    )
    choices = models.JSONField(_("list"), default=list, blank=True)
    learned_from = models.TextField(_("learned from"), blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = (
            models.UniqueConstraint(fields=["business", "key"], name="customers_attribute_key"),
            models.CheckConstraint(
                condition=Q(key__regex=KEY) & ~Q(title_fa=""), name="customers_attribute_named"
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=sorted(LISTED_KINDS)) & ~Q(choices=[]))
                | (~Q(kind__in=sorted(LISTED_KINDS)) & Q(choices=[])),
                name="customers_attribute_list",
            ),
            models.CheckConstraint(
                condition=Q(learned_from__regex=LEARNED), name="customers_attribute_learned"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return (get_language() == "en" and self.title_en) or self.title_fa


class AttributeValue(TenantModel):
    """One thing said of a customer, once. What is true now follows from all that was said.

    Written once: only whose it is may change (a merge). `value` is text in the one form of its
    attribute's kind; None takes back what was known until then.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    definition = models.ForeignKey(
        AttributeDefinition,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("attribute"),
    )
    # A copy of the definition's, so that a row says by itself what it is about.
    key = models.TextField(_("key"))
    value = models.TextField(_("value"), null=True, blank=True)
    source = models.TextField(_("where from"), choices=AttributeSource.choices)
    said_by = models.TextField(_("typed by"), blank=True, default="")
    observed_at = models.DateTimeField(_("known since"))
    valid_to = models.DateTimeField(_("true until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("written down"))

    class Meta:
        verbose_name = _("value of an attribute")
        verbose_name_plural = _("values of attributes")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("definition"),
            models.CheckConstraint(
                condition=Q(observed_at__lte=models.F("recorded_at"))
                & (Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("observed_at"))),
                name="customers_attributevalue_times",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="customers_attributevalue_said"),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "observed_at"], name="customers_attributevalue_of"
            ),
            models.Index(
                fields=["business", "definition", "customer"], name="customers_attributevalue_by"
            ),
        )

    def __str__(self) -> str:
        return self.key
