"""Why a question about a card or an account found nothing, in an owner's words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboard.web import words

_OURS: Final = {
    "paused": _("every account is paused after failures"),
    "daily_limit": _("the day's limit was reached"),
    "lost": _("asking was cut off"),
    "not_offered": _("this provider does not answer this question"),
}
_OF_PROVIDERS: Final = {
    "balance.not_enough": _("your account at the provider is empty"),
    "birthDate.not_valid": _("the birth date is not right"),
    "card.black_listed": _("the bank has put the card on its black list"),
    "card.is_expired": _("the card has expired"),
    "card.not_active": _("the card is not active"),
    "card.not_valid": _("there is no such card number"),
    "card.owner_not_authorized": _("the bank does not say whose card it is"),
    "card.registered_as_lost": _("the card was reported lost"),
    "card.registered_as_stolen": _("the card was reported stolen"),
    "card.source_bank_is_not_active": _("the card's bank does not answer now"),
    "daily_limit.reached": _("the provider's limit for today was reached"),
    "iban.not_found": _("there is no account with this number"),
    "iban.not_found_owner": _("the bank does not say whose account it is"),
    "iban.not_valid": _("the account number is not right"),
    "identity_info.not_found": _("nobody has this national code"),
    "matching.unknown": _("the bank could not compare them"),
    "nationalCode.not_valid": _("the national code is not right"),
    "providers.not_available": _("the banks do not answer now"),
    "VALIDATION_ERROR": _("the provider did not accept what was asked"),
}
_KNOWN: Final[dict[str, Promise]] = {**_OURS, **_OF_PROVIDERS}


def in_words(code: str) -> str:
    """Return why in words; a code nobody has met yet is shown as it came."""
    why = _KNOWN.get(code)
    return str(why) if why else words.code(code)
