"""The web's log: a line of JSON for each request that names nobody and opens nothing."""

import json
import logging
import subprocess
import sys

import pytest
from django.conf import settings

from core.api.journal import RoutesForPaths

TOKEN = "AaIiR_15dZWoJBY_ehplSAMhhz4oBJo5n66RfMLqEG9w"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog, monkeypatch):
    """Return what was written so far."""
    log = logging.getLogger("vafa.requests")
    monkeypatch.setattr(log, "propagate", True)
    caplog.set_level(logging.INFO, log.name)
    return lambda: [json.loads(one.message) for one in caplog.records if one.name == log.name]


def test_a_line_names_the_route_and_not_the_token(client, lines):
    answer = client.get(f"/p/{TOKEN}/?mobile=09121234567", REMOTE_ADDR="203.0.113.9")
    (line,) = lines()
    assert line | {"ms": 0, "at": ""} == {
        "at": "",
        "method": "GET",
        "route": "p/<str:token>/",
        "status": answer.status_code,
        "ms": 0,
    }
    for secret in (TOKEN, "09121234567", "203.0.113.9"):
        assert secret not in json.dumps(line)


def test_django_s_own_warning_names_the_route_too(client, caplog, monkeypatch):
    monkeypatch.setattr(caplog.handler, "filters", [RoutesForPaths()])
    client.get(f"/p/{TOKEN}/")
    assert "Not Found: p/<str:token>/" in caplog.text
    assert TOKEN not in caplog.text
    consoles = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    assert [type(one.filters[0]) for one in consoles] == [RoutesForPaths]


def test_what_has_no_route_is_written_without_one(client, lines):
    client.get("/nobody/knows/this/")
    client.get("/healthz")
    assert [line["route"] for line in lines()] == [None, "healthz"]


def test_it_can_be_left_off(client, lines):
    logging.getLogger("vafa.requests").setLevel(logging.WARNING)
    client.get("/healthz")
    assert lines() == []


def test_the_line_is_json_and_gunicorn_writes_none_of_its_own():
    code = (
        "import django, logging; django.setup();"
        "logging.getLogger('vafa.requests').info('{}'); logging.getLogger('x').error('y')"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stderr.splitlines()[0] == "{}"
    for file in ("Procfile", "Dockerfile"):
        assert "access-log" not in (settings.BASE_DIR / file).read_text(encoding="utf-8")
