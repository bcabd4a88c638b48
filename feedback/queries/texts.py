"""The words around a survey."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

LINK: Final = "{link}"
NAME: Final = "{name}"
SHOP: Final = "{shop}"
# A longer first word is no name, and would not fit into a message.
_LONGEST_NAME: Final = 30


def invitation_text(template: str, name: str, shop: str, link: str) -> str:
    """Return the SMS: placeholders filled, the link at the end when the text forgot it."""
    text = template if LINK in template else f"{template}\n{LINK}"
    first = name.split(maxsplit=1)[0] if name.strip() else ""
    given = first if 0 < len(first) <= _LONGEST_NAME else nameless()
    return text.replace(NAME, given).replace(SHOP, shop).replace(LINK, link)


def nameless() -> str:
    """Return how a customer is addressed whose name we do not know."""
    with override(settings.LANGUAGE_CODE):
        return _("friend")
