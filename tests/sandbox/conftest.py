"""The sandbox is tested from outside, over HTTP; nothing here touches the product's database."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]

AMOUNT = 900_000
Verify = Callable[..., Any]


@pytest.fixture(autouse=True, scope="session")
def _databases_include_owner() -> None:
    """Replace the database that other tests start with: none is needed here."""


@pytest.fixture
def merchant_id() -> str:
    return str(uuid4())


@pytest.fixture
def opened(sandbox: Sandbox, merchant_id: str) -> str:
    return sandbox.open_payment(merchant_id=merchant_id)


@pytest.fixture
def paid(sandbox: Sandbox, opened: str) -> str:
    sandbox.pay(opened)
    return opened


@pytest.fixture
def verify(sandbox: Sandbox, merchant_id: str) -> Verify:
    def call(authority: str, amount: int = AMOUNT) -> Any:
        body = {"merchant_id": merchant_id, "amount": amount, "authority": authority}
        return sandbox.zarinpal("verify", body).json()

    return call


@pytest.fixture
def status(sandbox: Sandbox, merchant_id: str) -> Callable[[str], str]:
    def call(authority: str) -> str:
        body = {"merchant_id": merchant_id, "authority": authority}
        return str(sandbox.zarinpal("inquiry", body).json()["data"]["status"])

    return call
