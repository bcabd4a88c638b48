"""Two people keep a customer out of the programme for a time (C058): no points from now on."""

from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from loyalty.models import Program
from loyalty.operations.leaving.leave import stop_renewing


@operation
def keep_out_of_club(*, customer_id: UUID, now: datetime) -> None:
    """Have sales ask who is kept out, and let a paid membership run out instead of renewing.

    Nothing is taken: points stay to be spent until their own dates, what a membership paid for
    holds to its end, and gift cards, coupons and stamps are theirs. Whether somebody is kept out is
    read from the measure at each moment, so its end and an appeal need no job.
    """
    Program.objects.filter(has_leavers=False).update(has_leavers=True)
    stop_renewing(customer_id, now)
