"""Kinds and states of customers, purchases, cases and imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerStatus(models.TextChoices):
    """provisional (known by a card only) → active; merged and erased are ends."""

    PROVISIONAL = "provisional", _("Provisional")
    ACTIVE = "active", _("Active")
    MERGED = "merged", _("Merged")
    ERASED = "erased", _("Erased")


class IdentityKind(models.TextChoices):
    """By what a customer is recognised, strongest first."""

    EXTERNAL_ID = "external_id", _("Your own customer number")
    MEMBER_CODE = "member_code", _("Member code")
    MOBILE = "mobile", _("Mobile")
    EMAIL = "email", _("E-mail")
    CARD = "card", _("Bank card")


class Channel(models.TextChoices):
    """Where a purchase was made."""

    POS = "pos", _("Till")
    WEB = "web", _("Online shop")
    TILL = "till", _("Vafa's own till")
    IMPORT = "import", _("Imported history")
    OTHER = "other", _("Other channel")


class TenderMethod(models.TextChoices):
    """How a part of a purchase was paid."""

    GATEWAY = "gateway", _("Online gateway")
    POS = "pos", _("Card terminal")
    CASH = "cash", _("Cash")
    CARD_TO_CARD = "card_to_card", _("Card to card")
    PAYA = "paya", _("Paya transfer")
    SATNA = "satna", _("Satna transfer")
    IDENTIFIED_DEPOSIT = "identified_deposit", _("Identified deposit")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    BNPL = "bnpl", _("Pay later")
    CREDIT = "credit", _("Instalments of the shop")
    POINTS = "points", _("Points")
    GIFT_CARD = "gift_card", _("Gift card")
    STORE_CREDIT = "store_credit", _("Store credit")
    OTHER = "other", _("Other means")


class CaseKind(models.TextChoices):
    """Why somebody at the business has to look at something."""

    COMPLAINT = "complaint", _("Complaint")
    REQUEST = "request", _("Request")
    LOW_SCORE = "low_score", _("Low score")


class CaseState(models.TextChoices):
    """open → resolved."""

    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


class TimelineKind(models.TextChoices):
    """Kinds this app writes itself; other apps add their own texts."""

    NOTE = "note", _("Note")
    MERGE_SUGGESTION = "merge_suggestion", _("Perhaps the same person")
    PROFILE_CHANGED = "profile_changed", _("Profile changed")
    MERGED = "merged", _("Profiles joined")
    UNMERGED = "unmerged", _("Profiles taken apart")
    CLAIMED = "claimed", _("Waiting purchase taken over")
    LEAD = "lead", _("Left their number")
    LEAD_STEP = "lead_step", _("Contact before the first purchase")
    DISPUTE = "dispute", _("A purchase they say is not theirs")


class ImportState(models.TextChoices):
    """uploaded → checked → queued → running → done; failed says why, cancelled was stopped."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKED = "checked", _("Checked")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class SuggestionState(models.TextChoices):
    """open → accepted (they were merged) or refused (they are not the same; never asked again)."""

    OPEN = "open", _("To be looked at")
    ACCEPTED = "accepted", _("The same person")
    REFUSED = "refused", _("Not the same")


class MergeState(models.TextChoices):
    """standing → undone."""

    STANDING = "standing", _("Merged")
    UNDONE = "undone", _("Taken apart again")


class CodePurpose(models.TextChoices):
    """What a one-time code is for; a code for one is none for another."""

    PAGE = "page", _("Opening one's own page")
    CLAIM = "claim", _("Taking waiting points")
    SPEND = "spend", _("Spending points at the till")
    VERIFY = "verify", _("Showing an online shop who one is")


class CodeState(models.TextChoices):
    """live → used, tried out (too many wrong tries) or replaced (a newer one was sent)."""

    LIVE = "live", _("Sent")
    USED = "used", _("Used")
    TRIED_OUT = "tried_out", _("Too many wrong tries")
    REPLACED = "replaced", _("Replaced by a newer one")


class CodeRefusal(models.TextChoices):
    """Why a typed code was not taken."""

    NONE_SENT = "code_none_sent", _("There is no code to check; ask for a new one.")
    EXPIRED = "code_expired", _("The time of this code is over; ask for a new one.")
    WRONG = "code_wrong", _("This code is not right.")
    TRIED_OUT = "code_tried_out", _("Too many wrong tries; ask for a new code.")


class ErasureReason(models.TextChoices):
    """Why a person's particulars are destroyed. No free text: it would outlive them."""

    ASKED = "asked", _("The person asked for it")
    MISTAKE = "mistake", _("They were entered by mistake")
    LAW = "law", _("An authority ordered it")
    UNUSED = "unused", _("They are no longer needed")


