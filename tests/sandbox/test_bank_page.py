"""The bank page, driven the way a browser without scripts would."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.bank.cards import CARDS, passes_luhn
from tests.sandbox_server import HANG_SECONDS, Sandbox

Status = Callable[[str], str]


def _callback(answer: httpx.Response) -> dict[str, list[str]]:
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).query)


def test_the_page_says_what_it_is_and_what_is_due(sandbox: Sandbox, opened: str) -> None:
    page = sandbox.http.get(f"/pg/StartPay/{opened}").text
    assert "بانک آزمایشی – پول واقعی جابه‌جا نمی‌شود" in page
    assert "۹۰٬۰۰۰" in page
    assert "۹۰۰٬۰۰۰" in page
    assert all(f'value="{key}"' in page for key in CARDS)
    assert 'dir="rtl"' in page


@pytest.mark.parametrize("path", ["/", "/log", "/ledger", "/sms"])
def test_no_page_needs_inline_code(sandbox: Sandbox, path: str, opened: str) -> None:
    for address in (path, f"/pg/StartPay/{opened}"):
        answer = sandbox.http.get(address)
        assert answer.status_code == 200
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("card", ["success", "success_2"])
def test_a_good_card_pays_and_goes_back(
    sandbox: Sandbox, opened: str, status: Status, card: str
) -> None:
    back = _callback(sandbox.at_bank(opened, card))
    assert back == {"order": ["7"], "Authority": [opened], "Status": ["OK"]}
    assert status(opened) == "PAID"


def test_giving_up_goes_back_unpaid(sandbox: Sandbox, opened: str, status: Status) -> None:
    assert _callback(sandbox.at_bank(opened, "cancel"))["Status"] == ["NOK"]
    assert status(opened) == "FAILED"


def test_too_little_money_explains_itself_and_offers_the_way_back(
    sandbox: Sandbox, opened: str, status: Status
) -> None:
    answer = sandbox.at_bank(opened, "insufficient_funds")
    assert answer.status_code == 200
    assert "موجودی این کارت" in answer.text
    assert "Status=NOK" in answer.text
    assert status(opened) == "FAILED"


def test_a_hanging_bank_fails_after_a_wait(sandbox: Sandbox, opened: str, status: Status) -> None:
    answer = sandbox.at_bank(opened, "timeout")
    assert answer.elapsed.total_seconds() >= HANG_SECONDS
    assert "پاسخ نداد" in answer.text
    assert status(opened) == "FAILED"


def test_a_lost_callback_is_paid_with_no_way_back(
    sandbox: Sandbox, opened: str, status: Status
) -> None:
    answer = sandbox.at_bank(opened, "callback_lost")
    assert answer.status_code == 200
    assert "shop.test" not in answer.text
    assert status(opened) == "PAID"


def test_returned_money_looks_like_success_to_the_browser_only(
    sandbox: Sandbox, opened: str, merchant_id: str, status: Status
) -> None:
    assert _callback(sandbox.at_bank(opened, "auto_returned"))["Status"] == ["OK"]
    assert status(opened) == "REVERSED"
    body = {"merchant_id": merchant_id, "authority": opened, "amount": 900_000}
    assert sandbox.zarinpal("verify", body).json()["errors"]["code"] == -51


def test_a_payment_is_paid_once(sandbox: Sandbox, paid: str) -> None:
    assert sandbox.http.get(f"/pg/StartPay/{paid}").status_code == 409
    assert sandbox.at_bank(paid).status_code == 409
    charges = [
        entry for entry in sandbox.ledger(authority=paid)["entries"] if entry["memo"] == "paid"
    ]
    assert [entry["amount_rial"] for entry in charges] == [-900_000, 900_000]


def test_no_card_chosen_asks_again(sandbox: Sandbox, opened: str) -> None:
    answer = sandbox.http.post(f"/bank/{opened}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_unknown_authority_has_its_own_page(sandbox: Sandbox) -> None:
    assert sandbox.http.get("/pg/StartPay/S123").status_code == 404
    assert sandbox.at_bank("S123").status_code == 404


def test_a_payment_may_be_bound_to_one_card(sandbox: Sandbox, merchant_id: str) -> None:
    wanted = CARDS["success_2"].pan
    metadata = {"card_pan": f"{wanted[:6]}XXXXXX{wanted[-4:]}"}
    first = sandbox.open_payment(merchant_id=merchant_id, metadata=metadata)
    assert "به کارت دیگری محدود" in sandbox.at_bank(first, "success").text
    second = sandbox.open_payment(merchant_id=merchant_id, metadata=metadata)
    assert sandbox.at_bank(second, "success_2").status_code == 303


def test_test_cards_are_well_formed_and_of_no_bank() -> None:
    for card in CARDS.values():
        assert len(card.pan) == 16
        assert card.pan.startswith("999999")
        assert passes_luhn(card.pan)
    assert passes_luhn("4539578763621486")
    assert not passes_luhn("4539578763621487")


def test_text_of_a_shop_is_shown_as_text(sandbox: Sandbox) -> None:
    authority = sandbox.open_payment(description="<script>alert(1)</script>")
    page = sandbox.http.get(f"/pg/StartPay/{authority}").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
