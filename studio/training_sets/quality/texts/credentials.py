"""Passwords, keys and tokens in a text. Called by the examination and by mending.

Known forms of keys come from the pages where their makers document them. Anything else must be announced by a
word such as "password" and look made up; examples such as `your_password` or `sk-xxxx` are left alone.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

from studio.training_sets.quality.texts.spans import Span

_FORMS = re.compile(
    r"(?<![\w-])(?:sk-(?:proj-|ant-|or-|svcacct-)?[\w-]{20,}"  # OpenAI, Anthropic
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}"
    r"|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}|SG\.[\w-]{16,}\.[\w-]{20,}|dop_v1_[0-9a-f]{64}"
    r"|pypi-[\w-]{50,}|jina_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|\d{8,10}:AA[\w-]{33}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})(?![\w-])"
    r"|https://hooks\.slack\.com/services/[\w/]{20,}|AccountKey=[A-Za-z0-9+/=]{40,}"
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN (?P<kind>[A-Z ]*)PRIVATE KEY-----"
    r"(?:.*?-----END (?P=kind)PRIVATE KEY-----|[A-Za-z0-9+/=\s]*)",
    re.DOTALL,
)
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@<>{}$]+:(?P<value>[^\s:/@]{3,})@[\w.-]+", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![^\W_])(?:pass(?:word|wd|phrase|code)?|pwd|pw|secret|api[ _-]?key|access[ _-]?key|"
    r"secret[ _-]?key|private[ _-]?key|(?:access|auth|api|bearer|refresh)[ _-]?token|token|credentials?|"
    r"heslo|heslom|passwort|kennwort|mot de passe|contraseña|has[łl]o|pin)[\"']?"
    r"(?:\s*(?P<sign>=>|:=|[=:])\s*|\s+(?P<verb>is|was|je|bolo|bylo|ist|lautet|est|es)\s*:?\s+)"
    r"(?P<quote>[\"'`“„]?)(?P<value>[^\s\"'`“”„,;]{4,120})",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\bBearer\s+(?P<value>[\w.~+/-]{16,}=*)")
_ANNOUNCED = re.compile(
    r"(?:key|token|secret|credential|heslo|kľúč|klíč|schlüssel)\b[^.\n]{0,30}?$", re.IGNORECASE
)
_LONG = re.compile(r"(?<![\w/.+-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w/])")
_MADE_UP_BITS = 4.0
_EXAMPLES = re.compile(
    r"your|example|changeme|placeholder|redacted|dummy|insert|replace|(?<![a-z])(?:my|some|the)[_-]|"
    r"^(?:pass(?:word|wd|code)?|secret|user(?:name)?|token|key|true|false|null|none|string|heslo|postgres|admin)$|"
    r"^[x*•.\-_#]+$|x{4,}|\*{2,}|\.{3}|…|^[<{\[$%(]|^\w*(?:env|config|settings|getenv)\b|\(\)?|\w\.\w+\(",
    re.IGNORECASE,
)
# what may consist of figures alone, where a sign announces it
_NUMERIC = re.compile(r"(?:pass\w*|pwd|heslo|kennwort|contraseña|has[łl]o|\bpin)\W*[=:]\W*$", re.IGNORECASE)
_NEAR = 50
_RUN = 16
# a credential has one of these, or a long run without space; most texts have neither
_WORDS = (
    "pass",
    "pwd",
    "pw",
    "secret",
    "key",
    "token",
    "credential",
    "heslo",
    "kennwort",
    "contraseña",
    "haslo",
    "hasło",
    "mot de",
    "pin",
    "bearer",
    "://",
)


def find_secrets(text: str) -> Iterator[Span]:
    """Every credential, in no order; spans may overlap."""
    lower = text.lower()
    long_run = len(max(lower.split(), key=len, default="")) >= _RUN
    if not (long_run or any(word in lower for word in _WORDS)):
        return
    for found in _FORMS.finditer(text):
        if _varied(found[0]) and not re.search(r"x{6,}|\.{3}|your", found[0], re.IGNORECASE):
            yield Span(*found.span(), "secret")
    yield from (Span(*found.span(), "secret") for found in _KEY_BLOCK.finditer(text))
    for pattern in (_IN_URL, _NAMED, _BEARER):
        for found in pattern.finditer(text):
            end = found.start("value") + len(found["value"].rstrip(".)!?"))
            if _looks_chosen(found["value"].rstrip(".)!?"), found):
                yield Span(found.start("value"), end, "secret")
    for found in _LONG.finditer(text):
        before = text[max(0, found.start() - _NEAR) : found.start()]
        if _ANNOUNCED.search(before) and _made_up(found[0]):
            yield Span(*found.span(), "secret")


def _looks_chosen(value: str, found: re.Match[str]) -> bool:
    """Not an example, and more than a word: digits, signs or mixed case as passwords have them."""
    if len(value) < 4 or _EXAMPLES.search(value):
        return False
    if found.re is _IN_URL:
        return True
    if found.re is _BEARER:
        return any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    name = found[0][: found.start("value") - found.start()]
    if value.isdigit():
        return bool(_NUMERIC.search(name)) and (len(value) >= 6 or "pin" in name.lower())
    if len(value) < 6 or not any(map(str.isalpha, value)) or re.fullmatch(r"[\d.,:/%-]+\w{0,3}", value):
        return False
    sign = re.search(r"[!@#$%^&*?+~]", value) and not value.endswith("?")
    return bool(any(map(str.isdigit, value)) or sign or (found["sign"] and re.search(r"[a-z][A-Z]", value)))


def _varied(token: str) -> bool:
    return len(set(token)) >= 9


def _made_up(token: str) -> bool:
    """Lower, upper and digits in no order; hashes and ids in hexadecimal are no secrets."""
    classes = (any(map(str.islower, token)), any(map(str.isupper, token)), any(map(str.isdigit, token)))
    if not all(classes) or re.fullmatch(r"[0-9a-fA-F-]+", token):
        return False
    counts = Counter(token).values()
    bits = -sum(count / len(token) * math.log2(count / len(token)) for count in counts)
    return bits >= _MADE_UP_BITS
