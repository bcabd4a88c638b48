"""The message as each customer reads it."""

import re
from typing import Final

from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.text import normalise

NAME: Final = "{name}"
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_LONGEST: Final = 600
# A longer first word is no name, and would not fit into a message.
_LONGEST_NAME: Final = 30


def clean_body(body: str) -> str:
    """Return the text in one spelling; raise Problem `invalid_text` or `unknown_placeholder`."""
    lines = [normalise(line) for line in body.strip().splitlines()]
    clean = "\n".join(lines)
    if not clean or len(clean) > _LONGEST:
        raise Problem("invalid_text", _("Write a message of at most 600 letters."), about="body")
    if set(_PLACEHOLDER.findall(clean)) - {NAME}:
        detail = _("Only {name} can be filled in; check the braces.")
        raise Problem("unknown_placeholder", detail, about="body")
    return clean


def personal(body: str, name: str) -> str:
    """Return the text with the first name filled in, or a friendly word for the nameless."""
    first = name.split(maxsplit=1)[0] if name.strip() else ""
    return body.replace(NAME, first if 0 < len(first) <= _LONGEST_NAME else nameless())


def nameless() -> str:
    """Return how a customer is addressed whose name we do not know."""
    with override(settings.LANGUAGE_CODE):
        return gettext("friend")
