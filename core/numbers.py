"""Numbers people copy from cards and papers: IBAN, card, national code, legal id.

Each `read_*` returns the one spelling we keep, or raises BadNumber. What passes may still not
exist: a check digit finds slips of the finger, only an inquiry finds the owner.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from core.text import latin_digits, normalise

_BETWEEN: Final = re.compile(r"[\s\u200c\-_./:]+")
_IBAN: Final = re.compile(r"IR[0-9]{24}")
_BARE_IBAN: Final = re.compile(r"[0-9]{24}")
_CARD: Final = re.compile(r"[0-9]{16}")
_NATIONAL_CODE: Final = re.compile(r"[0-9]{8,10}")
_LEGAL_ID: Final = re.compile(r"[0-9]{11}")
_LEGAL_WEIGHTS: Final = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)


class BadNumber(ValueError):
    """What was typed is no such number."""


class BankStatus(StrEnum):
    """Whether a bank still stands. Numbers of a merged one stay in use for years."""

    ACTIVE = "active"
    MERGED = "merged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bank:
    """A bank by the three digits its IBANs carry; `since` is the year of a merger, if known."""

    code: str
    name_fa: str
    name_en: str
    merged_into: str = ""
    since: int | None = None

    @property
    def status(self) -> BankStatus:
        """Tell whether the bank still stands by itself."""
        return BankStatus.MERGED if self.merged_into else BankStatus.ACTIVE


def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", latin_digits(normalise(text)))


def read_iban(text: str) -> str:
    """Return an Iranian IBAN as IR and 24 digits; spaces, Persian digits, a missing IR are fine."""
    found = _squeezed(text).upper()
    if _BARE_IBAN.fullmatch(found):
        found = f"IR{found}"
    if not _IBAN.fullmatch(found):
        raise BadNumber(text)
    try:
        mod_97_10.validate(found[4:] + found[:4])
    except ValidationError as error:
        raise BadNumber(text) from error
    return found


def make_iban(bban: str) -> str:
    """Return the IBAN of 22 digits: the bank's three and the account's nineteen."""
    return f"IR{mod_97_10.calc_check_digits(f'{bban}IR')}{bban}"


def read_card(text: str) -> str:
    """Return the 16 digits of a card."""
    found = _squeezed(text)
    if not _CARD.fullmatch(found) or not luhn.is_valid(found) or found.endswith("000000"):
        raise BadNumber(text)
    return found


def read_national_code(text: str) -> str:
    """Return a person's ten digits; zeros lost in front are put back."""
    found = _squeezed(text)
    if not _NATIONAL_CODE.fullmatch(found):
        raise BadNumber(text)
    found = found.zfill(10)
    if len(set(found)) == 1 or found[3:9] == "000000":
        raise BadNumber(text)
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(found[:9])) % 11
    if int(found[9]) != (rest if rest < 2 else 11 - rest):  # noqa: PLR2004 -- the rule's own
        raise BadNumber(text)
    return found


def read_legal_id(text: str) -> str:
    """Return a company's eleven digits."""
    found = _squeezed(text)
    if not _LEGAL_ID.fullmatch(found):
        raise BadNumber(text)
    added = int(found[9]) + 2
    weighed = zip(found[:10], _LEGAL_WEIGHTS, strict=True)
    rest = sum((int(digit) + added) * weight for digit, weight in weighed) % 11
    if int(found[10]) != rest % 10 or len(set(found)) == 1:
        raise BadNumber(text)
    return found


def bank_of_iban(iban: str) -> Bank | None:
    """Return the bank of an IBAN as `read_iban` returned it; None for one not in the table."""
    return BANKS.get(iban[4:7])


def bank_of_card(card: str) -> Bank | None:
    """Return the bank that issued a card; None for one not in the table."""
    return BANKS.get(BINS.get(card[:6], ""))


def bank_now(bank: Bank) -> Bank:
    """Return the bank that answers for this one's accounts today."""
    return BANKS[bank.merged_into] if bank.merged_into else bank


def masked_card(card: str) -> str:
    """Return a card as it may be shown: its first six and last four digits."""
    return f"{card[:6]}{'*' * 6}{card[-4:]}"


def masked_iban(iban: str) -> str:
    """Return an IBAN as it may be shown to others: country, check, bank and last four digits."""
    return f"{iban[:7]}{'*' * 15}{iban[-4:]}"


