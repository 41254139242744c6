"""`audit verify`: walk along the audit log's chain and say whether nothing was changed in it."""

import argparse
import asyncio
import json
import sys

from backend.actions import audit
from backend.actions.audit import Verdict
from backend.config import StoreConfig
from backend.store.database import open_database
from scripts import told


async def verify() -> Verdict:
    """Return what a walk along the whole chain found."""
    config = StoreConfig.from_env()
    async with open_database(config.database_url, keys_file=config.keys_file):
        return await audit.verify()


def main() -> int:
    """Run the command; a broken chain makes it fail with 1."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("what", choices=("verify",))
    parser.parse_args()

    def command() -> int:
        verdict = asyncio.run(verify())
        print(json.dumps({"entries": verdict.entries, "ok": verdict.ok}))
        return 0 if verdict.ok else 1

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
