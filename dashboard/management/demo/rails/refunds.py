"""Money going out, in every state: undone, sent, in parts, bounced, held, refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.numbers import make_iban
from customers.operations import NewReturnLine
from dashboard.management.demo.rails.bank import card_number
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.gateways import VANDAR, ZIBAL, put_in_front
from dashboard.management.demo.rails.play import Buyer, Play, Scene
from loyalty.enums import ReferralSource
from loyalty.operations.referrals import (
    referral_code_for,
    settle_due_referrals,
    tell_referral,
)
from loyalty.queries.programme import tiers
from payments.enums.refunds import Decision, Destination, RefundReason
from payments.operations.refunds import (
    Receiver,
    ask_payout,
    ask_refund,
    cancel_transfer,
    decide,
    pay_again,
    run_until_it_waits,
    set_refund_policy,
    set_tier_window,
)

LEILA: Final = "لیلا احمدی"
NIMA: Final = "نیما صادقی"
_APPROVAL_ABOVE: Final = 100_000_000
_RETURN_DAYS: Final = 30
_BEST_RETURN_DAYS: Final = 60
# Two people the sandbox's inquiries know, and a supplier nobody knows.
SARA: Final = Buyer("09120000001", "سارا محمدی", card_number(600_000_001))
# A friend somebody brought.
MINA: Final = Buyer("09128880001", "مینا سپهری", card_number(600_000_002))
_SARAS_IBAN: Final = make_iban("0170000000000000001001")
_UNSURE_IBAN: Final = make_iban("0560000000000000001009")
_SUPPLIER: Final = Receiver(
    iban=make_iban("0120000000008204913377"), first_name="نساجی", last_name="یزدبافت"
)
_TAILOR: Final = Receiver(
    iban=make_iban("0550570022080013447370"), first_name="فاطمه", last_name="رستمی"
)
After = Callable[[UUID, datetime], None]


def set_rules(play: Play, now: datetime) -> None:
    """A second person sees what is large, and what comes back late; the best level has longer."""
    with play.acting():
        set_refund_policy(approval_above_rial=_APPROVAL_ABOVE, return_days=_RETURN_DAYS, now=now)
        best = tiers().last()
        if best is not None:
            set_tier_window(tier_id=best.id, days=_BEST_RETURN_DAYS, now=now)


def refunds(play: Play, calendar: Calendar) -> None:
    """Refunds through the everyday gateways."""
    day = calendar.at
    _sold(play, day(16, 11), "undone", _back(play, "undone"), after=timedelta(minutes=12))
    _sold(play, day(40, 12), "whole", _back(play, "whole", reason=RefundReason.QUALITY))
    _sold(
        play,
        day(15, 18),
        "line",
        _back(play, "line", lines=(NewReturnLine(position=1),), reason=RefundReason.OTHER),
    )
    _sold(play, day(6, 15), "bounced", _back(play, "bounced", fate="bounces"))
    _sold(play, day(13, 13), "again", _back(play, "again", fate="bounces", then=_paid_again(play)))
    _sold(play, day(12, 17), "failed", _back(play, "failed", fate="fails"))
    _sold(play, day(2, 12), "held", _back(play, "held", fate="held"))
    _sold(play, day(8, 10), "cancelled", _cancelled(play))
    _sold(
        play,
        day(37, 10),
        "late",
        _back(play, "late", decides=Decision.REJECT, note="مشتری در سفر بوده است"),
        after=timedelta(days=33),
    )
    sent = calendar.ago(minutes=35)
    _sold(play, day(1, 20), "sent", _back(play, "sent"), after=sent - day(1, 20))


def brought(play: Play, calendar: Calendar) -> None:
    """A friend of the first customer buys online; both have their points by now.

    Nothing is asked back: the page that gives money back tells what both would lose (N8).
    """

    def come(now: datetime) -> None:
        referrer_id, friend_id = (play.customer_id(one, now) for one in (play.buyers[0], MINA))
        with play.acting():
            code = referral_code_for(customer_id=referrer_id, now=now)
            tell_referral(code=code, friend_id=friend_id, source=ReferralSource.LINK, now=now)
        play.buy("sold-brought", MINA, now)

    def settle(now: datetime) -> None:
        with play.acting():
            settle_due_referrals(now=now)

    play.at(calendar.at(14, 19), come)
    play.at(calendar.at(3, 7), settle)


def large_refunds(play: Play, calendar: Calendar) -> None:
    """Refunds beyond the limit: in parts, partly, and one that waits for a second person."""
    day = calendar.at
    _sold(
        play,
        day(11, 12),
        "parts",
        _back(play, "parts", rial=420_000_000, decides=Decision.APPROVE),
        rial=560_000_000,
    )
    _sold(
        play,
        day(9, 12),
        "partly",
        _back(play, "partly", rial=320_000_000, decides=Decision.APPROVE, fate="fails"),
        rial=480_000_000,
    )
    asked = calendar.ago(minutes=170)
    _sold(
        play,
        day(3, 12),
        "waiting",
        _back(play, "waiting", rial=180_000_000, reason=RefundReason.ORDER_CANCELLED),
        rial=372_000_000,
        after=asked - day(3, 12),
    )


def to_accounts(play: Play, calendar: Calendar) -> None:
    """Refunds to a bank account: one surely the payer's own, one nobody can be sure of."""
    own = Receiver(iban=_SARAS_IBAN, first_name="سارا", last_name="محمدی")
    strange = Receiver(iban=_UNSURE_IBAN, first_name="نیلوفر", last_name="احمدی‌نیا")
    _sold(play, calendar.at(7, 11), "account", _back(play, "account", receiver=own), buyer=SARA)
    _sold(play, calendar.at(2, 18), "unsure", _back(play, "unsure", receiver=strange))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Payout:
    """Money somebody asks to send, and what the second person says."""

    number: str
    receiver: Receiver
    rial: int
    note: str
    decision: Decision | None = Decision.APPROVE


