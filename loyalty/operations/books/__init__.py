"""Writing the books of points."""

from loyalty.operations.books.post import Batch, post_entries
from loyalty.operations.books.value import expect_spent

__all__ = ["Batch", "expect_spent", "post_entries"]
