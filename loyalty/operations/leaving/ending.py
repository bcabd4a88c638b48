"""Points that reached the wallet of somebody who had just left."""

from datetime import datetime
from uuid import UUID

from loyalty.models import Wallet
from loyalty.operations.movements import end_left


def end_all(customer_id: UUID, now: datetime) -> None:
    """End what came into a wallet in the moment its owner left; the caller holds its lock."""
    wallet = Wallet.objects.get(id=customer_id)
    if wallet.left_at is not None:
        end_left(wallet, now)
