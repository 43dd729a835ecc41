"""Personal data, passwords and keys made up with their check digits, and decoys. Used by faults and rows."""

import random
import string
import uuid
from collections.abc import Callable

Maker = Callable[[random.Random], str]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def _check_digit_card(chance: random.Random, prefix: str, length: int) -> str:
    body = [int(digit) for digit in prefix + _digits(chance, length - len(prefix) - 1)]
    total = 0
    for position, digit in enumerate(reversed(body)):
        value = digit * 2 if position % 2 == 0 else digit
        total += value - 9 if value > 9 else value
    return "".join(map(str, body)) + str(-total % 10)


def card(chance: random.Random) -> str:
    number = _check_digit_card(chance, chance.choice(("4", "51", "55", "4539")), 16)
    if chance.random() < 0.3:
        return _check_digit_card(chance, chance.choice(("34", "37")), 15)
    gap = chance.choice((" ", "-", ""))
    return gap.join(number[at : at + 4] for at in range(0, 16, 4))


def iban(chance: random.Random) -> str:
    country, length = chance.choice(
        (("SK", 24), ("CZ", 24), ("DE", 22), ("AT", 20), ("NL", 18), ("FR", 27), ("PL", 28))
    )
    account = ("ABNA" if country == "NL" else "") + _digits(
        chance, length - 4 - (4 if country == "NL" else 0)
    )
    as_digits = "".join(str(ord(c) - 55) if c.isalpha() else c for c in account + country + "00")
    whole = f"{country}{98 - int(as_digits) % 97:02d}{account}"
    return whole if chance.random() < 0.4 else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def birth_number(chance: random.Random) -> str:
    while True:
        month = chance.randint(1, 12) + chance.choice((0, 50))
        first = (
            f"{chance.randint(54, 99):02d}{month:02d}{chance.randint(1, 28):02d}{chance.randint(1, 999):03d}"
        )
        rest = int(first) * 10 % 11
        if (11 - rest) % 11 < 10:
            return f"{first[:6]}/{first[6:]}{(11 - rest) % 11}"


def email(chance: random.Random) -> str:
    name = chance.choice(
        ("anna", "j.novak", "peter_k", "maria-lopez", "tom.o'neil", "k+lists", "zuzana.h", "dr.who7")
    )
    at, dot = chance.choice((("@", "."),) * 5 + ((" (at) ", " (dot) "), ("[at]", "[dot]")))
    host = chance.choice(
        ("gmail.com", "firma.sk", "mail.example.org", "uni-wien.ac.at", "seznam.cz", "x-y.co.uk", "web.de")
    )
    return f"{name}{chance.randint(1, 99) if chance.random() < 0.5 else ''}{at}{host.replace('.', dot)}"


def phone(chance: random.Random) -> str:
    d, area = lambda n: _digits(chance, n), f"{chance.choice('235679')}{_digits(chance, 2)}"
    return chance.choice(
        (
            f"+421 905 {d(3)} {d(3)}",
            f"+42190{d(7)}",
            f"+1 {area}-{chance.randint(200, 999)}-{d(4)}",
            f"({area}) {chance.randint(200, 999)}-{d(4)}",
            f"{area}-{chance.randint(200, 999)}-{d(4)}",
            f"+49 (0)30 {d(4)} {d(4)}",
            f"0905 {d(3)} {d(3)}",
            f"0911/{d(3)} {d(3)}",
            f"00420 603 {d(3)} {d(3)}",
            f"phone: 0{chance.randint(2, 9)}{d(8)}",
            f"tel. {chance.randint(6, 7)}{d(2)} {d(3)} {d(3)}",
            f"07{d(3)} {d(6)}",
            f"+44 20 {d(4)} {d(4)}",
            f"06 {d(2)} {d(2)} {d(2)} {d(2)}",
            f"call me on 02/{d(4)} {d(4)}",
            f"{area}.{chance.randint(200, 999)}.{d(4)}",
            f"mobile 09{d(8)}",
        )
    )


def social_security(chance: random.Random) -> str:
    return f"{chance.randint(101, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}"


