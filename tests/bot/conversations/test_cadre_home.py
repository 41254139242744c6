"""Becoming a cadre: keys and commands of one's own, and the way to one's own services."""

from backend.actions import invites
from backend.domain.access import Role
from backend.store.models import RoleGrant
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue, stray
from tests.bot.talk import press, say, start, tap
from tests.builders import LONG_AGO, TOWNSHIP, WILLOW, a_township


async def test_who_comes_in_as_a_cadre_finds_her_own_keys_and_commands(town: Town) -> None:
    await a_township()
    phone = town.phone(first_name="赵明")
    token = await invites.create(Role.CADRE, WILLOW, name="赵明", now=town.now)
    await start(phone, "柳树村的村干部", token)
    assert "/tasks" not in phone.commands
    await press(phone, "同意", "登记好了")
    await town.settle()
    assert phone.keyboard == [
        ["📋 今天的任务", "🔍 找人"],
        ["📝 登记确认", "⚙️ 设置"],
        ["🙂 我自己的服务"],
    ]
    assert phone.commands[:2] == ["/tasks", "/search"]


async def test_a_cadre_has_services_of_her_own_and_finds_the_way_back(town: Town) -> None:
    phone, person_id = await her_phone(town)
    assert "/tasks" not in phone.commands
    token = await invites.create(Role.CADRE, WILLOW, person_id=person_id, now=town.now)
    await start(phone, "柳树村的村干部", token)
    await press(phone, "接受", "登记好了")
    await tap(phone, "我自己的服务", "今天没有要办的事")
    assert [key for row in phone.keyboard for key in row] == [
        "📅 我的安排",
        "🎁 可享服务",
        "🏠 我要搬家",
        "💬 投诉建议",
        "🙋 找村干部",
        "🗂 村里的工作",
    ]
    await tap(phone, "村里的工作", "今天 0 件 · 逾期 0 · 本周完成 0/0")


async def test_who_holds_every_role_goes_from_board_to_board(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, language_code=w.code)
    for role, region in (("cadre", WILLOW), ("officer", TOWNSHIP)):
        await RoleGrant.create(
            person_id=person_id, role=role, region_code=region, granted_at=LONG_AGO
        )
    nothing, tasks = (
        w("Nothing to do today."),
        w("Today {today} · overdue {overdue} · this week {done}/{week} done"),
    )
    await say(phone, "/menu", nothing)
    for board, shown, first in (
        ("🗂 Village work", tasks, "📋 Today's tasks"),
        ("🙂 My own services", nothing, "📅 My schedule"),
        ("🏛 Township office", nothing, "📢 Write a notice"),
    ):
        await tap(phone, w(board), shown)
        assert phone.keyboard[0][0] == w(first)
    await stray(phone, w)


async def test_the_commands_follow_the_language(town: Town) -> None:
    phone, _ = await her_phone(town)
    phone.say("/language")
    await phone.until("语言")
    await press(phone, "English", "The language is changed.")
    await town.settle()
    profile = town.sandbox.world.profile
    held = profile.commands_for(phone.id, "zh")
    assert held[0]["description"] == "Open the menu"
