"""Holding the books against what providers report, and posting what only they know."""

from payments.operations.books.reconcile import reconcile, resolve_line
from payments.operations.books.report_file import read_report, report_columns

__all__ = ["read_report", "reconcile", "report_columns", "resolve_line"]
