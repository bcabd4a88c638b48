"""Purposes, states and outcomes of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why a message is sent; consent, quiet hours and caps hang on it."""

    OTP = "otp", _("One-time code")
    TRANSACTIONAL = "transactional", _("About a purchase")
    SURVEY = "survey", _("Survey")
    MARKETING = "marketing", _("Offers and news")


class MessageState(models.TextChoices):
    """queued → sending → sent → delivered | undelivered | blocked, and the ways out.

    `sending` is the committed intent. `unknown` means the wire kept silent: it is inquired, and
    offers are never sent again from there.
    """

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    BLOCKED = "blocked", _("Blocked by the recipient")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    EXPIRED = "expired", _("Expired before sending")
    SUPPRESSED = "suppressed", _("Not sent on purpose")


class Reason(models.TextChoices):
    """Why a message was not sent or did not arrive."""

    NO_CONSENT = "no_consent", _("The customer has not agreed to this kind of message")
    FREQUENCY_CAP = "frequency_cap", _("The customer already got enough messages this week")
    CANCELLED = "cancelled", _("No longer needed")
    TOO_LATE = "too_late", _("Its time had passed")
    NO_ACCOUNT = "no_account", _("No SMS account is set up")
    NO_CREDIT = "no_credit", _("The SMS account has run out of credit")
    REFUSED = "refused", _("The SMS provider refused it")
    UNREACHABLE = "unreachable", _("The SMS provider could not be reached")
    NO_ANSWER = "no_answer", _("The SMS provider did not answer")


class ConsentSource(models.TextChoices):
    """Where a customer said yes or no."""

    SURVEY_PAGE = "survey_page", _("Survey page")
    TILL = "till", _("At the till")
    STAFF = "staff", _("Noted by staff")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    REPLY = "reply", _("Reply by SMS")
    OWN_PAGE = "own_page", _("The customer's own page")
    BLOCKLIST = "blocklist", _("The operator's block list")


PRIORITY = {
    Purpose.OTP: 0,
    Purpose.TRANSACTIONAL: 1,
    Purpose.SURVEY: 2,
    Purpose.MARKETING: 3,
}
