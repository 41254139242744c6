"""Files: uploaded, sent again by identifier or address, albums, downloads and limits."""

import io
import json
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InputMediaPhoto

from bot.sandbox import Phone, Sandbox
from bot.sandbox.files import picture_size
from tests.bot.sandbox.conftest import Caller

Json = dict[str, Any]
Upload = Callable[..., Awaitable[tuple[int, Json]]]


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG, which holds its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"rest"


@pytest.fixture
def mei(sandbox: Sandbox) -> Phone:
    phone = sandbox.open_phone(first_name="Mei")
    phone.start()
    return phone


@pytest.fixture
def upload(call: Caller) -> Upload:
    async def send(method: str, files: dict[str, bytes], **values: Any) -> tuple[int, Json]:
        form = aiohttp.FormData()
        for name, value in values.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, content in files.items():
            form.add_field(name, io.BytesIO(content), filename=f"{name}.png")
        async with call.session.post(f"{call.base}/{method}", data=form) as response:
            return response.status, await response.json()

    return send


async def test_a_photo_comes_in_sizes_and_is_downloaded_again(
    call: Caller, upload: Upload, mei: Phone
) -> None:
    picture = png(1000, 500)
    _status, body = await upload("sendPhoto", {"photo": picture}, chat_id=mei.id, caption="Look")
    sizes = body["result"]["photo"]
    assert [(one["width"], one["height"]) for one in sizes] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1000, 500),
    ]
    assert len({one["file_id"] for one in sizes}) == 4
    found = await call("getFile", file_id=sizes[-1]["file_id"])
    address = f"{call.base.replace('/bot', '/file/bot', 1)}/{found['file_path']}"
    async with call.session.get(address) as response:
        assert await response.read() == picture


async def test_a_file_is_sent_again_by_its_identifier(
    call: Caller, upload: Upload, mei: Phone
) -> None:
    _status, body = await upload("sendDocument", {"document": b"%PDF"}, chat_id=mei.id)
    first = body["result"]["document"]
    assert first["file_name"] == "document.png"
    again = await call("sendDocument", chat_id=mei.id, document=first["file_id"])
    assert again["document"] == first
    refused = await call.refused("sendVoice", chat_id=mei.id, voice="unknown")
    assert refused == (400, "Bad Request: wrong file identifier/HTTP URL specified")


async def test_a_file_is_fetched_from_an_address(call: Caller, mei: Phone, site: str) -> None:
    sent = await call("sendPhoto", chat_id=mei.id, photo=f"{site}/picture.png")
    assert sent["photo"][-1]["width"] == 10
    refused = await call.refused("sendPhoto", chat_id=mei.id, photo=f"{site}/none.png")
    assert refused == (400, "Bad Request: failed to get HTTP URL content")


