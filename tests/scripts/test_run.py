"""`run.py`: finds commands, says what is wrong in one line, and hands over to `.venv`."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scripts import run

SCRIPTS = run.ROOT / "scripts"


def start(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of `run.py` with this Python."""
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> ModuleType:
    """`run.py` in a house of its own, with what it looks at and nothing installed."""
    (tmp_path / "scripts").mkdir()
    for name in ("run.py", "plan.py", "import_command.py", "test.py"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts")
    shutil.copy(run.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "constraints.txt").write_text("aiohttp==3.14.3\n")
    spec = importlib.util.spec_from_file_location("copied_run", tmp_path / "scripts" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def installed(copied: ModuleType, mark: str) -> Path:
    """Pretend that all is installed; the environment's Python only tells what it is given."""
    python = Path(copied.VENV) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\npwd\nprintf "[%s]" "$@"\n')
    python.chmod(0o700)
    (Path(copied.VENV) / mark).write_text(copied.fingerprint())
    return Path(copied.ROOT) / "scripts" / "run.py"


def test_every_file_is_a_command_and_import_has_its_plain_name() -> None:
    found = run.commands()
    assert {"import", "regions", "invite", "serve", "test", "demo"} <= set(found)
    assert not {"run", "__init__", "import_command", "benchmarks", "linking"} & set(found)


@pytest.mark.parametrize("command", run.commands())
def test_every_command_can_be_run_as_a_module(command: str) -> None:
    tree = ast.parse((SCRIPTS / f"{run.module(command)}.py").read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert isinstance(tree.body[-1], ast.If), "it ends by running when it is started as a module"


def test_the_parts_that_run_before_the_environment_is_there_need_nothing_installed() -> None:
    tree = ast.parse((SCRIPTS / "run.py").read_text("utf-8"))
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_without_a_command_it_lists_them_and_fails_and_with_help_it_does_not() -> None:
    script = SCRIPTS / "run.py"
    bare, asked = start(script), start(script, "--help")
    assert (bare.returncode, asked.returncode) == (2, 0)
    assert bare.stdout == asked.stdout
    assert "import" in asked.stdout


def test_an_unknown_command_is_told_the_others_in_one_line(copied: ModuleType) -> None:
    done = start(Path(copied.ROOT) / "scripts" / "run.py", "improt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "run.py: no command improt; there are: import, plan, test\n"


@pytest.mark.parametrize(
    ("mark", "command", "module"),
    [
        (".installed", "plan", "scripts.plan"),
        (".installed-dev", "plan", "scripts.plan"),
        (".installed-dev", "test", "scripts.test"),
        (".installed", "import", "scripts.import_command"),
    ],
)
def test_it_hands_over_to_the_environment_with_every_argument_as_it_was(
    copied: ModuleType, mark: str, command: str, module: str
) -> None:
    done = start(installed(copied, mark), command, "a b", "--x=$y", "")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{copied.ROOT}\n[-m][{module}][a b][--x=$y][]"


def test_another_list_of_versions_is_another_installation(copied: ModuleType) -> None:
    before = copied.fingerprint()
    (Path(copied.ROOT) / "constraints.txt").write_text("aiohttp==3.15.0\n")
    assert copied.fingerprint() != before


def test_developers_get_what_users_get_and_more(copied: ModuleType) -> None:
    usual, more = copied.requirements(""), copied.requirements("dev")
    assert set(usual) < set(more)
    assert any(name.startswith("pytest") for name in set(more) - set(usual))
