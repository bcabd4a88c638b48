"""Roles, trades and API scopes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do in a business."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    CASHIER = "cashier", _("Cashier")
    ANALYST = "analyst", _("Analyst")


class Vertical(models.TextChoices):
    """The trade; it decides presets, never rules."""

    CAFE = "cafe", _("Café or restaurant")
    CLOTHING = "clothing", _("Clothing shop")
    TOYS = "toys", _("Toy shop")
    OTHER = "other", _("Other")


class Scope(models.TextChoices):
    """What an API key may do."""

    PURCHASES_WRITE = "purchases:write", _("Record purchases and returns")
    PURCHASES_READ = "purchases:read", _("Read purchases")
    PAYMENTS_WRITE = "payments:write", _("Create payments")
    PAYMENTS_READ = "payments:read", _("Read payments")
    CUSTOMERS_WRITE = "customers:write", _("Write customers")
    CUSTOMERS_READ = "customers:read", _("Read customers")
    LOYALTY_WRITE = "loyalty:write", _("Redeem points")
    LOYALTY_READ = "loyalty:read", _("Preview points")
    ACCOUNTS_WRITE = "provider_accounts:write", _("Connect and change accounts at providers")
    ACCOUNTS_READ = "provider_accounts:read", _("Read accounts at providers")
    INQUIRIES_WRITE = "inquiries:write", _("Ask banks about people")
    INQUIRIES_READ = "inquiries:read", _("Read what banks said about people")
    RULES_WRITE = "refund_rules:write", _("Change for how long goods come back")
    POINT_RULES_WRITE = "point_rules:write", _("Change what earns points")
    CREDIT_WRITE = "credit_terms:write", _("Change to whom the shop lends, and how much")
    PERSONAL = "personal_data", _("Give out and erase all that is kept of a person")
    WEBHOOKS = "webhooks", _("Say where webhooks go, and read them")
    TILL_USE = "till:use", _("Sell at a registered device")
    SETTINGS = "settings:write", _("Read and change the business's settings")


class Module(models.TextChoices):
    """A part of the product a business may do without; the rest always stands."""

    LEADS = "leads", _("People who have not bought yet")
    MEMBERSHIPS = "memberships", _("Paid memberships")
    COUPONS = "coupons", _("Coupons and stamp cards")
    GIFT_CARDS = "gift_cards", _("Gift cards")
    REFERRALS = "referrals", _("Bringing friends")
    GOODWILL = "goodwill", _("Points given on the spot")
    OCCASIONS = "occasions", _("Customers' days")
    ENGAGEMENT = "engagement", _("Milestones and taking part")
    STAFF = "staff", _("Who wins customers")
    SURVEYS = "surveys", _("Surveys")
    CAMPAIGNS = "campaigns", _("Campaigns")
    LINKS = "links", _("Payment links")
    QUOTES = "quotes", _("Promised prices")
    INSTALMENTS = "instalments", _("Instalments of the shop")
    INQUIRIES = "inquiries", _("Questions to banks about people")


class DeviceKind(models.TextChoices):
    """What stands at a place of sale."""

    TERMINAL = "terminal", _("Terminal or till software")
    BROWSER = "browser", _("Till page in a browser")


# Whoever holds these says where a business's money or news goes, when a second person must agree,
# learns names from banks, or destroys what is known of people: an owner gives them by name.
ACCOUNT_SCOPES = frozenset({Scope.ACCOUNTS_WRITE, Scope.ACCOUNTS_READ})
INQUIRY_SCOPES = frozenset({Scope.INQUIRIES_WRITE, Scope.INQUIRIES_READ})
OWNERS_SCOPES = (
    ACCOUNT_SCOPES
    | INQUIRY_SCOPES
    | {
        Scope.RULES_WRITE,
        Scope.POINT_RULES_WRITE,
        Scope.CREDIT_WRITE,
        Scope.PERSONAL,
        Scope.WEBHOOKS,
        Scope.SETTINGS,
    }
)
EVERYDAY_SCOPES = tuple(scope for scope in Scope if scope not in OWNERS_SCOPES)
