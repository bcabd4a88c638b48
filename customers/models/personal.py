"""What the tables of customers hold of a person (rule R59)."""

from core.tenancy.personal import Facts, by, declare, everybodys
from customers.models.attribute import AttributeDefinition, AttributeValue
from customers.models.code import CodeMeter, OneTimeCode
from customers.models.context import ContextField
from customers.models.days import SalesDay
from customers.models.dispute import PurchaseDispute
from customers.models.lead import Lead, LeadSource
from customers.models.measure import Measure
from customers.models.merge import CustomerMerge, MergedRow, MergeSuggestion
from customers.models.person import Customer, CustomerIdentity, CustomerTotals
from customers.models.privacy import Erasure, ProfileView
from customers.models.refund import Return, ReturnLine
from customers.models.sale import Purchase, PurchaseLine, Tender
from customers.models.story import Case, TimelineEntry
from customers.models.upload import ImportJob, ImportRowError

_SALE = "purchase__customer_id"

declare(
    {
        Customer: Facts(
            of=by("id"),
            theirs=("name", "mobile", "email", "search_key", "family_key"),
            who=everybodys,
            # Random; the operation gives the tombstone a new one.
            ours=("member_code",),
            told=("member_code", "status", "created_at"),
        ),
        CustomerIdentity: Facts(
            of=by("customer_id"),
            theirs=("value_hmac", "hint"),
            ours=("source", "reason"),
            told=("kind", "source", "reason", "verified_at", "created_at"),
            goes=True,
        ),
        CustomerTotals: Facts(
            of=by("id"),
            told=(
                "purchases",
                "purchase_days",
                "gross_rial",
                "returned_rial",
                "first_on",
                "last_on",
            ),
        ),
        AttributeDefinition: Facts(ours=("key", "title_fa", "title_en", "choices", "learned_from")),
        ContextField: Facts(ours=("key", "title_fa", "title_en", "choices")),
        AttributeValue: Facts(
            of=by("customer_id"),
            theirs=("value",),
            ours=("key", "said_by"),
            told=("key", "value", "source", "observed_at", "valid_to"),
            goes=True,
        ),
        LeadSource: Facts(ours=("title", "code", "invitation")),
        Lead: Facts(
            of=by("customer_id"),
            theirs=("wants",),
            told=(
                "stage",
                "wants",
                "made_at",
                "consented_at",
                "contacted_at",
                "interested_at",
                "lost_at",
                "lost_because",
                "next_at",
            ),
        ),
        ProfileView: Facts(
            of=by("customer_id"), ours=("viewer_name",), told=("at", "place", "viewer_name")
        ),
        Erasure: Facts(
            of=by("customer_id"),
            ours=("asked_by", "ended_by", "touched"),
            told=("reason", "state", "asked_at", "ended_at"),
        ),
        Purchase: Facts(
            of=by("customer_id"),
            ours=("external_id", "source", "matched_by", "fingerprint"),
            told=(
                "external_id",
                "channel",
                "occurred_at",
                "total_rial",
                "returned_rial",
                "matched_by",
            ),
        ),
        # What was sold stays for the reports; a name engraved on it does not.
        PurchaseLine: Facts(
            of=by(_SALE),
            free=("attributes",),
            ours=("sku", "name", "category"),
            told=("name", "category", "quantity", "total_rial", "attributes"),
        ),
        Tender: Facts(
            of=by(_SALE),
            theirs=("masked_pan",),
            ours=("reference",),
            told=("method", "amount_rial"),
        ),
        Return: Facts(
            of=by(_SALE),
            theirs=("reason",),
            ours=("external_id", "source", "fingerprint"),
            told=("amount_rial", "occurred_at"),
        ),
        ReturnLine: Facts(of=by("parent__purchase__customer_id"), told=("quantity", "amount_rial")),
        Case: Facts(
            of=by("customer_id"),
            theirs=("title", "detail", "resolution"),
            filled=("title",),
            ours=("source_ref",),
            told=("kind", "state", "opened_at", "resolved_at"),
        ),
        Measure: Facts(
            of=by("customer_id"),
            theirs=("evidence", "reason", "decision", "appeal", "answer"),
            ours=("proposed_by", "decided_by", "answered_by"),
            told=("step", "state", "proposed_at", "decided_at", "ends_on"),
            goes=True,
        ),
        PurchaseDispute: Facts(
            of=by("customer_id"),
            theirs=("words", "answer"),
            ours=("matched_by", "decided_by"),
            told=("state", "words", "opened_at", "answer", "decided_at"),
            goes=True,
        ),
        TimelineEntry: Facts(
            of=by("customer_id"),
            theirs=("data",),
            ours=("kind", "source_ref"),
            told=("kind", "occurred_at"),
        ),
        MergeSuggestion: Facts(
            of=by("first_id", "second_id"),
            ours=("because", "decided_by"),
            told=("because", "times", "state", "last_at"),
        ),
        CustomerMerge: Facts(
            of=by("survivor_id", "merged_id"),
            theirs=("reason",),
            ours=("before", "merged_by", "undone_by"),
            told=("merged_at", "undone_at"),
        ),
        OneTimeCode: Facts(
            of=by("customer_id"),
            theirs=("mobile_hmac", "code_hmac"),
            told=("purpose", "state", "sent_at"),
            goes=True,
        ),
        # How often a mobile was asked on a day: a keyed hash, of nobody by name.
        CodeMeter: Facts(ours=("whose",)),
        MergedRow: Facts(ours=("what",)),
        SalesDay: Facts(),
        ImportJob: Facts(
            free=("last_error",),
            ours=("file_name", "file_path", "file_digest", "mapping", "report", "created_by"),
        ),
        ImportRowError: Facts(free=("message", "raw"), ours=("code",)),
    }
)
