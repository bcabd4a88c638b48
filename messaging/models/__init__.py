"""Tables of messages, consent and SMS accounts."""

from messaging.models.account import SmsAccount
from messaging.models.consent import Consent
from messaging.models.message import Message

__all__ = ["Consent", "Message", "SmsAccount"]
