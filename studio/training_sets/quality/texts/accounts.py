"""Numbers that name a person or an account and can be checked: IBAN, cards, national ids.

Called by personal data.

Every kind has a check digit or fixed rules; a number that breaks them is an order number or a part code.
"""

import re
from collections.abc import Callable, Iterator

from studio.training_sets.quality.texts.spans import Span
from studio.training_sets.quality.wording import count_digits

# ISO 13616 registry, release 99: length of an IBAN by country
_IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK MN",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC",
}  # fmt: skip
_IBAN_LENGTH = {
    country: length for length, countries in _IBAN_LENGTHS.items() for country in countries.split()
}
_IBAN_BEGIN = re.compile(r"(?<![\w-])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9]{4})")
_CARDS = re.compile(
    r"4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
        14, 16, 10, 22, 25, 24, 23,
    ), strict=True)
)  # fmt: skip


def find_account_numbers(text: str) -> Iterator[Span]:
    """Every number whose check holds, in no order; spans may overlap."""
    if count_digits(text) < _FEWEST_DIGITS or not _MANY_DIGITS.search(text):
        return
    yield from _ibans(text)
    for pattern, holds, what in _KINDS:
        part = "number" if "number" in pattern.groupindex else 0
        for found in pattern.finditer(text):
            if holds(re.sub(r"[ /-]", "", found[part]).upper()):
                yield Span(*found.span(part), what)


def _ibans(text: str) -> Iterator[Span]:
    """As many letters and digits as the country has, however they are grouped."""
    for begin in _IBAN_BEGIN.finditer(text):
        length = _IBAN_LENGTH.get(begin[0][:2].upper())
        rest = re.compile(rf"(?:[ -]?[A-Za-z0-9]){{{(length or 0) - 4}}}(?!\w)") if length else None
        end = rest.match(text, begin.end()) if rest else None
        if end and is_iban(re.sub(r"[ -]", "", text[begin.start() : end.end()]).upper()):
            yield Span(begin.start(), end.end(), "IBAN")


def is_iban(number: str) -> bool:
    """Length of its country and remainder 1 by 97 (ISO 7064 MOD 97-10)."""
    if len(number) != _IBAN_LENGTH.get(number[:2]):
        return False
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


def is_card(number: str) -> bool:
    """The beginning and length of a card issuer, and the check digit of Luhn (ISO/IEC 7812)."""
    if not _CARDS.fullmatch(number) or len(set(number)) < 2:
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in number[::-2])) % 10 == 0


def is_birth_number(number: str) -> bool:
    """Czech and Slovak: a date and remainder 0 by 11; nine digits, without remainder, until 1953."""
    if not has_birth_date(number):
        return False
    if len(number) == 9:
        return int(number[:2]) < 54 and number[6:] != "000"
    return int(number) % 11 == 0 or (int(number[:9]) % 11 == 10 and number[9] == "0")


def has_birth_date(number: str) -> bool:
    """Its first six digits: year, month (of women + 50, of full days + 20), day."""
    month, day = int(number[2:4]), int(number[4:6])
    return 1 <= month % 50 % 20 <= 12 and month % 50 < 33 and 1 <= day <= 31


def is_social_security_number(number: str) -> bool:
    """United States: area, group and serial numbers that can be given out."""
    return (
        number[:3] not in ("000", "666") and number[0] != "9" and number[3:5] != "00" and number[5:] != "0000"
    )


def is_pesel(number: str) -> bool:
    """Polish: a date (the century in the month) and a weighted check digit."""
    month, day = int(number[2:4]), int(number[4:6])
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=True))
    return 1 <= month % 20 <= 12 and 1 <= day <= 31 and total % 10 == 0 and len(set(number)) > 2


def is_dni(number: str) -> bool:
    """Spanish DNI and NIE: the letter follows from the remainder by 23."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(digits) % 23] == number[-1]


def is_codice_fiscale(number: str) -> bool:
    """Italian: the last letter follows from the others (decree of 23 December 1976)."""
    odd = sum(_FISCAL_ODD[letter] for letter in number[0:15:2])
    even = sum(int(letter) if letter.isdigit() else ord(letter) - 65 for letter in number[1:15:2])
    return (odd + even) % 26 == ord(number[15]) - 65


def _always(number: str) -> bool:
    return True


_FEWEST_DIGITS = 6
_MANY_DIGITS = re.compile(r"\d\d(?:[^\d\n]{0,3}\d){4}")
_ALONE, _ENDS = r"(?<![\w.,+/-])", r"(?![\w/-]|[.,]\d)"
_BORN = r"(?:\b[Rr]odn\w+ \w+|\br\. ?č\.?|\bRČ|\b[Bb]irth number)[:.]? {0,2}"
_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...] = (
    (
        re.compile(
            rf"{_ALONE}(?:\d{{14,16}}|(?:\d{{4}}[ -]){{3}}\d{{4}}|\d{{4}}[ -]\d{{6}}[ -]\d{{4,5}}){_ENDS}"
        ),
        is_card,
        "card number",
    ),
    (re.compile(rf"{_ALONE}\d{{6}} ?/ ?\d{{3,4}}{_ENDS}"), is_birth_number, "id number"),
    (re.compile(rf"{_BORN}(?P<number>\d{{6}} ?/? ?\d{{3,4}}){_ENDS}"), has_birth_date, "id number"),
    (re.compile(rf"{_ALONE}\d{{3}}-\d{{2}}-\d{{4}}{_ENDS}"), is_social_security_number, "id number"),
    (re.compile(rf"{_ALONE}\d{{11}}{_ENDS}"), is_pesel, "id number"),
    (re.compile(rf"{_ALONE}(?:\d{{8}}|[XYZ]\d{{7}})-?[A-HJ-NP-TV-Z]{_ENDS}"), is_dni, "id number"),
    (
        re.compile(rf"{_ALONE}[A-Z]{{6}}\d\d[A-EHLMPRST]\d\d[A-Z]\d{{3}}[A-Z]{_ENDS}"),
        is_codice_fiscale,
        "id number",
    ),
    (
        re.compile(
            rf"{_ALONE}(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            rf" ?\d\d ?\d\d ?\d\d ?[A-D]{_ENDS}"
        ),
        _always,
        "id number",
    ),
)
