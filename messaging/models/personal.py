"""What the tables of messages hold of a person (rule R59): they are known here by their address."""

from core.tenancy.personal import Facts, at, declare
from messaging.models.account import SmsAccount
from messaging.models.consent import Consent
from messaging.models.message import Message

declare(
    {
        SmsAccount: Facts(ours=("provider", "sender", "sealed_key")),
        Consent: Facts(
            of=at("address"), theirs=("address",), told=("purpose", "granted", "source", "at")
        ),
        Message: Facts(
            of=at("address"),
            theirs=("address", "body"),
            ours=("dedupe_key", "provider_ref", "provider_code", "ref_kind"),
            told=("purpose", "state", "created_at", "sent_at"),
        ),
    }
)
