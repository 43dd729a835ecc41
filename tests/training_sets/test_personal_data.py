"""Personal data and secrets: what is found, what only looks like it, and what masking leaves."""

import pytest

from studio.training_sets.quality.texts.credentials import find_secrets
from studio.training_sets.quality.texts.personal import find_personal
from studio.training_sets.quality.texts.spans import masked

# numbers made up with valid check digits; none belongs to anybody
PERSONAL = {
    "Write to jana.kovac@firma.sk today": "Write to [email] today",
    "peter [at] web [dot] de": "[email]",
    "Call +421 905 123 456 now": "Call [phone] now",
    "(425) 555-0123 is hers": "[phone] is hers",
    "telefón: 02/1234 5678": "telefón: [phone]",
    "IBAN SK31 1200 0000 1987 4263 7541": "IBAN [IBAN]",
    "card 4111 1111 1111 1111, please": "card [card number], please",
    "born 780123/3540": "born [id number]",
    "SSN 219-09-9999": "SSN [id number]",
    "from 147.175.12.200 at noon": "from [IP address] at noon",
}
HARMLESS = (
    "Order 4532015112830367 is closed",
    "Version 2.10.4.1 of the driver",
    "from 12.03.2024 to 31.12.2025",
    "part 1005-00-073-9421",
    "ISBN 978-80-556-1234-5",
    "info@firma.sk answers",
    "call 1-800-555-0199 toll-free",
    "router 192.168.1.1",
    "react@18.2.0 and @anna",
    "1 234 567 890 crowns",
    "case 151399/2024",
    "at 10:15:30.123 in line 5551234",
)
SECRET = {
    "password=hunter22": "password=[secret]",
    "DB_PASSWORD: 's3cret-Sauce'": "DB_PASSWORD: '[secret]'",
    "Heslo je Kocka123.": "Heslo je [secret].",
    "mysql://root:tr0ub4dor@db/app": "mysql://root:[secret]@db/app",
    "key AKIAQWERTYUIOPASDFGH": "key [secret]",
    "sk-Qm3xZ81bNc7VtYw5LpKd9RfH": "[secret]",
}
NO_SECRET = (
    "password: your_password",
    "The password is required",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "id 123e4567-e89b-12d3-a456-426614174000",
    "the token limit is 4096",
    "API_KEY=<your key>",
)


@pytest.mark.parametrize(("text", "left"), PERSONAL.items())
def test_personal_data_is_masked_by_its_kind(text, left):
    assert masked(text, find_personal(text)) == left


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_of_things_are_no_personal_data(text):
    assert find_personal(text) == []


@pytest.mark.parametrize(("text", "left"), SECRET.items())
def test_secrets_are_masked(text, left):
    assert masked(text, find_secrets(text)) == left


@pytest.mark.parametrize("text", NO_SECRET)
def test_examples_hashes_and_talk_of_passwords_are_no_secrets(text):
    assert list(find_secrets(text)) == []
