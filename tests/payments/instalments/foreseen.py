"""What a night foresaw of one customer."""

from datetime import date
from uuid import UUID

from segmentation.models import CustomerOutlook


def foresee(customer_id: UUID, worth_rial: int) -> None:
    """Write down what a customer is expected to buy in a year."""
    CustomerOutlook.objects.update_or_create(
        id=customer_id,
        defaults={
            "customer_id": customer_id,
            "as_of": date(2026, 11, 20),
            "score": 50,
            "staying": 0.5,
            "purchases_30": 1,
            "purchases_90": 2,
            "purchases_365": 9,
            "day_rial": 1,
            "worth_rial": worth_rial,
            "risk_rial": 0,
            "wait_days": 1,
        },
    )
