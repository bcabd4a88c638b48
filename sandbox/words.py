"""Persian names of what the log and the ledger call by code."""

from typing import Final

from sandbox.bank.cards import card_called

_OPERATIONS: Final = {
    "request": "درخواست پرداخت",
    "StartPay": "باز شدن صفحهٔ بانک",
    "pay": "پرداخت در بانک",
    "verify": "تأیید پرداخت",
    "inquiry": "استعلام",
    "unVerified": "فهرست تأییدنشده‌ها",
    "reverse": "برگشت زدن",
    "feeCalculation": "برآورد کارمزد",
    "expire": "پایان مهلت پرداخت",
    "auto_return": "برگشت خودکار پول",
    "start": "باز شدن صفحهٔ بانک",
    "refund": "بازپرداخت",
    "refund.inquiry": "استعلام بازپرداخت",
    "send": "درخواست پرداخت",
    "transaction": "استعلام",
    "login": "ورود به پنل",
    "payout": "سفارش واریز",
    "payout.inquiry": "استعلام واریز",
    "payout.cancel": "لغو واریز",
    "refund.list": "فهرست بازپرداخت‌ها",
    "transfer": "انتقال پول",
    "notice": "پیام به سرور فروشگاه",
    "sms.send": "ارسال پیامک",
    "sms.status": "وضعیت پیامک",
    "sms.statuslocalmessageid": "وضعیت پیامک با شناسهٔ فرستنده",
    "account.info": "اعتبار پیامک",
}
_MEMOS: Final = {
    "opening balance": "موجودی نخست",
    "paid": "پرداخت",
    "confirmed": "تأیید",
    "reverse": "برگشت به خواست فروشگاه",
    "auto return": "برگشت خودکار",
    "refund ordered": "سفارش بازپرداخت",
    "refund paid": "بازپرداخت رسید",
    "refund failed": "بازپرداخت نرسید",
    "refund cancelled": "بازپرداخت لغو شد",
    "refund returned": "بازپرداخت برگشت خورد",
    "payout ordered": "سفارش واریز",
    "payout paid": "واریز رسید",
    "payout failed": "واریز نرسید",
    "payout cancelled": "واریز لغو شد",
    "payout returned": "واریز برگشت خورد",
}
_ACCOUNTS: Final = {
    "world": "بیرون از بانک",
    "pool": "امانت نزد درگاه",
    "fees": "کارمزد درگاه",
    "transit": "پول در راه",
}


def operation_name(operation: str) -> str:
    """Return what happened, in Persian; an unknown one has no name."""
    return _OPERATIONS.get(operation, "")


def memo_name(memo: str) -> str:
    """Return why money moved."""
    return _MEMOS.get(memo, memo)


def account_name(account: str) -> tuple[str, str]:
    """Return whose account it is, and a short code to tell it from others."""
    kind, _, key = account.partition(":")
    if kind == "card":
        card = card_called(key)
        return f"کارت {card.holder}" if card else "کارت", card.pan[-4:] if card else key
    if kind == "merchant":
        return "فروشگاه", key[:8]
    if kind == "iban":
        return "شبا", key[-6:]
    return _ACCOUNTS.get(account, account), ""
