"""What the buyer's pages show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import BusinessInfo, business_by_id
from core.errors import Sentence
from core.spelling import spelled
from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState
from payments.enums.covers import CoverKind
from payments.enums.debits import Collects
from payments.models import Payment, PaymentAttempt
from payments.models.tokens import business_of_token
from payments.operations.covers.keeper import covers_offered, credit_offered
from payments.operations.later import later_offer
from payments.operations.offer import open_checkout
from payments.providers.contract import Unverified
from payments.queries import is_machine_number, last_attempt, payment_by_pay_token
from payments.queries.covers import covers_of
from payments.queries.links import mobile_in
from payments.queries.refunds import refunds_of
from payments.queries.return_days import ReturnTerm, return_terms
from payments.queries.windows import manner_of
from payments.web.given_back import given_back
from payments.web.receipt import receipt_parts


@dataclass(frozen=True, slots=True)
class Shown:
    """A payment found by its public token, with its business and its last try."""

    business: BusinessInfo
    payment: Payment
    attempt: PaymentAttempt | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page says first: a sign, a headline and a sentence."""

    tone: str
    icon: str
    title: Sentence
    text: Sentence
    waiting: bool = False


_COMPLAINABLE: Final = (PaymentState.SETTLED, PaymentState.NEEDS_REVIEW, PaymentState.REVERSED)
_VERDICTS: Final = {
    PaymentState.SETTLED: Verdict(
        "good",
        "check",
        gettext_lazy("Paid"),
        gettext_lazy("Your payment arrived. Thank you for your purchase!"),
    ),
    PaymentState.PROCESSING: Verdict(
        "wait",
        "hourglass",
        gettext_lazy("We are asking the bank"),
        gettext_lazy(
            "This page looks again by itself. If money was taken and the purchase does not go "
            "through, it comes back to your card."
        ),
        waiting=True,
    ),
    PaymentState.CREATED: Verdict(
        "bad",
        "x",
        gettext_lazy("The payment was not made"),
        gettext_lazy("Nothing was taken for this purchase. You can try again."),
    ),
    PaymentState.CANCELLED: Verdict(
        "",
        "ban",
        gettext_lazy("This payment was withdrawn"),
        gettext_lazy("The shop took this request back; there is nothing to pay."),
    ),
    PaymentState.EXPIRED: Verdict(
        "",
        "clock-off",
        gettext_lazy("The time for this payment is over"),
        gettext_lazy("Ask the shop for a new payment link."),
    ),
    PaymentState.REVERSED: Verdict(
        "",
        "arrow-back-up",
        gettext_lazy("The money went back"),
        gettext_lazy("The whole amount was returned to the card it came from."),
    ),
    PaymentState.NEEDS_REVIEW: Verdict(
        "wait",
        "user-question",
        gettext_lazy("A colleague is looking into it"),
        gettext_lazy(
            "What the bank said does not fit this purchase. Your money is safe: either the "
            "purchase is completed or the money comes back to your card."
        ),
    ),
}


_RETURNS: Final = Verdict(
    "wait",
    "arrow-back-up",
    gettext_lazy("Your money comes back"),
    gettext_lazy(
        "The bank took the money but the payment was not completed in time; the bank returns it "
        "to your card by itself. You need not do anything, and you can pay again."
    ),
)
_WAITING: Final = {
    Unverified.AUTO_RETURN: gettext_lazy(
        "This page looks again by itself. If money was taken and the payment is not completed in "
        "time, the bank returns it to your card by itself."
    ),
    Unverified.KEPT: gettext_lazy(
        "This page looks again by itself. If money was taken it waits at the payment company until "
        "the payment is completed, or the shop sends it back."
    ),
    Unverified.AUTO_FINAL: gettext_lazy(
        "This page looks again by itself. If money was taken the payment is made, even if this "
        "page does not say so yet; do not pay again."
    ),
}


def find(token: str) -> Shown | None:
    """Return what a pay token leads to, or None."""
    business_id = business_of_token(token)
    if business_id is None:
        return None
    with acting_for(business_id):
        payment = payment_by_pay_token(token)
        if payment is None:
            return None
        return Shown(business_by_id(business_id), payment, last_attempt(payment.id))


