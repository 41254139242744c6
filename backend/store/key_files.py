"""Where private keys of the desk rest: files that a passphrase opens, and recovery shares.

These files stay with their holders; the server never sees one.
"""

import base64
import json
import secrets
from typing import Any

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from backend.domain.desk import DeskKeyWrong
from backend.domain.shares import SharesWrong, join, split
from backend.store.sealing import public_of, public_text

_KEY_BYTES = 32
_OPS, _MEMORY = pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE
_MOST_MEMORY = pwhash.argon2id.MEMLIMIT_SENSITIVE
_MOST_OPS = pwhash.argon2id.OPSLIMIT_SENSITIVE


def wrap_key(private_key: bytes, passphrase: str, *, name: str) -> str:
    """The text of a key file: the private key in a box that the passphrase opens (Argon2id)."""
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    lock = pwhash.argon2id.kdf(_KEY_BYTES, passphrase.encode(), salt, _OPS, _MEMORY)
    held = {
        "suixing_desk_key": 1,
        "name": name,
        "public": public_text(public_of(private_key)),
        "salt": _encoded(salt),
        "ops": _OPS,
        "memory": _MEMORY,
        "box": _encoded(SecretBox(lock).encrypt(private_key)),
    }
    return _written(held)


def unwrap_key(text: str, passphrase: str) -> bytes:
    """The private key of a key file; raises DeskKeyWrong for another file or passphrase."""
    try:
        held = _read(text, "suixing_desk_key")
        salt, box = base64.b64decode(held["salt"]), base64.b64decode(held["box"])
        ops, memory = min(int(held["ops"]), _MOST_OPS), min(int(held["memory"]), _MOST_MEMORY)
        lock = pwhash.argon2id.kdf(_KEY_BYTES, passphrase.encode(), salt, ops, memory)
        return SecretBox(lock).decrypt(box)
    except (ValueError, KeyError, TypeError, CryptoError) as error:
        raise DeskKeyWrong from error


def share_texts(private_key: bytes) -> list[str]:
    """The texts of three share files, any two of which give the key back."""
    public = public_text(public_of(private_key))
    return [
        _written({"suixing_desk_share": 1, "public": public, "share": _encoded(share)})
        for share in split(private_key, secrets.token_bytes)
    ]


def joined_key(one: str, other: str) -> bytes:
    """The private key of two share files; raises SharesWrong unless it is the key they name."""
    try:
        first, second = (_read(text, "suixing_desk_share") for text in (one, other))
        key = join(base64.b64decode(first["share"]), base64.b64decode(second["share"]))
    except (ValueError, KeyError, TypeError) as error:
        raise SharesWrong from error
    if len(key) != _KEY_BYTES or public_text(public_of(key)) != first["public"]:
        raise SharesWrong
    return key


def _read(text: str, kind: str) -> dict[str, Any]:
    held = json.loads(text)
    if not isinstance(held, dict) or held.get(kind) != 1:
        raise ValueError(kind)
    return held


def _written(held: dict[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
