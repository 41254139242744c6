"""A complaints desk for tests: a county with two keys, a township with two, and a recovery key."""

from dataclasses import dataclass
from datetime import datetime

from backend.actions import desk_keys
from backend.domain.receipts import read_receipt
from backend.store.sealing import new_private_key, public_of, public_text

COUNTY = "330000000000"
TOWNSHIP = "330000100000"
COUNTY_OFFICE = "县妇联投诉窗口"
TOWNSHIP_OFFICE = "青溪镇投诉窗口"


@dataclass(frozen=True)
class DeskHolder:
    """Somebody with a private key."""

    name: str
    private_key: bytes

    @property
    def public_key(self) -> str:
        """The public half, as it is handed on."""
        return public_text(public_of(self.private_key))


async def a_holder(
    name: str,
    *,
    now: datetime,
    region_code: str = COUNTY,
    office: str = COUNTY_OFFICE,
    is_recovery: bool = False,
) -> DeskHolder:
    """Somebody whose public key the desk has."""
    holder = DeskHolder(name, new_private_key())
    await desk_keys.add_key(
        holder.public_key,
        region_code,
        office=office,
        holder=name,
        is_recovery=is_recovery,
        now=now,
    )
    return holder


async def a_county_desk(*, now: datetime) -> tuple[DeskHolder, DeskHolder, DeskHolder]:
    """何芳 and 林岚 of the county, and the recovery key: the least a desk needs."""
    return (
        await a_holder("何芳", now=now),
        await a_holder("林岚", now=now),
        await a_holder("", now=now, is_recovery=True),
    )


async def a_township_desk(*, now: datetime) -> tuple[DeskHolder, DeskHolder]:
    """周敏 and 吴霞 of the township's own desk."""
    return (
        await a_holder("周敏", now=now, region_code=TOWNSHIP, office=TOWNSHIP_OFFICE),
        await a_holder("吴霞", now=now, region_code=TOWNSHIP, office=TOWNSHIP_OFFICE),
    )


def receipt_in(text: str) -> str:
    """The receipt that a message shows."""
    for line in text.splitlines():
        if receipt := read_receipt(line.split("：")[-1].split(": ")[-1]):
            return receipt
    raise AssertionError(f"no receipt in {text}")
