"""Coming in by an invite: greeting, privacy, the general consent, then topic by topic."""

from datetime import date, timedelta

from backend.actions import accounts, consents, invites
from backend.domain.access import Role
from backend.domain.consent import Purpose
from tests.bot.conftest import Town
from tests.bot.talk import press, say, start
from tests.builders import STONE_BRIDGE, WILLOW, a_person, li_na, zhao_ming

HOME = ["📅 我的安排", "🎁 可享服务"]


async def invited(town: Town, name: str = "王秀英", **columns: object) -> tuple[int, str]:
    """Put somebody on the roster and give her an invite; return her number and the token."""
    person = await a_person(name, **columns)  # type: ignore[arg-type]
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=person.id, now=town.now)
    return person.id, token


async def test_the_greeting_names_township_village_and_cadre(town: Town) -> None:
    await zhao_ming()
    _, token = await invited(town)
    phone = town.phone()
    greeting = await start(phone, "小助手", token)
    assert greeting.text == (
        "您好，我是青溪镇健康服务小助手。\n柳树村的赵明邀请您。\n"
        "我会提醒您免费检查和服务。参加自愿，随时可退出。"
    )
    assert greeting.labels == ["✅ 同意并开始", "🔒 先看看隐私", "不用了"]


async def test_she_agrees_and_chooses_one_topic_of_several(town: Town) -> None:
    person_id, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "同意并开始", "想收到哪些提醒")
    assert "✅" not in " ".join(phone.screen.labels), "nothing is ticked before she says so"
    await press(phone, "孕期和产后", "末次月经")
    await press(phone, "好，提醒我", "想收到哪些提醒")
    await press(phone, "育儿", "宝宝生日")
    await press(phone, "不用了", "想收到哪些提醒")
    assert "✅ 孕期和产后" in phone.screen.labels
    await press(phone, "选好了", "会提醒您：孕期和产后。")
    assert phone.keyboard[0] == HOME
    assert await consents.in_force_for(person_id) == {Purpose.SERVICE, Purpose.MATERNAL}
    assert Purpose.CHILD not in await consents.to_ask(person_id), "a no is final"
    assert Purpose.SCREENING in await consents.to_ask(person_id), "she never looked at that one"


async def test_she_may_want_no_topic_at_all(town: Town) -> None:
    person_id, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "同意并开始", "想收到哪些提醒")
    await press(phone, "都不要", "登记好了")
    assert await consents.in_force_for(person_id) == {Purpose.SERVICE}


async def test_typed_words_do_what_the_buttons_do(town: Town) -> None:
    person_id, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await say(phone, "好的", "想收到哪些提醒")
    await say(phone, "两癌筛查", "乳腺癌")
    await say(phone, "可以", "想收到哪些提醒")
    await say(phone, "选好了", "登记好了")
    assert Purpose.SCREENING in await consents.in_force_for(person_id)


async def test_privacy_is_read_before_anything_is_agreed_to(town: Town) -> None:
    person_id, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "先看看隐私", "您的信息，您说了算")
    assert await consents.answers(person_id) == []
    await press(phone, "返回", "邀请您")
    await press(phone, "先看看隐私", "存3年")
    await press(phone, "同意并开始", "想收到哪些提醒")
    assert Purpose.SERVICE in await consents.in_force_for(person_id)


async def test_a_no_keeps_nothing_and_leaves_the_invite_good(town: Town) -> None:
    person_id, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "不用了", "好的，不打扰您了")
    assert await consents.answers(person_id) == []
    assert await accounts.visitor_of(person_id) is None
    await start(phone, "邀请您", token)


async def test_she_may_change_her_mind_right_after_a_no(town: Town) -> None:
    _, token = await invited(town)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "不用了", "不打扰您了")
    await press(phone, "我又想用了", "邀请您")


