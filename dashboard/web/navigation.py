"""The sidebar: which pages a role sees, in which order."""

from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from businesses.enums import Module, Role
from businesses.queries import BusinessInfo, role_may
from dashboard.web.access import EVERYONE, MANAGERS, OWNERS, READERS, SELLERS


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page of the sidebar; `group` starts a titled group."""

    name: str
    icon: str
    label: Promise
    roles: tuple[Role, ...]
    group: Promise | str = ""
    on_phone: bool = False
    module: Module | None = None


ENTRIES: Final = (
    Entry(name="home", icon="sun", label=_("Today"), roles=READERS, on_phone=True),
    Entry(name="customers", icon="users", label=_("Customers"), roles=EVERYONE, on_phone=True),
    Entry(
        name="leads",
        icon="user-question",
        label=_("Not customers yet"),
        roles=EVERYONE,
        module=Module.LEADS,
    ),
    Entry(name="payments", icon="credit-card", label=_("Payments"), roles=EVERYONE),
    Entry(name="till", icon="cash-register", label=_("Till"), roles=SELLERS, on_phone=True),
    Entry(
        name="segments",
        icon="chart-donut-3",
        label=_("Segments"),
        roles=READERS,
        group=_("Loyalty"),
        on_phone=True,
    ),
    Entry(name="rules", icon="wand", label=_("Rules of points"), roles=READERS),
    Entry(name="levels", icon="trophy", label=_("Levels and rewards"), roles=READERS),
    Entry(
        name="memberships",
        icon="crown",
        label=_("Memberships"),
        roles=EVERYONE,
        module=Module.MEMBERSHIPS,
    ),
    Entry(name="points-owed", icon="coins", label=_("Points owed"), roles=READERS),
    Entry(
        name="coupons",
        icon="ticket",
        label=_("Coupons and stamps"),
        roles=EVERYONE,
        module=Module.COUPONS,
    ),
    Entry(
        name="referrals",
        icon="affiliate",
        label=_("Bring a friend"),
        roles=READERS,
        module=Module.REFERRALS,
    ),
    Entry(
        name="goodwill",
        icon="heart-handshake",
        label=_("Given on the spot"),
        roles=READERS,
        module=Module.GOODWILL,
    ),
    Entry(
        name="occasions",
        icon="cake",
        label=_("Customers' days"),
        roles=READERS,
        module=Module.OCCASIONS,
    ),
    Entry(name="benefits", icon="sparkles", label=_("Services without a price"), roles=READERS),
    Entry(
        name="staff",
        icon="id-badge-2",
        label=_("Who wins customers"),
        roles=MANAGERS,
        module=Module.STAFF,
    ),
    Entry(
        name="bonuses",
        icon="mood-happy",
        label=_("Staff bonuses"),
        roles=MANAGERS,
        module=Module.STAFF,
    ),
    Entry(
        name="gift-cards",
        icon="gift",
        label=_("Gift cards"),
        roles=EVERYONE,
        module=Module.GIFT_CARDS,
    ),
    Entry(name="store-credit", icon="wallet", label=_("Store credit"), roles=READERS),
    Entry(name="misuse", icon="shield-search", label=_("Signs of misuse"), roles=OWNERS),
    Entry(
        name="feedback",
        icon="message-star",
        label=_("Opinions"),
        roles=READERS,
        module=Module.SURVEYS,
    ),
    Entry(name="cases", icon="messages", label=_("Cases"), roles=EVERYONE),
    Entry(
        name="campaigns",
        icon="speakerphone",
        label=_("Campaigns"),
        roles=READERS,
        module=Module.CAMPAIGNS,
    ),
    Entry(
        name="imports", icon="file-import", label=_("Import"), roles=MANAGERS, group=_("Business")
    ),
    Entry(name="developers", icon="code", label=_("Developers"), roles=OWNERS),
    Entry(name="settings", icon="settings", label=_("Settings"), roles=MANAGERS),
)


# The pages of «Payments», as tabs under its heading, in groups: the tabs of a group follow its
# name. Their sidebar entry is "payments".
_IN, _PARTS, _OUT = _("What comes in"), _("In parts and by itself"), _("What goes out")
_GATEWAYS, _BOOKS = _("Gateways and alerts"), _("Books and reports")
MONEY_TABS: Final = (
    Entry(name="payments", icon="credit-card", label=_("Payments"), roles=EVERYONE, group=_IN),
    Entry(name="deposits", icon="building-bank", label=_("Deposits"), roles=READERS, group=_IN),
    Entry(name="payment-links", icon="link", label=_("Links"), roles=EVERYONE, group=_IN,
          module=Module.LINKS),
    Entry(name="quotes", icon="lock", label=_("Promised prices"), roles=EVERYONE, group=_IN,
          module=Module.QUOTES),
    Entry(name="checkouts", icon="shopping-cart-off", label=_("Unfinished"), roles=READERS,
          group=_IN),
    Entry(name="instalments", icon="calendar-dollar", label=_("Instalments"), roles=EVERYONE,
          group=_PARTS, module=Module.INSTALMENTS),
    Entry(name="debits", icon="calendar-repeat", label=_("Debits"), roles=EVERYONE, group=_PARTS),
    Entry(name="mandates", icon="signature", label=_("Permissions"), roles=EVERYONE, group=_PARTS),
    Entry(name="refunds", icon="arrow-back-up", label=_("Refunds"), roles=READERS, group=_OUT),
    Entry(name="payouts", icon="send", label=_("Payouts"), roles=MANAGERS, group=_OUT),
    Entry(name="inquiries", icon="user-search", label=_("Inquiries"), roles=MANAGERS, group=_OUT,
          module=Module.INQUIRIES),
    Entry(name="health", icon="heartbeat", label=_("Health"), roles=READERS, group=_GATEWAYS),
    Entry(name="alerts", icon="alert-triangle", label=_("Alerts"), roles=READERS,
          group=_GATEWAYS),
    Entry(name="gateways", icon="building-bank", label=_("Gateways"), roles=OWNERS,
          group=_GATEWAYS),
    Entry(name="books", icon="book-2", label=_("Books"), roles=READERS, group=_BOOKS),
    Entry(name="payment-methods", icon="chart-bar", label=_("Ways of paying"), roles=READERS,
          group=_BOOKS),
    Entry(name="return-cost", icon="receipt-refund", label=_("Cost of returns"), roles=READERS,
          group=_BOOKS),
    Entry(name="baskets", icon="basket", label=_("Baskets"), roles=READERS, group=_BOOKS),
    Entry(
        name="product-volumes",
        icon="package",
        label=_("Expected volumes"),
        roles=READERS,
        group=_BOOKS,
    ),
    Entry(name="refund-report", icon="clock", label=_("Waiting for money back"), roles=READERS,
          group=_BOOKS),
)  # fmt: skip


# The pages of «Segments», likewise.
_SEGMENTS, _WHO = _("Segments"), _("Who they are to us")
_BACK, _CHANGE = _("Who comes back"), _("Where it goes")
SEGMENT_TABS: Final = (
    Entry(name="segments", icon="chart-donut-3", label=_("Eleven segments"), roles=READERS,
          group=_SEGMENTS),
    Entry(name="named-segments", icon="tags", label=_("Ready-made segments"), roles=READERS,
          group=_SEGMENTS),
    Entry(name="own-segments", icon="filter", label=_("Own segments"), roles=READERS,
          group=_SEGMENTS),
    Entry(name="segment-scale", icon="ruler-2", label=_("How marks are given"), roles=READERS,
          group=_SEGMENTS),
    Entry(name="fit", icon="puzzle", label=_("Who suits us"), roles=READERS, group=_WHO),
    Entry(name="accounts", icon="building-store", label=_("Accounts that count"), roles=READERS,
          group=_WHO),
    Entry(name="measures", icon="gavel", label=_("Measures"), roles=MANAGERS, group=_WHO),
    Entry(name="retention", icon="user-heart", label=_("Forecast"), roles=READERS, group=_BACK),
    Entry(name="awaited", icon="calendar-x", label=_("Expected, not come"), roles=READERS,
          group=_BACK),
    Entry(name="priorities", icon="phone", label=_("Whom to keep first"), roles=READERS,
          group=_BACK),
    Entry(name="repeat", icon="repeat", label=_("Repeat purchases"), roles=READERS, group=_BACK),
    Entry(name="onboarding", icon="hourglass", label=_("Newcomers"), roles=READERS, group=_BACK),
    Entry(name="cohorts", icon="triangle", label=_("Cohorts"), roles=READERS, group=_BACK),
    Entry(name="lifecycle", icon="timeline", label=_("Stages of life"), roles=READERS,
          group=_CHANGE),
    Entry(name="segment-flows", icon="arrows-split", label=_("Month to month"), roles=READERS,
          group=_CHANGE),
    Entry(name="sales-bridge", icon="chart-arrows-vertical",
          label=_("Where the change comes from"), roles=READERS, group=_CHANGE),
    Entry(name="acquisition-mix", icon="route", label=_("Where newcomers come from"),
          roles=READERS, group=_CHANGE),
    Entry(name="winning", icon="scale", label=_("Winning or keeping"), roles=READERS,
          group=_CHANGE),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Link:
    """An entry as one role in one business sees it; `count`: what waits there for somebody."""

    icon: str
    label: Promise
    href: str
    group: Promise | str
    current: bool
    on_phone: bool
    name: str = ""
    count: int = 0


def links(business: BusinessInfo, role: Role, current: str) -> list[Link]:
    """Return the sidebar of a role; `current` is the entry the page belongs to."""
    return _seen(ENTRIES, business, role, current)


Tabs = tuple[list[Link], list[Link]]


def money_links(business: BusinessInfo, role: Role, current: str) -> list[Link]:
    """Return the payment pages a role may open; `current` is the open one's name."""
    return _seen(MONEY_TABS, business, role, current)


