"""`manage.py pay_one_purchase`: one purchase from the API to the receipt, over real HTTP."""

from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any, Final
from uuid import uuid4

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from businesses.operations import issue_api_key, revoke_api_key
from businesses.queries import active_business_ids, business_by_id
from core.money import format_rial, format_toman
from core.text import persian_digits
from payments.management.buyer import Buyer

_LINES: Final = [
    {"sku": "latte", "name": "لاته", "category": "قهوه", "quantity": 2, "unit_price": 950_000},
    {"sku": "cake", "name": "کیک روز", "category": "کیک", "quantity": 1, "unit_price": 600_000},
]
_AMOUNT: Final = 2_500_000
_CUSTOMER: Final = {"mobile": "09121234567", "name": "سارا کریمی"}


class Command(BaseCommand):
    help = "Ask for a payment by the API, pay it at the sandbox bank, and show the receipt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL)
        parser.add_argument("--sandbox-url", default=settings.SANDBOX_URL)
        parser.add_argument("--api-key", default="", help="else one is made and revoked again")
        parser.add_argument("--card", default="success", help="a test card of the bank's page")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with ExitStack() as stack:
                key = options["api_key"] or self._own_key(stack)
                self._show(
                    base_url=options["base_url"].rstrip("/"),
                    sandbox_url=options["sandbox_url"].rstrip("/"),
                    card=options["card"],
                    headers={"Authorization": f"Bearer {key}"},
                )
        except (httpx.HTTPError, LookupError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error

    def _show(self, *, base_url: str, sandbox_url: str, card: str, headers: dict[str, str]) -> None:
        payments = f"{base_url}/api/v1/payments"
        asked = _json(httpx.post(payments, json=_body(), headers=_once(headers), timeout=30.0))
        self._say("API: payment asked for", "درخواست پرداخت ثبت شد", _money(asked["amount"]))
        with Buyer() as buyer:
            buyer.look_at(asked["pay_url"])
            self._say("Buyer: pay page", "صفحهٔ پرداخت باز شد", asked["pay_url"])
            at_bank = buyer.send_form()
            if not str(at_bank.url).startswith(sandbox_url):
                raise LookupError(f"the pay button led to {at_bank.url}, not to the bank")
            self._say("Bank: card page", "رسیدیم به صفحهٔ بانک", str(at_bank.url))
            receipt = buyer.send_form(card=card)
            self._say("Shop: receipt", "برگشتیم به رسید فروشگاه", str(receipt.url))
        self._check(base_url, asked["id"], headers)

    def _check(self, base_url: str, payment_id: str, headers: dict[str, str]) -> None:
        def get(path: str) -> dict[str, Any]:
            return _json(httpx.get(f"{base_url}/api/v1/{path}", headers=headers, timeout=30.0))

        paid = get(f"payments/{payment_id}")
        if paid["status"] != "settled" or not paid["purchase_id"]:
            raise CommandError(f"the payment is {paid['status']}, not settled")
        attempt = paid["attempts"][-1]
        self._say("Confirmed by the bank", "بانک تأیید کرد", f"{attempt['reference']}")
        purchase = get(f"purchases/{paid['purchase_id']}")
        customer, points = purchase["customer"], purchase["points"]
        if customer is None:
            raise CommandError("the purchase has no customer")
        self._say("Customer", "مشتری شناخته شد", customer["name"] or customer["status"])
        if points:
            earned = f"{points['earned']} ({persian_digits(points['earned'])})"
            self._say("Points earned", "امتیاز این خرید", earned)
        if purchase["survey"]:
            self._say("Survey", "نظرسنجی آماده است", purchase["survey"]["url"])

    def _own_key(self, stack: ExitStack) -> str:
        """Make a key of the oldest live business, revoked when the command ends."""
        businesses = map(business_by_id, active_business_ids())
        business = next((one for one in businesses if not one.is_test), None)
        if business is None:
            raise CommandError("there is no business yet; sign up or load the demonstration")
        key, plaintext = issue_api_key(
            business_id=business.id, name="pay_one_purchase", now=timezone.now()
        )
        stack.callback(
            revoke_api_key, key_id=key.id, business_id=business.id, now=timezone.now(), by=None
        )
        self._say("Business", "فروشگاه", business.name)
        return plaintext

    def _say(self, english: str, persian: str, what: str) -> None:
        self.stdout.write(f"  {english} · {persian}: {what}")


def _body() -> dict[str, Any]:
    return {
        "external_id": f"demo-{uuid4().hex[:10]}",
        "amount": _AMOUNT,
        "description": "دو لاته و یک کیک",
        "customer": _CUSTOMER,
        "lines": _LINES,
    }


def _once(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Idempotency-Key": uuid4().hex}


def _json(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise CommandError(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    body: dict[str, Any] = answer.json()
    return body


def _money(rial: int) -> str:
    return f"{format_toman(rial)} تومان ({format_rial(rial)} ریال)"
