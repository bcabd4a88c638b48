"""How allauth finds and names our users: by e-mail or by mobile."""

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter

from businesses.models import User
from core.text import normalise_code


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Logins by e-mail or Iranian mobile, however it is typed."""

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
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
