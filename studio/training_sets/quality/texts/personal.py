"""Personal data in a text: addresses, numbers of phones, accounts and persons.

Called by examination and mending.

Names of persons are not looked for: telling them from other names needs a model for each language.
"""

from studio.training_sets.quality.texts.accounts import find_account_numbers
from studio.training_sets.quality.texts.contacts import find_contacts
from studio.training_sets.quality.texts.spans import Span


def find_personal(text: str) -> list[Span]:
    """Every piece of personal data. A number that is part of an account number is not a phone number too."""
    accounts = list(find_account_numbers(text))
    others = [span for span in find_contacts(text) if not any(_overlap(span, other) for other in accounts)]
    return sorted(accounts + others)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
