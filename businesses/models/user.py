"""People who log in."""

from datetime import datetime
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Creates users; an address or a mobile is enough."""

    def create_user(
        self,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "User":
        """Create a user with a hashed password; e-mail is stored in lower case."""
        user = self.model(email=email.lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self,
        email: str,
        password: str,
        **fields: Any,
    ) -> "User":
        """Create platform staff with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail (any case)."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a login, known by e-mail or mobile."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.TextField(_("name"), blank=True, default="")
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    mobile = models.TextField(_("mobile"), unique=True, null=True, blank=True)
    mobile_verified = models.BooleanField(default=False)
    is_staff = models.BooleanField(_("platform staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(mobile__isnull=False),
                name="businesses_user_reachable",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email or self.mobile or str(self.id)


class SecondFactor(Authenticator):  # type: ignore[misc]  # allauth is untyped
    """What somebody proves a login with beside the password: an app, a key, codes on paper.

    The table is allauth's; the name is ours, for staff.
    """

    class Meta:
        proxy = True
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