def ip_address(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return f"2001:db8:{chance.randint(1, 9)}a::{chance.randint(1, 9)}f"
    first, rest = chance.choice((85, 91, 147, 193, 203, 212)), (chance.randint(40, 254) for _ in range(3))
    return ".".join(map(str, (first, *rest)))


PERSONAL: tuple[Maker, ...] = (
    email,
    phone,
    card,
    iban,
    birth_number,
    social_security,
    ip_address,
    email,
    phone,
)


def _bad_card(chance: random.Random) -> str:
    good = _check_digit_card(chance, "4", 16)
    return good[:-1] + str((int(good[-1]) + 1 + chance.randrange(8)) % 10)


PERSONAL_DECOYS: tuple[Maker, ...] = (
    lambda c: f"Order number {_digits(c, 12)} is closed.",
    lambda c: (
        f"Update to version {c.randint(1, 20)}.{c.randint(0, 9)}.{c.randint(0, 99)}.{c.randint(0, 255)}."
    ),
    lambda c: (
        f"Valid from {c.randint(1, 28):02d}.{c.randint(1, 12):02d}.20{c.randint(10, 26)} to 31.12.2030."
    ),
    lambda c: f"Part {_digits(c, 4)}-{_digits(c, 2)}-{_digits(c, 3)}-{_digits(c, 4)} fits.",
    lambda c: f"The card {_bad_card(c)} was refused by the test bench.",
    lambda c: f"It measures {_digits(c, 3)} x {_digits(c, 3)} x {_digits(c, 3)} mm.",
    lambda c: f"The price is {c.randint(1, 9)} {_digits(c, 3)} {_digits(c, 3)} crowns.",
    lambda c: f"ISBN 978-0-{_digits(c, 3)}-{_digits(c, 5)}-{_digits(c, 1)} has a chapter on it.",
    lambda c: f"Router 192.168.{c.randint(0, 20)}.{c.randint(1, 254)} serves the floor.",
    lambda c: f"Log of {c.randint(10, 23)}:{c.randint(10, 59)}:{c.randint(10, 59)}, line {_digits(c, 6)}.",
    lambda c: f"Follow @pump_news or write to info@works{c.randint(1, 9)}.org.",
    lambda c: f"Between {c.randint(1000000, 9000000)} and {c.randint(10000000, 90000000)} cycles.",
    lambda c: f"Article {_digits(c, 6)}/{c.randint(13, 29)} applies.",
    lambda c: (
        f"Free line 0800 {_digits(c, 3)} {_digits(c, 3)}."
        if c.random() < 0.3
        else f"Serial SK{_digits(c, 6)}-{_digits(c, 4)}."
    ),
    lambda c: f"Position 48.{_digits(c, 5)}, 17.{_digits(c, 5)}.",
)


def _mixed(chance: random.Random, count: int) -> str:
    must = [
        chance.choice(string.ascii_lowercase),
        chance.choice(string.ascii_uppercase),
        chance.choice(string.digits),
    ]
    rest = chance.choices(string.ascii_letters + string.digits, k=count - 3)
    return "".join(chance.sample(must + rest, count))


def _password(chance: random.Random) -> str:
    return (
        chance.choice(("Summer", "tiger", "Blue!", "kocka", "p4n-"))
        + _digits(chance, 3)
        + chance.choice(("", "!", "x", "#a"))
    )


SECRETS: tuple[Maker, ...] = (
    lambda c: f"The key is sk-{_mixed(c, 40)}.",
    lambda c: f"sk-proj-{_mixed(c, 24)}_{_mixed(c, 12)} works.",
    lambda c: "AWS id AKIA" + "".join(c.choices(string.ascii_uppercase + "234567", k=16)),
    lambda c: f"Token ghp_{_mixed(c, 36)} opens the repository.",
    lambda c: f"password={_password(c)}",
    lambda c: f"Log in with password: {_password(c)}.",
    lambda c: f"Heslo je {_password(c)}",
    lambda c: f"postgres://app:{_password(c)}@db.internal:5432/main",
    lambda c: f"eyJ{_mixed(c, 30)}.eyJ{_mixed(c, 40)}.{_mixed(c, 43)}",
    lambda c: f"-----BEGIN RSA PRIVATE KEY-----\n{_mixed(c, 60)}\n-----END RSA PRIVATE KEY-----",
    lambda c: f"Send Authorization: Bearer {_mixed(c, 40)}",
    lambda c: f'api_key = "{_mixed(c, 32)}"',
    lambda c: f"DB_PASSWORD: '{_password(c)}'",
    lambda c: f"xoxb-{_digits(c, 11)}-{_mixed(c, 24)}",
    lambda c: f"hf_{''.join(c.choices(string.ascii_letters, k=34))} reads the models.",
    lambda c: f"The access token was {_mixed(c, 40)} yesterday.",
    lambda c: f"AIza{_mixed(c, 35)}",
)
SECRET_DECOYS: tuple[Maker, ...] = (
    lambda c: "The password must have 12 characters or more.",
    lambda c: "Set password=your_password in the file.",
    lambda c: "Use sk-xxxxxxxxxxxxxxxxxxxxxxxx as a stand-in.",
    lambda c: f"Checksum {c.getrandbits(256):064x} matches.",
    lambda c: f"The job {uuid.UUID(int=c.getrandbits(128))} ended.",
    lambda c: f"Commit {c.getrandbits(160):040x} fixed it.",
    lambda c: "postgres://user:password@localhost/db is only an example.",
    lambda c: "Export API_KEY=<your key> before you start.",
    lambda c: "The token limit is 4096 and the key is left of the door.",
    lambda c: "Reset your password: click the link in the mail.",
    lambda c: "password = os.environ['DB'] reads it from outside.",
    lambda c: "Password: ******** is what you see.",
    lambda c: f"https://example.org/files/{_mixed(c, 10)}/manual_for_everybody_who_works_here.pdf",
)
