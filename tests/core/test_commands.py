"""`tick`, `check_invariants` and `rls_audit`, as somebody outside would run them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from businesses.models import Business
from config.celery import app
from core.tenancy import acting_for
from core.tenancy.invariants import broken_promises, business_ids
from outbox.enums import DeliveryState
from outbox.models import Delivery, Event


def _run(*command):
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.fixture
def dead_letter(business, now):
    with acting_for(business.id):
        event = Event.objects.create(name="test.happened", payload={}, at=now)
        return Delivery.objects.create(
            event=event, subscriber="test.ear", state=DeliveryState.DEAD, due_at=now
        )


def test_every_tick_task_of_the_schedule_exists():
    app.loader.import_default_modules()
    assert set(settings.TICK_TASKS) <= set(app.tasks)
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)


def test_a_tick_runs_every_task_once_under_the_workers_role(business, as_role):
    with as_role("vafa_worker"):
        done = json.loads(_run("tick"))
    assert list(done) == settings.TICK_TASKS


def test_ticking_until_idle_leaves_nothing_due(business, other_business, as_role):
    with as_role("vafa_worker"):
        _run("tick", "--until-idle")
        assert set(json.loads(_run("tick")).values()) == {0}


def test_one_task_can_be_run_alone(business, as_role):
    with as_role("vafa_worker"):
        assert list(json.loads(_run("tick", "--only", "outbox.deliver"))) == ["outbox.deliver"]
        with pytest.raises(CommandError, match=r"no task no\.such"):
            _run("tick", "--only", "no.such")


@pytest.mark.parametrize("role", ["vafa_web", "vafa_staff"])
def test_a_role_that_sees_no_queues_is_told_so(db, as_role, role):
    with as_role(role), pytest.raises(CommandError, match="set VAFA_DB_ROLE=vafa_worker"):
        _run("tick")


def test_every_business_keeps_its_promises(business, other_business, as_role):
    with as_role("vafa_worker"):
        _run("tick", "--until-idle")
        assert broken_promises(timezone.now() + timedelta(minutes=1)) == []
        assert json.loads(_run("check_invariants", "--json")) == {"ok": True, "broken": []}
        assert _run("check_invariants").strip() == "everything holds"
    assert {business.id, other_business.id} <= set(business_ids())


def test_a_broken_promise_is_told_with_its_business(business, dead_letter, as_role, capsys):
    with as_role("vafa_worker"), pytest.raises(CommandError, match="1 invariants are broken"):
        call_command("check_invariants", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "broken": [
            {
                "app": "outbox",
                "business_id": str(business.id),
                "what": "1 deliveries are dead letters",
            }
        ],
    }


def test_a_gap_in_the_walls_is_a_broken_promise(business, as_role, monkeypatch):
    monkeypatch.setattr("core.tenancy.invariants.faults", lambda: ["t: is open"])
    [broken] = broken_promises(timezone.now())
    assert (broken.app, broken.business_id, broken.what) == ("core", None, "t: is open")


def test_a_check_that_fails_hides_no_other(business, dead_letter, as_role, monkeypatch):
    def refused(_now):
        Business.objects.raw("SELECT no_such_column FROM businesses_business")[0]

    monkeypatch.setattr("loyalty.queries.invariants.broken", refused)
    with as_role("vafa_worker"):
        found = {
            (one.app, one.business_id, one.what[:9]) for one in broken_promises(timezone.now())
        }
    assert ("loyalty", business.id, "could not") in found
    assert ("outbox", business.id, "1 deliver") in found
