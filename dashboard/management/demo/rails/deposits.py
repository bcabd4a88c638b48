"""Money that came by itself: statements, identifiers, card to card, a provider's feed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from core.numbers import make_iban
from dashboard.management.demo.rails.bank import card_number
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Buyer, Play
from dashboard.management.demo.rails.refunds import LEILA, NIMA
from dashboard.management.demo.rails.sheet import TRANSFER, Sheet
from payments.enums.deposits import DepositReason
from payments.operations.deposits import (
    Part,
    Rest,
    accept_deposit,
    finish_return,
    ignore_deposit,
    issue_identifier,
    lend_signature,
    link_bank_account,
    return_deposit,
    save_bank_account,
    split_deposit,
)
from payments.operations.statements import (
    check_statement,
    map_statement,
    queue_statement,
    upload_statement,
)
from payments.queries import accounts_for
from payments.queries.deposits import bank_accounts, deposit_rows, identifier_by_id

_OUR_IBAN: Final = make_iban("0170000000100324200001")
# Days ago the shop took its bank's statement in: no payment waits longer than five days.
_IMPORTED: Final = (29, 20, 11, 5)
_STRANGERS_IBAN: Final = make_iban("0540000002680020817909")


def open_account(play: Play, now: datetime) -> None:
    """Add the shop's own bank account, with a card for card to card."""
    with play.acting():
        save_bank_account(
            title="ملی، حساب جاری فروشگاه",
            iban=_OUR_IBAN,
            owner="پوشاک ترمه",
            card=card_number(700_000_001),
            prefix="4210",
            now=now,
        )


def deposits(play: Play, calendar: Calendar) -> None:
    """Five weeks of the bank account, in five statements."""
    sheet = Sheet()
    _matched(play, calendar, sheet)
    _queued(play, calendar, sheet)
    _card_to_card(play, calendar, sheet)
    for number, days_ago in enumerate(_IMPORTED, 1):
        play.at(calendar.at(days_ago, 19), partial(_import, play, sheet, f"ملی-{number}.csv"))
    play.at(calendar.at(19, 10), lambda now: _resolve(play, now))
    play.at(calendar.at(4, 9), lambda now: _send_back(play, now))
    play.at(calendar.at(1, 9), lambda now: _checked_only(play, sheet, now))


def feed(play: Play, calendar: Calendar) -> None:
    """A regular customer's identifier at the provider, and what comes in under it."""
    buyer, iban = play.buyers[12], make_iban("0560000000000000771204")
    known: dict[str, str] = {}

    def issue(now: datetime) -> None:
        with play.acting():
            provider = next(iter(accounts_for("deposits")))
            link_bank_account(
                provider_account_id=provider.id, title="جیبیت، واریز شناسه‌دار", now=now
            )
        customer_id = play.customer_id(buyer, now)
        account_id = _account(play, of_provider=True)
        with play.acting():
            row = issue_identifier(
                account_id=account_id, customer_id=customer_id, sources=[iban], now=now
            )
        for minutes in (0, 1):
            play.work(now + timedelta(minutes=minutes))
        with play.acting():
            issued = identifier_by_id(row.id)
        known["digits"] = issued.digits if issued else ""

    def send(now: datetime) -> None:
        play.bank.deposit(known["digits"], 46_000_000, iban)
        play.at(now + timedelta(minutes=6), play.work)

    play.at(calendar.at(33, 11), issue)
    for days_ago in (29, 14):
        play.at(calendar.at(days_ago, 12), send)


def _matched(play: Play, calendar: Calendar, sheet: Sheet) -> None:
    """Invoices paid to the rial, and customers with identifiers of their own."""
    for number, days_ago in enumerate((31, 23, 22, 14, 12, 7)):
        _invoice(play, calendar.at(days_ago, 10), f"invoice-{number}", sheet, _exact)
    for number, days_ago in enumerate((34, 27, 16, 9)):
        _regular(play, calendar.at(days_ago, 9), play.buyers[20 + number], sheet)


