"""Runs a command on bare Python 3.11 or newer: makes `.venv`, installs, then hands over.

Standard library only. `python3 scripts/run.py` lists the commands.
"""

# An older Python must get as far as being told that it is too old.
from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11)
FOR_DEVELOPERS = {"test", "check", "bench", "make_migration", "messages"}
NOT_COMMANDS = {"__init__", "run"}


def main() -> int:
    """Install what is missing and run the command; never returns where it can be replaced."""
    os.chdir(ROOT)
    if sys.version_info < OLDEST:
        found = platform.python_version()
        return fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {found}")
    if len(sys.argv) < 2 or sys.argv[1] in {"-h", "--help"}:
        print("Usage: python3 scripts/run.py COMMAND [OPTIONS]\nCommands:", ", ".join(commands()))
        return 0 if len(sys.argv) > 1 else 2
    command = sys.argv[1].replace("-", "_")
    if command not in commands():
        return fail(f"no command {sys.argv[1]}; there are: {', '.join(commands())}")
    if problem := install("dev" if command in FOR_DEVELOPERS else ""):
        return fail(problem)
    python = str(VENV / "bin" / "python")
    sys.stdout.flush()
    os.execv(python, [python, "-m", f"scripts.{module(command)}", *sys.argv[2:]])
    raise AssertionError("execv replaces this process")


def commands() -> list[str]:
    """Return the commands there are: one file each."""
    names = {path.stem.removesuffix("_command") for path in (ROOT / "scripts").glob("*.py")}
    return sorted(names - NOT_COMMANDS)


def module(command: str) -> str:
    """Return the module of a command; `import` and the like are words of Python itself."""
    return (
        f"{command}_command" if (ROOT / "scripts" / f"{command}_command.py").exists() else command
    )


def install(extra: str) -> str | None:
    """Install the dependencies unless they are there; return what is wrong, if anything."""
    wanted = fingerprint()
    marks = [VENV / ".installed-dev"] if extra else [VENV / ".installed-dev", VENV / ".installed"]
    if any(mark.exists() and mark.read_text() == wanted for mark in marks):
        return None
    print("Installing what is needed (once) …", file=sys.stderr, flush=True)
    if not (VENV / "bin" / "pip").exists() and (problem := make_environment()):
        return problem
    target = f".[{extra}]" if extra else "."
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    asked = [*pip, "--quiet", "--constraint", "constraints.txt", *requirements(extra)]
    if subprocess.run(asked, check=False).returncode != 0:
        return f"the packages of {target} could not be installed; what pip said is above"
    (VENV / f".installed{'-dev' if extra else ''}").write_text(wanted)
    return None


def make_environment() -> str | None:
    """Make `.venv` afresh, as one without pip stays useless; return what is wrong, if anything."""
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode != 0:
        return "no virtual environment could be made; on Debian: apt-get install python3-venv"
    return None


def requirements(extra: str) -> list[str]:
    """Return the requirements that pyproject.toml names."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed: list[str] = project["dependencies"]
    return needed + (project["optional-dependencies"][extra] if extra else [])


def fingerprint() -> str:
    """Return a digest of what is to be installed."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def fail(problem: str) -> int:
    """Say what is wrong in one line."""
    print(f"run.py: {problem}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
