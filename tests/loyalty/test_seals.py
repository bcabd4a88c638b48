"""The chain of seals (N20): whatever is changed in an export is noticed, without a database."""

import json
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.tenancy import acting_for
from customers.operations import record_purchases
from loyalty.models import LedgerEntry, LedgerSeal
from loyalty.operations import commit_redemption, reserve_redemption, seal_ledger
from loyalty.operations import seal as sealing
from loyalty.queries import chain
from loyalty.queries.chain import canonical, digest_of, verify
from loyalty.queries.seals import exported, unsealed
from loyalty.tasks import seal
from tests.loyalty.conftest import BUYER, buyer, sale

DAY = timedelta(days=1)


@pytest.fixture
def three_seals(sell, acting, now):
    """Return the lines of an export: three seals of three entries, two entries not sealed."""
    for number in range(3):
        for _sale in range(3):
            sell(1_000_000 + number, at=now + number * DAY)
        assert seal_ledger(now=now + number * DAY) == 3
    sell(700_000, at=now + 4 * DAY)
    sell(800_000, at=now + 4 * DAY)
    return list(exported())


def test_an_export_is_whole_and_tells_what_it_holds(three_seals):
    report = verify(three_seals)
    assert report.faults == []
    assert (report.seals, report.entries, report.unsealed) == (3, 11, 2)
    assert report.head == LedgerSeal.objects.get(number=3).digest
    assert verify(three_seals, f"2:{report.digests[1]}").is_whole


def test_an_export_holds_what_a_clock_once_ahead_hid_from_the_seals(sell, acting, now):
    sell(1_000_000, at=now + 9 * DAY)
    assert seal_ledger(now=now + 9 * DAY) == 1
    sell(1_000_000, at=now)
    report = verify(list(exported()))
    assert (report.faults, report.entries, report.unsealed) == ([], 2, 1)
    assert seal_ledger(now=now) == 0
    assert seal_ledger(now=now, thorough=True) == 1
    report = verify(list(exported()))
    assert (report.faults, report.seals, report.unsealed) == ([], 2, 0)


def _changed(lines, number, change):
    document = json.loads(lines[number])
    change(document)
    return [*lines[:number], canonical(document), *lines[number + 1 :]]


def _points(seal):
    seal["entries"][1]["points"] += 1


def _reason(seal):
    seal["entries"][0]["data"]["base_rial"] = 1


def _swapped(seal):
    seal["entries"][0], seal["entries"][2] = seal["entries"][2], seal["entries"][0]


def _left_out(seal):
    del seal["entries"][1]


def _added(seal):
    seal["entries"].append(dict(seal["entries"][0], id="new"))


def _renumbered(seal):
    seal["seal"] += 1


def _unlinked(seal):
    seal["previous"] = "0" * 64


def _other_owner(seal):
    seal["entries"][0]["customer"] = "somebody"


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize(
    "change",
    [_points, _reason, _swapped, _left_out, _added, _renumbered, _unlinked, _other_owner],
)
def test_any_change_to_a_seal_is_noticed(three_seals, place, change):
    assert not verify(_changed(three_seals, place, change)).is_whole


def test_seals_that_are_gone_or_in_another_order_are_noticed(three_seals):
    head, one, two, three, *rest = three_seals
    for lines in (
        [head, two, three, *rest],
        [head, one, three, *rest],
        [head, two, one, three, *rest],
        [head, one, one, two, three, *rest],
        [one, two, three, *rest],
        [head, one, two, *rest, three],
        [head, one, "{", three, *rest],
    ):
        assert not verify(lines).is_whole


def test_a_chain_made_anew_or_cut_off_is_told_by_a_seal_noted_down(three_seals):
    """Whoever holds the database can chain lies; not against a digest somebody wrote down."""
    noted = f"3:{verify(three_seals).head}"
    lies, previous = three_seals[:1], chain.FIRST
    for number in (1, 2, 3):
        document = json.loads(three_seals[number])
        _points(document)
        document["previous"] = previous
        previous = digest_of(previous, number, document["entries"])
        lies.append(canonical(document | {"digest": previous}))
    assert verify(lies).is_whole
    assert not verify(lies, noted).is_whole
    assert verify(three_seals[:3]).is_whole
    assert not verify(three_seals[:3], noted).is_whole


def test_an_entry_changed_in_the_database_behind_our_back_is_noticed(three_seals, as_role):
    with as_role("vafa_owner"):
        _run("ALTER TABLE loyalty_ledgerentry DISABLE TRIGGER append_only")
        _run(
            "UPDATE loyalty_ledgerentry SET data = data || '{\"base_rial\": 1}' WHERE id = "
            f"'{LedgerSeal.objects.get(number=2).entries[0]}'"
        )
    [fault] = verify(exported()).faults
    assert fault.startswith("seal 2 is broken")


