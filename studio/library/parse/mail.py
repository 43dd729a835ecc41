"""E-mail messages (.eml): subject, who, when and the text; attachments are named, not read."""

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.html import add_html

_SHOWN = ("From", "To", "Cc", "Date")


def parse(path: Path, name: str) -> ParsedDocument:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage) or not (message["From"] or message["Subject"]):
        raise BadInput(f"{name} is not an e-mail message: it names neither sender nor subject.")
    document = DocumentText()
    subject = str(message["Subject"] or Path(name).stem)
    document.heading(1, subject)
    document.add("paragraph", "\n".join(f"{key}: {message[key]}" for key in _SHOWN if message[key]))
    _add_body(document, message)
    attached = [part.get_filename() or "without name" for part in message.iter_attachments()]
    count = "1 attachment is" if len(attached) == 1 else f"{len(attached)} attachments are"
    notes = (
        [f"{count} not read: {', '.join(attached[:5])}. Save and add what belongs here."] if attached else []
    )
    return ParsedDocument(subject, document.blocks, warnings=notes, dated=_day(message))


def _add_body(document: DocumentText, message: EmailMessage) -> None:
    body = message.get_body(("plain", "html"))
    if body is None:
        return
    try:
        text = str(body.get_content())
    except (LookupError, ValueError):  # an encoding that nobody knows
        text = str(body.get_payload())
    if body.get_content_subtype() == "html":
        add_html(document, text)
    else:
        for paragraph in text.replace("\r\n", "\n").split("\n\n"):
            document.add("paragraph", paragraph)


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).date()
    except (ValueError, TypeError):
        return None
