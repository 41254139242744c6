"""An office's computer: a folder with a database, on which commands run as real processes."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
TOWNSHIP, WILLOW, STONE_BRIDGE = "330000100000", "330000100001", "330000100002"
REGIONS = f"code,name\n{TOWNSHIP},青溪镇\n{WILLOW},柳树村\n{STONE_BRIDGE},石桥村\n"

Done = subprocess.CompletedProcess[str]


class Office:
    """A folder in which commands run, with nothing of this machine's settings but what is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "office.db"
        self.keys = folder / "keys"

    def copied_to(self, folder: Path) -> "Office":
        """Return an office with the same database and keys."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Office(folder)

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the environment of a command."""
        usual = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        return usual | {"DATABASE_URL": f"sqlite://{self.database}"} | settings

    def command(self, module: str, *arguments: str | Path) -> list[str]:
        """Return what starts a command."""
        return [sys.executable, "-m", module, *map(str, arguments)]

    def run(self, name: str, *arguments: str | Path, **settings: str) -> Done:
        """Run a command to its end."""
        return subprocess.run(
            self.command(f"scripts.{name}", *arguments),
            cwd=self.folder,
            env=self.environment(**settings),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    async def start(
        self, module: str, *arguments: str, log: IO[bytes] | None = None, **settings: str
    ) -> asyncio.subprocess.Process:
        """Start a command and leave it running; its errors go to `log` if there is one."""
        return await asyncio.create_subprocess_exec(
            *self.command(module, *arguments),
            cwd=self.folder,
            env=self.environment(**settings),
            stdout=asyncio.subprocess.DEVNULL if log else asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.PIPE,
        )

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what the database answers to a question."""
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(query, values).fetchall()
        finally:
            connection.close()


def last(done: Done) -> Any:
    """Return the JSON of a command's last line; the command must have ended well."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def refusal(done: Done) -> str:
    """Return the one clear line of a command that could not do what it was asked."""
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()
