"""Letting people in: single links and printed sheets, made by the commands of an office."""

import re
from pathlib import Path

import pytest

from backend.config import Config
from bot.sandbox.server import Sandbox, serve
from tests.backend.files.sheets import text
from tests.scripts.office import (
    REGIONS,
    STONE_BRIDGE,
    TOWNSHIP,
    WILLOW,
    Office,
    last,
    refusal,
)

BOT = {"BOT_NAME": "@qingxi_bot"}
LINK = re.compile(r"https://t\.me/qingxi_bot\?start=[A-Za-z0-9_-]{22}\n")
VILLAGERS = text(
    ("姓名", "村", "户编号"),
    ("王芳", "柳树村", "柳002"),
    ("李娜", "柳树村", "柳001"),
    ("张<b>燕</b>", "柳树村", ""),
    ("赵敏", "石桥村", ""),
)


@pytest.fixture(scope="module")
def with_people(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with villages and four people on its roster, to be copied."""
    office = Office(tmp_path_factory.mktemp("office"))
    last(office.run("regions", office.file("regions.csv", REGIONS)))
    last(office.run("import_command", office.file("roster.csv", VILLAGERS)))
    return office


@pytest.fixture
def office(with_people: Office, tmp_path: Path) -> Office:
    """An office of one's own with four people on its roster."""
    return with_people.copied_to(tmp_path)


def invites(office: Office) -> list[tuple[object, ...]]:
    """Role, region and person of every invite that still lets somebody in."""
    return office.rows("SELECT role, region_code, person_id FROM invite WHERE revoked_at IS NULL")


@pytest.mark.parametrize(
    ("role", "region"),
    [
        ("resident", WILLOW),
        ("cadre", WILLOW),
        ("officer", TOWNSHIP),
        ("desk", TOWNSHIP),
        ("auditor", TOWNSHIP),
    ],
)
def test_a_link_is_printed_for_every_role(office: Office, role: str, region: str) -> None:
    options = ("--role", role, "--region", region, "--name", "赵明")
    done = office.run("invite", *options, **BOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert LINK.fullmatch(done.stdout)
    assert invites(office) == [(role, region, None)]
    assert done.stdout.strip()[-22:].encode() not in office.database.read_bytes()


def test_a_link_for_somebody_on_the_roster_replaces_her_older_one(office: Office) -> None:
    ((person_id,),) = office.rows("SELECT id FROM person WHERE village_code = ?", STONE_BRIDGE)
    options = ("--role", "resident", "--region", STONE_BRIDGE, "--person", str(person_id))
    for _ in range(2):
        assert LINK.fullmatch(office.run("invite", *options, **BOT).stdout)
    assert invites(office) == [("resident", STONE_BRIDGE, person_id)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--role", "cadre", "--region", "330000100009"), "330000100009"),
        (("--role", "resident", "--region", TOWNSHIP), TOWNSHIP),
        (("--role", "resident", "--region", WILLOW, "--person", "1"), "编号"),
        (("--role", "cadre", "--region", WILLOW, "--name", "???"), "姓名"),
    ],
)
def test_an_invite_that_cannot_be_is_refused_in_one_line(
    office: Office, options: tuple[str, ...], words: str
) -> None:
    assert words in refusal(office.run("invite", *options, **BOT))
    assert invites(office) == []


def test_a_role_that_does_not_exist_is_answered_with_those_that_do(office: Office) -> None:
    done = office.run("invite", "--role", "king", "--region", WILLOW, **BOT)
    assert done.returncode == 2
    for role in ("resident", "cadre", "officer", "desk", "auditor"):
        assert role in done.stderr


def test_without_a_name_for_the_bot_the_setting_is_asked_for(office: Office) -> None:
    options = ("--role", "cadre", "--region", WILLOW)
    assert refusal(office.run("invite", *options)).startswith("BOT_NAME: ")
    nobody = {"TELEGRAM_TOKEN": "1:abc", "TELEGRAM_API": "http://127.0.0.1:9"}
    assert refusal(office.run("invite", *options, **nobody)).startswith("BOT_NAME: ")
    assert invites(office) == []


async def test_telegram_itself_is_asked_for_the_name(office: Office) -> None:
    options = ("--role", "cadre", "--region", WILLOW)
    sandbox = Sandbox(bot_name="qingxi_bot")
    async with serve(sandbox) as address:
        asking = await office.start(
            "scripts.invite", *options, TELEGRAM_TOKEN=sandbox.token, TELEGRAM_API=address
        )
        assert LINK.fullmatch((await asking.communicate())[0].decode())
        asking = await office.start(
            "scripts.invite", *options, TELEGRAM_TOKEN="7:wrong", TELEGRAM_API=address
        )
        said = (await asking.communicate())[1].decode()
    assert (asking.returncode, said.count("\n")) == (2, 1)
    assert said.startswith("TELEGRAM_TOKEN: ")
    assert "7:wrong" not in said


def test_a_village_sheet_has_a_card_for_everyone_without_a_chat(office: Office) -> None:
    sheet = office.folder / "柳树村.html"
    assert last(office.run("qr_sheet", "--region", WILLOW, sheet, **BOT)) == {"cards": 3}
    page = sheet.read_text("utf-8")
    names = re.findall('<p class="name">(.*?)</p>', page)
    assert names == ["张&lt;b&gt;燕&lt;/b&gt;", "李娜", "王芳"]
    assert page.count("<svg") == 3
    assert "青溪镇服务小助手" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert sheet.stat().st_mode & 0o077 == 0
    assert [path for path in office.folder.iterdir() if path.suffix == ".new"] == []


def test_a_new_sheet_takes_the_old_links_out_of_use(office: Office) -> None:
    sheet = office.folder / "sheet.html"
    for _ in range(2):
        last(office.run("qr_sheet", "--region", WILLOW, sheet, **BOT))
    assert len(invites(office)) == 3
    assert office.rows("SELECT count(*) FROM invite") == [(6,)]


def test_a_masked_sheet_shows_only_how_names_begin(office: Office) -> None:
    sheet = office.folder / "sheet.html"
    last(office.run("qr_sheet", "--region", WILLOW, sheet, "--masked", **BOT))
    page = sheet.read_text("utf-8")
    assert "李*" in page
    assert "李娜" not in page


def test_without_anybody_to_invite_no_sheet_is_written(office: Office) -> None:
    office.rows("UPDATE person SET state = 'erased'")
    sheet = office.file("sheet.html", "the sheet of last year")
    assert last(office.run("qr_sheet", "--region", WILLOW, sheet, **BOT)) == {"cards": 0}
    assert sheet.read_text("utf-8") == "the sheet of last year"


def test_a_sheet_that_cannot_be_written_costs_no_link(office: Office) -> None:
    nowhere = office.folder / "nowhere" / "sheet.html"
    assert "nowhere" in refusal(office.run("qr_sheet", "--region", WILLOW, nowhere, **BOT))
    assert "990" in refusal(office.run("qr_sheet", "--region", "990", nowhere, **BOT))
    assert invites(office) == []


def test_an_invite_lasts_as_long_as_the_settings_say(office: Office) -> None:
    options = ("--role", "cadre", "--region", WILLOW)
    office.run("invite", *options, INVITE_DAYS="7", **BOT)
    span = "SELECT round(julianday(expires_at) - julianday(created_at)) FROM invite"
    assert office.rows(span) == [(7.0,)]
    assert Config.model_fields["invite_days"].default == 90
