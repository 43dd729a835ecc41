"""E-mail addresses, phone numbers and IP addresses in a text. Called by personal data.

Addresses of an office rather than a person (info@…), toll-free lines and addresses inside a network are left
alone: answers are meant to name them.
"""

import ipaddress
import re
from collections.abc import Iterator

from studio.training_sets.quality.texts.spans import Span
from studio.training_sets.quality.wording import count_digits

_AT = r"(?:@|\s?[\[(](?:at|zavináč)[\])]\s?)"
_DOT = r"(?:\.|\s?[\[(](?:dot|bodka|tečka)[\])]\s?)"
_EMAIL = re.compile(
    rf"(?<![\w.+%/-])(?P<local>\w(?:[\w.+%'-]*\w)?){_AT}\w(?:[\w-]*\w)?(?:{_DOT}\w(?:[\w-]*\w)?)*{_DOT}"
    r"[^\W\d_]{2,24}(?![\w@])",
    re.IGNORECASE,
)
_OFFICES_WORDS = """
abuse accounts admin administration applications billing booking bookings careers contact customercare
customerservice enquiries events feedback fundraising general git hello help helpdesk hr info information
inquiries jobs kontakt legal mail mailbox marketing media membership news newsletter noreply no-reply
obchod objednavky office orders podpora podatelna postmaster pr press privacy publications questions
reception registration reklamacie returns sales secretariat security sekretariat service services support
team verkauf volunteer webmaster
"""
_OFFICES = frozenset(_OFFICES_WORDS.split())

_CALL = re.compile(
    r"(?:\b(?:phones?|tel|telephone|mobile|cell|cellphone|call|calls|calling|dial|ring|whatsapp|sms|fax|"
    r"my number|meine nummer|moje číslo|contact number|text me|reach (?:me|him|her|us)|"
    r"telef[oó]n\w*|mobil\w*|vola\w+|zavola\w+|"
    r"handy|rufnummer|anrufen|teléfono|portable)"
    r"|☎|📞)[^\w\n+(]{0,4}(?:\w{1,9}[^\w\n+(]{1,3}){0,3}$",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(
    r"(?<![\w+.])(?:\+|00(?=[1-9]\d{0,2}[ (]))[1-9](?:[ ./-]?\(?\d\)?){7,14}(?![\d.,/-]?\d)"
)
_AMERICAN = re.compile(
    r"(?<![\w.+/-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([ .-]))[2-9]\d{2}[ .-]\d{4}(?![\w/-]|\.\d)"
)
_TOLL_FREE = re.compile(r"\D*(?:1\D*)?8(?:00|22|33|44|55|66|77|88)|0(?:800|850|900)")
_GROUPED = re.compile(
    r"(?<![\w.,+/-])(?:\(0\d{1,4}\) ?\d{3,4}[ -]?\d{3,4}|09\d{2}[ /]\d{3} ?\d{3}|0[1-9]\d{2} \d{3} \d{3}"
    r"|0[1-9](?P<gap>[ .])\d\d(?:(?P=gap)\d\d){3}"
    r"|07\d{3} \d{3} ?\d{3}|0[12]\d{1,2} \d{4} \d{4})(?![\w/-]|[.,]\d)"
)
_DIGITS = re.compile(r"(?<![\w.+/-])\(?\d(?:[ /.()-]{0,2}\d){6,13}(?![\w/-]|[.,]\d)")
_SPELT_OUT = re.compile(r"[\[(](?:at|zavináč)[\])]", re.IGNORECASE)
_FEWEST_DIGITS = 7

_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\w)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?=[\da-f:]*\d)[\da-f]{1,4}(?::{1,2}[\da-f]{1,4}){2,7}(?:::)?(?![\w:])", re.IGNORECASE
)
_VERSION = re.compile(
    r"(?:\b(?:v|ver|version|versions|verzi[aeu]|verze|firmware|release|build|driver|update|upgrade|section|"
    r"chapter|clause|§|kapitol[ay])[\s.:]*(?:\w+[\s.:]+)?)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:\bIPs?\b|\baddress|\badres|\bserver|\bhost|\bping|\bfrom|\blogin|\bclient)[^.\n]{0,25}$",
    re.IGNORECASE,
)
_PUBLIC_SERVICES = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "1.2.3.4"})
_NEAR = 40


def find_contacts(text: str) -> Iterator[Span]:
    """Every address and number, in no order; spans may overlap."""
    if "@" in text or (("[" in text or "(" in text) and _SPELT_OUT.search(text)):
        yield from (Span(*found.span(), "email") for found in _EMAIL.finditer(text) if _of_a_person(found))
    if count_digits(text) >= _FEWEST_DIGITS:
        yield from _phones(text)
    if text.count(".") > 2 or text.count(":") > 2:
        yield from _addresses(text)


def _of_a_person(found: re.Match[str]) -> bool:
    in_an_address = "://" in found.string[: found.start()].rpartition(" ")[2]
    return found["local"].casefold() not in _OFFICES and not in_an_address


def _phones(text: str) -> Iterator[Span]:
    for found in (*_INTERNATIONAL.finditer(text), *_GROUPED.finditer(text), *_AMERICAN.finditer(text)):
        if not _TOLL_FREE.match(found[0]):
            yield Span(*found.span(), "phone")
    for found in _DIGITS.finditer(text):
        if _CALL.search(text, max(0, found.start() - _NEAR), found.start()) and not _TOLL_FREE.match(
            found[0]
        ):
            yield Span(*found.span(), "phone")


def _addresses(text: str) -> Iterator[Span]:
    for found in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        try:
            address = ipaddress.ip_address(found[0])
        except ValueError:
            continue
        before = text[max(0, found.start() - _NEAR) : found.start()]
        if _outside(address) and not _like_a_version(found[0], before):
            yield Span(*found.span(), "IP address")


def _outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Not an address of this machine or network, nor a mask, nor one everybody uses."""
    inside = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    own = isinstance(address, ipaddress.IPv4Address) and any(address in network for network in _OWN)
    return not (inside or own or str(address) in _PUBLIC_SERVICES)


_OWN = [
    ipaddress.IPv4Network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8", "240.0.0.0/4")
]


def _like_a_version(found: str, before: str) -> bool:
    """Software and sections are numbered with four parts too; their numbers are small."""
    if _VERSION.search(before):
        return True
    small = ":" not in found and all(int(part) < 32 for part in found.split("."))
    return small and not _ADDRESS.search(before)