def _queued(play: Play, calendar: Calendar, sheet: Sheet) -> None:
    """What only a person can decide."""
    at = calendar.at
    for number, days_ago, writes in (
        ("over", 22, _with(2_000_000)),
        ("under", 21, _with(-5_000_000)),
        ("over-2", 13, _with(1_500_000)),
        ("under-2", 12, _with(-8_000_000)),
        ("tenfold", 8, _tenfold),
        ("twice", 13, _twice),
        ("mistyped", 7, _mistyped),
    ):
        _invoice(play, at(days_ago, 14), f"invoice-{number}", sheet, writes)
    strangers = play.buyers[30:34]
    for days_ago, rial, buyer, text in (
        (25, 39_600_000, strangers[0], "انتقال کارت به کارت"),
        (23, 120_000_000, None, "واریز نقدی شعبه تجریش"),
        (12, 14_500_000, strangers[1], "انتقال پل"),
        (6, 32_000_000, strangers[2], TRANSFER),
    ):
        play.at(at(days_ago, 13), partial(_nameless, sheet, rial, buyer, text))
    play.at(at(10, 12), lambda now: sheet.add(now, 19_800_000, "42100099901", buyer=strangers[3]))
    play.at(at(21, 8), lambda now: sheet.add(now, -1_250_000, text="کارمزد انتقال پایا"))


def _card_to_card(play: Play, calendar: Calendar, sheet: Sheet) -> None:
    """A sum of its own names a payment for half an hour; the second buyer was too slow."""
    for name, days_ago, minutes in (("card-1", 20, 6), ("card-2", 5, 11), ("card-late", 5, 44)):
        buyer = play.dice.choice(play.buyers)

        def scene(now: datetime, name: str = name, late: int = minutes, who: Buyer = buyer) -> None:
            asked = play.ask(name, who, now, lines=play.basket())
            account_id = _account(play)
            with play.acting():
                lent = lend_signature(account_id=account_id, payment_id=asked.id, now=now)
            sheet.add(
                now + timedelta(minutes=late), lent.amount_rial, buyer=who, text="کارت به کارت"
            )

        play.at(calendar.at(days_ago, 17), scene)


Writes = Callable[[Sheet, datetime, int, str, Buyer], None]


def _invoice(play: Play, moment: datetime, number: str, sheet: Sheet, writes: Writes) -> None:
    buyer = play.dice.choice(play.buyers)

    def scene(now: datetime) -> None:
        asked = play.ask(number, buyer, now, lines=(lines := play.basket()))
        account_id = _account(play)
        with play.acting():
            row = issue_identifier(account_id=account_id, payment_id=asked.id, now=now)
        worth = sum(line.unit_price_rial for line in lines)
        writes(sheet, now + timedelta(hours=3), worth, row.digits, buyer)

    play.at(moment, scene)


def _regular(play: Play, moment: datetime, buyer: Buyer, sheet: Sheet) -> None:
    def scene(now: datetime) -> None:
        customer_id = play.customer_id(buyer, now)
        account_id = _account(play)
        with play.acting():
            row = issue_identifier(account_id=account_id, customer_id=customer_id, now=now)
        sheet.add(now + timedelta(hours=5), 23_400_000, row.digits, buyer=buyer)

    play.at(moment, scene)


def _exact(sheet: Sheet, at: datetime, rial: int, digits: str, buyer: Buyer) -> None:
    sheet.add(at, rial, digits, buyer=buyer)


def _with(more_rial: int) -> Writes:
    def write(sheet: Sheet, at: datetime, rial: int, digits: str, buyer: Buyer) -> None:
        sheet.add(at, rial + more_rial, digits, buyer=buyer)

    return write


