"""Field encryption (XChaCha20-Poly1305), keyed blind indexes, and the key file they live in."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import ClassVar

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from backend.domain.errors import SuixingError

_NONCE_BYTES = 24
_KEY_BYTES = 32


@dataclass(eq=False, repr=False, kw_only=True)
class KeysUnreadable(SuixingError):
    """The key file cannot be read or does not hold the keys it should."""

    code: ClassVar[str] = "keys_unreadable"
    path: str


@dataclass(eq=False, repr=False, kw_only=True)
class KeysMissing(SuixingError):
    """Encrypted rows exist but the key file does not."""

    code: ClassVar[str] = "keys_missing"
    path: str


@dataclass(eq=False, repr=False, kw_only=True)
class SealBroken(SuixingError):
    """A stored field does not open with the keys at hand, or was moved from another row."""

    code: ClassVar[str] = "seal_broken"
    place: str


@dataclass(frozen=True, repr=False)
class FieldKeys:
    """The installation's secret keys; the last field key encrypts, every one decrypts."""

    fields: dict[int, bytes]
    index: bytes
    audit: bytes

    @classmethod
    def generate(cls) -> "FieldKeys":
        """Return fresh random keys."""
        draw = secrets.token_bytes
        return cls({1: draw(_KEY_BYTES)}, draw(_KEY_BYTES), draw(_KEY_BYTES))

    @classmethod
    def read(cls, path: Path) -> "FieldKeys | None":
        """Read the key file; None when there is none; raise KeysUnreadable when it is not one."""
        if not path.exists():
            return None
        try:
            held = json.loads(path.read_text("utf-8"))
            fields = {int(number): _decoded(key) for number, key in held["fields"].items()}
            return cls(fields, _decoded(held["index"]), _decoded(held["audit"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeysUnreadable(path=str(path)) from error

    def write(self, path: Path) -> None:
        """Write the key file with mode 0600, at once whole and safe on the disk.

        Raises FileExistsError when there is one, which is never overwritten.
        """
        held = {
            "fields": {str(number): _encoded(key) for number, key in self.fields.items()},
            "index": _encoded(self.index),
            "audit": _encoded(self.audit),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(held, file, indent=1)
                file.flush()
                os.fsync(descriptor)
            os.link(draft, path)
            _sync_folder(path.parent)
        finally:
            draft.unlink()

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text` bound to `place` (table/column/row)."""
        number = max(self.fields)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = crypto_aead_xchacha20poly1305_ietf_encrypt(
            text.encode(), place.encode(), nonce, self.fields[number]
        )
        return number.to_bytes(1, "big") + nonce + box

    def unseal(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same place; raise SealBroken otherwise."""
        nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            key = self.fields[sealed[0]]
            opened = crypto_aead_xchacha20poly1305_ietf_decrypt(box, place.encode(), nonce, key)
        except (CryptoError, KeyError, IndexError, ValueError) as error:
            raise SealBroken(place=place.rsplit("/", 1)[0]) from error
        return opened.decode()

    def blind(self, purpose: str, value: str) -> str:
        """Return a keyed 128-bit digest by which equal values can be found without being kept."""
        digest = blake2b(value.encode(), digest_size=16, key=self.index, person=purpose.encode())
        return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")

    @property
    def mark(self) -> str:
        """A mark by which a backup finds out whether these are its keys; it gives nothing away."""
        return self.derived("backup")

    def derived(self, purpose: str) -> str:
        """Return a secret for one purpose, the same in every process of this installation."""
        digest = blake2b(purpose.encode(), digest_size=24, key=self.audit)
        return base64.urlsafe_b64encode(digest.digest()).decode()


_keys: FieldKeys | None = None


def use_keys(keys: FieldKeys) -> None:
    """Make `keys` the ones by which this process seals and opens."""
    global _keys
    _keys = keys


def keys() -> FieldKeys:
    """Return the keys in use; raise RuntimeError before the database was opened."""
    if _keys is None:
        raise RuntimeError("open the database first: it brings the keys")
    return _keys


def _sync_folder(folder: Path) -> None:
    """Have a file's name outlive a power cut, as its content does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return raw