def segment_links(business: BusinessInfo, role: Role, current: str) -> list[Link]:
    """Return the pages about segments a role may open."""
    return _seen(SEGMENT_TABS, business, role, current)


def grouped(tabs: list[Link]) -> Tabs:
    """Return the groups of pages, and the tabs of the open one's group.

    A group leads to the first of its pages that a role may open, and tells what waits in all.
    """
    group = next((tab.group for tab in tabs if tab.current), None)
    firsts = {tab.group: tab for tab in reversed(tabs)}
    groups = [
        replace(
            tab,
            label=tab.group,
            current=tab.group == group,
            count=sum(one.count for one in tabs if one.group == tab.group),
        )
        for tab in tabs
        if firsts[tab.group] is tab and not isinstance(tab.group, str)
    ]
    return groups, [tab for tab in tabs if tab.group == group]


def _seen(
    entries: tuple[Entry, ...], business: BusinessInfo, role: Role, current: str
) -> list[Link]:
    return [
        Link(
            icon=entry.icon,
            label=entry.label,
            href=reverse(f"dashboard:{entry.name}", args=[business.slug]),
            group=entry.group,
            current=entry.name == current,
            on_phone=entry.on_phone,
            name=entry.name,
        )
        for entry in entries
        if role_may(role, entry.roles) and (entry.module is None or business.has(entry.module))
    ]


def landing(role: Role) -> str:
    """Return the page a role starts at: cashiers at the till, others at home."""
    return "home" if role_may(role, READERS) else "till"
