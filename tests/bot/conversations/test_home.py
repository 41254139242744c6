"""The home screen: greeting, what is due, and a gentle answer to whatever was not understood."""

from datetime import date

import pytest

from backend.actions import planning
from backend.domain.consent import Purpose
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start
from tests.builders import a_person

IN_THE_FORTIES = date(1985, 2, 3)


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(6, "上午好"), (11, "上午好"), (12, "下午好"), (17, "下午好"), (18, "晚上好"), (23, "晚上好")],
)
async def test_she_is_greeted_by_name_and_hour(town: Town, hour: int, greeting: str) -> None:
    await town.morning(at=hour)
    phone = town.phone()
    await a_person("王秀英", chat=phone.id)
    home = await start(phone, greeting)
    assert home.text.startswith(f"王女士，{greeting}。")


@pytest.mark.parametrize(("sex", "name"), [("male", "王先生，"), (None, "王秀英，")])
async def test_a_person_is_addressed_as_far_as_known(
    town: Town, sex: str | None, name: str
) -> None:
    phone, _ = await her_phone(town, sex=sex)
    assert phone.screen.text.startswith(name)


async def test_it_counts_what_is_due_without_saying_what(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.SCREENING, birth_date=IN_THE_FORTIES)
    await planning.replan(person_id, now=town.now)
    await start(phone, "有 1 件事要办。")
    assert "筛查" not in phone.screen.text


async def test_it_names_the_most_urgent_thing_to_her_who_shows_contents(town: Town) -> None:
    phone, person_id = await her_phone(
        town, Purpose.SCREENING, birth_date=IN_THE_FORTIES, hides_content=False
    )
    await planning.replan(person_id, now=town.now)
    home = await start(phone, "有 1 件事要办。\n免费两癌检查：还有")
    assert home.content["has_protected_content"]


async def test_nothing_due_is_said(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHILD)
    assert "今天没有要办的事。" in phone.screen.text


async def test_what_is_not_understood_ends_here(town: Town) -> None:
    phone, _ = await her_phone(town)
    await say(phone, "今天天气真好", "没看懂您的意思，请点下面的按钮。")
    phone.send_file(b"...", kind="voice", name="voice.ogg")
    await phone.until("我只看得懂文字和按钮")
    assert phone.keyboard


async def test_a_stranger_is_shown_the_way_in_and_asked_for_consent_first(town: Town) -> None:
    phone = town.phone(language_code="en")
    await start(phone, "service assistant")
    await say(phone, "/menu", "register first")
    await press(phone, "Register myself", "It is voluntary; leave whenever you like.")
