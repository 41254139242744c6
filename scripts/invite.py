"""`invite`: let one person in, by a link that works once."""

import argparse
import asyncio
import sys

from backend.actions import invites, people
from backend.actions.regions import check_region
from backend.clock import Clock
from backend.config import StoreConfig
from backend.domain.access import Role
from backend.domain.errors import PersonUnknown
from backend.domain.people import parse_name
from backend.store.database import open_database
from bot.deep_links import deep_link
from scripts import told
from scripts.linking.bot_name import find_bot_name


async def invite(
    role: Role, region_code: str, *, name: str | None, person_id: int | None = None
) -> str:
    """Make an invite and return its link.

    Raises RegionUnknown; VillageNeeded for a resident of a township; PersonUnknown when the person
    is not of that village.
    """
    config = StoreConfig.from_env()
    bot_name = await find_bot_name(config)
    async with open_database(config.database_url, keys_file=config.keys_file):
        await check_region(region_code, is_village=role is Role.RESIDENT)
        if person_id is not None:
            await _check_person(person_id, region_code)
        token = await invites.create(
            role,
            region_code,
            now=Clock(config.township_zone).local(),
            person_id=person_id,
            name=parse_name(name) if name else None,
            life=config.invite_life,
        )
    return deep_link(bot_name, token)


async def _check_person(person_id: int, village_code: str) -> None:
    subject = await people.subject_of(person_id)
    if subject is None or subject.village_code != village_code:
        raise PersonUnknown


def main() -> int:
    """Run the command; the link is the last line."""
    parser = argparse.ArgumentParser(prog="invite", description=__doc__)
    parser.add_argument("--role", choices=[role.value for role in Role], required=True)
    parser.add_argument("--region", required=True, help="12-digit code of the village or township")
    parser.add_argument("--name", help="whom the greeting addresses")
    parser.add_argument("--person", type=int, help="a resident's number, if on the roster")
    given = parser.parse_args()
    role = Role(given.role)
    if given.person is not None and role is not Role.RESIDENT:
        parser.error("--person is for residents")

    def command() -> None:
        made = invite(role, given.region, name=given.name, person_id=given.person)
        print(asyncio.run(made))

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
