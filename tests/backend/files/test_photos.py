"""Photos are drawn anew: of what was hidden in the file nothing is left; bombs do not go off."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from backend.files.photos import PhotoUnreadable, redraw_photo

CANARY = b"canary-34.2567N-108.9012E"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><GPS>' + CANARY + b"</GPS></x:xmpmeta>"
_ORIENTATION, _GPS, _MAKE, _COMMENT = 0x0112, 0x8825, 0x010F, 0x9286


def a_picture(size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new(mode, size, "blue" if mode in ("RGB", "RGBA") else 200)
    if mode in ("RGB", "RGBA"):
        picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def with_exif(picture: Image.Image, orientation: int = 1) -> Image.Exif:
    exif = picture.getexif()
    exif[_MAKE] = CANARY.decode()
    exif[_COMMENT] = CANARY
    exif[_ORIENTATION] = orientation
    exif.get_ifd(_GPS)[1] = "N"
    exif.get_ifd(_GPS)[2] = (34.0, 15.0, 24.1)
    return exif


def png_with_texts(picture: Image.Image) -> bytes:
    info = PngInfo()
    info.add_text("Comment", CANARY.decode())
    info.add_text("Author", CANARY.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return written(picture, "PNG", pnginfo=info)


def png_chunk(content: bytes, kind: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk before its end."""
    body = kind + data
    chunk = struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    return content[:-12] + chunk + content[-12:]


CARRIERS: list[Callable[[Image.Image], bytes]] = [
    lambda picture: written(picture, "JPEG", exif=with_exif(picture)),
    lambda picture: written(picture, "JPEG", xmp=XMP),
    lambda picture: written(picture, "JPEG", comment=CANARY),
    lambda picture: written(picture, "JPEG", icc_profile=CANARY),
    lambda picture: written(picture, "JPEG") + b"PK\x03\x04" + CANARY,
    lambda picture: written(picture, "JPEG") + b"%PDF-1.4 " + CANARY,
    lambda picture: written(picture, "JPEG") + b"<script>" + CANARY + b"</script>",
    png_with_texts,
    lambda picture: png_chunk(written(picture, "PNG"), b"eXIf", CANARY),
    lambda picture: png_chunk(written(picture, "PNG"), b"prVt", CANARY),
    lambda picture: written(picture, "PNG") + CANARY,
    lambda picture: written(picture, "PNG", exif=with_exif(picture)),
    lambda picture: written(picture, "WEBP", exif=with_exif(picture), xmp=XMP),
    lambda picture: written(picture, "WEBP", lossless=True, icc_profile=CANARY),
    lambda picture: written(picture.convert("P"), "GIF", comment=CANARY),
]
SIZES = [(64, 64), (320, 240), (1, 1), (3000, 40)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("carry", CARRIERS)
def test_nothing_but_the_picture_is_left(
    carry: Callable[[Image.Image], bytes], size: tuple[int, int]
) -> None:
    redrawn = redraw_photo(carry(a_picture(size)))
    assert CANARY not in redrawn
    assert b"34.2567" not in redrawn
    assert redrawn.endswith(b"\xff\xd9")
    with Image.open(BytesIO(redrawn)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert max(picture.size) <= 2560


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    picture = a_picture((200, 100))
    redrawn = redraw_photo(written(picture, "JPEG", exif=with_exif(picture, orientation=6)))
    with Image.open(BytesIO(redrawn)) as upright:
        assert upright.size == (100, 200)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_colours_becomes_a_plain_photo(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    with Image.open(BytesIO(redraw_photo(written(a_picture(mode=mode), kind)))) as picture:
        assert picture.mode == "RGB"
        assert picture.size == (320, 240)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
        packed = kind + data
        content += struct.pack(">I", len(data)) + packed + struct.pack(">I", zlib.crc32(packed))
    return content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"GIF89a",
        b"%PDF-1.4 ...",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bomb(100_000, 100_000),
        bomb(9_000, 9_000),
        bomb(0, 0),
        written(a_picture(), "JPEG")[:300],
        written(a_picture(), "TIFF"),
        written(a_picture(), "PDF"),
        b"\0" * (20 * 1024 * 1024 + 1),
    ],
    ids=range(12),
)
def test_what_is_no_sound_photo_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        redraw_photo(content)


def test_broken_photos_are_refused_or_drawn_and_never_anything_else() -> None:
    draw = random.Random(20261123)
    sound = [carry(a_picture((48, 32))) for carry in CARRIERS]
    refused = 0
    for _round in range(400):
        content = bytearray(draw.choice(sound))
        for _change in range(draw.randint(1, 6)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        try:
            assert redraw_photo(bytes(content)).endswith(b"\xff\xd9")
        except PhotoUnreadable:
            refused += 1
    assert 0 < refused < 400
