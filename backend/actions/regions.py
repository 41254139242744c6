"""The township and its villages, from the office's own list."""

from backend.domain.errors import RegionUnknown, VillageNeeded
from backend.domain.villages import Villages, is_township
from backend.files.cells import Source
from backend.files.regions import read_regions
from backend.store.sql import execute, execute_many, in_transaction


async def load_regions(source: Source) -> tuple[int, int]:
    """Add or rename the regions of a file, all or none; return its rows and its regions.

    Raises what `read_regions` raises.
    """
    row_count, regions = read_regions(source)
    async with in_transaction():
        await execute_many(
            "INSERT INTO region (code, name) VALUES ($1, $2)"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name",
            regions,
        )
    return row_count, len(regions)


async def village_finder() -> Villages:
    """Return what finds a village by its code or by any usual form of its name."""
    return Villages(await region_names())


async def region_names() -> dict[str, str]:
    """Return the name of every region by its code."""
    rows = await execute("SELECT code, name FROM region")
    return {row["code"]: row["name"] for row in rows}


async def check_region(code: str, *, is_village: bool = False) -> None:
    """Raise RegionUnknown for a code nobody entered; VillageNeeded for a township's if unwanted."""
    if not await execute("SELECT 1 AS one FROM region WHERE code = $1", code):
        raise RegionUnknown(region=code)
    if is_village and is_township(code):
        raise VillageNeeded(region=code)
