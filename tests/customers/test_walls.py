"""Every table of this app is walled off between businesses."""

import pytest
from django.db import connection

from core.tenancy import NoActiveBusiness
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_read_without_business_is_refused():
    with pytest.raises(NoActiveBusiness):
        Customer.objects.count()


def test_the_database_itself_shows_nothing_without_a_business():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        assert cursor.fetchone() == (0,)
