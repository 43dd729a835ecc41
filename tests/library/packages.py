"""Small office files written as what they are, ZIP archives of XML parts, for the parsers' tests."""

import zipfile
from pathlib import Path

_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "draw")
)


def write_package(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def write_pptx(path: Path, slides: list[str], notes: str = "") -> Path:
    """Each slide is the XML of its shapes, see `shape` and `table`; the notes belong to the first one."""
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in range(len(slides)))
    parts = {
        "ppt/presentation.xml": f"<p:deck {_P} {_R}>{listed}</p:deck>",
        "ppt/_rels/presentation.xml.rels": _links(
            *(("slide", f"slides/part{9 - n}.xml") for n in range(len(slides)))
        ),
    }
    for n, shapes in enumerate(slides):
        parts[f"ppt/slides/part{9 - n}.xml"] = _tree("sld", shapes)
    if notes:
        parts["ppt/slides/_rels/part9.xml.rels"] = _links(("notesSlide", "../notesSlides/n.xml"))
        parts["ppt/notesSlides/n.xml"] = _tree("notes", shape("body", notes))
    return write_package(path, parts)


def shape(placeholder: str, *paragraphs: str) -> str:
    lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    kind = f'<p:nvSpPr><p:nvPr><p:ph type="{placeholder}"/></p:nvPr></p:nvSpPr>'
    return f"<p:sp>{kind}<p:txBody>{lines}</p:txBody></p:sp>"


def table(rows: list[list[str]]) -> str:
    lines = "".join(f"<a:tr>{''.join(map(_cell, row))}</a:tr>" for row in rows)
    inside = f"<a:graphicData><a:tbl>{lines}</a:tbl></a:graphicData>"
    return f"<p:graphicFrame><a:graphic>{inside}</a:graphic></p:graphicFrame>"


def _cell(text: str) -> str:
    return f"<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def _tree(tag: str, shapes: str) -> str:
    return f"<p:{tag} {_P} {_A} {_R}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{tag}>"


def _links(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_LINKS}">{listed}</Relationships>'


def write_odt(path: Path, body: str) -> Path:
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {_ODF}>{inside}</office:document-content>"
    return write_package(
        path, {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}
    )


def make_strict(path: Path) -> Path:
    """Write a usual office file again under the names of Strict Open XML."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    usual, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    for kind in (b"officeDocument", b"wordprocessingml", b"spreadsheetml"):
        for name in parts:
            parts[name] = parts[name].replace(usual + kind + b"/2006/", strict + kind + b"/")
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def write_form(path: Path) -> Path:
    """A PDF of one page with a printed line and a text field that is filled in."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Annots[6 0 R]"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        "<</Length 46>>stream\nBT /F 12 Tf 20 250 Td (Order of a new pump) Tj ET\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Pump type)/V(Boreas 400)/Rect[20 200 200 220]/P 3 0 R>>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer<</Size 7/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    path.write_text(f"{body}xref\n0 7\n0000000000 65535 f \n{table}{trailer}", encoding="latin-1")
    return path
