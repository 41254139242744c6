"""Methods that send files: uploaded, by identifier, or by address."""

import secrets
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox import links
from bot.sandbox.call import Call
from bot.sandbox.errors import Json, bad_request, breach
from bot.sandbox.files import DOWNLOAD_LIMIT, StoredFile
from bot.sandbox.methods.sending import caption_fields, place

KINDS = ("photo", "document", "voice", "audio", "video")
ALONE = frozenset({"document", "audio"})
FETCH_SECONDS = 5.0


async def _stored(call: Call, kind: str, value: object) -> StoredFile:
    """Return the file that a parameter names: an upload, a file_id or an address."""
    text = str(value or "")
    field = text.removeprefix("attach://") if text.startswith("attach://") else kind
    upload = call.files.get(field) if text.startswith("attach://") or not text else None
    if upload is not None:
        return call.world.files.keep(kind, upload.name, upload.content)
    if text.startswith(("http://", "https://")):
        return await _fetched(call, kind, text)
    return call.world.files.find(text, kind)


async def _fetched(call: Call, kind: str, url: str) -> StoredFile:
    """Fetch a file from an address, as Telegram does, within 20 MB."""
    if links.problem(url):
        raise breach("wrong file identifier/HTTP URL specified")
    name = PurePosixPath(urlsplit(url).path).name or kind
    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session:
            async with session.get(url) as response:
                content = await response.content.read(DOWNLOAD_LIMIT + 1)
    except (TimeoutError, aiohttp.ClientError):
        raise bad_request("failed to get HTTP URL content") from None
    if len(content) > DOWNLOAD_LIMIT:
        raise bad_request("failed to get HTTP URL content")
    return call.world.files.keep(kind, name, content)


def media_fields(call: Call, kind: str, stored: StoredFile) -> Json:
    """Return the field of a message that shows a file of this kind."""
    if kind == "photo":
        return {"photo": call.world.files.photo_sizes(stored)}
    shown: Json = {**stored.identity(), "file_size": len(stored.content)}
    shown["mime_type"] = stored.mime_type
    if kind in {"voice", "audio", "video"}:
        shown["duration"] = int(call.get("duration") or 0)
    if kind == "video":
        shown |= {"width": int(call.get("width") or 0), "height": int(call.get("height") or 0)}
    if kind in {"document", "audio", "video"}:
        shown["file_name"] = stored.name
    if kind == "audio":
        shown |= {name: call.get(name) for name in ("performer", "title") if call.get(name)}
    return {kind: shown}


async def _send(call: Call, kind: str) -> Json:
    person = call.reachable()
    stored = await _stored(call, kind, call.get(kind))
    fields = {**media_fields(call, kind, stored), **caption_fields(call.caption())}
    return place(call, fields, person=person)


async def send_photo(call: Call) -> Json:
    """sendPhoto: a picture of up to 10 MB, kept in several sizes."""
    return await _send(call, "photo")


async def send_document(call: Call) -> Json:
    """sendDocument: any file of up to 50 MB."""
    return await _send(call, "document")


async def send_voice(call: Call) -> Json:
    """sendVoice: a voice message."""
    return await _send(call, "voice")


async def send_audio(call: Call) -> Json:
    """sendAudio: a piece for the music player."""
    return await _send(call, "audio")


async def send_video(call: Call) -> Json:
    """sendVideo: a video, kept as it came."""
    return await _send(call, "video")


async def send_media_group(call: Call) -> list[Json]:
    """sendMediaGroup: 2-10 files as one album; documents and audio only with their own kind."""
    person = call.reachable()
    kinds = {one["type"] for one in call.params["media"]}
    if kinds & ALONE and len(kinds) > 1:
        raise breach("document and audio can't be mixed with other media types")
    if not kinds <= set(KINDS):
        raise breach("unsupported media type in an album")
    album = str(secrets.randbits(52) + 2**53)
    pieces = []
    for one in call.params["media"]:
        piece = call.with_params({**call.params, **one, "reply_markup": None})
        stored = await _stored(piece, one["type"], one["media"])
        caption = caption_fields(piece.caption())
        pieces.append((piece, {**media_fields(piece, one["type"], stored), **caption}))
    return [
        place(piece, {"media_group_id": album, **fields}, person=person) for piece, fields in pieces
    ]


async def edited_media(call: Call) -> Json:
    """Return the fields of the new file and caption that editMessageMedia names."""
    media = call.params["media"]
    if media["type"] not in KINDS:
        raise breach("unsupported media type")
    piece = call.with_params({**call.params, **media})
    stored = await _stored(piece, media["type"], media["media"])
    return {**media_fields(piece, media["type"], stored), **caption_fields(piece.caption())}


async def get_file(call: Call) -> Json:
    """getFile: where to download a file of up to 20 MB."""
    stored = call.world.files.by_id.get(call.params["file_id"])
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {**stored.identity(), "file_size": len(stored.content), "file_path": stored.path}


HANDLERS = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendAudio": send_audio,
    "sendVideo": send_video,
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
