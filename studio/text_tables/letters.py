"""Tells code pages apart by the letters that their bytes would be. Called by encoding.

Each language is a list of its letters beyond ASCII, the most frequent first; a letter's share is taken to
fall with its rank (Zipf), and the code page and language that make the bytes most likely win.
"""

import math
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

Bytes = Counter[int]

WESTERN = {
    "French": "éèàêçôîùâûëïœ", "German": "üäöß", "Spanish": "óíáéñú¿¡ü", "Portuguese": "ãçáéíóêõâúàô",
    "Italian": "èàùòìé", "Swedish": "äåöé", "Danish": "øåæé", "Dutch": "ëéïèöü",
    "Icelandic": "áðíéóþöæúý", "English": "£éñ",
}  # fmt: skip
CENTRAL = {
    "Czech": "íáéěýřžčšůúóťňď", "Slovak": "áíéčžšýúľôťóňäďĺŕ", "Polish": "łęąśóżćńź",
    "Hungarian": "áéóöőíüűú", "Croatian": "čšžćđ", "Romanian": "ăîşţâ",
}  # fmt: skip
CYRILLIC = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъ", "Ukrainian": "оанитвірексудлмпькязбгйчшхцжєїфющґ",
    "Bulgarian": "аиоетнрсвлкдпмзъугбчцщяйхжшфюь", "Serbian": "аиоенртскјдуплвмгзбчшцћхњжђљџф",
}  # fmt: skip
GREEK = {"Greek": "αοιετσνηυρπκμλςίόάγέήδύώωθχφβξζψ"}
TURKISH = {"Turkish": "ıişüğçöİ"}
BALTIC = {"Lithuanian": "ėųšįžčūąę", "Latvian": "āīēšūņļžģķč", "Estonian": "äõüöšž"}
HEBREW = {"Hebrew": "יוהלאתרבמשנםעדקחפסגטזכצןךףץ"}
ARABIC = {"Arabic": "المينروبتعدكفسقحهجشصذطخىضةغثأإءزئظؤ"}
# what is the same text in several code pages is called by the first, most usual one
PAGES = (
    ("cp1252", WESTERN), ("cp1250", CENTRAL), ("cp1251", CYRILLIC), ("cp1253", GREEK), ("cp1254", TURKISH),
    ("cp1257", BALTIC), ("iso8859-2", CENTRAL), ("iso8859-7", GREEK), ("cp1255", HEBREW), ("cp1256", ARABIC),
    ("koi8-r", CYRILLIC), ("iso8859-5", CYRILLIC), ("cp852", CENTRAL), ("cp850", WESTERN),
    ("cp866", CYRILLIC), ("mac-roman", WESTERN), ("mac-latin2", CENTRAL),
)  # fmt: skip
SIGNS = "’–“”…„‘«»€°§—‚•©®™\u00a0\u00ad´·×½²µ‹›±"
SIGN_SHARE = 0.01
FOREIGN_SHARE = 1e-5
# below this a text is in none of these languages: its letters would hardly ever occur
UNLIKELY = math.log(5e-3)
# how much likelier the letters of a rare code page must make a whole text (logarithms)
PRIORS = {"cp1252": 0.0, "cp1250": -3.0, "cp1251": -3.0}
RARE = -5.0
SAMPLE = 500_000


def count_bytes(data: bytes) -> Bytes:
    """How often each byte beyond ASCII occurs."""
    return Counter(data.translate(None, bytes(range(128))))


def most_likely(counts: Bytes, path: Path) -> str | None:
    """The codec under which these bytes are the likeliest letters, or one of an East Asian script."""
    means = {codec: _likelihood(counts, codec, languages) for codec, languages in PAGES}
    page = max(means, key=lambda codec: means[codec] + PRIORS.get(codec, RARE) / counts.total())
    if means[page] >= UNLIKELY:
        return next(codec for codec in means if _same_text(counts, codec, page))
    return _east_asian(path) or (page if means[page] > math.log(FOREIGN_SHARE) else None)


def _same_text(counts: Bytes, one: str, other: str) -> bool:
    found = bytes(counts)
    try:
        return found.decode(one) == found.decode(other)
    except UnicodeDecodeError:
        return False


def _likelihood(counts: Bytes, codec: str, languages: dict[str, str]) -> float:
    """Mean log-likelihood of a byte in the best language; bytes that the codec does not know rule it out."""
    try:
        characters = {byte: bytes([byte]).decode(codec) for byte in counts}
    except UnicodeDecodeError:
        return -math.inf
    return max(_mean(counts, characters, _shares(letters)) for letters in languages.values())


def _mean(counts: Bytes, characters: dict[int, str], shares: dict[str, float]) -> float:
    logs = (n * math.log(shares.get(characters[byte], FOREIGN_SHARE)) for byte, n in counts.items())
    return sum(logs) / counts.total()


def _shares(letters: str) -> dict[str, float]:
    """Capitals are a tenth as frequent as small letters."""
    weights = {letter: 1 / rank for rank, letter in enumerate(letters, start=1)}
    total = sum(weights.values())
    small = {letter: weight / total for letter, weight in weights.items()}
    capitals = {letter.upper(): share / 10 for letter, share in small.items() if len(letter.upper()) == 1}
    return dict.fromkeys(SIGNS, SIGN_SHARE) | capitals | small


def _east_asian(path: Path) -> str | None:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    wanted = ["shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
    best = from_bytes(sample, cp_isolation=wanted, enable_fallback=False).best()
    return None if best is None else best.encoding
