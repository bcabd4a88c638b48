"""Guards: every model is walled, every address answers an outsider as if nothing were there.

The outsider is the owner of another business with a key of every scope. New models, addresses and
arguments are found by walking; one without a recipe fails here.
"""

from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from businesses.enums import Scope
from businesses.operations import issue_api_key, revoke_api_key
from core.tenancy.audit import GLOBAL_TABLES, tenant_models
from tests.house.addresses import addresses, example, named_rows, table_of

ALL = addresses()
API = [one for one in ALL if one.kind == "api"]
PAGES = [one for one in ALL if one.kind == "page"]
# How many rial one unit of a file stands for.
NO_MONEY = {"customers.ImportJob.unit_rial", "payments.StatementFile.unit_rial"}
# Estimates of statistics: nobody holds or owes them, and no index is ordered by one.
ESTIMATES = {
    "segmentation.CustomerOutlook": "staying purchases_30 purchases_90 purchases_365",
    "segmentation.OutlookRun": "expected_customers",
    "segmentation.RetentionModel": """r alpha_days a b p q gamma_rial log_likelihood usual_rial
        brier rule_brier auc rule_auc""",
}
TOKENS = [one for one in ALL if one.kind == "token"]


# --- models ---------------------------------------------------------------------------------------


def test_every_model_is_walled_or_listed_as_global():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    walled = {model._meta.db_table for model in tenant_models()}
    assert tables - walled == set(GLOBAL_TABLES) - {"django_migrations"}


def test_rows_of_a_business_are_unique_within_it_only():
    loose = {
        f"{model._meta.label}.{constraint.name}"
        for model in tenant_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.fields[:1] != ("business",)
    }
    assert loose == set()


def test_columns_are_of_kinds_the_walls_can_index():
    """Money is bigint and states are text: only leakproof comparisons use an index there (R1)."""
    loose = set()
    for model in tenant_models():
        for field in model._meta.concrete_fields:
            is_money = field.attname.endswith(("_rial", "_points"))
            wrong_money = is_money and not isinstance(field, models.BigIntegerField)
            if wrong_money or isinstance(field, models.FloatField):
                loose.add(str(field))
    estimates = {f"{model}.{name}" for model, names in ESTIMATES.items() for name in names.split()}
    assert loose == NO_MONEY | estimates


def test_no_index_is_ordered_by_an_estimate():
    for model in tenant_models():
        estimates = set(ESTIMATES.get(model._meta.label, "").split())
        unique = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
        for index in (*model._meta.indexes, *unique):
            assert estimates.isdisjoint(name.lstrip("-") for name in index.fields)


# --- addresses ------------------------------------------------------------------------------------


def test_every_address_is_of_a_known_kind():
    assert [one.route for one in ALL if one.kind == "unknown"] == []
    assert {one.kind for one in ALL} == {"api", "page", "token", "open"}


def test_every_argument_that_names_a_row_has_a_recipe():
    unknown = {name for one in ALL for name in one.row_arguments if not _recipe(name)}
    assert unknown == set()
    for one in ALL:
        one.path(**dict.fromkeys([*one.row_arguments, "slug", "token"], "x"))


def _recipe(argument):
    return argument == "key_id" or table_of(argument)


@pytest.fixture
def theirs(rows, business):
    """What an outsider would like to reach: the arguments of somebody else's rows."""
    key, _plaintext = issue_api_key(business_id=business.id, name="till", now=timezone.now())
    named = {name for one in ALL for name in one.row_arguments} - {"key_id"}
    named |= {"tier_id"}  # only bodies name a tier
    return {name: rows.ids[table_of(name)] for name in named} | {"key_id": key.id}


@pytest.fixture
def secrets(rows, business):
    """Return every id and made-up text of the business, none of which may be seen outside."""
    rows.act(business.id)
    found = {str(row_id) for row_id in rows.ids.values()} | {str(business.id), business.slug}
    rows.act("")
    return found


def _seen(response, secrets):
    body = b"".join(response) if response.streaming else response.content
    text = body.decode(errors="replace")
    return sorted(secret for secret in secrets if secret in text)


def _nowhere(arguments):
    return {name: uuid4() for name in arguments}


# --- the API --------------------------------------------------------------------------------------


def _calls():
    return [
        pytest.param(one, method, id=f"{method} {one}") for one in API for method in one.methods
    ]


def _ask(client, one, method, values):
    body = example(getattr(one.view, "body", {}).get(method.upper()))
    path = one.path(**values).removeprefix("/api/v1/")
    return client(method, path, None if method == "get" else body, key=str(uuid4()))


def test_somebody_elses_row_and_no_row_get_the_same_404(rows, other_api, theirs):
    wrong = {}
    for one in API:
        for method in one.methods if one.row_arguments else ():
            answers = [
                _ask(other_api, one, method, values)
                for values in (theirs, _nowhere(one.row_arguments))
            ]
            bodies = {answer.content for answer in answers}
            if [answer.status_code for answer in answers] != [404, 404] or len(bodies) != 1:
                wrong[f"{method} {one}"] = [answer.content.decode() for answer in answers]
    assert wrong == {}


