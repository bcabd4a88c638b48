"""Who and what may act for a business."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from businesses.enums import Role
from businesses.models.business import Business
from core.ids import new_id


class Membership(models.Model):
    """A person's role in a business. Global: read before the business is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="memberships")
    role = models.TextField(_("role"), choices=Role.choices)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=["business", "user"], name="businesses_membership_once"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.business} · {self.role}"


class ApiKey(models.Model):
    """A program's key. Only its hash is stored. Global: read before the business is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="api_keys")
    name = models.TextField(_("name"))
    prefix = models.TextField(_("begins with"))
    key_hash = models.BinaryField(unique=True, editable=False)
    scopes = ArrayField(models.TextField(), verbose_name=_("may"))
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        indexes = (models.Index(fields=["business", "-created_at"], name="businesses_apikey_list"),)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
