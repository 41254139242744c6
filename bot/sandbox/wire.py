"""Calls as they come over HTTP: query string, form, JSON or multipart, in any mixture."""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web

from bot.sandbox.errors import ApiError, Json, breach
from bot.sandbox.files import UPLOAD_LIMIT
from bot.sandbox.parameters import Upload
from bot.sandbox.schema import NOT_UTF_8

FORM_FIELD_LIMIT = 1024 * 1024


async def read_call(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Return raw parameters and files; raises 400 for broken JSON, 413 over 50 MB."""
    values: Json = dict(request.query)
    kind = request.content_type
    if kind.startswith("multipart/"):
        return await _read_multipart(request, values)
    body = await request.content.read()
    if kind == "application/json" and body:
        values.update(_json_object(body))
    elif body:
        values.update(_form(body))
    return values, {}


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise breach(NOT_UTF_8) from None


def _json_object(body: bytes) -> Json:
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise breach("can't parse request JSON object")
    return values


async def _read_multipart(request: web.Request, values: Json) -> tuple[Json, dict[str, Upload]]:
    files: dict[str, Upload] = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, MultipartReader) or not part.name:
            continue
        content = await _read_part(part)
        if part.filename is None:
            values[part.name] = content.decode(errors="replace")
        else:
            files[part.name] = Upload(part.name, part.filename, content)
    return values, files


async def _read_part(part: BodyPartReader) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk(FORM_FIELD_LIMIT):
        content += piece
        if len(content) > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
    return bytes(content)


def json_response(body: Any, status: int = 200) -> web.Response:
    """Return an answer in JSON, with letters of every script as they are."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), status=status, content_type="application/json")
