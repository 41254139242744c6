"""A link as a QR code in a PNG picture, to be shown in a chat or printed on its own."""

from io import BytesIO

import segno

_SCALE = 12
_BORDER = 4


def qr_png(link: str) -> bytes:
    """The link as a black-on-white PNG with the quiet margin readers need."""
    picture = BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(picture, kind="png", scale=_SCALE, border=_BORDER)
    return picture.getvalue()
