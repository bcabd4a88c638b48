"""What to ask a provider about an attempt, in which order, and which answer decides.

Nothing here touches the database: values in, the provider's words out.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from payments.operations.wire import Line
from payments.providers.contract import (
    Confirmation,
    Evidence,
    Inquiry,
    Outcome,
    Session,
    Settled,
    Standing,
)

YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_WITH_MONEY: Final = frozenset({Standing.PAID_UNCONFIRMED, Standing.CONFIRMED})


class Step(Enum):
    """What an attempt needs next."""

    CONFIRM = "confirm"
    INQUIRE = "inquire"
    SETTLE = "settle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A leased attempt: whom to ask, about what, beginning with which question.

    `refused`: the buyer's return said that nothing was paid. `doubted`: an earlier confirmation
    stayed without an answer. `late`: the provider's window to confirm is over.
    """

    line: Line
    session: Session
    step: Step
    refused: bool = False
    doubted: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What the provider said. A refused confirmation leaves the last word to the inquiry."""

    confirmation: Confirmation | None = None
    inquiry: Inquiry | None = None
    settled: Settled | None = None

    @property
    def last(self) -> Confirmation | Inquiry:
        """Return the answer that decides."""
        refused = self.confirmation and self.confirmation.outcome is Outcome.DECLINED
        word = self.inquiry if refused or not self.confirmation else self.confirmation
        if word is None:
            raise ValueError("a refused confirmation needs an inquiry")
        return word


def ask(work: Work) -> Finding:
    """Talk to the provider, with no transaction open."""
    if work.step is Step.SETTLE:
        return _settle(work)
    limits = work.line.gateway.capabilities
    if limits.needs_return and not work.session.callback_references:
        return Finding(inquiry=_unasked(Standing.FAILED if work.refused else Standing.AT_BANK))
    return _by_inquiry(work) if limits.inquiry else _by_confirming(work)


def _by_inquiry(work: Work) -> Finding:
    """A claim of success is confirmed at once; else, and after any doubt, the inquiry is first."""
    confirmation = None
    if work.step is Step.CONFIRM:
        confirmation = work.line.confirm(work.session)
        if confirmation.outcome is not Outcome.DECLINED:
            return Finding(confirmation=confirmation)
    inquiry = work.line.inquire(work.session)
    if confirmation is None and inquiry.standing in _WITH_MONEY and not inquiry.contradiction:
        confirmation = held_against(inquiry, work.line.confirm(work.session), work.session)
    return Finding(confirmation=confirmation, inquiry=inquiry)


def held_against(inquiry: Inquiry, confirmation: Confirmation, session: Session) -> Confirmation:
    """A sum that is not the one asked for counts, whichever of the two answers told it."""
    if inquiry.amount_rial in {None, session.amount_rial}:
        return confirmation
    return replace(confirmation, amount_rial=inquiry.amount_rial)


def _by_confirming(work: Work) -> Finding:
    """Without inquiries the confirmation, which may be repeated, is the only question."""
    confirmation = work.line.confirm(work.session)
    if confirmation.outcome is not Outcome.DECLINED:
        return Finding(confirmation=confirmation)
    if not work.late:
        return Finding(confirmation=confirmation, inquiry=_unasked(Standing.FAILED))
    # Too late to confirm: the money goes back, unless the confirmation in doubt had worked.
    standing = None if work.doubted else Standing.RETURNED
    return Finding(confirmation=confirmation, inquiry=_unasked(standing))


def _settle(work: Work) -> Finding:
    """Settling may be repeated; only when it does not work the provider is asked why."""
    settled = work.line.settle(work.session)
    asks = work.line.gateway.capabilities.inquiry and settled.outcome not in YES
    return Finding(settled=settled, inquiry=work.line.inquire(work.session) if asks else None)


def _unasked(standing: Standing | None) -> Inquiry:
    outcome = Outcome.OK if standing else Outcome.UNKNOWN
    return Inquiry(outcome=outcome, evidence=Evidence(asked={}), standing=standing)
