"""What can be done with payments."""

from payments.operations.accounts import open_default_account, set_provider_account

__all__ = ["open_default_account", "set_provider_account"]
