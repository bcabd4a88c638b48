"""Persian names of what the log and the ledger call by code."""

from typing import Final

from sandbox.bank.cards import card_called

_OPERATIONS: Final = {
    "request": "درخواست پرداخت",
    "send": "درخواست پرداخت",
    "token": "درخواست پرداخت",
    "bpPayRequest": "درخواست پرداخت",
    "StartPay": "باز شدن صفحهٔ بانک",
    "start": "باز شدن صفحهٔ بانک",
    "startpay": "باز شدن صفحهٔ بانک",
    "OnlinePG": "باز شدن صفحهٔ بانک",
    "snapppay": "باز شدن صفحهٔ بانک",
    "jibit.ppg.start": "باز شدن صفحهٔ بانک",
    "pay": "پرداخت در بانک",
    "verify": "تأیید پرداخت",
    "bpVerifyRequest": "تأیید پرداخت",
    "settle": "تسویه",
    "bpSettleRequest": "تسویه",
    "inquiry": "استعلام",
    "transaction": "استعلام",
    "status": "استعلام",
    "bpInquiryRequest": "استعلام",
    "unVerified": "فهرست تأییدنشده‌ها",
    "reverse": "برگشت زدن",
    "revert": "برگشت زدن",
    "bpReversalRequest": "برگشت زدن",
    "cancel": "لغو خرید",
    "update": "کوچک کردن سبد",
    "eligible": "پرسش اعتبار خریدار",
    "feeCalculation": "برآورد کارمزد",
    "expire": "پایان مهلت پرداخت",
    "auto_return": "برگشت خودکار پول",
    "contradiction": "بانک حرفش را عوض کرد",
    "refund": "بازپرداخت",
    "AddRefund": "بازپرداخت",
    "refund.inquiry": "استعلام بازپرداخت",
    "refund_inquiry": "استعلام بازپرداخت",
    "refund_cancel": "لغو بازپرداخت",
    "refund.list": "فهرست بازپرداخت‌ها",
    "login": "ورود به پنل",
    "oauth": "گرفتن توکن",
    "jibit.ppg.token": "گرفتن توکن",
    "jibit.trf.token": "گرفتن توکن",
    "jibit.ide.token": "گرفتن توکن",
    "pip.token": "گرفتن توکن",
    "finnotech.token": "گرفتن توکن",
    "balances": "پرسش مانده",
    "health": "پرسش سلامت",
    "payout": "سفارش واریز",
    "payout.inquiry": "استعلام واریز",
    "payout_inquiry": "استعلام واریز",
    "payout.cancel": "لغو واریز",
    "payout_cancel": "لغو واریز",
    "transfer": "انتقال پول",
    "deposit": "واریز شناسه‌دار",
    "pip.paymentIds": "صدور شناسهٔ واریز",
    "pip.paymentId": "استعلام شناسهٔ واریز",
    "pip.waitingForVerify": "فهرست واریزهای در انتظار",
    "pip.list": "فهرست واریزها",
    "pip.verify": "پذیرفتن واریز",
    "pip.fail": "نپذیرفتن واریز",
    "banksList": "فهرست بانک‌های پیمان",
    "payman/request": "درخواست پیمان",
    "payman/verify": "تأیید پیمان",
    "payman/checkout": "برداشت از پیمان",
    "payman/cancelContract": "لغو پیمان",
    "authorization/store": "درخواست پیمان",
    "authorization/verify": "تأیید پیمان",
    "authorization/show": "استعلام پیمان",
    "authorization/delete": "لغو پیمان",
    "withdrawal/store": "سفارش برداشت",
    "withdrawal/show": "استعلام برداشت",
    "withdrawal/cancel": "لغو برداشت",
    "subscription/health": "سلامت بانک‌ها",
    "debit": "برداشت در بانک",
    "sign": "امضای پیمان در بانک",
    "pay-day": "روز حقوق",
    "control.fund": "پول از بیرون (کنترل)",
    "control.balance": "تنظیم مانده (کنترل)",
    "control.pay-day": "تنظیم روز حقوق (کنترل)",
    "control.revoke": "لغو پیمان در بانک (کنترل)",
    "control.rotate": "عوض شدن امضای پیمان (کنترل)",
    "control.refund": "برگشت برداشت (کنترل)",
    "notice": "پیام به سرور فروشگاه",
    "sms.send": "ارسال پیامک",
    "sms.status": "وضعیت پیامک",
    "sms.statuslocalmessageid": "وضعیت پیامک با شناسهٔ فرستنده",
    "account.info": "اعتبار پیامک",
}
_STATES: Final = {
    "PAID": "پرداخت شد",
    "FAILED": "ناموفق",
    "VERIFIED": "تأیید شد",
    "RETURNED": "پول برگشت",
    "REVERSED": "پس گرفته شد",
    "SENT": "راه افتاد",
    "CANCELLED": "لغو شد",
    "CANCELED": "لغو شد",
    "DONE": "برداشت شد",
    "INIT": "دوباره خواهد شد",
    "REFUND": "برگردانده شد",
    "SIGNED": "امضا شد",
    "REFUSED": "امضا نشد",
}
_DOORS: Final = {
    "zarinpal": "زرین‌پال",
    "zibal": "زیبال",
    "jibit": "جیبیت",
    "vandar": "وندار",
    "sep": "سامان",
    "mellat": "به‌پرداخت ملت",
    "snapppay": "اسنپ‌پی",
    "finnotech": "فینوتک",
    "kavenegar": "کاوه‌نگار",
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
    "contradiction": "بانک پس گرفت",
    "deposit": "واریز شناسه‌دار",
    "debit": "برداشت مستقیم",
    "debit refund": "برگشت برداشت",
    "pay day": "روز حقوق",
    "set by hand": "تنظیم دستی",
}
_ACCOUNTS: Final = {
    "world": "بیرون از بانک",
    "pool": "امانت نزد درگاه",
    "fees": "کارمزد درگاه",
    "transit": "پول در راه",
    "held:pip": "واریز بلاتکلیف",
}
_OWNERS: Final = {"merchant": ("فروشگاه", 8), "iban": ("شبا", 6), "account": ("حساب", 11)}
_LONGEST: Final = 16


def operation_name(operation: str) -> str:
    """Return what happened, in Persian; an unknown one has no name."""
    return _OPERATIONS.get(operation, "")


def state_name(state: object) -> str:
    """Return how a payment, transfer or debit stands; an unknown word has no name."""
    return _STATES.get(str(state), "")


def door_name(door: str) -> str:
    """Return the provider a door belongs to."""
    return _DOORS.get(door.partition("_")[0], "")


def short(name: str) -> str:
    """Return a long identifier by its beginning and its end."""
    return name if len(name) <= _LONGEST else f"{name[:8]}…{name[-4:]}"


def memo_name(memo: str) -> str:
    """Return why money moved."""
    return _MEMOS.get(memo, memo)


def account_name(account: str) -> tuple[str, str]:
    """Return whose account it is, and a short code to tell it from others."""
    kind, _, key = account.partition(":")
    if kind == "card":
        card = card_called(key)
        return f"کارت {card.holder}" if card else "کارت", card.pan[-4:] if card else key
    if kind in _OWNERS:
        name, length = _OWNERS[kind]
        return name, key[-length:] if kind == "iban" else key[:length]
    return _ACCOUNTS.get(account, account), ""
