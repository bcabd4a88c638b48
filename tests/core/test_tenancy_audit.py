"""The audit of the walls: clean as built, and each planted fault is seen."""

from core.tenancy.audit import faults


def test_the_database_as_migrated_has_no_gaps(db):
    assert faults() == []
