"""Which login takes which role, by which address."""

import pytest

from config import database

PRODUCTION = "postgresql://vafa_web:s%40crt@db.example:6432/shop"


@pytest.fixture
def elsewhere(monkeypatch):
    """Pretend an address without connecting to it."""

    def point(url, **more):
        monkeypatch.setattr(database, "bootstrap", lambda _url: None)
        monkeypatch.setenv("DATABASE_URL", url)
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        return database.databases()

    monkeypatch.delenv("VAFA_DB_ROLE", raising=False)
    monkeypatch.delenv("OWNER_DATABASE_URL", raising=False)
    return point


def test_a_superuser_takes_on_the_working_roles(elsewhere):
    found = elsewhere("postgresql://postgres@localhost/vafa")
    assert "role=vafa_web" in found["default"]["OPTIONS"]["options"]
    assert "statement_timeout=15000" in found["default"]["OPTIONS"]["options"]
    assert "role=vafa_owner" in found["owner"]["OPTIONS"]["options"]


def test_a_worker_takes_on_its_own_role(elsewhere):
    found = elsewhere("postgresql://postgres@localhost/vafa", VAFA_DB_ROLE="vafa_worker")
    assert "role=vafa_worker" in found["default"]["OPTIONS"]["options"]


def test_a_working_role_logs_in_as_itself(elsewhere):
    owner = "postgresql://vafa_owner@db.example/shop"
    found = elsewhere(PRODUCTION, OWNER_DATABASE_URL=owner)
    assert "options" not in found["default"]["OPTIONS"]
    assert found["default"]["PASSWORD"] == "s@crt"
    assert (found["default"]["HOST"], found["default"]["PORT"]) == ("db.example", "6432")
    assert found["owner"]["USER"] == "vafa_owner"


def test_a_socket_folder_and_other_parameters_are_understood(elsewhere):
    found = elsewhere("postgresql://postgres@/vafa?host=%2Fsrv%2Fpg&sslmode=disable")["default"]
    assert found["HOST"] == "/srv/pg"
    assert found["OPTIONS"]["sslmode"] == "disable"
    assert "host" not in found["OPTIONS"]


def test_the_test_database_is_one_for_both(elsewhere):
    assert elsewhere(PRODUCTION)["default"]["TEST"] == {"MIRROR": "owner"}
