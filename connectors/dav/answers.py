"""What WebDAV answers mean: rows of a multistatus, named preconditions, how long to wait. Pure.

- A **row** is one resource of a 207 answer: its href, its own status and the properties of its 2xx part. iCloud adds a
  second part with 404 and empty values, which is left out.
- A **precondition** is the name inside a DAV:error (`no-uid-conflict`): the status alone says little.
- An answer that is no multistatus is no listing, whatever its status: login pages come with 200 and 207.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from xml.etree import ElementTree

from msgspec import Struct

from connectors.http_transport import LONGEST_WAIT, Answer, same_path

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
LIST_BODY = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<getetag/><resourcetype/><getcontenttype/></prop></propfind>"
)
_REVISIONS = {"sync-token": b"<sync-token/>", "getctag": b'<getctag xmlns="http://calendarserver.org/ns/"/>'}
_PIECE = 4096
_SPLIT_LETTER = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})(?:&#13;|&#x[dD];|\r)?\n[ \t]([\x80-\xbf])")
_STATUS_LINE = re.compile(r"\s*HTTP/[\d.]+\s+(\d{3})")
_ETAG = re.compile(r"[\x20-\x7e]{1,500}")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
WRITING = frozenset({"write", "write-content", "bind", "all"})
"""Privileges with which events can be written (RFC 3744 3)."""
READ_ONLY = (
    "you may read this calendar but not write into it; ask its owner for the right to write, "
    "or choose another with followup calendars"
)
UNASKED_WAIT = timedelta(minutes=15)
"""Where a server names no time, as DAVx5 waits."""


class NotDavError(ValueError):
    """The answer is not what a WebDAV server says: a login page, a proxy's error, half a text."""


class LoginRefusedError(NotDavError):
    """The server does not take this login; servers lock accounts, so it is not sent again."""


class DavRow(Struct, frozen=True):
    """One resource of a multistatus. `href` as listed; `etag` as given, quotes included, or empty."""

    href: str
    status: int
    etag: str = ""
    kinds: frozenset[str] = frozenset()
    """The local names in its resourcetype: `calendar`, `collection`."""
    data: str | None = None
    truncated: bool = False


def read_rows(answer: Answer) -> list[DavRow]:
    """The rows of a 207 answer, in order. Raises `NotDavError` for anything else."""
    if answer.status != 207:
        raise NotDavError(f"it answered {answer.status} instead of a listing")
    root = _parse(answer.body)
    if root is None or root.tag != f"{DAV}multistatus":
        raise NotDavError("it answered with something else than a listing, perhaps a login page")
    return [_row(response) for response in root.iter(f"{DAV}response")]


def revision_body(like: str = "") -> bytes:
    """A PROPFIND for what changes with every change in a calendar: all such properties, or the kind of an earlier one.

    On Radicale each costs as much as a listing, so no more is asked for than needed.
    """
    wanted = _REVISIONS.get(like.partition(" ")[0]) or b"".join(_REVISIONS.values())
    return (
        b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/>'
        + wanted
        + b"</prop></propfind>"
    )


def read_revision(answer: Answer, path: str) -> str:
    """The calendar's own mark for its present state (RFC 6578 4, else getctag), by kind; empty where it gives none.

    Raises `NotDavError` where the answer is not about exactly this calendar.
    """
    rows = read_rows(answer)
    if len(rows) != 1 or same_path(rows[0].href).rstrip("/") != same_path(path).rstrip("/"):
        raise NotDavError("it answered about something else than the calendar")
    if rows[0].status // 100 != 2 or "calendar" not in rows[0].kinds:
        raise NotDavError("there is no calendar")
    root = _parse(answer.body)
    assert root is not None
    marks = {_local(element.tag): (element.text or "").strip() for element in root.iter()}
    return next((f"{kind} {marks[kind]}" for kind in _REVISIONS if marks.get(kind)), "")


