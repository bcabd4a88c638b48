"""What can happen to a payment. Each move changes the state and posts to the ledger together."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox import ledger, sequence
from sandbox.bank.cards import Card, Conduct
from sandbox.bank.merchants import Merchant, Policy
from sandbox.bank.payments import Payment, State, must_find

SHORT_OF_MONEY: Final = "موجودی این کارت برای این خرید کافی نیست."
WRONG_CARD: Final = "فروشگاه این پرداخت را به کارت دیگری محدود کرده است."
NO_ANSWER: Final = "بانک صادرکننده در زمان مقرر پاسخ نداد."
NOT_TAKEN: Final = "بانک صادرکننده تراکنش را نپذیرفت."
_CANCELLED: Final = "خریدار انصراف داد."
_EXPIRED: Final = "مهلت پرداخت تمام شد."
_REFUSALS: Final = {
    Conduct.CANCEL: _CANCELLED,
    Conduct.HANG: NO_ANSWER,
    Conduct.REFUSE: NOT_TAKEN,
}


class NotPayableError(Exception):
    """The payment is paid, failed or expired already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """How the buyer's try ended. `lost`: the browser never gets back to the shop."""

    payment: Payment
    succeeded: bool
    lost: bool = False
    hung: bool = False


def open_accounts(db: sqlite3.Connection, card: Card, *, now: int) -> None:
    """Give a card its opening balance the first time it is used."""
    known = db.execute("SELECT 1 FROM entries WHERE account = ? LIMIT 1", (card.account,))
    if known.fetchone() is None:
        occasion = ledger.Occasion(at=now, memo="opening balance")
        amounts = {ledger.WORLD: -card.opening_rial, card.account: card.opening_rial}
        ledger.post(db, amounts, occasion)


def pay(
    db: sqlite3.Connection,
    *,
    payment: Payment,
    card: Card,
    merchant: Merchant,
    charge_rial: int,
    now: int,
) -> Paid:
    """Try to pay with a card; raise NotPayableError if the payment is not open."""
    if payment.state is not State.IN_BANK:
        raise NotPayableError(payment.state)
    open_accounts(db, card, now=now)
    refusal = _refusal(db, payment, card, charge_rial)
    if refusal is not None:
        if card.conduct is not Conduct.CANCEL:
            _note_card(db, payment, card)
        failed = fail(db, payment, reason=refusal, now=now)
        hung = card.conduct is Conduct.HANG
        return Paid(payment=failed, succeeded=False, hung=hung)
    _charge(db, payment, card, charge_rial, now)
    paid = must_find(db, payment.authority)
    if card.conduct is Conduct.RETURN_MONEY:
        paid = give_back(db, paid, state=State.RETURNED, memo="auto return", now=now)
    elif policy_of(paid, merchant) is Policy.AUTO_FINAL:
        paid = confirm(db, paid, now=now)
    lost = card.conduct is Conduct.LOSE_CALLBACK
    return Paid(payment=paid, succeeded=True, lost=lost)


def confirm(db: sqlite3.Connection, payment: Payment, *, now: int) -> Payment:
    """Move a paid amount from the pool to the merchant, the shares and the fees."""
    shares = {f"iban:{iban}": amount for iban, amount in json.loads(payment.wages)}
    fee = payment.wage_rial
    amounts = {
        ledger.POOL: -payment.due_rial,
        f"merchant:{payment.merchant_id}": payment.due_rial - fee - sum(shares.values()),
        ledger.FEES: fee,
    }
    ledger.post(db, amounts | shares, _occasion(payment, "confirmed", now))
    db.execute(
        "UPDATE payments SET state = ?, verified_at = ? WHERE authority = ?",
        (State.VERIFIED, now, payment.authority),
    )
    return must_find(db, payment.authority)


def give_back(
    db: sqlite3.Connection, payment: Payment, *, state: State, memo: str, now: int
) -> Payment:
    """Return the whole payment to the card it came from, fee and shares included."""
    ledger.undo(db, _occasion(payment, memo, now))
    return _end(db, payment, state=state, reason=memo, now=now)


def make_good(db: sqlite3.Connection, payment: Payment, card: Card, *, now: int) -> Payment:
    """Charge and confirm a payment that had failed, as banks do by hand days later."""
    open_accounts(db, card, now=now)
    _charge(db, payment, card, payment.asked_rial, now)
    db.execute("UPDATE payments SET reason = NULL WHERE authority = ?", (payment.authority,))
    return confirm(db, must_find(db, payment.authority), now=now)


def fail(db: sqlite3.Connection, payment: Payment, *, reason: str, now: int) -> Payment:
    """End an open payment without money."""
    return _end(db, payment, state=State.FAILED, reason=reason, now=now)


def expire(db: sqlite3.Connection, payment: Payment, *, now: int) -> Payment:
    """End an open payment whose time at the bank is over."""
    return fail(db, payment, reason=_EXPIRED, now=now)


def policy_of(payment: Payment, merchant: Merchant) -> Policy:
    """Return what becomes of a payment nobody verifies; its own auto_verify wins."""
    if payment.auto_verify is None:
        return merchant.policy
    if payment.auto_verify:
        return Policy.AUTO_FINAL
    return Policy.AUTO_RETURN if merchant.policy is Policy.AUTO_FINAL else merchant.policy


def _refusal(db: sqlite3.Connection, payment: Payment, card: Card, charge: int) -> str | None:
    if card.conduct in _REFUSALS:
        return _REFUSALS[card.conduct]
    if payment.allowed_card is not None and not _fits(card.pan, payment.allowed_card):
        return WRONG_CARD
    return SHORT_OF_MONEY if ledger.balance_rial(db, card.account) < charge else None


def _fits(pan: str, pattern: str) -> bool:
    return all(want in {"X", digit} for digit, want in zip(pan, pattern.upper(), strict=True))


def _charge(db: sqlite3.Connection, payment: Payment, card: Card, charge: int, now: int) -> None:
    ledger.post(db, {card.account: -charge, ledger.POOL: charge}, _occasion(payment, "paid", now))
    db.execute(
        "UPDATE payments SET state = ?, charged_rial = ?, card_pan = ?, card_hash = ?, ref_id = ?,"
        " paid_at = ? WHERE authority = ?",
        (
            State.PAID,
            charge,
            card.masked_pan,
            card.hash,
            sequence.new_reference(db),
            now,
            payment.authority,
        ),
    )


def _note_card(db: sqlite3.Connection, payment: Payment, card: Card) -> None:
    """A card that was typed and refused is known to the bank too."""
    db.execute(
        "UPDATE payments SET card_pan = ?, card_hash = ? WHERE authority = ?",
        (card.masked_pan, card.hash, payment.authority),
    )


def _end(
    db: sqlite3.Connection, payment: Payment, *, state: State, reason: str, now: int
) -> Payment:
    db.execute(
        "UPDATE payments SET state = ?, reason = ?, ended_at = ? WHERE authority = ?",
        (state, reason, now, payment.authority),
    )
    return must_find(db, payment.authority)


def _occasion(payment: Payment, memo: str, now: int) -> ledger.Occasion:
    return ledger.Occasion(
        at=now, memo=memo, authority=payment.authority, merchant_id=payment.merchant_id
    )