class ErasureState(models.TextChoices):
    """asked → done or withdrawn."""

    ASKED = "asked", _("Asked for")
    DONE = "done", _("Erased")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ViewPlace(models.TextChoices):
    """Where somebody looked at a profile."""

    PAGE = "page", _("Customer's page")
    KEPT = "kept", _("What is kept of the person")
    FILE = "file", _("File of what is kept")
    API = "api", _("API")
    ADMIN = "admin", _("Platform staff")


class AttributeKind(models.TextChoices):
    """What kind of value an attribute has; it never changes."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Whole number")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    DAY = "day", _("Jalali day")
    MONTH = "month", _("Jalali month")


# Kinds whose values are codes of the definition's own list.
LISTED_KINDS = frozenset({AttributeKind.CHOICE, AttributeKind.CHOICES})
# Kinds from which an age follows.
DATED_KINDS = frozenset({AttributeKind.DAY, AttributeKind.MONTH})


class ContextKind(models.TextChoices):
    """What kind of value a field of sales has; it never changes (capability C016)."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Whole number")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")


class AttributePrivacy(models.TextChoices):
    """Who at the business sees an attribute's values. They go with the person whatever it is."""

    PLAIN = "plain", _("About what they buy: also shown at the till")
    PERSONAL = "personal", _("About the person: on the customer's page")
    SENSITIVE = "sensitive", _("Sensitive: for managers only")


class AttributeSource(models.TextChoices):
    """Where a value is from."""

    STAFF = "staff", _("Typed by staff")
    CUSTOMER = "customer", _("Told by the customer")
    IMPORT = "import", _("From an import")
    PURCHASE = "purchase", _("From a purchase")
    INFERRED = "inferred", _("Inferred from what they buy")


class DriftState(models.TextChoices):
    """Whether a taste has changed."""

    CHANGED = "changed", _("Changed")
    STEADY = "steady", _("As before")
    TOO_FEW = "too_few", _("Too few purchases to say")


class LeadKind(models.TextChoices):
    """How people who have not bought yet become known."""

    LINK = "link", _("Link or QR code of ours")
    FORM = "form", _("Form of your own site")
    TILL = "till", _("At the till")
    STAFF = "staff", _("Typed by staff")
    IMPORT = "import", _("From a list")
    COMPETITOR = "competitor", _("Came from a competitor")


class LeadStage(models.TextChoices):
    """new → contacted → interested, and lost from each; buying is no stage but a purchase."""

    NEW = "new", _("New")
    CONTACTED = "contacted", _("Spoken to")
    INTERESTED = "interested", _("Interested")
    LOST = "lost", _("Lost")


class LeadStep(models.TextChoices):
    """What came of getting in touch."""

    NO_ANSWER = "no_answer", _("Did not answer")
    CONTACTED = "contacted", _("Spoken to")
    INTERESTED = "interested", _("Wants it")
    LOST = "lost", _("Does not want it any more")
    REOPENED = "reopened", _("Taken up again")


class LeadLoss(models.TextChoices):
    """Why somebody will not buy."""

    PRICE = "price", _("Too expensive")
    ELSEWHERE = "elsewhere", _("Bought elsewhere")
    NO_NEED = "no_need", _("Does not need it any more")
    NOT_OFFERED = "not_offered", _("We do not have it")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    OTHER = "other", _("Another reason")


class MeasureStep(models.TextChoices):
    """What may be done about somebody, mildest first; each holds the ones before."""

    NO_OFFERS = "no_offers", _("No offers any more")
    NO_CREDIT = "no_credit", _("No credit any more either")
    CAREFUL_RETURNS = "careful_returns", _("Money back only by a second person, too")
    SHORT_RETURNS = "short_returns", _("Fourteen days to return at most, too")
    OUT_OF_CLUB = "out_of_club", _("No points for purchases either")
    ENDED = "ended", _("End of the relationship")


class MeasureState(models.TextChoices):
    """proposed → in_force or refused; in_force → lifted. That its day has passed is derived."""

    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("Decided")
    REFUSED = "refused", _("Refused")
    LIFTED = "lifted", _("Lifted")


class DisputeState(models.TextChoices):
    """open → theirs (it stays) or not_theirs (it was taken from them)."""

    OPEN = "open", _("Being looked at")
    THEIRS = "theirs", _("It is theirs")
    NOT_THEIRS = "not_theirs", _("It was not theirs")