async def test_a_used_expired_or_unknown_invite_offers_to_register(town: Town) -> None:
    _, used = await invited(town)
    first = town.phone()
    await start(first, "邀请您", used)
    await press(first, "同意并开始", "想收到哪些提醒")
    _, expired = await invited(town, "李娜")
    town.clock.move(timedelta(days=91))
    for token in (used, expired, "nobody-made-this-token"):
        phone = town.phone()
        screen = await start(phone, "这个邀请已失效", token)
        assert screen.labels == ["📝 自己登记"]
    await press(phone, "自己登记", "我是青溪镇健康服务小助手")


async def test_somebody_under_18_is_handed_to_a_person_and_stays_outside(town: Town) -> None:
    person_id, token = await invited(town, birth_date=date(2010, 1, 1))
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "同意并开始", "还没满18岁")
    assert await accounts.visitor_of(person_id) is None
    assert await consents.answers(person_id) == []


async def test_somebody_who_is_in_needs_no_invite(town: Town) -> None:
    phone = town.phone()
    person = await a_person("王秀英", chat=phone.id)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=person.id, now=town.now)
    await start(phone, "不用再点邀请", token)
    await press(phone, "打开菜单", "王女士")


async def test_an_invite_for_somebody_else_names_nobody(town: Town) -> None:
    phone = town.phone()
    await a_person("王秀英", chat=phone.id)
    other = await li_na()
    token = await invites.create(Role.RESIDENT, STONE_BRIDGE, person_id=other.id, now=town.now)
    screen = await start(phone, "给别人的", token)
    assert "李" not in screen.text
    assert await accounts.visitor_of(other.id) is None


async def test_who_registered_herself_and_waits_is_told_to_wait(town: Town) -> None:
    phone = town.phone()
    await a_person("王秀英", chat=phone.id, state="waiting")
    other = await a_person("王秀英")
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=other.id, now=town.now)
    await start(phone, "您已经自己登记了，等村干部确认就行。", token)


async def test_a_resident_is_made_cadre_by_an_invite_she_accepts(town: Town) -> None:
    phone = town.phone()
    person = await a_person("王秀英", chat=phone.id)
    token = await invites.create(Role.CADRE, WILLOW, name="王秀英", now=town.now)
    await start(phone, "请您担任柳树村的村干部", token)
    await press(phone, "接受", "登记好了")
    visitor = await accounts.visitor_of(person.id)
    assert visitor
    assert Role.CADRE in visitor.roles


async def test_she_says_no_to_a_role_and_stays_who_she_is(town: Town) -> None:
    phone = town.phone()
    person = await a_person("王秀英", chat=phone.id)
    token = await invites.create(Role.CADRE, WILLOW, now=town.now)
    await start(phone, "请您担任", token)
    await press(phone, "不用了", "王女士")
    visitor = await accounts.visitor_of(person.id)
    assert visitor
    assert visitor.held == ()


async def test_who_comes_back_on_a_new_phone_is_not_asked_what_she_refused(town: Town) -> None:
    person = await a_person("王秀英", chat=4711, topics=(Purpose.MATERNAL,))
    await consents.refuse(person.id, [Purpose.CHILD], now=town.now)
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=person.id, now=town.now)
    phone = town.phone()
    await start(phone, "邀请您", token)
    await press(phone, "同意并开始", "想收到哪些提醒")
    assert "✅ 孕期和产后" in phone.screen.labels
    assert "育儿" not in " ".join(phone.screen.labels)


async def test_an_english_phone_is_greeted_in_english(town: Town) -> None:
    await zhao_ming()
    _, token = await invited(town)
    phone = town.phone(language_code="en")
    await start(phone, "赵明 of 柳树村 invites you.", token)
    await press(phone, "Agree and start", "What may I remind you of?")
    await press(phone, "Cancer screening", "never results")
    await say(phone, "no thanks", "What may I remind you of?")
    await press(phone, "None of these", "You are registered.")
    assert phone.keyboard[0] == ["📅 My schedule", "🎁 Services for me"]
