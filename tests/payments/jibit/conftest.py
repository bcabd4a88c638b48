"""Jibit's services at the sandbox; no database is needed."""

from uuid import uuid4

import pytest

from payments.providers.contract import Account
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]


@pytest.fixture
def keys() -> dict[str, str]:
    return {"api_key": f"key-{uuid4().hex[:12]}", "secret_key": f"secret-{uuid4().hex}"}


@pytest.fixture
def account(fresh_sandbox: Sandbox, keys: dict[str, str]) -> Account:
    return Account(base_url=f"{fresh_sandbox.base_url}/jibit/ppg", credentials=keys)
