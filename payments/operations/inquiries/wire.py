"""One question on the line of one account."""

from dataclasses import dataclass
from uuid import UUID

from payments.enums.inquiries import InquiryKind
from payments.models import ProviderAccount
from payments.operations.inquiries.facts import Facts
from payments.operations.wire import account_at
from payments.providers import product_of
from payments.providers.contract import Account, AccountInfo, Inquiries, Matched, Question


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryLine:
    """One account that can be asked; use it outside any scope."""

    account_id: UUID
    inquiries: Inquiries
    account: Account

    def ask(self, kind: InquiryKind, facts: Facts, *, key: str) -> AccountInfo | Matched:
        """Ask. `key` is ours and names the question at the provider."""
        match kind:
            case InquiryKind.CARD_ACCOUNT:
                return self.inquiries.card_to_iban(self.account, facts.card, key=key)
            case InquiryKind.CARD_OWNER:
                return self.inquiries.card_owner(self.account, facts.card, key=key)
            case InquiryKind.IBAN_OWNER:
                return self.inquiries.iban_info(self.account, facts.iban, key=key)
            case _:
                return self._match(kind, facts, key)

    def _match(self, kind: InquiryKind, facts: Facts, key: str) -> Matched:
        code, born = facts.national_code, facts.birth_date
        if kind is InquiryKind.MOBILE_NATIONAL_CODE:
            return self.inquiries.match_mobile(
                self.account, national_code=code, mobile=facts.mobile, key=key
            )
        if kind is InquiryKind.CARD_NATIONAL_CODE:
            return self.inquiries.match_card(
                self.account, national_code=code, card=facts.card, birth_date=born, key=key
            )
        return self.inquiries.match_iban(
            self.account, national_code=code, iban=facts.iban, birth_date=born, key=key
        )


def answers(account: ProviderAccount, kind: InquiryKind, facts: Facts) -> bool:
    """Tell whether an account can be asked this with what we know."""
    offered = product_of(account.provider).inquiries
    needed = offered.asks.get(Question(kind)) if offered is not None else None
    return needed is not None and needed <= facts.known


def inquiry_line(account: ProviderAccount) -> InquiryLine:
    """Return the line of an account that `answers`; inside the business's scope."""
    offered = product_of(account.provider).inquiries
    if offered is None:
        raise ValueError(f"{account.provider} answers no inquiries")
    return InquiryLine(account_id=account.id, inquiries=offered, account=account_at(account))
