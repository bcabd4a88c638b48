"""Rows in every tenant table."""

from tests.tenant_rows import rows

__all__ = ["rows"]
