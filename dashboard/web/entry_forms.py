"""What a newcomer tells us."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from businesses.enums import Vertical
from dashboard.web.forms import Code, Line, mobile_of


class BusinessForm(forms.Form):
    """A business of somebody who already has a login."""

    business_name = Line(label=_("Name of the business"), max_length=120)
    vertical = forms.ChoiceField(label=_("Trade"), choices=Vertical.choices)


class SignUpForm(BusinessForm):
    """A business and the login of its owner."""

    login = Code(
        label=_("Your e-mail or mobile"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least ten characters; a short sentence is easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def clean_login(self) -> str:
        """Return an e-mail in lower case or a mobile as E.164, not used by anybody else."""
        typed: str = self.cleaned_data["login"]
        login = _email(typed) if "@" in typed else mobile_of(typed)
        if login is None:
            raise ValidationError(_("This is neither an e-mail address nor a mobile number."))
        if get_user_model().objects.filter(**{_kind(login): login}).exists():
            raise ValidationError(_("Somebody has already signed up with this; sign in instead."))
        return login

    def clean_password(self) -> str:
        """Return the password when it is strong enough."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def account(self) -> dict[str, str]:
        """Return the fields of the new user."""
        login: str = self.cleaned_data["login"]
        return {_kind(login): login, "password": self.cleaned_data["password"]}


def _kind(login: str) -> str:
    return "email" if "@" in login else "mobile"


def _email(typed: str) -> str | None:
    try:
        validate_email(typed)
    except ValidationError:
        return None
    return typed.lower()