@pytest.fixture
async def site() -> Any:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=png(10, 10))

    app = web.Application()
    app.add_routes([web.get("/picture.png", picture)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_an_album_is_several_messages_of_one_group(upload: Upload, mei: Phone) -> None:
    media = [
        {"type": "photo", "media": "attach://one", "caption": "First"},
        {"type": "photo", "media": "attach://two"},
    ]
    files = {"one": png(10, 10), "two": png(20, 20)}
    status, body = await upload("sendMediaGroup", files, chat_id=mei.id, media=media)
    assert status == 200, body
    first, second = body["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert first["message_id"] < second["message_id"]
    assert (first.get("caption"), second.get("caption")) == ("First", None)
    status, body = await upload("sendMediaGroup", files, chat_id=mei.id, media=media[:1])
    assert (status, body["description"]) == (400, "Bad Request: media must have 2-10 items")


async def test_a_caption_has_at_most_1024_characters(upload: Upload, mei: Phone) -> None:
    for length, expected in ((1024, 200), (1025, 400)):
        caption = "好" * length
        status, body = await upload(
            "sendPhoto", {"photo": png(10, 10)}, chat_id=mei.id, caption=caption
        )
        assert status == expected
    assert body["description"] == "Bad Request: message caption is too long"


async def test_what_is_no_picture_or_empty_or_missing_is_refused(
    call: Caller, upload: Upload, mei: Phone
) -> None:
    cases = [
        ("sendPhoto", {"photo": b"text"}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": png(2100, 100)}, "PHOTO_INVALID_DIMENSIONS"),
        ("sendDocument", {"document": b""}, "file must be non-empty"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": png(10, 10) + b"x" * 10 * 1024 * 1024}, "file is too big"),
    ]
    for method, files, problem in cases:
        status, body = await upload(method, files, chat_id=mei.id)
        assert (status, body["description"]) == (400, f"Bad Request: {problem}")
    assert await call.refused("getFile", file_id="x") == (400, "Bad Request: invalid file_id")


async def test_downloads_end_at_20_megabytes(call: Caller, upload: Upload, mei: Phone) -> None:
    big = b"x" * (20 * 1024 * 1024 + 1)
    _status, body = await upload("sendDocument", {"document": big}, chat_id=mei.id)
    file_id = body["result"]["document"]["file_id"]
    assert await call.refused("getFile", file_id=file_id) == (400, "Bad Request: file is too big")


async def test_an_upload_over_50_megabytes_is_cut_off(upload: Upload, mei: Phone) -> None:
    big = b"x" * (50 * 1024 * 1024 + 1)
    status, body = await upload("sendDocument", {"document": big}, chat_id=mei.id)
    assert (status, body["description"]) == (413, "Request Entity Too Large")


async def test_media_and_captions_are_edited(call: Caller, upload: Upload, mei: Phone) -> None:
    _status, body = await upload("sendPhoto", {"photo": png(10, 10)}, chat_id=mei.id, caption="a")
    place = {"chat_id": mei.id, "message_id": body["result"]["message_id"]}
    assert (await call("editMessageCaption", **place, caption="b"))["caption"] == "b"
    assert "caption" not in await call("editMessageCaption", **place)
    media = {"type": "photo", "media": "attach://new", "caption": "c"}
    _status, body = await upload("editMessageMedia", {"new": png(20, 20)}, media=media, **place)
    assert (body["result"]["photo"][-1]["width"], body["result"]["caption"]) == (20, "c")
    assert await call.refused("editMessageText", **place, text="x") == (
        400,
        "Bad Request: there is no text in the message to edit",
    )


async def test_people_send_files_and_albums(call: Caller, mei: Phone) -> None:
    mei.send_file(png(10, 10), kind="photo", caption="Here")
    mei.send_file(b"OggS", kind="voice")
    mei.send_album([png(10, 10), png(10, 10)])
    photo, voice, one, two = [u["message"] for u in await call("getUpdates")][-4:]
    assert (photo["caption"], voice["voice"]["mime_type"]) == ("Here", "audio/ogg")
    assert one["media_group_id"] == two["media_group_id"]


async def test_python_telegram_bot_sends_and_fetches_files(
    sandbox: Sandbox, ptb: Bot, mei: Phone
) -> None:
    message = await ptb.send_photo(mei.id, png(100, 50), caption="Look")
    file = await message.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == png(100, 50)
    album = await ptb.send_media_group(
        mei.id, [InputMediaPhoto(png(10, 10)), InputMediaPhoto(message.photo[-1].file_id)]
    )
    assert len(album) == 2
    await ptb.send_voice(mei.id, b"OggS", duration=3)
    await ptb.send_document(mei.id, b"%PDF", filename="名单.pdf")
    assert mei.screen.content["document"]["file_name"] == "名单.pdf"
    assert sandbox.breaches == []


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(3, 4), (3, 4)),
        (b"GIF89a" + struct.pack("<HH", 5, 6), (5, 6)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 8, 7), (7, 8)),
        (b"RIFF0000WEBPVP8X" + b"\0" * 8 + b"\x08\0\0\x09\0\0", (9, 10)),
        (b"RIFF0000WEBPVP8L" + b"\0" * 5 + b"\x0a\xc0\x02\0" + b"\0" * 9, (11, 12)),
        (b"RIFF0000WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 13, 14), (13, 14)),
        (b"no picture", None),
        (b"\xff\xd8", None),
    ],
)
def test_a_picture_tells_its_size(content: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(content) == size
