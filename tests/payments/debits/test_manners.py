"""How a business collects: its own manners hold, on the page and for what is collected."""

from datetime import timedelta
from typing import Any

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from messaging.models import Message
from payments.operations.debits import set_debit_policy
from payments.queries.mandates import debit_policy

MANNERS: dict[str, Any] = {
    "notice_hours": 48,
    "grace_days": 2,
    "max_tries": 2,
    "reminders": [5, 2, 5],
    "pause_after": 1,
}


def set_manners(collector, **changes) -> None:
    with acting_for(collector.business.id):
        set_debit_policy(**(MANNERS | changes), now=collector.now)


def reminders(collector) -> list[str]:
    with acting_for(collector.business.id):
        keys = Message.objects.values_list("dedupe_key", flat=True)
        return sorted(key for key in keys if key.startswith("debit-reminder"))


def test_without_manners_of_its_own_a_business_has_the_usual_ones(collector):
    with acting_for(collector.business.id):
        manners = debit_policy()
    assert (manners.notice_hours, manners.grace_days, manners.max_tries) == (24, 5, 4)
    assert (manners.reminders, manners.pause_after) == ([1, 3, 7], 3)


def test_manners_hold_for_debits_made_from_then_on(collector):
    mandate_id = collector.active()
    later = collector.now + timedelta(days=10)
    before = collector.see(collector.due(mandate_id, due_at=later))
    set_manners(collector)
    after = collector.see(collector.due(mandate_id, due_at=later))

    assert (before.max_tries, before.give_up_at - later) == (4, timedelta(days=5))
    assert (after.max_tries, after.give_up_at - later) == (2, timedelta(days=2))
    assert (before.notice_at, after.notice_at) == (
        later - timedelta(hours=24),
        later - timedelta(hours=48),
    )


@pytest.mark.parametrize(("days", "queued"), [([5, 2, 5], [2, 5]), ([], [])])
def test_reminders_come_on_their_days_or_not_at_all(collector, work, deliver, days, queued):
    set_manners(collector, reminders=days)
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    assert collector.see(debit_id).state == "failed"
    deliver(collector.now)

    expected = [f"debit-reminder-{day}:{debit_id}" for day in queued]
    assert reminders(collector) == expected


def test_no_notice_is_none(collector):
    set_manners(collector, notice_hours=0)
    debit_id = collector.due(collector.active(), due_at=collector.now + timedelta(days=3))
    assert collector.see(debit_id).notice_at is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("notice_hours", 169),
        ("grace_days", 61),
        ("max_tries", 0),
        ("max_tries", 17),
        ("pause_after", 0),
        ("reminders", [0]),
        ("reminders", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_manners_no_business_may_have_are_refused(collector, name, value):
    with pytest.raises(Problem) as refused:
        set_manners(collector, **{name: value})
    assert (refused.value.code, list(refused.value.fields)) == ("invalid_policy", [name])
    with acting_for(collector.business.id):
        assert debit_policy().max_tries == 4


def test_an_owner_sets_them_on_the_page(collector, owner_client):
    place = f"/b/{collector.business.slug}/debits/"
    assert "۱، ۳، ۷" in owner_client.get(place).content.decode()
    typed = {
        "notice_hours": "۴۸",
        "max_tries": "2",
        "grace_days": "۲",
        "reminders": "۲، ۵ 5",
        "pause_after": "۱",
    }
    wrong = owner_client.post(place, typed | {"reminders": "فردا"})
    assert wrong.status_code == 422
    assert owner_client.post(place, typed | {"grace_days": "۶۱"}).status_code == 422
    assert owner_client.post(place, typed)["Location"] == place

    with acting_for(collector.business.id):
        manners = debit_policy()
    assert (manners.notice_hours, manners.max_tries, manners.grace_days) == (48, 2, 2)
    assert (manners.reminders, manners.pause_after) == ([2, 5], 1)
