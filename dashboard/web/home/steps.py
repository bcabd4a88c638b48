"""What an empty business does first."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.queries.people import customer_count
from payments.queries import provider_account


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of the first things to do."""

    done: bool
    icon: str
    title: str
    text: str
    href: str
    action: str


def first_steps(slug: str) -> list[Step]:
    """Return the steps with what is done already. Two queries."""

    def to(name: str, more: str = "") -> str:
        return reverse(f"dashboard:{name}", args=[slug]) + more

    account = provider_account()
    return [
        Step(
            done=False,
            icon="cash-register",
            title=_("Record the first sale"),
            text=_("With the customer's mobile; they get their points at once."),
            href=to("till"),
            action=_("To the till"),
        ),
        Step(
            done=account is not None and not account.is_sandbox,
            icon="credit-card",
            title=_("Connect your gateway"),
            text=_("Until then a pretend bank takes the payments, so that you can try."),
            href=to("settings", "?section=gateway"),
            action=_("Connect"),
        ),
        Step(
            done=customer_count() > 0,
            icon="file-import",
            title=_("Bring your past sales"),
            text=_("From a CSV or Excel file; the segments are ready the same night."),
            href=to("imports"),
            action=_("Import"),
        ),
    ]