def _run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_entry_is_sealed_once_whenever_it_came(sell, acting, now, monkeypatch):
    """Batches, a latecomer with an earlier moment, and a second call that finds nothing."""
    monkeypatch.setattr(sealing, "BATCH", 4)
    customer = buyer(sell(9_000_000, at=now))
    for number in range(8):
        sell(100_000, at=now + number * DAY)
    while seal_ledger(now=now + 9 * DAY):
        pass
    late = reserve_redemption(customer_id=customer, points=3, now=now + 6 * DAY)
    commit_redemption(redemption_id=late.id, now=now + 6 * DAY)
    assert seal_ledger(now=now + 9 * DAY) == 1
    assert seal_ledger(now=now + 9 * DAY) == 0
    sealed = [one for row in LedgerSeal.objects.all() for one in row.entries]
    assert len(sealed) == len(set(sealed)) == LedgerEntry.objects.count()
    assert unsealed() == []
    assert verify(exported()).is_whole


def test_the_database_takes_no_second_seal_in_one_place(three_seals, now):
    first = LedgerSeal.objects.get(number=1)
    for number, previous in ((1, ""), (4, first.digest), (2, ""), (5, "")):
        with pytest.raises(DatabaseError), transaction.atomic():
            LedgerSeal.objects.create(
                number=number,
                previous=previous,
                digest="x",
                entries=[],
                until_at=now,
                sealed_at=now,
            )


def test_many_sealers_at_once_seal_each_entry_once(in_parallel, business, now):
    def record():
        with acting_for(business.id):
            news = [sale(200_000, customer=BUYER, at=now) for _ in range(5)]
            record_purchases(purchases=news, source="api", now=now)

    def attempt():
        with acting_for(business.id):
            return seal_ledger(now=now)

    record()
    in_parallel(*[attempt, record] * 4)
    with acting_for(business.id):
        while seal_ledger(now=now):
            pass
        report = verify(exported())
        assert report.faults == []
        assert (report.entries, report.unsealed) == (LedgerEntry.objects.count(), 0)


def test_no_sale_waits_for_a_seal(in_parallel, business, now):
    """A seal that is being made holds no lock a sale could want: both end, in any order."""
    with acting_for(business.id):
        record_purchases(purchases=[sale(200_000, customer=BUYER, at=now)], source="api", now=now)

    def slowly():
        with acting_for(business.id):
            seal_ledger(now=now)
            _run("SELECT pg_sleep(1.5)")

    def sold():
        with acting_for(business.id):
            _run("SET LOCAL lock_timeout = '500ms'")
            new = sale(300_000, customer=BUYER, at=now)
            return record_purchases(purchases=[new], source="api", now=now)[0].error

    assert in_parallel(slowly, *[partial(sold)] * 4)[1:] == [None] * 4


def test_the_task_seals_every_business_as_the_worker(business, now, as_role):
    with acting_for(business.id):
        record_purchases(purchases=[sale(200_000, customer=BUYER, at=now)], source="api", now=now)
    with as_role("vafa_worker"):
        assert seal() == 1
        assert seal() == 0


def test_exported_and_verified_by_command_and_by_the_file_alone(sell, acting, tmp_path, capsys):
    """The checker runs without Django, without settings and without a database."""
    sell(1_000_000)
    file = tmp_path / "ledger.jsonl"
    call_command("export_ledger", str(file), business=acting.slug)
    note = capsys.readouterr().out.split()[-1]
    call_command("verify_ledger", str(file), known=note)
    assert "whole: 1 seals, 1 entries" in capsys.readouterr().out
    assert _alone(file, note).returncode == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"points":10', '"points":11'))
    with pytest.raises(CommandError, match="seal 1 is broken"):
        call_command("verify_ledger", str(file), known=note)
    answer = _alone(file, note)
    assert (answer.returncode, "BROKEN" in answer.stdout) == (1, True)


def _alone(file, note):
    """Run it as docs/loyalty.md says: what lies beside it must not stand for a part of Python."""
    command = [sys.executable, str(Path(chain.__file__)), str(file), note]
    return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, check=False)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.integers()), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_a_digest_says_exactly_its_entries(entries, place):
    """No two lists of entries share a digest by the way they are joined."""
    digest = digest_of("", 1, entries)
    assert digest == digest_of("", 1, [dict(reversed(entry.items())) for entry in entries])
    assert digest != digest_of("", 1, [*entries, {}])
    assert digest != digest_of("", 2, entries)
    changed = [dict(entry) for entry in entries]
    changed[place % len(entries)]["~new~"] = 1
    assert digest != digest_of("", 1, changed)