def pay_context(shown: Shown, *, notice: Sentence | None, now: datetime) -> dict[str, Any]:
    """Return the pay page."""
    payment = shown.payment
    later = later_offer(business_id=shown.business.id, payment_id=payment.id, now=now)
    with acting_for(shown.business.id):
        offer = open_checkout(payment=payment, later=later, now=now)
        covers = covers_of(payment)
        takes_codes = _takes_codes(payment) and covers_offered()
        takes_credit = _takes_codes(payment) and bool(mobile_in(payment)) and credit_offered()
        takes_credit = takes_credit and all(one.kind != CoverKind.STORE_CREDIT for one in covers)
    return {
        "shop": shown.business,
        "payment": payment,
        "lines": [shown_line(line) for line in payment.lines],
        "notice": notice,
        "test": shown.business.is_test,
        "offer": offer,
        "covers": covers,
        "takes_codes": takes_codes,
        "takes_credit": takes_credit,
        "closes_soon": (payment.expires_at - now).total_seconds() < 3600,  # noqa: PLR2004
    }


def _takes_codes(payment: Payment) -> bool:
    """Tell whether a gift card or coupon may be named now."""
    is_open = payment.state == PaymentState.CREATED and payment.amount_rial > 0
    return is_open and payment.collects == Collects.SALE


def receipt_context(shown: Shown, *, now: datetime) -> dict[str, Any]:
    """Return the receipt: verdict, facts, and what other apps add once it is paid."""
    payment = shown.payment
    state = PaymentState(payment.state)
    added: dict[str, Any] = {}
    terms: Sequence[ReturnTerm] = ()
    with acting_for(shown.business.id):
        back = given_back(refunds_of(payment.id))
        covers = covers_of(payment)
    # An instalment pays for an earlier sale, whose points and survey are not its own.
    paid_sale = state is PaymentState.SETTLED and payment.collects == Collects.SALE
    if paid_sale and payment.purchase_id is not None:
        with acting_for(shown.business.id):
            added = receipt_parts(payment.purchase_id, now)
            terms = return_terms(payment)
    return {
        "shop": shown.business,
        "payment": payment,
        "verdict": _verdict(shown, state),
        "facts": _facts(shown),
        "lines": [shown_line(line) for line in payment.lines],
        "covers": covers,
        "retry_url": _retry_url(payment) if state is PaymentState.CREATED else "",
        "return_url": payment.return_url,
        "complaint_url": _complaint_url(payment) if state in _COMPLAINABLE else "",
        "added": added,
        "return_terms": terms,
        "given_back": back,
    }


def _verdict(shown: Shown, state: PaymentState) -> Verdict:
    """Say what becomes of the money as this provider does it, not as some other would."""
    attempt = shown.attempt
    if attempt is None or state not in {PaymentState.CREATED, PaymentState.PROCESSING}:
        return _VERDICTS[state]
    if state is PaymentState.CREATED:
        returned = attempt.state == AttemptState.AUTO_RETURNED
        return _RETURNS if returned else _VERDICTS[state]
    with acting_for(shown.business.id):
        policy = manner_of(attempt.account).policy
    return replace(_VERDICTS[state], text=_WAITING.get(policy, _VERDICTS[state].text))


def _retry_url(payment: Payment) -> str:
    return reverse("payments:pay", args=[payment.pay_token])


def _complaint_url(payment: Payment) -> str:
    return reverse("payments:complain", args=[payment.pay_token])


def shown_line(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line as buyers' pages print it."""
    quantity = str(line["quantity"])
    return {
        "name": line["name"] or line["sku"],
        "quantity": "" if quantity == "1" else quantity,
        "unit_price_rial": line["unit_price_rial"],
        "total_rial": line["total_rial"],
    }


def _facts(shown: Shown) -> list[dict[str, str | Promise]]:
    attempt, payment = shown.attempt, shown.payment
    number = payment.external_id
    facts = []
    if not is_machine_number(number):
        facts.append((_("Order"), _as_read(number)))
    if attempt is not None and attempt.provider_ref:
        facts.append((_("Reference"), _as_read(attempt.provider_ref)))
    if attempt is not None and attempt.masked_pan and attempt.confirmed_at:
        facts.append((_("Card"), spelled(attempt.masked_pan)))
    return [{"label": label, "text": text} for label, text in facts]


def _as_read(code: str) -> str:
    """Return a number in the reader's digits; a code with letters as it has to be typed."""
    return spelled(code) if code.isdigit() else code
