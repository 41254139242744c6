"""The commands as an office runs them: real processes on a database of their own."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from tests.backend.files.sheets import text, xlsx
from tests.scripts.office import (
    REGIONS,
    STONE_BRIDGE,
    WILLOW,
    Office,
    last,
    refusal,
)

HEADER = ("姓名", "身份证号", "手机号", "出生日期", "村", "户编号", "备注")
FANG = ("王芳", "11010519491231002X", "+86 138-0013-8000", "", "柳树村", "柳001", "独居老人")
NA = ("李娜", "", "13900139000", "1990.5.3", "石桥村委会", "", "")
YAN = ("张燕", "", "", "", WILLOW, "", "")
TITLE = ("青溪镇服务名册", "", "", "", "", "", "")
ALL_TAKEN = {"rows": 3, "accepted": 3, "duplicates": 0, "rejected": []}


@pytest.fixture(scope="module")
def with_regions(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose list of villages is loaded, to be copied."""
    office = Office(tmp_path_factory.mktemp("office"))
    done = office.run("regions", office.file("regions.csv", REGIONS))
    assert last(done) == {"rows": 3, "regions": 3}
    return office


@pytest.fixture
def office(with_regions: Office, tmp_path: Path) -> Office:
    """An office of one's own whose list of villages is loaded."""
    return with_regions.copied_to(tmp_path)


def roster(office: Office, *rows: tuple[str, ...]) -> Path:
    """A roster as a CSV file."""
    return office.file("roster.csv", text(HEADER, *rows))


def test_the_list_of_villages_can_be_loaded_again_to_rename_one(office: Office) -> None:
    renamed = office.file("regions.csv", REGIONS.replace("石桥村", "石桥社区"))
    assert last(office.run("regions", renamed)) == {"rows": 3, "regions": 3}
    assert ("石桥社区",) in office.rows("SELECT name FROM region")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text(HEADER, FANG, NA, YAN).encode(), id="csv"),
        pytest.param(text(HEADER, FANG, NA, YAN).encode("utf-8-sig"), id="csv with a mark"),
        pytest.param(text(HEADER, FANG, NA, YAN).encode("gb18030"), id="csv in GB18030"),
        pytest.param(text(HEADER, FANG, NA, YAN, separator=";").encode(), id="semicolons"),
        pytest.param(text(TITLE, HEADER, FANG, NA, YAN, separator="\t").encode(), id="tabs, title"),
        pytest.param(xlsx(TITLE, HEADER, FANG, NA, YAN), id="workbook with a title"),
    ],
)
def test_a_roster_is_taken_in_whatever_program_wrote_it(office: Office, content: bytes) -> None:
    done = office.run("import_command", office.file("roster", content))
    assert last(done) == ALL_TAKEN
    assert office.rows("SELECT count(*) FROM person WHERE state = 'roster'") == [(3,)]


def test_wrong_rows_are_named_by_line_field_and_code_and_the_rest_is_taken(
    office: Office,
) -> None:
    file = roster(
        office,
        FANG,
        ("", "", "", "", "柳树村", "", ""),
        (*NA[:2], "1390013900", *NA[3:]),
        ("", "", "", "", "", "", ""),
        ("赵敏", "110105194912310021", *NA[2:]),
        (*NA[:3], "1990年13月3日", *NA[4:]),
        (*NA[:4], "桃花村", *NA[5:]),
        FANG,
    )
    done = office.run("import_command", file)
    assert last(done) == {
        "rows": 7,
        "accepted": 1,
        "duplicates": 1,
        "rejected": [
            {"row": 3, "field": "name", "code": "name_missing"},
            {"row": 4, "field": "phone", "code": "phone_unreadable"},
            {"row": 6, "field": "id_number", "code": "id_number_checksum"},
            {"row": 7, "field": "birth_date", "code": "birth_date_unreadable"},
            {"row": 8, "field": "village", "code": "village_unknown"},
        ],
    }
    assert "6: 身份证号有一位不对" in done.stderr


def test_progress_comes_as_json_lines_where_nobody_watches(office: Office) -> None:
    done = office.run("import_command", roster(office, FANG, NA))
    assert json.loads(done.stderr.splitlines()[0])["rows"] == 2


def test_the_same_roster_again_adds_nobody(office: Office) -> None:
    file = roster(office, FANG, NA, YAN)
    assert last(office.run("import_command", file)) == ALL_TAKEN
    again = last(office.run("import_command", file))
    assert again == {"rows": 3, "accepted": 0, "duplicates": 3, "rejected": []}


