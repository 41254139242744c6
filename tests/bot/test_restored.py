"""After a restore nothing that may have gone out already goes out again by itself."""

from datetime import timedelta
from pathlib import Path

from backend.clock import Clock
from backend.domain.consent import Purpose
from backend.store.database import open_database
from backend.store.models import Broadcast, Dialog, DueService, Person
from tests.bot.test_serve import a_bot, greeted, until
from tests.builders import TOWNSHIP, a_person
from tests.conftest import SHANGHAI
from tests.scripts.office import Office
from tests.sends import a_send

SENDING, QUEUED = 1, 2
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


async def a_reader(name: str, chat: int) -> Person:
    """Somebody who asked about pregnancy, has no quiet hours, and is not planned anew."""
    return await a_person(
        name,
        chat=chat,
        topics=(Purpose.MATERNAL,),
        enrolled_on=None,
        quiet_from_minute=0,
        quiet_to_minute=0,
        reminder_minute=0,
    )


async def owed(person: Person) -> DueService:
    """A service that she is to be reminded of today."""
    now = Clock(SHANGHAI).local()
    today = now.date()
    return await DueService.create(
        person_id=person.id,
        rule="m2",
        rule_version=1,
        episode="1",
        occurrence=1,
        topic=Purpose.MATERNAL.value,
        opens_on=today - 2 * A_DAY,
        due_on=today,
        closes_on=today + 30 * A_DAY,
        state="open",
        anchor="lmp",
        anchor_on=today - 100 * A_DAY,
        remind_on=today,
        updated_at=now,
    )


async def as_it_was(office: Office, chat: int, other_chat: int) -> None:
    """Messages queued, under way and due later, notices, a dialog, and a reminder not yet made."""
    now = Clock(SHANGHAI).local()
    async with open_database(f"sqlite://{office.database}"):
        wang = await a_reader("王秀英", chat)
        await owed(await a_reader("张敏", other_chat))
        whose = {"person_id": wang.id, "now": now}
        await a_send(chat, **whose, due_at=now - AN_HOUR)
        await a_send(chat, **whose, due_at=now - AN_HOUR, state="claimed", owner_id=7, token="t")
        await a_send(
            *(chat,), **whose, state="claimed", owner_id=7, token="t", intent_at=now - AN_HOUR
        )
        await a_send(chat, **whose, due_at=now + 2 * A_DAY, expires_at=now + 3 * A_DAY)
        await a_send(chat, **whose, template="screen", kind="screen", reference="3")
        await a_send(chat, **whose, kind="broadcast", template="broadcast", broadcast_id=SENDING)
        for number, state in ((SENDING, "sending"), (QUEUED, "queued")):
            await Broadcast.create(
                id=number,
                region_code=TOWNSHIP,
                state=state,
                written_by=wang.id,
                created_at=now,
                begun_at=now if state == "sending" else None,
                goes_at=now - AN_HOUR,
            )
        await Dialog.create(
            id=1, chat_id=chat, name="home", step="menu", version=3, shown_version=2, updated_at=now
        )


async def test_nothing_goes_out_again_by_itself_and_what_is_new_does(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as bot:
        office, file = bot.office, tmp_path / "office.backup"
        wang, zhang, li = (bot.sandbox.open_phone() for _ in range(3))
        for phone in (wang, zhang, li):
            bot.sandbox.world.people.by_id[phone.id].started = True
        await as_it_was(office, wang.id, zhang.id)
        assert office.run("backup", file).returncode == 0
        done = office.run("restore", "--replace", file)
        assert "搁置的消息：6 条" in done.stdout, done.stderr
        assert "暂停的通知：1 条；退回给撰写人的：1 条" in done.stdout
        async with open_database(f"sqlite://{office.database}"):
            await owed(await a_reader("李娜", li.id))
        await bot.start()
        await greeted(bot.sandbox.open_phone())
        await until(lambda: bool(li.messages))
        assert await bot.end() == 0
        assert wang.messages == zhang.messages == []
        states = office.rows(
            "SELECT DISTINCT state FROM send WHERE chat_id IN (?, ?)", wang.id, zhang.id
        )
        assert sorted(states) == [("expired",), ("hold",)]
        assert office.rows("SELECT id, state FROM broadcast ORDER BY id") == [
            (SENDING, "paused"),
            (QUEUED, "draft"),
        ]


async def test_what_may_have_gone_says_so_and_no_number_is_given_out_again(
    tmp_path: Path,
) -> None:
    office, file = Office(tmp_path), tmp_path / "office.backup"
    await as_it_was(office, 1001, 1002)
    assert office.run("backup", file).returncode == 0
    ((last,),) = office.rows("SELECT max(id) FROM send")
    done = office.run("restore", "--replace", file)
    assert done.returncode == 0, done.stderr
    now = Clock(SHANGHAI).local()
    counts = "SELECT ambiguities FROM send WHERE state = 'hold' AND due_at {} ?"
    assert office.rows(counts.format("<"), now + AN_HOUR) == [(1,)] * 5
    assert office.rows(counts.format(">"), now + AN_HOUR) == [(0,)]
    ((version, shown),) = office.rows("SELECT version, shown_version FROM dialog")
    assert version == shown > 1000, "an old button opens the newest screen"
    async with open_database(f"sqlite://{office.database}"):
        assert (await a_send(1001, now=now)).id > last + 1000
    assert office.rows("SELECT count(*) FROM owner") == [(0,)]
