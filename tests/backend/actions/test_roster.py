"""Taking in a roster: the same person is recognised, changes are applied, nothing comes twice."""

from collections.abc import Iterable, Iterator
from contextlib import aclosing
from datetime import date, datetime, timedelta

import pytest

from backend.actions import audit
from backend.actions.roster import BATCH, Tally, import_roster
from backend.domain.consent import Purpose
from backend.domain.errors import TableDamaged
from backend.domain.people import Rejection
from backend.files.rosters import Rejected, RosterRow
from backend.store.models import AuditEntry, DueService, Household, Person
from tests.builders import STONE_BRIDGE, WILLOW, a_township, wang_xiuying

ID_FANG = "11010519491231002X"
ID_OTHER = "110101199003070185"
PHONE = "13800138000"
OTHER_PHONE = "13900139000"


def row(name: str = "王芳", **columns: object) -> RosterRow:
    """王芳's row in 柳树村 with nothing but her name, unless said otherwise."""
    nothing = dict.fromkeys(RosterRow._fields)
    given = nothing | {"line": 2, "name": name, "village_code": WILLOW} | columns
    return RosterRow(**given)  # type: ignore[arg-type]


async def take_in(
    *rows: RosterRow | Rejected, now: datetime, roster: Iterable[RosterRow] = ()
) -> Tally:
    """Import the rows, or a whole roster, and return the last tally."""
    return [tally async for tally in import_roster(roster or rows, now=now)][-1]


@pytest.fixture(autouse=True)
async def township(database: str) -> None:
    await a_township()


async def test_a_new_person_is_kept_with_all_that_the_row_says(now: datetime) -> None:
    await take_in(
        row(
            id_number=ID_FANG, phone=PHONE, birth_date=date(1949, 12, 31), sex="female",
            household="柳001", language="English", remarks="独居",
        ),
        now=now,
    )  # fmt: skip
    fang = await Person.get()
    assert (fang.name, fang.id_number, fang.phone) == ("王芳", ID_FANG, PHONE)
    assert (fang.birth_date, fang.sex, fang.remarks) == (date(1949, 12, 31), "female", "独居")
    assert (fang.state, fang.locale, fang.village_code) == ("roster", "en", WILLOW)
    house = await Household.get()
    assert (fang.household_id, house.number, house.cadre_id) == (house.id, "柳001", None)


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        pytest.param(row(), row(), True, id="same village and name, nothing more"),
        pytest.param(row(), row(village_code=STONE_BRIDGE), False, id="other village"),
        pytest.param(row(), row("王方"), False, id="other name"),
        pytest.param(row(phone=PHONE), row(), True, id="the second leaves the phone out"),
        pytest.param(row(), row(phone=PHONE), True, id="the second adds a phone"),
        pytest.param(row(phone=PHONE), row(phone=OTHER_PHONE), False, id="phones contradict"),
        pytest.param(
            row(phone=PHONE),
            row(phone=PHONE, village_code=STONE_BRIDGE),
            True,
            id="phone and name, moved",
        ),
        pytest.param(row(phone=PHONE), row("李娜", phone=PHONE), False, id="a shared phone"),
        pytest.param(
            row(phone=PHONE, birth_date=date(1990, 5, 3)),
            row(phone=PHONE, birth_date=date(1990, 3, 5)),
            True,
            id="phone and name, birth date mended",
        ),
        pytest.param(
            row(phone=PHONE, id_number=ID_FANG),
            row(phone=PHONE, id_number=ID_OTHER),
            False,
            id="phone and name, ID numbers differ",
        ),
        pytest.param(
            row(phone=PHONE),
            row(phone=PHONE, id_number=ID_FANG),
            True,
            id="phone and name, the ID number is new",
        ),
        pytest.param(
            row(id_number=ID_FANG, phone=PHONE),
            row("王方", id_number=ID_FANG, phone=OTHER_PHONE, village_code=STONE_BRIDGE),
            True,
            id="same ID number, all else changed",
        ),
        pytest.param(
            row(birth_date=date(1990, 5, 3)),
            row(birth_date=date(1990, 3, 5)),
            False,
            id="birth dates contradict",
        ),
        pytest.param(row(sex="female"), row(sex="male"), False, id="sexes contradict"),
        pytest.param(row(household="1"), row(household="2"), False, id="households contradict"),
        pytest.param(
            row(household="1"), row(household="1"), True, id="same household, nothing more"
        ),
    ],
)
async def test_the_same_person_is_recognised_within_a_file_and_between_files(
    first: RosterRow, second: RosterRow, is_same: bool, now: datetime
) -> None:
    expected = (1, 1) if is_same else (2, 0)
    together = await take_in(first, second, now=now)
    assert (together.accepted, together.duplicates) == expected
    await Person.all().delete()
    await take_in(first, now=now)
    later = await take_in(second, now=now)
    assert (1 + later.accepted, later.duplicates) == expected
    assert await Person.all().count() == expected[0]


