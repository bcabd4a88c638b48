"""What waits to be sent: in order, at most once, and never longer than its transaction."""

import io
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from businesses.models import Branch
from core.database.base import Connection
from core.ids import new_id
from core.tenancy import acting_for
from core.tenancy.prepared import Prepared

ECHO = Prepared("SELECT %(text)s", text="text")
DIVIDE = Prepared("SELECT 1 / %(by)s", by="int")
ADD = Prepared(
    "INSERT INTO businesses_branch (id, business_id, code, name, is_active)"
    " SELECT %(id)s, %(business)s, %(code)s, %(code)s, true",
    id="uuid",
    business="uuid",
    code="text",
)


def waiting():
    wire = connection.connection
    assert isinstance(wire, Connection)
    return wire.waiting


def add(business, *codes):
    for code in codes:
        ADD.later({"id": new_id(), "business": business.id, "code": code}, owed=True)


def add_and_fail(business, code):
    add(business, code)
    raise ZeroDivisionError


def codes(business):
    with acting_for(business.id):
        return set(Branch.objects.values_list("code", flat=True))


@pytest.fixture
def warm(committed, business):
    """Let the connection know the statement: only then may it wait."""
    with acting_for(business.id):
        add(business, "warm")
    return business


def test_a_transaction_without_statements_sends_nothing(committed):
    with transaction.atomic(), transaction.atomic():
        pass
    assert waiting() == []


def test_what_waits_is_sent_with_commit(warm):
    with acting_for(warm.id):
        add(warm, "last % word")
        assert waiting()
    assert waiting() == []
    assert "last % word" in codes(warm)


def test_outside_a_transaction_nothing_waits(warm):
    ECHO.rows({"text": "known"})
    ECHO.later({"text": "at once"}, owed=True)
    assert waiting() == []


@pytest.mark.parametrize("way", ["callproc", "copy_to", "copy_expert"])
def test_every_way_to_speak_sends_what_waits_first(warm, way):
    ways = {
        "callproc": lambda cursor: cursor.callproc("pg_backend_pid"),
        "copy_to": lambda cursor: cursor.copy_to(io.StringIO(), "django_migrations"),
        "copy_expert": lambda cursor: cursor.copy_expert(
            "COPY (SELECT 1) TO STDOUT", io.StringIO()
        ),
    }
    with acting_for(warm.id), connection.cursor() as cursor:
        add(warm, "before")
        ways[way](cursor)
        assert waiting() == []
    assert "before" in codes(warm)


def test_a_rollback_takes_what_waits_along(warm):
    with pytest.raises(ZeroDivisionError), acting_for(warm.id):
        add_and_fail(warm, "never")
    assert "never" not in codes(warm)


def test_a_savepoint_takes_along_only_what_waits_inside(warm):
    with acting_for(warm.id):
        add(warm, "outside")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            add_and_fail(warm, "inside")
    assert codes(warm) >= {"outside"}
    assert "inside" not in codes(warm)


@pytest.mark.parametrize("sentence", ["SELECT 1 / 0", "SELEC nonsense", "SELECT nobody_knows()"])
def test_an_error_of_any_kind_costs_only_its_savepoint(warm, sentence):
    with acting_for(warm.id):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sentence)
        add(warm, "goes on")
    assert "goes on" in codes(warm)


def test_a_prepared_ones_error_costs_only_its_savepoint(warm):
    DIVIDE.rows({"by": 1})
    with acting_for(warm.id):
        with pytest.raises(DatabaseError), transaction.atomic():
            DIVIDE.rows({"by": 0})
        assert ECHO.rows({"text": "سلام %"}) == [("سلام %",)]


def test_an_error_of_what_waits_undoes_the_transaction(warm):
    with pytest.raises(IntegrityError), acting_for(warm.id):
        add(warm, "first", "warm")  # the second is taken
    assert "first" not in codes(warm)


def test_a_server_side_cursor_ends_with_its_transaction(warm):
    with acting_for(warm.id):
        names = Branch.objects.values_list("name", flat=True).iterator(chunk_size=1)
        assert next(names)
    with pytest.raises(Exception, match="cursor already closed"):
        list(names)


def test_a_killed_connection_is_noticed_before_the_next_request(committed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()
    assert connection.is_usable()
    assert connection.is_usable()  # by a look
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", pid)
    other.close()
    assert not connection.is_usable()
    connection.close()


def test_ids_come_back_as_they_were(db):
    ids = [new_id(), uuid4(), UUID(int=0), UUID(int=2**128 - 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(%s::uuid[])", [ids])
        assert [one for (one,) in cursor.fetchall()] == ids
        cursor.execute("SELECT %s::uuid[], NULL::uuid, ARRAY[NULL]::uuid[]", [ids])
        assert cursor.fetchall() == [(ids, None, [None])]


def test_an_id_is_a_uuid_like_any_other():
    made = new_id()
    read = UUID(str(made))
    assert (made, hash(made), made.bytes, made.is_safe) == (
        read,
        hash(read),
        read.bytes,
        read.is_safe,
    )
    assert made.version == 7
