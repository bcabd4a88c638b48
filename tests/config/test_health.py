"""Alive and fit to serve: the walls are part of fitness, Redis is not."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone


def test_a_living_process_says_so(db):
    assert Client().get("/healthz").content == b"ok"


def test_a_sound_installation_is_ready(db):
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "walls": "ok", "redis": "ok"},
    }


def test_a_gap_in_the_walls_stops_the_service(db, as_role):
    with as_role("vafa_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE businesses_branch NO FORCE ROW LEVEL SECURITY")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["walls"] == "1 faults"


@pytest.fixture
def no_redis(monkeypatch):
    def gone(_key):
        raise RedisGone

    monkeypatch.setattr(cache, "get", gone)


def test_without_redis_sales_go_on(db, no_redis):
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"]["redis"] == "ConnectionError"
