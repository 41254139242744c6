"""The README tells the truth: settings, commands, tree and pictures."""

import re

import pytest

from backend.config import Config
from scripts.run import commands
from tests.guards.sources import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def settings_row(name: str) -> str:
    """Return the table's row for a setting, from the code."""
    field = Config.model_fields[name]
    default = "required" if field.is_required() else f"`{field.default}`"
    if not field.is_required() and field.default is None:
        default = "-"
    return f"| `{name.upper()}` | {default} | {field.description} |"


@pytest.mark.parametrize("name", Config.model_fields)
def test_every_setting_stands_in_the_table_with_its_default_and_help(name: str) -> None:
    row = settings_row(name)
    assert row in README, f"the table of settings in README.md lacks this row: {row}"


def test_every_command_is_listed_and_every_listed_command_exists() -> None:
    section = README.split("## Commands")[1].split("\n## ")[0]
    listed = {
        word.strip("`").split()[0].replace("-", "_")
        for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
        for word in row.split(", ")
    }
    assert listed == set(commands())


def test_the_tree_names_what_is_there() -> None:
    tree = README.split("## The tree")[1].split("```")[1]
    top = ""
    for line in filter(None, tree.splitlines()):
        name = line.split()[0]
        top = name if not line.startswith(" ") else top
        path = ROOT / (name if name == top else top + name)
        assert path.exists(), name


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.+?)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture
