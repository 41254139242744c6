"""Photos taken in: drawn anew as a plain JPEG, so that nothing but what is seen remains.

Place, time, phone model, hidden texts, second files behind the picture: none of it survives, as
only the pixels are kept. Source: `reliability.md` C4.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar

from PIL import Image, ImageOps, UnidentifiedImageError

from backend.domain.errors import SuixingError

MOST_BYTES = 20 * 1024 * 1024
_MOST_PIXELS = 50_000_000
_LONGEST_SIDE = 2560
_QUALITY = 85
# Opened by name, so that no exotic reader of the library is ever tried on a stranger's bytes.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_WHITE = (255, 255, 255)
# What the library raises on bytes that are cut off, forged or no picture at all.
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Warning,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    MemoryError,
    struct.error,
    zlib.error,
)


@dataclass(eq=False, repr=False, kw_only=True)
class PhotoUnreadable(SuixingError):
    """These bytes are no photo that can be drawn, or one of absurd size."""

    code: ClassVar[str] = "photo_unreadable"


def redraw_photo(content: bytes) -> bytes:
    """Return the picture as a JPEG of at most 2560 pixels a side, upright, with no metadata.

    Raises PhotoUnreadable for what is none, is cut off, or would unpack to over 50 million pixels.
    """
    if len(content) > MOST_BYTES:
        raise PhotoUnreadable
    try:
        return _redrawn(content)
    except _BROKEN as error:
        raise PhotoUnreadable from error


def _redrawn(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise PhotoUnreadable
        # Drafting lets JPEG unpack at a fraction of its size, which spares memory and time.
        picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        upright = _upright(picture)
        upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        canvas = Image.new("RGB", upright.size, _WHITE)
        seen = upright.convert("RGBA") if _is_see_through(upright) else upright.convert("RGB")
        canvas.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    written = BytesIO()
    canvas.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as it was taken; as it lies where the camera's notes are broken."""
    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN:
        return picture


def _is_see_through(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info
