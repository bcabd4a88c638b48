"""Many rows in one statement: stamped, defaulted, and never another business's."""

from datetime import datetime
from uuid import UUID

import pytest

from core.ids import new_id
from core.tenancy import NoActiveBusiness, acting_for
from payments.models import Alert, BankLimit, Payment, ProviderAccount, ProviderCall
from payments.operations.rows import RowMaker, RowReader, RowWriter

MAKER = RowMaker(Alert)
WRITER = RowWriter(Alert, "times", "detail")


def alert(now: datetime, **changes: object) -> dict[str, object]:
    usual = {"kind": "orphan", "source_id": new_id(), "first_at": now, "last_at": now}
    return usual | changes


@pytest.fixture
def two(business, other_business, now) -> tuple[UUID, UUID]:
    """Return one row of each of two businesses."""
    ids = new_id(), new_id()
    for owner, row_id in zip((business, other_business), ids, strict=True):
        with acting_for(owner.id):
            MAKER.make([alert(now, id=row_id)])
    return ids


def test_rows_are_stamped_and_what_is_not_said_takes_its_default(business, two, now):
    with acting_for(business.id):
        row = Alert.objects.get()
    assert (row.id, row.business_id, row.times, row.resolved_by, row.resolved_at, row.last_at) == (
        two[0],
        business.id,
        1,
        "",
        None,
        now,
    )


def test_documents_nothing_and_numbers_json_does_not_know_are_kept(acting, business, now):
    account_id = ProviderAccount.objects.values_list("id", flat=True)[0]
    said = {"account_id": account_id, "operation": "debit", "outcome": "ok", "at": now}
    words = {"asked": {"a": [1, "ب'\\"]}, "answered": {"b": float("inf")}, "http_status": None}
    RowMaker(ProviderCall).make([said | words, said])

    first, second = ProviderCall.objects.order_by("id")
    assert (first.asked, first.answered, first.account_id) == (
        {"a": [1, "ب'\\"]},
        {"b": None},
        account_id,
    )
    assert (second.asked, second.answered, second.attempt_id) == ({}, None, None)


def test_only_named_fields_of_ones_own_rows_are_written(business, other_business, two):
    with acting_for(business.id):
        mine = Alert.objects.get()
    with acting_for(other_business.id):
        theirs = Alert.objects.get()
    for row in (mine, theirs):
        row.times, row.detail, row.kind = 7, {"a": None}, "contradiction"
    with acting_for(business.id):
        WRITER.write([mine, theirs])
        row = Alert.objects.get()
    assert (row.times, row.detail, row.kind) == (7, {"a": None}, "orphan")
    with acting_for(other_business.id):
        row = Alert.objects.get()
    assert (row.times, row.detail, row.kind) == (1, {}, "orphan")


def test_nothing_is_written_without_a_scope(now):
    with pytest.raises(NoActiveBusiness):
        MAKER.make([alert(now)])


def test_no_rows_are_no_statement(acting, django_assert_num_queries):
    with django_assert_num_queries(0):
        MAKER.make([])
        WRITER.write([])


def test_only_ones_own_rows_are_read_as_they_would_be_otherwise(business, other_business, now):
    for owner in (business, other_business):
        with acting_for(owner.id):
            BankLimit.objects.create(
                account=ProviderAccount.objects.all()[0], bank="056", code="SABCIR", since=now
            )
    reader = RowReader(BankLimit, "r.code = ANY(%(codes)s) ORDER BY r.id", codes="text[]")
    with acting_for(business.id):
        (row,) = reader.read(codes=["SABCIR", "SINAIR"])
        known = BankLimit.objects.get()
        assert reader.read(codes=[]) == []
    fields = [field.attname for field in BankLimit._meta.concrete_fields]
    assert [getattr(row, name) for name in fields] == [getattr(known, name) for name in fields]
    assert not row._state.adding


def test_a_new_object_is_what_its_class_would_make(business, acting, now):
    maker = RowMaker(Payment)
    said = {"external_id": "A-1", "amount_rial": 5, "customer_hint": {"name": "ا"}}
    said |= {"fingerprint": "f", "pay_token": "t", "created_at": now, "expires_at": now}
    mine, usual = maker.new(**said), Payment(**said)

    fields = [field.attname for field in Payment._meta.concrete_fields if field.name != "id"]
    assert [getattr(mine, name) for name in fields] == [getattr(usual, name) for name in fields]
    assert mine.id != usual.id
    assert mine._state.adding
    assert maker.new(**said).lines is not mine.lines
    maker.add([mine])
    kept = Payment.objects.get()
    assert (kept, kept.customer_hint, kept.business_id) == (mine, {"name": "ا"}, business.id)
    with pytest.raises(TypeError, match="amount_toman"):
        maker.new(amount_toman=1)


def test_columns_django_converts_are_not_read_past_it(acting):
    with pytest.raises(TypeError):
        RowReader(Alert, "true").read()
