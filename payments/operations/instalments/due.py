"""Instalments whose next step is due, of all businesses."""

from typing import Final

from payments.operations.instalments.collect import step_instalment

_DUE_STEPS: Final = """
SELECT business_id, id FROM payments_instalment
WHERE next_step_at <= %(now)s ORDER BY next_step_at LIMIT %(limit)s
"""


DUE: Final = (
    (
        _DUE_STEPS,
        lambda business_id, row_id, now: step_instalment(
            business_id=business_id, instalment_id=row_id, now=now
        ),
    ),
)
