"""Partners who pay the shop now and let the buyer pay later. They are gateways, and more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from payments.providers.contract.gateway import CartItem, Session
from payments.providers.contract.terms import Account, Evidence, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Eligibility:
    """Answer to the question whether a buyer may pay later. It stands on the checkout page."""

    outcome: Outcome
    evidence: Evidence
    eligible: bool = False
    title: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CartAnswer:
    """Answer to a change of a settled cart."""

    outcome: Outcome
    evidence: Evidence


class Bnpl(Protocol):
    """What a pay-later partner does beyond a gateway."""

    def eligibility(self, account: Account, *, amount_rial: int, mobile: str) -> Eligibility:
        """Ask whether this buyer may pay this amount later; short time-out."""
        ...

    def update_cart(
        self, account: Account, session: Session, *, amount_rial: int, items: Sequence[CartItem]
    ) -> CartAnswer:
        """Make a settled cart smaller: the partial return."""
        ...

    def cancel_full(self, account: Account, session: Session) -> CartAnswer:
        """Take a whole settled payment back."""
        ...
