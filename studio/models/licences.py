"""Under which licence a base model stands: from the catalogue, else from what lies in its own folder.

Called when a model card is written. What cannot be found out is called unknown, never guessed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from studio.models.catalogue import known_model

# the hub's words for licences (huggingface.co/docs/hub/repositories-licenses)
TAGS = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "Llama 3.2 licence": "llama3.2",
    "Gemma terms": "gemma",
}
FILES = ("LICENSE*", "LICENCE*", "NOTICE*", "USE_POLICY*", "COPYING*")
UNKNOWN = "not known here; read its page on the hub before you pass this on"
LONGEST = 80


@dataclass(frozen=True)
class Licence:
    """`name` for people, `tag` in the hub's words, `found_in` says where it stands."""

    name: str
    tag: str
    found_in: str


def licence_of(base_model: str, folder: Path) -> Licence:
    """Of a base model whose files lie in `folder`."""
    known = known_model(base_model)
    if known:
        return Licence(known.licence, TAGS.get(known.licence, "other"), "the studio's catalogue")
    return _of_card(folder / "README.md") or _of_file(folder) or Licence(UNKNOWN, "unknown", "")


def licence_files(folder: Path) -> list[Path]:
    """What a licence may ask to be passed on with the weights."""
    found = {path for pattern in FILES for path in folder.glob(pattern) if path.is_file()}
    return sorted(path for path in found if path.suffix.lower() in ("", ".txt", ".md"))


def _of_card(card: Path) -> Licence | None:
    """The front matter of the model's own card; `other` is explained by license_name there."""
    if not card.is_file():
        return None
    text = card.read_text(errors="replace")
    front = text.split("\n---", 1)[0] if text.startswith("---") else ""
    said = dict(re.findall(r"(?m)^(license|license_name): *[\"']?([\w.+-]{1,60})[\"']? *$", front))
    if "license" not in said:
        return None
    tag = said["license"].lower()
    return Licence(said.get("license_name", tag) if tag == "other" else tag, tag, "the model's own card")


def _of_file(folder: Path) -> Licence | None:
    """The first line of its licence, for a person to judge."""
    for path in licence_files(folder):
        for line in path.read_text(errors="replace").splitlines():
            words = " ".join(re.sub(r"[^\w .,()-]", " ", line).split())
            if words:
                return Licence(words[:LONGEST], "other", f"the model's own {path.name}")
    return None
