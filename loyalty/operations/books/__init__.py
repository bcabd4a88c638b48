"""Writing the books of points."""

from loyalty.operations.books.post import Batch, post_entries
from loyalty.operations.books.value import expect_as_before, expect_spent, renew_estimate

__all__ = ["Batch", "expect_as_before", "expect_spent", "post_entries", "renew_estimate"]