def read_principal(answer: Answer) -> str:
    """The href of who logs in (RFC 5397 3); empty for one who has not, or where there is none of that."""
    root = _parse(answer.body) if answer.status == 207 else None
    found = root.find(f".//{DAV}current-user-principal/{DAV}href") if root is not None else None
    return (found.text or "").strip() if found is not None else ""


def preconditions(answer: Answer) -> frozenset[str]:
    """The names in the answer's DAV:error, without namespaces; empty where the server names none."""
    root = _parse(answer.body)
    if root is None or root.tag != f"{DAV}error":
        return frozenset()
    return frozenset(_local(element.tag) for element in root.iter() if element is not root)


def is_calendar_data(text: str) -> bool:
    """Whether a body is an iCalendar object and not a page about something else."""
    return text.lstrip("\ufeff \t\r\n").startswith("BEGIN:VCALENDAR") and "END:VCALENDAR" in text


def is_rate_limit(answer: Answer) -> bool:
    """Whether the server asks us to slow down. Google says so with 403 and a body."""
    return answer.status == 429 or (
        answer.status == 403
        and re.search(rb"usageLimits|rateLimitExceeded|quotaExceeded", answer.body[:5000], re.IGNORECASE) is not None
        and not is_switched_off(answer)
    )


def is_switched_off(answer: Answer) -> bool:
    """Whether Google refuses because the CalDAV API is not enabled for this login's project."""
    return answer.status == 403 and re.search(rb"accessNotConfigured|SERVICE_DISABLED", answer.body[:5000]) is not None


def unasked_wait(answer: Answer) -> timedelta:
    """How long to stay away where the server names no time. A quota told with 403, as Google does, lasts for hours."""
    return LONGEST_WAIT if answer.status == 403 else UNASKED_WAIT


def wants_digest(answer: Answer) -> bool:
    """Whether a 401 asks for Digest and would not take Basic."""
    offered = answer.headers.get("www-authenticate", "").lower()
    return answer.status == 401 and "digest" in offered and "basic" not in offered


def clean_etag(text: str) -> str:
    """An ETag as it may be sent back, byte for byte; one with odd letters is as good as none (RFC 9110 8.8.3)."""
    text = text.strip()
    return text if _ETAG.fullmatch(text) else ""


def reason_of(answer: Answer) -> str:
    """A refusal in one short line: its number, the preconditions it names, else what the number means.

    Never the server's own page: it may hold a banner, an address, anything at all.
    """
    named = sorted(name for name in preconditions(answer) if re.fullmatch(r"[A-Za-z-]{3,60}", name))
    return f"{answer.status} {', '.join(named[:3]) or _PHRASES.get(answer.status, '')}".strip()


def multiget_body(paths: Iterable[str]) -> bytes:
    """A calendar-multiget for exactly these paths (RFC 4791 7.9)."""
    root = ElementTree.Element(f"{CALDAV}calendar-multiget")
    _ask_for_data(root)
    for path in paths:
        ElementTree.SubElement(root, f"{DAV}href").text = path
    return _write(root)


def rights_body() -> bytes:
    """A PROPFIND for what the calendar takes and what we may do there (RFC 3744 5.5, RFC 4791 5.2.3)."""
    root = ElementTree.Element(f"{DAV}propfind")
    asked = ElementTree.SubElement(root, f"{DAV}prop")
    ElementTree.SubElement(asked, f"{DAV}current-user-privilege-set")
    ElementTree.SubElement(asked, f"{CALDAV}supported-calendar-component-set")
    return _write(root)


def why_unwritable(answer: Answer) -> str:
    """What an answer to `rights_body` says against writing events there; empty where it says nothing."""
    root = _parse(answer.body) if answer.status == 207 else None
    if root is None:
        return ""
    kinds = {element.get("name", "").upper() for element in root.iter(f"{CALDAV}comp")}
    if kinds and "VEVENT" not in kinds:
        return "this calendar takes no events (it is for tasks or journals); choose another with followup calendars"
    rights = {_local(held.tag) for privilege in root.iter(f"{DAV}privilege") for held in privilege}
    if rights and not rights & WRITING:
        return READ_ONLY
    return ""


