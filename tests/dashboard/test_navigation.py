"""The pages of payments stand in groups, each of few tabs, for every role."""

import re

import pytest
from django.urls import reverse

from businesses.enums import Role
from core.ids import new_id
from core.tenancy import acting_for
from dashboard.web.navigation import MONEY_TABS, SEGMENT_TABS
from payments.enums import AlertKind
from payments.operations import raise_alert

_NAV = re.compile(r'<nav class="tabs tabs-page [^>]*>(.*?)</nav>', re.DOTALL)
# More tabs than this wrap at 1440 px.
_FEW = 7


@pytest.mark.parametrize("tabs", [MONEY_TABS, SEGMENT_TABS])
def test_every_page_is_in_a_group_of_few_that_stand_together(tabs):
    groups = [str(tab.group) for tab in tabs]
    kept = list(dict.fromkeys(groups))
    assert "" not in kept
    assert groups == [name for name in kept for _one in range(groups.count(name))]
    assert max(groups.count(name) for name in kept) <= _FEW


@pytest.mark.parametrize("tab", MONEY_TABS, ids=lambda tab: tab.name)
def test_each_page_of_payments_marks_itself_and_its_group(tab, business, owner_client, text_of):
    page = text_of(owner_client.get(reverse(f"dashboard:{tab.name}", args=[business.slug])))
    groups, tabs = _NAV.findall(page)[:2]
    assert re.findall(r'aria-current="true">\s*([^<]+?)\s*<', groups) == [str(tab.group)]
    assert re.findall(r'aria-current="page">\s*([^<]+?)\s*<', tabs) == [str(tab.label)]


def test_a_group_tells_what_waits_in_it(business, owner_client, text_of, now):
    with acting_for(business.id):
        raise_alert(kind=next(iter(AlertKind)), source_id=new_id(), now=now)
    page = text_of(owner_client.get(reverse("dashboard:payments", args=[business.slug])))
    groups = _NAV.findall(page)[0]
    assert "۱" in groups.split("chip-bad")[1]


def test_who_may_see_few_sees_few(business, client_as, text_of):
    page = text_of(client_as(Role.CASHIER).get(reverse("dashboard:payments", args=[business.slug])))
    groups, tabs = _NAV.findall(page)[:2]
    assert groups.count("<a ") == 2
    assert "deposits" not in tabs
