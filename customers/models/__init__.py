"""Tables of customers, sales, cases and imports."""

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

__all__ = [
    "AttributeDefinition",
    "AttributeValue",
    "Case",
    "CodeMeter",
    "ContextField",
    "Customer",
    "CustomerIdentity",
    "CustomerMerge",
    "CustomerTotals",
    "Erasure",
    "ImportJob",
    "ImportRowError",
    "Lead",
    "LeadSource",
    "Measure",
    "MergeSuggestion",
    "MergedRow",
    "OneTimeCode",
    "ProfileView",
    "Purchase",
    "PurchaseDispute",
    "PurchaseLine",
    "Return",
    "ReturnLine",
    "SalesDay",
    "Tender",
    "TimelineEntry",
]
