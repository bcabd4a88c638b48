"""Queueing, sending and following messages; consent; the SMS account."""

from messaging.operations.account import connect_account, open_default_account, set_manners
from messaging.operations.cancel import cancel_all_to, cancel_queued
from messaging.operations.check import check_due
from messaging.operations.consent import record_consent, record_consents, take_reply
from messaging.operations.queue import NewSms, queue_sms, queue_sms_many
from messaging.operations.send import send_due

__all__ = [
    "NewSms",
    "cancel_all_to",
    "cancel_queued",
    "check_due",
    "connect_account",
    "open_default_account",
    "queue_sms",
    "queue_sms_many",
    "record_consent",
    "record_consents",
    "send_due",
    "set_manners",
    "take_reply",
]
