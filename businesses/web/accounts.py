"""How allauth finds and names our users: by e-mail or by mobile."""

from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from businesses.models import User
from core.text import normalise_code


class MobileField(forms.CharField):
    """A mobile typed in any usual way; the cleaned value is E.164."""

    def clean(self, value: Any) -> str:
        """Return the number as E.164."""
        number = _e164(super().clean(value))
        if not number:
            raise ValidationError(_("This is not a mobile number."))
        return number


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Logins by e-mail or Iranian mobile, however it is typed."""

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """Return the field that decides whether a login is a mobile."""
        return MobileField(**kwargs)

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001 - theirs
        """Store a user's mobile."""
        User.objects.filter(pk=user.pk).update(mobile=_e164(phone), mobile_verified=verified)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return a user's mobile and whether it was verified."""
        return (user.mobile, user.mobile_verified) if user.mobile else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Mark a mobile as verified."""
        self.set_phone(user, phone, True)  # noqa: FBT003 - allauth's signature

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return the user with that mobile, or None."""
        return User.objects.filter(mobile=_e164(phone)).first()


def _e164(typed: str) -> str:
    try:
        number = phonenumbers.parse(normalise_code(typed), "IR")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
