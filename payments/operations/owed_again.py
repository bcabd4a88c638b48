"""A payment whose money goes back: is its sale undone, or is the debt it paid owed again?"""

from payments.enums import BookAccount
from payments.enums.debits import Collects
from payments.enums.instalments import InstalmentState, PlanState
from payments.models import Instalment, Payment
from payments.operations.journal import Place
from payments.operations.take_in import earned_by


def is_owed_again(payment: Payment) -> bool:
    """Tell whether giving a payment back revives a debt.

    The instalments of a cancelled plan are not owed any more: its goods came back.
    """
    if payment.collects != Collects.RECEIVABLE:
        return False
    over = Instalment.objects.filter(
        payment=payment, state=InstalmentState.PAID, plan__state=PlanState.CANCELLED
    )
    return not over.exists()


def given_back_on(payment: Payment, *, owed_again: bool) -> Place:
    """Return the account money that goes back is booked on.

    What was paid for gift cards is put aside first, by taking them off their holders.
    """
    if payment.collects == Collects.PREPAID:
        return BookAccount.ORPHANS, ""
    return earned_by(payment) if owed_again else (BookAccount.REFUNDS, "")
