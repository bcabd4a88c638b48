"""Businesses, their branches and their employees."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.enums import DeviceKind, Vertical
from core.calendar import FRIDAY
from core.ids import new_id
from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel


def only_friday() -> list[int]:
    """Return the weekend nobody chose."""
    return [FRIDAY]


class Business(models.Model):
    """A tenant. Its test twin points to it by `test_of`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.TextField(_("name"))
    slug = models.SlugField(_("address"), unique=True, allow_unicode=False)
    vertical = models.TextField(_("trade"), choices=Vertical.choices, default=Vertical.OTHER)
    timezone = models.TextField(_("time zone"), default="Asia/Tehran")
    phone = models.TextField(_("phone"), blank=True, default="")
    enamad_url = models.TextField(_("eNamad address"), blank=True, default="")
    test_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="test_twin"
    )
    # Parts of the product it does without (enums.Module); what they wrote stays.
    modules_off = ArrayField(models.TextField(), verbose_name=_("switched off"), default=list)
    # Days of its weekend, counted from Saturday (0).
    weekend = ArrayField(
        models.IntegerField(), verbose_name=_("weekend"), default=only_friday, db_default=[FRIDAY]
    )
    identity_key = models.BinaryField(editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")

    def __str__(self) -> str:
        return self.name


class Branch(TenantModel):
    """A place of sale."""

    code = models.TextField(_("code"))
    name = models.TextField(_("name"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = (
            models.UniqueConstraint(fields=["business", "code"], name="businesses_branch_code"),
        )

    def __str__(self) -> str:
        return self.name


class Employee(TenantModel):
    """Somebody who sells; need not have a login."""

    code = models.TextField(_("code"))
    name = models.TextField(_("name"))
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    is_active = models.BooleanField(_("active"), default=True)
    # What they are known by as customers, and at the till: neither is needed to sell.
    mobile = models.TextField(_("mobile"), null=True, blank=True)
    login_id = models.UUIDField(_("their login"), null=True, blank=True)

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = (
            SameBusiness("branch"),
            models.UniqueConstraint(fields=["business", "code"], name="businesses_employee_code"),
            models.UniqueConstraint(
                fields=["business", "mobile"], name="businesses_employee_mobile"
            ),
            models.UniqueConstraint(
                fields=["business", "login_id"], name="businesses_employee_login"
            ),
            models.CheckConstraint(
                condition=Q(mobile__isnull=True) | Q(mobile__startswith="+98"),
                name="businesses_employee_e164",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Device(TenantModel):
    """A till, terminal or browser that sells. Its own numbers and sequence tell its sales apart."""

    code = models.TextField(_("code"))
    name = models.TextField(_("name"))
    kind = models.TextField(_("kind"), choices=DeviceKind.choices, default=DeviceKind.TERMINAL)
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("branch"),
    )
    # The API keys that speak for it and for nothing else; without any, every key of the business
    # that may sell at devices does.
    key_ids = ArrayField(models.UUIDField(), verbose_name=_("API keys"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    registered_at = models.DateTimeField(_("registered"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = (
            SameBusiness("branch"),
            models.UniqueConstraint(fields=["business", "code"], name="businesses_device_code"),
        )

    def __str__(self) -> str:
        return self.name
