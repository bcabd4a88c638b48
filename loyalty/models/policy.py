"""What customers were told of points and returns, and since when (C063)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class PolicyVersion(TenantModel):
    """The public rules as they were from a moment on, read from the records the engine uses.

    Never changed: what held when can be looked up.
    """

    number = models.IntegerField(_("number"))
    since = models.DateTimeField(_("since"))
    document = models.JSONField(_("rules"))

    class Meta:
        verbose_name = _("version of the public rules")
        verbose_name_plural = _("versions of the public rules")
        constraints = (
            models.UniqueConstraint(fields=["business", "number"], name="loyalty_policy_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="loyalty_policy_first"),
        )
        indexes = (models.Index(fields=["business", "-since"], name="loyalty_policy_newest"),)

    def __str__(self) -> str:
        return f"{self.number}"
