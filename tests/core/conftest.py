"""Rows in every tenant table."""

from tests.tenant_rows import loose_rows, rows

__all__ = ["loose_rows", "rows"]