def find_uid_body(uid: str) -> bytes:
    """A calendar-query for one uid: a way to find an object, never a proof that there is none."""
    root = ElementTree.Element(f"{CALDAV}calendar-query")
    _ask_for_data(root)
    matches: ElementTree.Element = ElementTree.SubElement(root, f"{CALDAV}filter")
    for name in ("VCALENDAR", "VEVENT"):
        matches = ElementTree.SubElement(matches, f"{CALDAV}comp-filter", {"name": name})
    matches = ElementTree.SubElement(matches, f"{CALDAV}prop-filter", {"name": "UID"})
    ElementTree.SubElement(matches, f"{CALDAV}text-match", {"collation": "i;octet"}).text = uid
    return _write(root)


def by_path(rows: Iterable[DavRow]) -> Mapping[str, DavRow]:
    """Rows by their comparable path; a server that lists one twice (Zimbra, DavMail) has its last row count."""
    return {same_path(row.href): row for row in rows}


def _ask_for_data(root: ElementTree.Element) -> None:
    asked = ElementTree.SubElement(root, f"{DAV}prop")
    ElementTree.SubElement(asked, f"{DAV}getetag")
    ElementTree.SubElement(asked, f"{CALDAV}calendar-data")


def _write(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _parse(body: bytes) -> ElementTree.Element | None:
    """The document, or None. One with a document type is refused: entities can unpack to any size.

    Servers put blank lines before the declaration; some fold a line of an event in the middle of a letter.
    """
    body = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if not body:
        return None  # as every write that is taken is answered
    try:
        return _parse_safely(body)
    except _DoctypeError:
        return None
    except ElementTree.ParseError:
        mended = join_letters(body)
    try:
        return _parse_safely(mended) if mended != body else None
    except (ElementTree.ParseError, _DoctypeError):
        return None


class _DoctypeError(Exception):
    pass


class _NoDoctype(ElementTree.TreeBuilder):
    """Builds a document unless it declares its type."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _DoctypeError


def _parse_safely(body: bytes) -> ElementTree.Element:
    """In small pieces, so that nothing behind a document type is unpacked any more."""
    parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314 - bounded by the transport, no document types
    for begin in range(0, len(body), _PIECE):
        parser.feed(body[begin : begin + _PIECE])
    found: ElementTree.Element = parser.close()
    return found


def join_letters(text: bytes) -> bytes:
    """UTF-8 without folds in the middle of a letter: a line of 75 octets may end there (RFC 5545 3.1)."""
    return _SPLIT_LETTER.sub(rb"\1\2", text)


def _row(response: ElementTree.Element) -> DavRow:
    status = _status(response.findtext(f"{DAV}status"), 0)
    etag, kinds, data, parts = "", frozenset[str](), None, []
    for part in response:
        if part.tag != f"{DAV}propstat":
            continue
        own = _status(part.findtext(f"{DAV}status"), 200)
        parts.append(own)
        found = part.find(f"{DAV}prop")
        if found is None or own // 100 != 2:
            continue
        for value in found:
            if value.tag == f"{DAV}getetag":
                etag = clean_etag(value.text or "")
            elif value.tag == f"{DAV}resourcetype":
                kinds = frozenset(_local(kind.tag) for kind in value)
            elif value.tag == f"{CALDAV}calendar-data":
                data = value.text or ""
    error = response.find(f"{DAV}error")
    limit = error.find(f"{DAV}number-of-matches-within-limits") if error is not None else None
    whole = status or (200 if not parts or min(parts) // 100 == 2 else min(parts))
    href = (response.findtext(f"{DAV}href") or "").strip()
    return DavRow(href, whole, etag, kinds, data, truncated=whole == 507 or limit is not None)


def _status(line: str | None, absent: int) -> int:
    """The number in `HTTP/1.1 404 Not Found`."""
    found = _STATUS_LINE.match(line or "")
    return int(found[1]) if found else absent


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
