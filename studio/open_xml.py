"""Office files as what they are: ZIP archives of XML parts that refer to each other.

Called by the readers of workbooks and, in the library, of Word, PowerPoint and OpenDocument files.
"""

import io
import posixpath
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

from lxml import etree

from studio.archives import UNREADABLE

# "Strict Open XML" is the same format under other names, which the libraries we use do not know
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_TARGETS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROPERTIES = ("docProps/core.xml", "meta.xml")  # of Open XML and of OpenDocument
_MODIFIED = ("{http://purl.org/dc/terms/}modified", "{http://purl.org/dc/elements/1.1/}date")
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


@dataclass(frozen=True)
class Properties:
    """What the file says about itself."""

    title: str = ""
    modified: date | None = None


def opened(path: Path) -> BinaryIO:
    """The file for a reader that knows the usual names only: a strict one as a copy in memory."""
    file = path.open("rb")
    try:
        with ZipFile(file) as archive:
            strict = "_rels/.rels" in archive.namelist() and bool(_STRICT.search(archive.read("_rels/.rels")))
            copy = _renamed(archive) if strict else None
    except (*UNREADABLE, OSError):  # OSError: its directory points before its beginning
        copy = None  # whoever reads it says so better
    if copy:
        file.close()
        return copy
    file.seek(0)
    return file


def _renamed(archive: ZipFile) -> BinaryIO:
    copy = io.BytesIO()
    with ZipFile(copy, "w") as renamed:
        for entry in archive.infolist():
            data = archive.read(entry)
            is_xml = entry.filename.endswith((".xml", ".rels"))
            renamed.writestr(entry.filename, _STRICT.sub(_USUAL, data) if is_xml else data)
    copy.seek(0)
    return copy


def read_part(archive: ZipFile, part: str) -> Any:
    """The root element; None when the part is missing or not XML. Entities and addresses are not followed."""
    if part not in archive.namelist():
        return None
    careful = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(archive.read(part), careful)
    except etree.XMLSyntaxError:
        return None


def related(archive: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: by id the last word of its kind ("slide", "image") and the other part's name."""
    folder, name = posixpath.split(part)
    root = read_part(archive, f"{folder}/_rels/{name}.rels")
    found = root.iter(_TARGETS) if root is not None else ()
    return {
        link.get("Id", ""): (link.get("Type", "").rpartition("/")[2], _inside(folder, link.get("Target", "")))
        for link in found
        if link.get("TargetMode") != "External"
    }


def _inside(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def read_properties(path: Path) -> Properties:
    """Empty where the file does not say or is damaged."""
    try:
        with ZipFile(path) as archive:
            roots = [read_part(archive, part) for part in _PROPERTIES]
    except (*UNREADABLE, OSError):
        return Properties()
    elements = [element for root in roots if root is not None for element in root.iter()]
    title = next((element.text for element in elements if element.tag == _TITLE and element.text), "")
    modified = (element.text or "" for element in elements if element.tag in _MODIFIED)
    return Properties(" ".join(title.split()), next(filter(None, map(read_date, modified)), None))


def read_date(text: str) -> date | None:
    """The day of an ISO date or time; None when it is none."""
    found = _DATE.match(text.strip())
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None
