"""What customers' own tables have to say, and to do, when a person is erased."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Sentence
from core.tenancy.personal import Whom
from customers.enums import ImportState, MergeState
from customers.models import CustomerMerge, ImportJob, Lead
from customers.operations.imports.jobs import path_of
from customers.operations.people.farewell import Farewell, Outlook
from messaging.operations import cancel_all_to

_UNFINISHED: Final = (
    ImportState.UPLOADED,
    ImportState.CHECKED,
    ImportState.QUEUED,
    ImportState.RUNNING,
    ImportState.FAILED,
)


def _foresee(whom: Whom, now: datetime) -> Outlook:
    obstacles: list[Sentence] = []
    if ImportJob.objects.filter(state__in=_UNFINISHED).exists():
        obstacles.append(
            _("An import is not finished: its file may name them. Finish or cancel it.")
        )
    told: list[Sentence] = [
        _("Purchases stay in the sums and reports, without a name."),
        _("Their mobile, e-mail, card and member code are a stranger's from then on."),
    ]
    merges = CustomerMerge.objects.filter(survivor_id__in=whom.ids, state=MergeState.STANDING)
    if merges.filter(undo_until__gte=now).exists():
        told.append(_("Profiles joined to this one are erased with it."))
    if _files().exists():
        told.append(_("The files of finished imports are deleted: they may name them."))
    return Outlook(tuple(obstacles), tuple(told))


def _files() -> QuerySet[ImportJob]:
    return ImportJob.objects.exclude(state__in=_UNFINISHED).exclude(file_path="")


def _end(whom: Whom, now: datetime) -> None:
    cancel_all_to(addresses=whom.addresses, now=now)
    Lead.objects.filter(customer_id__in=whom.ids).update(next_at=None)
    for job in _files():
        path_of(job).unlink(missing_ok=True)
    _files().update(file_path="")


FAREWELL: Final = Farewell("customers", _foresee, _end)
