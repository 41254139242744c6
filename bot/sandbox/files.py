"""Files in memory: identifiers, picture sizes, and what Telegram refuses to keep."""

import mimetypes
import re
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.errors import Json, bad_request, breach

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 50 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE
DOWNLOAD_LIMIT = 20 * MEGABYTE
PHOTO_SIDES = (90, 320, 800, 1280)
PREFIXES = {"photo": "AgAC", "document": "BQAC", "voice": "AwAC", "audio": "CQAC", "video": "BAAC"}
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "audio": "music"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: for the bot `file_id`, for everybody the unique one; sizes in bytes and pixels."""

    kind: str
    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0

    def identity(self) -> Json:
        """Return the fields that all kinds of files share."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id}


@dataclass(slots=True)
class Files:
    """All files, found by either identifier or by their path."""

    by_id: dict[str, StoredFile] = field(default_factory=dict)
    by_unique_id: dict[str, StoredFile] = field(default_factory=dict)
    by_path: dict[str, StoredFile] = field(default_factory=dict)
    sizes: dict[str, list[StoredFile]] = field(default_factory=dict)

    def keep(self, kind: str, name: str, content: bytes, *, mime_type: str = "") -> StoredFile:
        """Keep a file; raises 400 for an empty or too large one, or a picture that is none."""
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > (PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT):
            raise breach("file is too big")
        if kind != "photo":
            mime = mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
            return self._add(kind, name, content, mime_type=mime)
        return self._keep_photo(name, content)

    def _keep_photo(self, name: str, content: bytes) -> StoredFile:
        size = picture_size(content)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height = size
        if width + height > 10_000 or max(size) > 20 * min(size):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        kept = [
            self._add("photo", name, content, mime_type="image/jpeg", size=scaled)
            for scaled in _scaled(width, height)
        ]
        for one in kept:
            self.sizes[one.file_id] = kept
        return kept[-1]

    def _add(
        self,
        kind: str,
        name: str,
        content: bytes,
        *,
        mime_type: str,
        size: tuple[int, int] = (0, 0),
    ) -> StoredFile:
        number = len(self.by_path)
        found = _SUFFIX.search("photo.jpg" if kind == "photo" else name)
        stored = StoredFile(
            kind,
            PREFIXES.get(kind, "BQAC") + secrets.token_urlsafe(40),
            "AQAD" + secrets.token_urlsafe(9),
            f"{FOLDERS.get(kind, kind + 's')}/file_{number}{found[0] if found else ''}",
            name,
            mime_type,
            content,
            *size,
        )
        self.by_id[stored.file_id] = stored
        self.by_unique_id[stored.unique_id] = stored
        self.by_path[stored.path] = stored
        return stored

    def find(self, file_id: str, kind: str) -> StoredFile:
        """Return a file sent before, for use as the same kind; raises 400 otherwise."""
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise breach(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored

    def photo_sizes(self, stored: StoredFile) -> list[Json]:
        """Return the PhotoSize objects of a picture, smallest first."""
        return [
            {
                **one.identity(),
                "file_size": len(one.content),
                "width": one.width,
                "height": one.height,
            }
            for one in self.sizes.get(stored.file_id, [stored])
        ]


def _scaled(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Yield the sizes in which Telegram keeps a picture, without blowing it up."""
    longest = max(width, height)
    for side in PHOTO_SIDES:
        if side >= longest:
            break
        yield max(1, width * side // longest), max(1, height * side // longest)
    if longest <= PHOTO_SIDES[-1]:
        yield width, height


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF, JPEG or WebP; None if it is none."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP" and len(content) >= 30:
        return _webp_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the segments up to the frame header."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF
