"""Statement files of a bank: upload, columns, dry run, taking in."""

from payments.operations.statements.columns import FIELDS, REQUIRED
from payments.operations.statements.files import (
    check_statement,
    map_statement,
    queue_statement,
    upload_statement,
)
from payments.operations.statements.lines import column_titles
from payments.operations.statements.run import run_statement

__all__ = [
    "FIELDS",
    "REQUIRED",
    "check_statement",
    "column_titles",
    "map_statement",
    "queue_statement",
    "run_statement",
    "upload_statement",
]