def payouts(play: Play, calendar: Calendar) -> None:
    """Money to suppliers: paid, refused, short of balance, and one that waits for approval."""
    for moment, one in (
        (
            calendar.at(24, 11),
            _Payout(number="out-1", receiver=_SUPPLIER, rial=285_000_000, note="پارچهٔ پاییزه"),
        ),
        (
            calendar.at(17, 14),
            _Payout(number="out-2", receiver=_TAILOR, rial=64_000_000, note="دستمزد دوخت آبان"),
        ),
        (
            calendar.at(10, 10),
            _Payout(
                number="out-3",
                receiver=_TAILOR,
                rial=64_000_000,
                note="دستمزد دوخت، دوباره",
                decision=Decision.REJECT,
            ),
        ),
        (
            calendar.at(1, 12),
            _Payout(number="out-4", receiver=_SUPPLIER, rial=2_400_000_000, note="پارچهٔ عید"),
        ),
        (
            calendar.ago(minutes=50),
            _Payout(
                number="out-5",
                receiver=_TAILOR,
                rial=71_500_000,
                note="دستمزد دوخت آذر",
                decision=None,
            ),
        ),
    ):
        play.at(moment, _sent(play, one))


def _sold(
    play: Play,
    moment: datetime,
    name: str,
    then: After,
    *,
    rial: int = 0,
    buyer: Buyer | None = None,
    after: timedelta = timedelta(hours=26),
) -> None:
    """Sell something at a moment, and let its refund follow."""
    who = buyer or play.dice.choice(play.buyers)

    def scene(now: datetime) -> None:
        # What is undone must be Zarinpal's; other refunds go through a wallet with parts.
        provider = "zarinpal" if name in {"undone", "line"} else "zibal"
        put_in_front(play, provider, now, alone=True)
        what = "سفارش لباس فرم" if rial else ""
        asked = play.buy(f"sold-{name}", who, now, rial=rial, what=what)
        put_in_front(play, "zarinpal", now)
        play.at(now + after, lambda later: then(asked.id, later))

    play.at(moment, scene)


def _back(
    play: Play,
    name: str,
    *,
    rial: int | None = None,
    lines: tuple[NewReturnLine, ...] = (),
    reason: str = RefundReason.CUSTOMER_REQUEST,
    note: str = "",
    receiver: Receiver | None = None,
    decides: Decision | None = None,
    fate: str = "",
    then: After | None = None,
) -> After:
    def scene(payment_id: UUID, now: datetime) -> None:
        with play.acting():
            asked = ask_refund(
                payment_id=payment_id,
                external_id=f"refund-{name}",
                amount_rial=rial,
                lines=lines,
                reason=reason,
                note=note,
                destination=Destination.ACCOUNT if receiver else Destination.SAME_CARD,
                receiver=receiver,
                by=NIMA,
                now=now,
            )
        if fate:  # told before the transfer leaves; of several parts it meets the last
            # What is sold for a named sum is too large for the everyday gateways.
            merchant = VANDAR if rial else ZIBAL
            play.bank.order_fault("transfer", f"transfer_{fate}", merchant=merchant)
        if decides is not None:
            _decided(play, asked.id, decides, now)
        _run(play, asked.id, now)
        if then is not None:
            play.at(now + timedelta(days=3), lambda later: then(asked.id, later))

    return scene


def _cancelled(play: Play) -> After:
    def scene(payment_id: UUID, now: datetime) -> None:
        with play.acting():
            asked = ask_refund(
                payment_id=payment_id, external_id="refund-cancelled", by=NIMA, now=now
            )
            cancel_transfer(transfer_id=asked.id, by=NIMA, now=now)

    return scene


def _paid_again(play: Play) -> After:
    def scene(transfer_id: UUID, now: datetime) -> None:
        with play.acting():
            asked = pay_again(
                transfer_id=transfer_id, external_id="refund-again-2", by=LEILA, now=now
            )
        _run(play, asked.id, now)

    return scene


def _sent(play: Play, one: _Payout) -> Scene:
    def scene(now: datetime) -> None:
        with play.acting():
            asked = ask_payout(
                external_id=one.number,
                amount_rial=one.rial,
                receiver=one.receiver,
                note=one.note,
                by=NIMA,
                now=now,
            )
        for seconds in (0, 20, 40):  # whose account it is
            _run(play, asked.id, now + timedelta(seconds=seconds))
        if one.decision is not None:
            later = now + timedelta(minutes=2)
            _decided(play, asked.id, one.decision, later)
            _run(play, asked.id, later)

    return scene


def _decided(play: Play, transfer_id: UUID, decision: Decision, now: datetime) -> None:
    with play.acting():
        decide(transfer_id=transfer_id, decision=decision, by=LEILA, now=now)


def _run(play: Play, transfer_id: UUID, now: datetime) -> None:
    run_until_it_waits(business_id=play.business_id, transfer_id=transfer_id, now=now)
