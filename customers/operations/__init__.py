"""What can be done with customers, purchases, returns and cases."""

from customers.operations.codes import (
    CodeCheck,
    SentCode,
    check_code,
    check_code_of,
    demand_code,
    send_code,
    send_code_if_known,
    send_code_to,
    verify_mobile,
)
from customers.operations.imports.check import check_import
from customers.operations.imports.columns import FIELDS as IMPORT_FIELDS
from customers.operations.imports.jobs import (
    cancel_import,
    map_import,
    queue_import,
    upload_import,
)
from customers.operations.imports.run import claim_due_import, run_import
from customers.operations.own_page import send_page_link
from customers.operations.people.erasing import (
    ask_erasure,
    confirm_erasure,
    withdraw_erasure,
)
from customers.operations.people.farewell import Farewell, Outlook, foreseen, register_farewell
from customers.operations.people.merging import (
    merge_customers,
    register_objection,
    undo_merge,
)
from customers.operations.people.privacy import demand_nameless, note_view
from customers.operations.people.profiles import (
    FoundCustomer,
    find_or_create,
    find_or_create_by_mobile,
    update_customer,
)
from customers.operations.people.suggestions import accept_suggestion, refuse_suggestion
from customers.operations.people.together import held_merge, send_back, take_along
from customers.operations.purchases.claiming import claim_purchase
from customers.operations.purchases.holds import (
    Held,
    Using,
    Verdict,
    register_judge,
    register_lock,
)
from customers.operations.purchases.lines import MAX_LINES, MAX_TENDERS, priced_rial
from customers.operations.purchases.record import (
    MAX_BATCH,
    record_purchases,
    too_many_purchases,
)
from customers.operations.purchases.values import (
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
)
from customers.operations.returns.preview import ReturnPreview, preview_return
from customers.operations.returns.record import lock_purchases, locked_purchase, record_return
from customers.operations.returns.values import NewReturnLine, ReturnOutcome
from customers.operations.stories import note_timeline, open_case, resolve_case

__all__ = [
    "IMPORT_FIELDS",
    "MAX_BATCH",
    "MAX_LINES",
    "MAX_TENDERS",
    "CardHint",
    "CodeCheck",
    "CustomerHint",
    "Farewell",
    "FoundCustomer",
    "Held",
    "NewLine",
    "NewPurchase",
    "NewReturnLine",
    "NewTender",
    "Outlook",
    "PurchaseOutcome",
    "ReturnOutcome",
    "ReturnPreview",
    "SentCode",
    "Using",
    "Verdict",
    "accept_suggestion",
    "ask_erasure",
    "cancel_import",
    "check_code",
    "check_code_of",
    "check_import",
    "claim_due_import",
    "claim_purchase",
    "confirm_erasure",
    "demand_code",
    "demand_nameless",
    "find_or_create",
    "find_or_create_by_mobile",
    "foreseen",
    "held_merge",
    "lock_purchases",
    "locked_purchase",
    "map_import",
    "merge_customers",
    "note_timeline",
    "note_view",
    "open_case",
    "preview_return",
    "priced_rial",
    "queue_import",
    "record_purchases",
    "record_return",
    "refuse_suggestion",
    "register_farewell",
    "register_judge",
    "register_lock",
    "register_objection",
    "resolve_case",
    "run_import",
    "send_back",
    "send_code",
    "send_code_if_known",
    "send_code_to",
    "send_page_link",
    "take_along",
    "too_many_purchases",
    "undo_merge",
    "update_customer",
    "upload_import",
    "verify_mobile",
    "withdraw_erasure",
]