async def test_a_changed_phone_no_longer_recognises_her(now: datetime) -> None:
    tally = await take_in(
        row(id_number=ID_FANG, phone=PHONE),
        row(id_number=ID_FANG, phone=OTHER_PHONE),
        row(phone=PHONE),
        now=now,
    )
    assert (tally.accepted, tally.duplicates) == (2, 1)


async def test_what_a_later_row_says_is_applied_and_what_it_leaves_out_stays(
    now: datetime,
) -> None:
    await take_in(
        row(id_number=ID_FANG, phone=PHONE, household="柳001", remarks="独居"),
        row("王方", id_number=ID_FANG, phone=OTHER_PHONE, village_code=STONE_BRIDGE),
        now=now,
    )
    fang = await Person.get()
    assert (fang.name, fang.phone, fang.village_code) == ("王方", OTHER_PHONE, STONE_BRIDGE)
    assert (fang.id_number, fang.remarks) == (ID_FANG, "独居")
    assert fang.household_id == (await Household.get()).id


async def test_the_same_file_again_changes_nothing_and_adds_nobody(now: datetime) -> None:
    rows = [row(phone=PHONE), row("李娜", household="柳002"), row("张燕", id_number=ID_OTHER)]
    await take_in(*rows, now=now)
    before = await Person.all().order_by("id").values("id", "name_index", "household_id")
    again = await take_in(*rows, now=now + timedelta(days=1))
    assert (again.rows, again.accepted, again.duplicates) == (3, 0, 3)
    assert await Person.all().order_by("id").values("id", "name_index", "household_id") == before


async def test_rejected_rows_are_counted_and_cost_the_others_nothing(now: datetime) -> None:
    wrong = Rejected(3, "phone", Rejection.PHONE_UNREADABLE)
    tally = await take_in(row(), wrong, row("李娜"), now=now)
    assert (tally.rows, tally.accepted, tally.duplicates) == (3, 2, 0)
    assert tally.rejected == [wrong]


async def test_stopped_after_a_batch_it_is_taken_up_again(now: datetime) -> None:
    rows = [row(f"王{number}", line=number) for number in range(2, BATCH + 12)]
    async with aclosing(import_roster(rows, now=now)) as progress:
        assert (await anext(progress)).accepted == BATCH
    assert await Person.all().count() == BATCH
    again = await take_in(*rows, now=now)
    assert (again.accepted, again.duplicates) == (10, BATCH)


async def test_a_file_that_breaks_off_leaves_whole_batches(now: datetime) -> None:
    def torn() -> Iterator[RosterRow]:
        for number in range(2, BATCH + 5):
            yield row(f"王{number}", line=number)
        raise TableDamaged

    with pytest.raises(TableDamaged):
        await take_in(roster=torn(), now=now)
    assert await Person.all().count() == BATCH


async def test_a_corrected_birth_date_plans_anew_for_a_person_who_takes_part(
    now: datetime,
) -> None:
    xiuying = await wang_xiuying(topics=(Purpose.SCREENING,))
    changed = row("王秀英", phone="13800138001", birth_date=date(1980, 1, 1))
    tally = await take_in(changed, now=now)
    assert (tally.accepted, tally.duplicates) == (0, 1)
    assert await DueService.filter(person_id=xiuying.id, rule="sc1").exists()


async def test_an_import_stands_in_the_audit_log(now: datetime) -> None:
    await take_in(row(), now=now)
    entry = await AuditEntry.get(action="roster_imported")
    assert entry.detail == "1 rows"
    assert (await audit.verify()).ok


async def test_where_somebody_is_registered_is_a_fact_beside_where_she_lives(
    now: datetime,
) -> None:
    lives_here = row(phone=PHONE, registered="石桥村", registered_code=STONE_BRIDGE)
    tally = await take_in(lives_here, now=now)
    assert (tally.accepted, tally.duplicates) == (1, 0)
    await take_in(row(phone=PHONE), now=now)
    fang = await Person.get()
    assert (fang.village_code, fang.registered_code) == (WILLOW, STONE_BRIDGE)
    assert fang.registered_place == "石桥村"
    await take_in(row(phone=PHONE, registered="四川省达州市"), now=now)
    fang = await Person.get()
    assert (fang.registered_code, fang.registered_place) == (None, "四川省达州市")
