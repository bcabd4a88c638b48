"""Columns of a file that tell attributes of customers (C005)."""

import pytest
from django.utils import timezone

from core.errors import Problem
from customers.models import AttributeValue, ImportRowError, Purchase
from customers.operations import map_import, queue_import, run_import, upload_import
from customers.operations.attributes import (
    Listed,
    NewAttribute,
    define_attribute,
    note_attributes,
)
from customers.operations.imports.check import check_import
from customers.operations.imports.run import claim_import
from customers.queries import find_customer
from customers.queries.attributes import attributes_of

MOBILE = "09121234567"
HEAD = "تاریخ,مبلغ,موبایل,سایز پا,فرزند دارد,رنگ,ماه تولد\n"


@pytest.fixture
def defined(acting, now):
    """A shop that wants to know four things."""
    colours = (Listed(code="red", fa="سرخ", en="Red"), Listed(code="blue", fa="آبی", en="Blue"))
    for new in (
        NewAttribute(key="shoe", kind="number", title_fa="سایز پا"),
        NewAttribute(key="child", kind="yes_no", title_fa="فرزند دارد"),
        NewAttribute(key="colours", kind="choices", title_fa="رنگ", choices=colours),
        NewAttribute(key="born", kind="month", title_fa="ماه تولد"),
    ):
        define_attribute(new=new, now=now)
    return acting


@pytest.fixture
def imported(defined, tmp_path, settings):
    """Return `imported(rows)`: the job after the whole file is through, and its report before."""
    settings.MEDIA_ROOT = tmp_path

    def run(rows, **mapping):
        at = timezone.now()
        job = upload_import(file_name="a.csv", chunks=[(HEAD + rows).encode()], now=at)
        if mapping:
            map_import(job_id=job.id, mapping=job.mapping | mapping, unit_rial=1, now=at)
        checked = check_import(business_id=defined.id, job_id=job.id, now=at)
        queue_import(job_id=job.id, now=at)
        claim_import(job_id=job.id, now=at)
        run_import(business_id=defined.id, job_id=job.id, clock=timezone.now)
        return checked

    return run


def known(mobile=MOBILE):
    whose = find_customer(mobile=mobile)
    assert whose
    return {key: one.value for key, one in attributes_of([whose], timezone.now())[whose].items()}


def test_headers_that_are_titles_are_guessed_and_their_cells_read(imported):
    checked = imported(f"1402/05/12,1000,{MOBILE},۳۸,بله,سرخ، blue,۱۳۷۰/۵\n")
    assert checked.mapping["attribute:shoe"] == "سایز پا"
    assert known() == {"shoe": "38", "child": "yes", "colours": "blue,red", "born": "1370-05"}
    row = AttributeValue.objects.get(key="shoe")
    assert (row.source, row.observed_at.year) == ("import", 2023)


def test_blanks_say_nothing_and_no_is_an_answer(imported):
    imported(f"1402/05/12,1000,{MOBILE},,ندارد,-,\n")
    assert known() == {"child": "no"}


def test_the_last_of_a_file_holds_in_whatever_order_it_stands(imported):
    imported(f"1402/06/01,1000,{MOBILE},39,,,\n1402/05/01,1000,{MOBILE},38,,,\n")
    assert known() == {"shoe": "39"}
    assert AttributeValue.objects.count() == 1


def test_the_same_file_twice_says_nothing_twice(imported):
    rows = f"1402/05/12,1000,{MOBILE},38,,,\n"
    imported(rows)
    imported(rows)
    assert (AttributeValue.objects.count(), Purchase.objects.count()) == (1, 1)


def test_what_a_person_said_beats_a_file(imported, now):
    imported(f"1402/05/12,1000,{MOBILE},38,,,\n")
    whose = find_customer(mobile=MOBILE)
    assert whose
    note_attributes(customer_id=whose, given={"shoe": 41}, source="staff", now=now)
    assert known() == {"shoe": "41"}


@pytest.mark.parametrize("cells", ["چهل,,,", ",شاید,,", ",,بنفش,", ",,,1370/13"])
def test_a_cell_that_says_nothing_sensible_refuses_its_row_before_and_after(imported, cells):
    checked = imported(f"1402/05/12,1000,{MOBILE},{cells}\n1402/05/13,1000,{MOBILE},,,,\n")
    assert checked.report["errors"][0]["code"] == "invalid_attribute"
    assert Purchase.objects.count() == 1
    assert ImportRowError.objects.get().code == "invalid_attribute"


def test_rows_without_a_customer_say_nothing_of_anybody(imported):
    imported("1402/05/12,1000,,38,,,\n")
    assert not AttributeValue.objects.exists()


def test_an_attribute_nobody_has_is_no_column(imported, defined):
    with pytest.raises(Problem) as refused:
        imported("1402/05/12,1000,,38,,,\n", **{"attribute:moon": "رنگ"})
    assert refused.value.code == "unknown_column"
