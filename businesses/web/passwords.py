"""How long a password must be, said in the reader's own words and digits."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.text import persian_digits


class LongEnough(MinimumLengthValidator):
    """Django's own rule; its sentence has no Persian translation."""

    def get_error_message(self) -> str:
        """Return what is wrong with a short password."""
        return self._said(_("At least %(n)s characters are needed; a short sentence is easy."))

    def get_help_text(self) -> str:
        """Return what is asked for."""
        return self._said(_("At least %(n)s characters; a short sentence is easy to keep."))

    def _said(self, sentence: str) -> str:
        number = str(self.min_length)
        is_persian = (get_language() or "").startswith("fa")
        return sentence % {"n": persian_digits(number) if is_persian else number}