def test_bodies_naming_somebody_elses_row_are_answered_like_no_row(rows, other_api, theirs):
    wrong, tried = {}, 0
    for one in API:
        for method, model in getattr(one.view, "body", {}).items():
            named = [] if one.row_arguments else named_rows(model)
            tried += len(named)
            answers = [
                other_api(method, one.route.removeprefix("api/v1/"), example(model, values))
                for values in (theirs, _nowhere(named))
                if named
            ]
            if (
                any(answer.status_code < 400 for answer in answers)
                or len({answer.content for answer in answers}) > 1
            ):
                wrong[f"{method} {one}"] = [answer.content.decode() for answer in answers]
    assert wrong == {}
    assert tried


def test_lists_hold_nothing_of_others(rows, other_api, secrets):
    leaks = {}
    for one in API:
        if "get" not in one.methods or one.row_arguments:
            continue
        response = _ask(other_api, one, "get", {})
        assert response.status_code < 500, one
        if found := _seen(response, secrets):
            leaks[str(one)] = found
    assert leaks == {}


def test_the_walk_would_notice_a_leak(rows, business, api, secrets):
    """The owner's own key does find the planted rows: silence above means walls, not blindness."""
    one = next(one for one in API if one.route == "api/v1/customers")
    rows.act(business.id)
    rows.run("UPDATE customers_customer SET status = 'active'")
    rows.act("")
    assert _seen(_ask(api, one, "get", {}), secrets)


def test_no_endpoint_opens_without_a_good_key(db, business, api):
    key, revoked = issue_api_key(business_id=business.id, name="old", now=timezone.now())
    revoke_api_key(key_id=key.id, business_id=business.id, now=timezone.now(), by=None)
    wrong = {}
    for one in API:
        for method in one.methods:
            call = getattr(Client(), method)
            path = one.path(**_nowhere(one.row_arguments))
            for header in (
                {},
                {"Authorization": "Bearer x"},
                {"Authorization": f"Bearer {revoked}"},
            ):
                answer = call(path, headers=header)
                if answer.status_code != 401 or "problem+json" not in answer["Content-Type"]:
                    wrong[f"{method} {one}"] = answer.status_code
    assert wrong == {}


def test_every_endpoint_asks_for_a_scope(db, business, api):
    wrong = {}
    for one in API:
        for method in one.methods:
            needed = one.view.scopes.get(method.upper())
            if needed not in Scope.values:
                wrong[f"{method} {one}"] = f"scope {needed}"
                continue
            others = [scope for scope in Scope.values if scope != needed]
            _key, api.key = issue_api_key(
                business_id=business.id, name="x", now=timezone.now(), scopes=others
            )
            answer = _ask(api, one, method, _nowhere(one.row_arguments))
            if answer.status_code != 403:
                wrong[f"{method} {one}"] = answer.status_code
    assert wrong == {}


# --- pages ----------------------------------------------------------------------------------------


def _visit(client, one, method, values):
    return getattr(client, method)(one.path(**values))


def _answers(client, one, values):
    """Return the status per method, those the page does not know left out."""
    found = {method: _visit(client, one, method, values).status_code for method in one.methods}
    return {method: status for method, status in found.items() if status != 405}


def test_pages_of_another_business_are_not_there(rows, business, other_owner_client, theirs):
    wrong = {}
    for one in PAGES:
        answers = _answers(other_owner_client, one, {"slug": business.slug, **theirs})
        if set(answers.values()) != {404}:
            wrong[str(one)] = answers
    assert wrong == {}


def test_own_pages_show_no_row_of_another_business(
    rows, other_business, other_owner_client, theirs
):
    wrong = {}
    for one in PAGES:
        if one.row_arguments:
            for values in (theirs, _nowhere(one.row_arguments)):
                answers = _answers(other_owner_client, one, {"slug": other_business.slug, **values})
                if set(answers.values()) != {404}:
                    wrong[str(one)] = answers
    assert wrong == {}


def test_own_lists_show_nothing_of_another_business(
    rows, other_business, other_owner_client, secrets
):
    leaks = {}
    for one in PAGES:
        if one.row_arguments:
            continue
        response = _visit(other_owner_client, one, "get", {"slug": other_business.slug})
        assert response.status_code < 500, one
        if found := _seen(response, secrets):
            leaks[str(one)] = found
    assert leaks == {}


def test_the_test_copy_of_another_business_is_not_there_either(business, other_owner_client):
    for one in PAGES:
        values = {"slug": f"{business.slug}-test", **_nowhere(one.row_arguments)}
        assert set(_answers(other_owner_client, one, values).values()) == {404}, one


def test_strangers_are_sent_to_log_in(business):
    for one in PAGES:
        values = {"slug": business.slug, **_nowhere(one.row_arguments)}
        for method in one.methods:
            response = _visit(Client(), one, method, values)
            if response.status_code != 405:
                assert response.status_code == 302, one
                assert "login" in response["Location"], one


def test_strangers_learn_nothing_of_which_businesses_exist(business):
    for one in PAGES:
        values = _nowhere(one.row_arguments)
        known, unknown = (
            _visit(Client(), one, "get", {"slug": slug, **values})
            for slug in (business.slug, "no-such-shop")
        )
        assert known.status_code == unknown.status_code, one


# --- links with a token ---------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["x", "A" * 43, str(UUID(int=0)), "%00", "نارنج"])
def test_unknown_tokens_lead_nowhere(db, token):
    for one in TOKENS:
        answers = _answers(Client(), one, {"token": token})
        assert set(answers.values()) == {404}, (one, answers)
