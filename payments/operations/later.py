"""Whether a partner lets this buyer pay this payment later: asked while the pay page is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.models import Payment, ProviderAccount
from payments.operations.breaker import is_paused, note_answer
from payments.operations.wire import account_at, keep_call
from payments.providers import product_of
from payments.providers.contract import Account, Bnpl, Outcome
from payments.queries import accounts_for, limits_of
from payments.queries.links import mobile_in

_WAITING: Final = (PaymentState.CREATED, PaymentState.PROCESSING)


@dataclass(frozen=True, kw_only=True, slots=True)
class LaterOffer:
    """A partner's yes, in its own words where it told any."""

    partner: str
    title: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    account_id: UUID
    partner: str
    bnpl: Bnpl
    account: Account
    amount_rial: int
    mobile: str


def later_offer(*, business_id: UUID, payment_id: UUID, now: datetime) -> LaterOffer | None:
    """Return the offer to pay a payment later, or None; run outside any scope, it calls the wire.

    Nobody is asked about an amount outside the account's limits, or while the partner is paused
    for not answering: the buyer waits for one short question at most.
    """
    with acting_for(business_id):
        payment = Payment.objects.filter(id=payment_id, state__in=_WAITING).first()
        if payment is None:
            return None
        question = _question(payment.amount_rial, mobile_in(payment), now)
    return _asked(business_id, question, payment_id, now)


def later_offer_of_sum(
    *, business_id: UUID, about_id: UUID, amount_rial: int, mobile: str | None, now: datetime
) -> LaterOffer | None:
    """Return the offer to pay a sum later before anything asks for it; as `later_offer` does."""
    with acting_for(business_id):
        question = _question(amount_rial, mobile, now)
    return _asked(business_id, question, about_id, now)


def _asked(
    business_id: UUID, question: _Question | None, about_id: UUID, now: datetime
) -> LaterOffer | None:
    if question is None:
        return None
    said = question.bnpl.eligibility(
        question.account, amount_rial=question.amount_rial, mobile=question.mobile
    )
    with acting_for(business_id, durable=True):
        keep_call(
            account_id=question.account_id,
            attempt_id=None,
            about_id=about_id,
            operation="eligibility",
            outcome=said.outcome,
            evidence=said.evidence,
            now=now,
        )
        note_answer(question.account_id, said.outcome, said.evidence, now)
    if said.outcome is not Outcome.OK or not said.eligible:
        return None
    return LaterOffer(partner=question.partner, title=said.title, description=said.description)


def _question(amount_rial: int, mobile: str | None, now: datetime) -> _Question | None:
    for account in accounts_for("bnpl"):
        bnpl = product_of(account.provider).bnpl
        if bnpl is not None and _takes(account, amount_rial, now):
            return _Question(
                account_id=account.id,
                partner=str(account.get_provider_display()),
                bnpl=bnpl,
                account=account_at(account),
                amount_rial=amount_rial,
                mobile=mobile or "",
            )
    return None


def _takes(account: ProviderAccount, amount_rial: int, now: datetime) -> bool:
    least, most = limits_of(account)
    return least <= amount_rial <= most and not is_paused(account, now)
