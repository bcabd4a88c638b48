"""A shop with a bank to pay at."""

from tests.payments.conftest import bank, fresh_sandbox, poll, sandbox, shop

__all__ = ["bank", "fresh_sandbox", "poll", "sandbox", "shop"]