_SEPAH: Final = "015"
_MELLI: Final = "017"
_TABLE: Final = (
    ("010", "بانک مرکزی", "Central Bank"),
    ("011", "صنعت و معدن", "Sanat o Madan"),
    ("012", "ملت", "Mellat"),
    ("013", "رفاه کارگران", "Refah"),
    ("014", "مسکن", "Maskan"),
    (_SEPAH, "سپه", "Sepah"),
    ("016", "کشاورزی", "Keshavarzi"),
    (_MELLI, "ملی ایران", "Melli"),
    ("018", "تجارت", "Tejarat"),
    ("019", "صادرات ایران", "Saderat"),
    ("020", "توسعه صادرات", "Tosee Saderat"),
    ("021", "پست بانک", "Post Bank"),
    ("022", "توسعه تعاون", "Tosee Taavon"),
    ("051", "مؤسسه اعتباری توسعه", "Tosee Institution"),
    ("053", "کارآفرین", "Karafarin"),
    ("054", "پارسیان", "Parsian"),
    ("055", "اقتصاد نوین", "Eghtesad Novin"),
    ("056", "سامان", "Saman"),
    ("057", "پاسارگاد", "Pasargad"),
    ("058", "سرمایه", "Sarmayeh"),
    ("059", "سینا", "Sina"),
    ("060", "قرض‌الحسنه مهر ایران", "Mehr Iran"),
    ("061", "شهر", "Shahr"),
    ("064", "گردشگری", "Gardeshgari"),
    ("066", "دی", "Dey"),
    ("069", "ایران زمین", "Iran Zamin"),
    ("070", "قرض‌الحسنه رسالت", "Resalat"),
    ("075", "مؤسسه اعتباری ملل", "Melal"),
    ("078", "خاورمیانه", "Khavarmianeh"),
    ("080", "مؤسسه اعتباری نور", "Noor"),
    # Some lists give Mehr Iran this code.
    ("090", "قرض‌الحسنه مهر ایران", "Mehr Iran"),
    ("095", "ایران و ونزوئلا", "Iran Venezuela"),
)
_MERGED: Final = (
    Bank(code="052", name_fa="قوامین", name_en="Ghavamin", merged_into=_SEPAH),
    Bank(code="062", name_fa="آینده", name_en="Ayandeh", merged_into=_MELLI, since=2025),
    Bank(code="063", name_fa="انصار", name_en="Ansar", merged_into=_SEPAH),
    Bank(code="065", name_fa="حکمت ایرانیان", name_en="Hekmat", merged_into=_SEPAH),
    Bank(code="073", name_fa="کوثر", name_en="Kosar", merged_into=_SEPAH),
    Bank(code="079", name_fa="مهر اقتصاد", name_en="Mehr Eghtesad", merged_into=_SEPAH),
)
BANKS: Final[dict[str, Bank]] = {
    bank.code: bank
    for bank in (
        *(Bank(code=code, name_fa=name_fa, name_en=name_en) for code, name_fa, name_en in _TABLE),
        *_MERGED,
    )
}

# First six digits of a card → its issuer. Lists disagree about one of Khavarmianeh's two.
_ISSUED: Final[dict[str, tuple[str, ...]]] = {
    "010": ("636795", "636797"),
    "011": ("627961",),
    "012": ("610433", "991975"),
    "013": ("589463",),
    "014": ("628023",),
    _SEPAH: ("589210",),
    "016": ("603770", "639217"),
    _MELLI: ("603799", "170019"),
    "018": ("627353", "585983"),
    "019": ("603769", "903769"),
    "020": ("627648", "207177"),
    "021": ("627760",),
    "022": ("502908",),
    "051": ("628157",),
    "052": ("639599",),
    "053": ("627488", "502910"),
    "054": ("622106", "627884", "639194"),
    "055": ("627412",),
    "056": ("621986",),
    "057": ("502229", "639347"),
    "058": ("639607",),
    "059": ("639346",),
    "060": ("606373",),
    "061": ("502806", "504706"),
    "062": ("636214",),
    "063": ("627381",),
    "064": ("505416", "505426"),
    "065": ("636949",),
    "066": ("502938",),
    "069": ("505785",),
    "070": ("504172",),
    "073": ("505801",),
    "075": ("606256",),
    "078": ("585947", "585949"),
    "079": ("639370",),
    "080": ("507677",),
    "095": ("581874",),
}
BINS: Final[dict[str, str]] = {bin_: code for code, bins in _ISSUED.items() for bin_ in bins}
