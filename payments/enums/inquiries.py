"""Words about questions to banks: what is asked, why, and on what ground."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InquiryKind(models.TextChoices):
    """What is asked; the same words as the contract's questions."""

    CARD_ACCOUNT = "card_account", _("Which account a card draws on")
    CARD_OWNER = "card_owner", _("Whose card it is")
    IBAN_OWNER = "iban_owner", _("Whose account it is")
    IBAN_NATIONAL_CODE = "iban_national_code", _("Account and national code")
    CARD_NATIONAL_CODE = "card_national_code", _("Card and national code")
    MOBILE_NATIONAL_CODE = "mobile_national_code", _("Mobile and national code")


class InquiryPurpose(models.TextChoices):
    """Why somebody asks about a person."""

    REFUND_DESTINATION = "refund_destination", _("Where a refund goes")
    PAYOUT = "payout", _("Where a payout goes")
    DEPOSIT_SOURCE = "deposit_source", _("Who made a deposit")
    MANDATE = "mandate", _("Who gives a permission to debit")
    STAFF = "staff", _("Another reason, told in the note")


class InquiryBasis(models.TextChoices):
    """What makes asking lawful."""

    CONSENT = "consent", _("The person agreed")
    CONTRACT = "contract", _("Needed to do what was agreed with the person")
    LEGAL_DUTY = "legal_duty", _("The law asks for it")


class InquiryState(models.TextChoices):
    """Where a question stands; the two ends are never left."""

    ASKING = "asking", _("Being asked")
    ANSWERED = "answered", _("Answered")
    UNANSWERED = "unanswered", _("No answer")


# Kinds whose answer is a name (and an account); the others answer yes or no.
NAMING = (InquiryKind.CARD_ACCOUNT, InquiryKind.CARD_OWNER, InquiryKind.IBAN_OWNER)
