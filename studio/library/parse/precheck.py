"""What can be refused at once, before anything is stored: the quick part of reading. Called by adding."""

from pathlib import Path

from studio.library.parse import pdf, read_blocks
from studio.library.parse.recognise import check_file

_QUICK = (".csv", ".tsv", ".txt", ".md", ".markdown", ".html", ".htm", ".eml")
_QUICK_BYTES = 1_000_000


def check_readable(path: Path, name: str) -> None:
    """Refuses what reading would refuse, as far as that takes no longer than a moment."""
    suffix = check_file(path, name)
    if suffix == ".pdf":
        pdf.check_has_text(path, name)
    elif suffix in _QUICK and path.stat().st_size <= _QUICK_BYTES:
        read_blocks(path, name)
