"""Every text of a tenant table is somebody's or says why not, and goes when they do (R59)."""

import json
import re

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from core.tenancy import acting_for
from core.tenancy.audit import tenant_models
from core.tenancy.erasing import erase, without
from core.tenancy.personal import declared, told_fields
from customers.models import Customer, Purchase
from customers.queries.naming import whom
from tests.dump import found_in_dump

_TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
NAME, MOBILE, EMAIL = "سارا کریمی", "+989121234567", "sara.karimi@example.com"
SAID = f"به {NAME} با ۰۹۱۲-۱۲۳ ۴۵۶۷ و {EMAIL} و {MOBILE} بگویید"


def _texts(model):
    """Return the fields in which a person may be named; one of a list of words names nobody."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, _TEXTS) and not field.choices
    }


def test_every_tenant_table_is_declared():
    assert set(declared()) == set(tenant_models())


@pytest.mark.parametrize("model", tenant_models(), ids=lambda one: one._meta.label)
def test_every_text_is_declared_once(model):
    facts = declared()[model]
    spoken = [*facts.theirs, *facts.free, *facts.ours]
    assert sorted(spoken) == sorted(_texts(model))
    assert set(facts.filled) <= set(facts.theirs)


@pytest.mark.parametrize("model", tenant_models(), ids=lambda one: one._meta.label)
def test_what_is_given_out_exists(model):
    facts = declared()[model]
    fields = {field.name for field in model._meta.concrete_fields}
    assert set(facts.told) <= fields
    assert set(told_fields(model, facts)) >= set(facts.told)


@pytest.mark.parametrize("model", tenant_models(), ids=lambda one: one._meta.label)
def test_rows_that_name_a_customer_have_an_owner(model):
    """A table that leads to a customer, or to a sale, says whose its rows are."""
    leads = {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }
    if leads & {Customer, Purchase}:
        assert declared()[model].of is not None


@pytest.mark.django_db
@pytest.mark.parametrize("model", tenant_models(), ids=lambda one: one._meta.label)
def test_what_is_to_be_emptied_may_be(model):
    """R59: also where the table is a history."""
    facts = declared()[model]
    with connection.cursor() as cursor:
        for name in () if facts.goes else (*facts.theirs, *facts.free):
            cursor.execute(
                "SELECT has_column_privilege('vafa_web', %s, %s, 'UPDATE')",
                [model._meta.db_table, model._meta.get_field(name).column],
            )
            assert cursor.fetchone() == (True,), f"{model._meta.label}.{name}"


@pytest.mark.django_db
def test_named_in_every_text_of_every_table_and_found_in_none(loose_rows, business, as_role):
    """R59: whatever the register calls theirs or free names nobody any more."""
    with as_role("vafa_owner"):
        loose_rows.act(business.id)
        for model in tenant_models():
            said = _said(model)
            if said:
                links = loose_rows._links(model._meta.db_table)
                loose_rows.insert(model._meta.db_table, business.id, **links, **said)
        loose_rows.run(
            "UPDATE customers_customer SET name = %s, mobile = %s, email = %s, status = 'active',"
            " merged_into_id = NULL WHERE id = %s",
            [NAME, MOBILE, EMAIL, loose_rows.ids["customers_customer"]],
        )
        loose_rows.settle()
        loose_rows.act("")
    with acting_for(business.id):
        assert len(found_in_dump(NAME)) >= 25
        erase(whom(loose_rows.ids["customers_customer"]))
        assert found_in_dump(NAME, MOBILE, MOBILE[3:], EMAIL, "۰۹۱۲-۱۲۳ ۴۵۶۷") == []


def _said(model):
    """Return what would name somebody in every text of a row that the register calls theirs."""
    facts = declared()[model]
    said = {}
    for name in (*facts.theirs, *facts.free):
        field = model._meta.get_field(name)
        if isinstance(field, models.JSONField):
            listed = field.get_default() == []
            said[field.column] = json.dumps([SAID] if listed else {"a": {"b": SAID}, "c": [SAID]})
        elif isinstance(field, models.BinaryField):
            said[field.column] = f"\\x{SAID.encode().hex()}"
        else:
            said[field.column] = SAID
    return said


def test_a_document_loses_what_names_the_person_and_nothing_else():
    names = re.compile("sara|912")
    document = {"a": "sara", "b": {"c": 9121, "d": 1}, "sara": 1, "e": ["x", "912"], "f": None}
    assert without(document, names) == {"b": {"d": 1}, "e": ["x"], "f": None}
