"""Fixtures shared by every test: two businesses, roles, API clients. Real PostgreSQL throughout."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from threading import Barrier
from typing import Any, Final
from uuid import UUID

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import teardown_databases
from django.utils import timezone
from hypothesis import HealthCheck, settings

from businesses.enums import Scope
from businesses.models import User
from businesses.operations import issue_api_key
from businesses.queries import BusinessInfo, business_by_id, tenants
from core.tenancy import acting_for
from tests.founding import found
from tests.order import pytest_collection_modifyitems
from tests.template_database import end_other_sessions, prepared_databases

__all__ = ["pytest_collection_modifyitems"]

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "vafa", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("vafa")


def pytest_configure() -> None:
    """Look for no rubbish while thousands of tests are collected: nothing of them is."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded stays: looking through it for rubbish took a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture
def now() -> datetime:
    """Return a fixed instant: 2 Azar 1405, 13:30 in Tehran."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _one_long_minute() -> None:
    """Let the minute a business is remembered for never end in the middle of a count of queries."""
    tenants._FRESH_S = 10**9  # type: ignore[misc]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
) -> Iterator[None]:
    """Create the test database by the owner's alias; `default` mirrors it under its own role.

    The plugin's own fixture asks only for the aliases of the tests, and so would migrate nothing.
    """
    with django_db_blocker.unblock():
        config = prepared_databases(keepdb=django_db_keepdb)
    yield
    with django_db_blocker.unblock():
        end_other_sessions()
        teardown_databases(config, verbosity=0, keepdb=django_db_keepdb)


# Filled by migrations, or by Django itself after them.
KEPT_TABLES: Final = ("auth_permission", "django_content_type", "django_migrations")


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Let the test commit for real; afterwards every table is emptied.

    Django's own flush skips a mirrored alias, and the working role may not truncate anyway.
    """
    yield
    with closing(owner_connection()) as owner, owner.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname), pg_relation_size(pg_class.oid) > 0, rolsuper"
            " FROM pg_class, pg_roles WHERE relkind IN ('r', 'p') AND rolname = session_user"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [list(KEPT_TABLES)],
        )
        found = cursor.fetchall()
        if found[0][2]:
            # A hundred times quicker than truncating more than a hundred tables.
            written = [f"DELETE FROM {name}" for name, is_written, _super in found if is_written]
            cursor.execute("SET ROLE NONE; SET session_replication_role = replica")
            cursor.execute("; ".join(written) or "SELECT")
        else:
            cursor.execute(f"TRUNCATE {', '.join(name for name, _written, _super in found)}")
        owner.commit()


def owner_connection() -> Any:
    """Return a connection of its own to the test database, as the owner of its tables."""
    return psycopg2.connect(**connections["owner"].get_connection_params())


@pytest.fixture
def in_parallel(committed: None) -> Callable[..., list[Any]]:
    """Return `run(work, *work)`: each starts at the same moment in a thread and connection."""

    def run(*works: Callable[[], Any], role: str = "vafa_web") -> list[Any]:
        barrier = Barrier(len(works))

        def start(work: Callable[[], Any]) -> Any:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f'SET ROLE "{role}"')
                barrier.wait(timeout=30)
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(start, works))

    return run


@pytest.fixture
def business(db: None) -> BusinessInfo:
    """Return a café; its scope is not entered."""
    return business_by_id(found("کافه نارنج").business_id)


@pytest.fixture
def other_business(db: None) -> BusinessInfo:
    """Return somebody else's business."""
    return business_by_id(found("کافه ترنج").business_id)


@pytest.fixture
def acting(business: BusinessInfo) -> Iterator[BusinessInfo]:
    """Act for `business` during the test."""
    with acting_for(business.id):
        yield business


@pytest.fixture
def as_role() -> Callable[[str], AbstractContextManager[None]]:
    """Return a context manager that switches the connection's role: `as_role("vafa_worker")`."""

    @contextmanager
    def switch(role: str) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')
        try:
            yield
        finally:
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("SET ROLE vafa_web")

    return switch


class ApiClient:
    """A Django test client that speaks JSON with an API key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client()

    def __call__(
        self, method: str, path: str, body: object = None, *, key: str | None = None, **extra: Any
    ) -> Any:
        """Make a call; `key` is an Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        call = getattr(self.client, method.lower())
        if method.upper() == "GET":
            return call(f"/api/v1/{path}", body, headers=headers, **extra)
        return call(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers, **extra
        )

    def get(self, path: str, query: object = None, **extra: Any) -> Any:
        """GET a resource."""
        return self("GET", path, query, **extra)

    def post(self, path: str, body: object = None, **extra: Any) -> Any:
        """POST a JSON body."""
        return self("POST", path, body if body is not None else {}, **extra)

    def patch(self, path: str, body: object, **extra: Any) -> Any:
        """PATCH a resource."""
        return self("PATCH", path, body, **extra)


def _client_of(business_id: UUID) -> ApiClient:
    _key, plaintext = issue_api_key(
        business_id=business_id, name="test", now=timezone.now(), scopes=Scope.values
    )
    return ApiClient(plaintext)


@pytest.fixture
def api(business: BusinessInfo) -> ApiClient:
    """Return an API client of `business`."""
    return _client_of(business.id)


@pytest.fixture
def other_api(other_business: BusinessInfo) -> ApiClient:
    """Return an API client of somebody else."""
    return _client_of(other_business.id)


def _owner_of(business: BusinessInfo) -> User:
    return User.objects.get(memberships__business_id=business.id)


@pytest.fixture
def owner_client(business: BusinessInfo) -> Client:
    """Return a browser logged in as the owner of `business`."""
    client = Client()
    client.force_login(_owner_of(business), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def other_owner_client(other_business: BusinessInfo) -> Client:
    """Return a browser logged in as the owner of somebody else's business."""
    client = Client()
    client.force_login(
        _owner_of(other_business), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client
