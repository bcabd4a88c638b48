"""What a new business does first: each step is judged by what is there, never ticked by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from businesses.enums import Role
from businesses.queries import employees, members_of, role_may
from customers.queries.imports import any_imported
from customers.queries.people import customer_count
from customers.queries.sales import any_sold_by_name
from dashboard.web import words
from dashboard.web.access import MANAGERS, OWNERS, SELLERS, BusinessRequest
from loyalty.queries.offers import any_spent
from payments.queries import provider_account

# So many customers have a past here already.
_KNOWN: Final = 30


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first things to do: `is_done` looks for what it leaves behind."""

    icon: str
    title: Promise
    text: Promise
    action: Promise
    page: str
    more: str = ""
    roles: tuple[Role, ...]
    is_done: Callable[[BusinessRequest], bool]


@dataclass(frozen=True, kw_only=True)
class Left:
    """A step that is left, as somebody who may take it sees it."""

    icon: str
    title: Promise
    text: Promise
    action: Promise
    href: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """How far a business has come, and what is left."""

    left: list[Left]
    done_text: str
    share: float

    @property
    def width(self) -> str:
        """Return the bar's length in hundredths for SVG."""
        return f"{self.share * 100:.1f}"


def _has_team(request: BusinessRequest) -> bool:
    return employees().exists() or members_of(request.business.id).count() > 1


def _has_gateway(_request: BusinessRequest) -> bool:
    account = provider_account()
    return account is not None and not account.is_sandbox


def _has_past(_request: BusinessRequest) -> bool:
    return any_imported() or customer_count() >= _KNOWN


_STEPS: Final = (
    Step(
        icon="cash-register",
        title=_("Record the first sale"),
        text=_("With the customer's mobile; they get their points at once."),
        action=_("To the till"),
        page="till",
        roles=SELLERS,
        is_done=lambda _request: any_sold_by_name(),
    ),
    Step(
        icon="file-import",
        title=_("Bring your past sales"),
        text=_("From a CSV or Excel file; the segments are ready the same night."),
        action=_("Import"),
        page="imports",
        roles=MANAGERS,
        is_done=_has_past,
    ),
    Step(
        icon="users",
        title=_("Say who sells with you"),
        text=_("Then each sale shows who sold it, and a cashier sees the till alone."),
        action=_("Add somebody"),
        page="settings",
        more="?section=employees",
        roles=MANAGERS,
        is_done=_has_team,
    ),
    Step(
        icon="credit-card",
        title=_("Connect your gateway"),
        text=_("Until then a pretend bank takes the payments, so that you can try."),
        action=_("Connect"),
        page="settings",
        more="?section=gateway",
        roles=OWNERS,
        is_done=_has_gateway,
    ),
    Step(
        icon="gift",
        title=_("Let a customer spend points"),
        text=_("Only who has spent points once knows what they are worth: tell them at the till."),
        action=_("To the till"),
        page="till",
        roles=SELLERS,
        is_done=lambda _request: any_spent(),
    ),
)


def first_steps(request: BusinessRequest) -> Way | None:
    """Return what is left of the first steps for who looks; None when nothing is. Six queries."""
    own = [step for step in _STEPS if role_may(request.role, step.roles)]
    left = [step for step in own if not step.is_done(request)]
    if not left:
        return None
    done = len(own) - len(left)
    values = {"done": words.number(done), "all": words.number(len(own))}
    return Way(
        left=[_left(step, request.business.slug) for step in left],
        done_text=str(_("%(done)s of %(all)s done")) % values,
        share=done / len(own),
    )


def _left(step: Step, slug: str) -> Left:
    return Left(
        icon=step.icon,
        title=step.title,
        text=step.text,
        action=step.action,
        href=reverse(f"dashboard:{step.page}", args=[slug]) + step.more,
    )