def _tenfold(sheet: Sheet, at: datetime, rial: int, digits: str, buyer: Buyer) -> None:
    sheet.add(at, rial // 10, digits, buyer=buyer)


def _twice(sheet: Sheet, at: datetime, rial: int, digits: str, buyer: Buyer) -> None:
    sheet.add(at, rial, digits, buyer=buyer)
    sheet.add(at + timedelta(minutes=1), rial, digits, buyer=buyer)


def _mistyped(sheet: Sheet, at: datetime, rial: int, digits: str, buyer: Buyer) -> None:
    wrong = digits[:-3] + digits[-2] + digits[-3] + digits[-1]
    sheet.add(at, rial, wrong if wrong != digits else f"{digits[:-1]}0", buyer=buyer)


def _nameless(sheet: Sheet, rial: int, buyer: Buyer | None, text: str, now: datetime) -> None:
    sheet.add(now, rial, buyer=buyer, text=text)


def _upload(play: Play, sheet: Sheet, name: str, now: datetime) -> UUID:
    account_id = _account(play)
    with play.acting():
        row = upload_statement(
            account_id=account_id, file_name=name, chunks=[sheet.take()], by=NIMA, now=now
        )
        map_statement(statement_id=row.id, mapping=row.mapping, unit_rial=1)
    check_statement(business_id=play.business_id, statement_id=row.id)
    return row.id


def _import(play: Play, sheet: Sheet, name: str, now: datetime) -> None:
    statement_id = _upload(play, sheet, name, now)
    with play.acting():
        queue_statement(statement_id=statement_id, now=now)
    play.work(now)


def _checked_only(play: Play, sheet: Sheet, now: datetime) -> None:
    """The newest statement is looked at and waits for the shop to take it in."""
    sheet.add(now - timedelta(hours=20), 27_500_000, buyer=play.buyers[40])
    sheet.add(now - timedelta(hours=18), 9_800_000, buyer=play.buyers[41], text="انتقال پل")
    sheet.add(now - timedelta(hours=14), -1_250_000, text="کارمزد انتقال پایا")
    _upload(play, sheet, "ملی-5.csv", now)


def _resolve(play: Play, now: datetime) -> None:
    """The owner works the first statement's queue off: taken, split, put aside."""
    with play.acting():
        waiting = list(deposit_rows(state="open").order_by("at"))
    by_reason = {row.reason: row for row in waiting}
    nameless = [row for row in waiting if row.reason == DepositReason.NO_IDENTIFIER]
    stranger = next(row for row in nameless if row.row.source_name)
    cash = next(row for row in nameless if not row.row.source_name)
    customer_id = play.customer_id(play.buyers[30], now)
    with play.acting():
        ignore_deposit(deposit_id=cash.id, note="واریز خود صاحب فروشگاه", by=LEILA, now=now)
        split_deposit(
            deposit_id=stranger.id,
            parts=[Part(amount_rial=29_600_000, customer_id=customer_id)],
            by=LEILA,
            now=now,
        )
        for reason, rest in ((DepositReason.OVER, Rest.RETURN), (DepositReason.UNDER, Rest.KEEP)):
            row = by_reason[reason]
            accept_deposit(
                deposit_id=row.id,
                payment_id=UUID(row.hints["payment_id"]),
                rest=rest,
                by=LEILA,
                now=now,
            )


def _send_back(play: Play, now: datetime) -> None:
    """Of the second statement two go back; of one the bank's reference is told already."""
    with play.acting():
        rows = deposit_rows(state="open", reason=DepositReason.NO_IDENTIFIER)
        first, second = list(rows.order_by("at"))[:2]
        left = return_deposit(
            deposit_id=first.id, to_iban=_STRANGERS_IBAN, note="خرید ثبت نشد", by=LEILA, now=now
        )
        finish_return(return_id=left, bank_reference="90311724", by=NIMA, now=now)
        return_deposit(
            deposit_id=second.id, to_iban=_STRANGERS_IBAN, note="اشتباه واریز شد", by=LEILA, now=now
        )


def _account(play: Play, *, of_provider: bool = False) -> UUID:
    with play.acting():
        return next(
            row.id
            for row in bank_accounts(active=True)
            if (row.provider_account_id is not None) == of_provider
        )
