"""The base every API endpoint stands on: problems, idempotency, paging, limits."""
