"""Addresses of embedding services on the net, checked before anything is sent there, and the keys they get.

Called by the embedding services and by the judge. A key is found by the host alone, so it can reach no
other; it lives in the environment or in a file that only its owner may read, never in the database, a log or
a sentence.
"""

import ipaddress
import os
import re
import socket
import stat
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from studio.errors import BadInput, StudioError

KEY_VARIABLES = {"api.openai.com": "OPENAI_API_KEY", "api.jina.ai": "JINA_API_KEY"}
OWN_KEY, OWN_URL = "STUDIO_EMBEDDING_KEY", "STUDIO_EMBEDDING_URL"
JUDGE_KEY, JUDGE_URL = "STUDIO_JUDGE_KEY", "STUDIO_JUDGE_URL"
OWN_SERVERS = ((OWN_URL, OWN_KEY), (JUDGE_URL, JUDGE_KEY))
KEY_FOLDER = "keys"
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


def normalised_url(url: str) -> str:
    """`https://host[:port][/path]/v1`, whichever way it was typed; BadInput for what cannot be an address."""
    given = url.strip()
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise BadInput("This is not an address; write it like https://host:port/v1.") from error
    _check_parts(parts)
    path = re.sub(r"(/v1)+$", "", re.sub(r"/+", "/", parts.path).rstrip("/"))
    path = path.removesuffix("/embeddings")
    path = re.sub(r"(/v1)+$", "", path)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}/v1"


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme not in ("http", "https"):
        raise BadInput("The address must begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise BadInput("The address must not hold a name or a key; put the key into the environment.")
    if parts.query or parts.fragment:
        raise BadInput("The address must end after its path: no ? and no #.")
    host = parts.hostname or ""
    if not (_HOST.fullmatch(host) or _is_ip(host)) or not parts.path.isprintable() or " " in parts.path:
        raise BadInput("The address names no host; write it like https://host:port/v1.")


def resolved(url: str) -> list[str]:
    """The network addresses behind the host, or a sentence when there is none that may be asked."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise StudioError(
            f"The host {host} is not known on this network; check the address of the embedding service."
        ) from error
    addresses = sorted({str(entry[4][0]).partition("%")[0] for entry in found})
    for address in addresses:
        ip = ipaddress.ip_address(address)
        # link-local is where clouds hand out the machine's own credentials
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
            raise BadInput(f"{host} leads to {address}, which is no place for an embedding service.")
    return addresses


def key_for(url: str, data: Path) -> str | None:
    """The key that belongs to this host and port, or None where nobody gave one."""
    return _from_environment(url) or _from_file(data / KEY_FOLDER / _origin(url))


def where_to_put_the_key(url: str, data: Path, own: tuple[str, str] = (OWN_URL, OWN_KEY)) -> str:
    """For the sentence about a missing or rejected key; `own` are the variables of a server of one's own."""
    variable = KEY_VARIABLES.get(urlsplit(url).hostname or "")
    named = f"set {variable}" if variable else f"set {own[0]} and {own[1]}"
    return f"{named}, or put the key into {data / KEY_FOLDER / _origin(url)} (readable by its owner alone)"


def _from_environment(url: str) -> str | None:
    named = {_origin(normalised_url(os.environ[at])): name for at, name in OWN_SERVERS if os.environ.get(at)}
    name = KEY_VARIABLES.get(urlsplit(url).hostname or "") or named.get(_origin(url))
    return _clean(os.environ.get(name, ""), name) if name else None


def _from_file(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
        content = path.read_text()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StudioError(f"The key in {path} cannot be read.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise BadInput(f"Others may read the key in {path}; run `chmod 600 {path}` first.")
    return _clean(content, str(path))


def _clean(key: str, place: str) -> str | None:
    """A line break or a typographic sign in a key would break or split the request's header."""
    key = key.strip()
    if not all("!" <= character <= "~" for character in key):
        raise BadInput(f"The key in {place} holds a space, a line break or a letter that no key has.")
    return key or None


def _origin(url: str) -> str:
    """host or host-port, as a file name."""
    parts = urlsplit(url)
    host = (parts.hostname or "").replace(":", "_")
    return f"{host}-{parts.port}" if parts.port else host


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
