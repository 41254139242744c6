"""Sealing to keys whose private halves are elsewhere, and boxes that only a receipt opens."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from nacl import pwhash
from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import Aead, SecretBox

from backend.domain.desk import DeskKeyWrong
from backend.store.crypto import SealBroken, keys

# Boxes are padded to whole blocks, so that their sizes tell little.
_BLOCK_BYTES = 512
_KEY_BYTES = 32
_PUBLIC_PREFIX = "suixing-desk:"
_OPS, _MEMORY = pwhash.argon2id.OPSLIMIT_INTERACTIVE, pwhash.argon2id.MEMLIMIT_INTERACTIVE


@dataclass(frozen=True, repr=False)
class Letter:
    """Something sealed: the box, and its key sealed once for each recipient by number."""

    box: bytes
    keys: dict[int, bytes]


def seal_to(content: bytes, public_keys: Mapping[int, bytes], place: str) -> Letter:
    """Seal `content`, bound to `place`, so that each of the recipients can open it alone."""
    key = secrets.token_bytes(_KEY_BYTES)
    box = Aead(key).encrypt(sodium_pad(content, _BLOCK_BYTES), place.encode())
    sealed = {
        number: SealedBox(PublicKey(public)).encrypt(key) for number, public in public_keys.items()
    }
    return Letter(bytes(box), sealed)


def open_letter(box: bytes, sealed_key: bytes, private_key: bytes, place: str) -> bytes:
    """Open what was sealed to a key; raises SealBroken for another's or one that was moved."""
    try:
        key = SealedBox(PrivateKey(private_key)).decrypt(sealed_key)
        return sodium_unpad(Aead(key).decrypt(box, place.encode()), _BLOCK_BYTES)
    except CryptoError as error:
        raise SealBroken(place=place) from error


@dataclass(frozen=True, repr=False)
class ReceiptKey:
    """What follows from a receipt: the digest it is found by, and the key of the replies to it."""

    digest: str
    _key: bytes

    def close(self, text: str) -> bytes:
        """Box a reply, to be read by whoever has the receipt."""
        return bytes(SecretBox(self._key).encrypt(sodium_pad(text.encode(), _BLOCK_BYTES)))

    def open(self, box: bytes) -> str:
        """Read a reply; raises SealBroken for one to another receipt."""
        try:
            return sodium_unpad(SecretBox(self._key).decrypt(box), _BLOCK_BYTES).decode()
        except CryptoError as error:
            raise SealBroken(place="complaint_reply") from error


def reseal(sealed_key: bytes, private_key: bytes, public_key: bytes) -> bytes:
    """Seal a box's key to one more recipient; raises SealBroken for a key that opens it not."""
    try:
        key = SealedBox(PrivateKey(private_key)).decrypt(sealed_key)
    except CryptoError as error:
        raise SealBroken(place="complaint_piece_key") from error
    return bytes(SealedBox(PublicKey(public_key)).encrypt(key))


def receipt_key(receipt: str) -> ReceiptKey:
    """Derive digest and key by Argon2id (64 MiB) under the installation's one salt."""
    salt = base64.urlsafe_b64decode(keys().derived("receipt"))[: pwhash.argon2id.SALTBYTES]
    raw = pwhash.argon2id.kdf(2 * _KEY_BYTES, receipt.encode(), salt, _OPS, _MEMORY)
    return ReceiptKey(base64.urlsafe_b64encode(raw[:_KEY_BYTES]).decode(), raw[_KEY_BYTES:])


def new_private_key() -> bytes:
    """Draw a private key."""
    return bytes(PrivateKey.generate())


def public_of(private_key: bytes) -> bytes:
    """The public half of a private key."""
    return bytes(PrivateKey(private_key).public_key)


def public_text(public_key: bytes) -> str:
    """A public key as it is handed on."""
    return _PUBLIC_PREFIX + base64.urlsafe_b64encode(public_key).decode()


def read_public(text: str) -> bytes:
    """Read what `public_text` wrote; raises DeskKeyWrong."""
    try:
        raw = base64.urlsafe_b64decode(text.strip().removeprefix(_PUBLIC_PREFIX))
    except ValueError as error:
        raise DeskKeyWrong from error
    if len(raw) != _KEY_BYTES:
        raise DeskKeyWrong
    return raw
