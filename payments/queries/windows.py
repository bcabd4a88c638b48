"""What a provider does with money nobody confirms, and how long it waits, for one account."""

from dataclasses import dataclass
from datetime import timedelta

from payments.models import ProviderAccount
from payments.providers import adapter_of
from payments.providers.contract import Unverified


@dataclass(frozen=True, slots=True)
class Manner:
    """The policy for unconfirmed money; `window` is None where nobody published it."""

    policy: Unverified
    window: timedelta | None

    @property
    def returns(self) -> bool:
        """Whether money nobody confirms goes back to the buyer by itself."""
        return self.policy is Unverified.AUTO_RETURN


def manner_of(account: ProviderAccount) -> Manner:
    """Return the provider's policy, and the account's own words where it is left to them."""
    limits = adapter_of(account.provider).capabilities
    policy = limits.unverified
    if policy is Unverified.BY_TERMINAL and account.unverified:
        policy = Unverified(account.unverified)
    minutes = account.verify_minutes
    return Manner(policy, timedelta(minutes=minutes) if minutes else limits.verify_window)
