"""Independent clients work unchanged against the sandbox: only where they call is different."""

from typing import Any

import pytest
import requests
from zibal.zibal import zibal as ZibalClient  # noqa: N812 - the library writes it small

from tests.sandbox_server import Sandbox


@pytest.fixture
def zibal_client(fresh_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the library's client; its fixed address leads to the sandbox."""
    send = requests.Session.request

    def elsewhere(session: requests.Session, method: str, url: str, **sent: Any) -> Any:
        url = url.replace("https://gateway.zibal.ir", f"{fresh_sandbox.base_url}/zibal")
        return send(session, method, url, **sent)

    monkeypatch.setattr(requests.Session, "request", elsewhere)
    return ZibalClient("zibal", "https://shop.test/back")


def test_the_zibal_library_takes_a_payment(fresh_sandbox: Sandbox, zibal_client: Any) -> None:
    told = zibal_client.request(900_000, order_id="7", mobile="09121234567", description="سفارش")
    assert zibal_client.request_result(told["result"]) == zibal_client.request_result(100)
    assert zibal_client.verify(told["trackId"])["result"] == 202

    fresh_sandbox.pay(str(told["trackId"]))

    verified = zibal_client.verify(told["trackId"])
    assert (verified["result"], verified["amount"], verified["orderId"]) == (100, 900_000, "7")
    again = zibal_client.verify(told["trackId"])
    assert zibal_client.verify_result(again["result"]) == zibal_client.verify_result(201)
    assert fresh_sandbox.payments()[0]["state"] == "VERIFIED"


def test_the_zibal_library_hears_what_it_did_wrong(zibal_client: Any) -> None:
    assert zibal_client.request(999)["result"] == 105
    assert zibal_client.verify(12_345)["result"] == 203