async def test_an_import_that_is_interrupted_is_kept_and_can_be_taken_up(office: Office) -> None:
    people = [(f"王{number}", "", "", "", "柳树村", "", "") for number in range(48_000)]
    file = str(roster(office, *people))
    process = await office.start("scripts.import_command", file)
    assert process.stderr is not None
    first = json.loads(await process.stderr.readline())
    process.send_signal(signal.SIGINT)
    said = (await process.communicate())[1].decode()
    assert (process.returncode, "Traceback" in said) == (130, False), said
    assert "What was done so far is kept." in said
    ((kept,),) = office.rows("SELECT count(*) FROM person")
    assert first["rows"] <= kept < len(people)
    again = last(office.run("import_command", file))
    assert (again["accepted"], again["duplicates"]) == (len(people) - kept, kept)


def test_nothing_that_names_a_person_lies_open_in_the_database(office: Office) -> None:
    last(office.run("import_command", roster(office, FANG, NA)))
    stored = b"".join(path.read_bytes() for path in office.folder.glob("office.db*"))
    for secret in ("王芳", "李娜", "11010519491231002X", "13800138000", "独居老人"):
        assert secret.encode() not in stored
    assert office.database.stat().st_mode & 0o077 == 0
    assert office.keys.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "空的", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "不是表格", id="a picture"),
        pytest.param(text(("姓名", "电话"), ("王芳", "1")).encode(), "缺", id="no village"),
        pytest.param(xlsx(HEADER, FANG)[:900], "坏了", id="cut off"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_one_line(
    office: Office, content: bytes, words: str
) -> None:
    assert words in refusal(office.run("import_command", office.file("roster.xlsx", content)))


def test_a_file_that_is_not_there_is_named(office: Office) -> None:
    missing = office.folder / "nowhere.csv"
    for command in ("import_command", "regions"):
        assert str(missing) in refusal(office.run(command, missing))
    assert refusal(office.run("import_command", office.folder)).endswith("Is a directory.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://office@localhost/people"),
        ("DATABASE_URL", "postgres://office:secret@127.0.0.1:9/people"),
        ("DATABASE_URL", "sqlite:///proc/nowhere/office.db"),
        ("ZONE", "Mars/Olympus"),
        ("INVITE_DAYS", "0"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(office: Office, name: str, value: str) -> None:
    said = refusal(office.run("migrate", **{name: value}))
    assert said.startswith((f"{name}: ", "/proc/nowhere: "))
    assert "secret" not in said


def test_a_database_of_another_kind_is_named(office: Office) -> None:
    office.database.write_bytes(b"this is not a database, but a letter " * 100)
    assert refusal(office.run("migrate")).startswith("DATABASE_URL: ")


def test_without_its_keys_a_database_is_not_opened_and_no_new_keys_are_made(
    office: Office,
) -> None:
    last(office.run("import_command", roster(office, FANG)))
    office.keys.unlink()
    assert "keys" in refusal(office.run("migrate"))
    assert not office.keys.exists()
    office.keys.write_text("{}")
    assert "keys" in refusal(office.run("migrate"))


async def test_two_migrations_at_once_of_a_new_database_both_end_well(tmp_path: Path) -> None:
    office = Office(tmp_path)
    both = [await office.start("scripts.migrate") for _ in range(2)]
    said = await asyncio.gather(*(process.communicate() for process in both))
    assert [process.returncode for process in both] == [0, 0], said
    assert office.rows("SELECT count(*) FROM person") == [(0,)]
    assert office.keys.stat().st_size > 0


def test_migrating_again_changes_nothing(office: Office) -> None:
    schema = office.rows("SELECT sql FROM sqlite_master ORDER BY name")
    assert office.run("migrate").returncode == 0
    assert office.rows("SELECT sql FROM sqlite_master ORDER BY name") == schema
    assert office.rows("SELECT name FROM region WHERE code = ?", STONE_BRIDGE) == [("石桥村",)]


def test_the_audit_log_is_verified_and_a_changed_entry_found(office: Office) -> None:
    last(office.run("import_command", roster(office, FANG)))
    assert last(office.run("audit", "verify")) == {"entries": 1, "ok": True}
    office.rows("UPDATE audit_entry SET detail = '2 rows'")
    done = office.run("audit", "verify")
    assert (done.returncode, json.loads(done.stdout)) == (1, {"entries": 0, "ok": False})
