"""A provider's unsigned word about a debit: a hint to ask it, and nothing more."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import acting_for
from payments.enums.debits import TRY_EXCLUSIVE
from payments.models import Debit, DebitAttempt, Mandate
from payments.models.tokens import business_of_token
from payments.providers import debits_of


def hear_of_debit(*, token: str, said: Mapping[str, str], now: datetime) -> bool:
    """Make the debit a message names due to be asked about; return whether there is one.

    A debit that was given up is asked about too: a yes after a no is money. Run outside any scope.
    Whoever holds the debit already goes on holding it. Raises NotFound for an unknown token.
    """
    business_id = business_of_token(token)
    if business_id is None:
        raise _unknown()
    with acting_for(business_id, durable=True):
        mandate = Mandate.objects.select_related("account").filter(callback_token=token).first()
        if mandate is None:
            raise _unknown()
        reference = debits_of(mandate.account.provider).parse_debit_event(said)
        debit_id = _debit(mandate, reference) if reference else None
        if debit_id is None:
            return False
        free = Debit.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), id=debit_id)
        # One that waits for its next try would not be asked about but tried: nothing brings that
        # forward.
        live = DebitAttempt.objects.filter(debit=debit_id, state__in=TRY_EXCLUSIVE)
        askable = free.filter(Q(ended_at__isnull=False) | Exists(live))
        return bool(askable.update(next_try_at=now))


def _debit(mandate: Mandate, reference: str) -> UUID | None:
    named = DebitAttempt.objects.filter(Q(reference=reference) | Q(key=reference), mandate=mandate)
    return named.values_list("debit_id", flat=True).first()


def _unknown() -> NotFound:
    return NotFound(_("There is no such mandate."))
