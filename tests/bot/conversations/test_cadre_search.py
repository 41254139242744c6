"""Finding people of one's own grid, opening a number, and writing down for who has no phone."""

from backend.actions import audit
from backend.actions.planning import replan
from backend.domain.consent import Purpose
from backend.store.models import Consent, DueService, LifeEvent, ServiceRecord, Task, Visit
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, tap
from tests.builders import STONE_BRIDGE, a_person


async def test_found_by_name_pinyin_and_phone_masked_until_opened(town: Town) -> None:
    phone, actor = await his_phone(town)
    zhou = await without_a_phone(phone="13800138123")
    await a_person("周桂英", village_code=STONE_BRIDGE, phone="13900139123")
    await tap(phone, "找人", "请写姓名、拼音，或电话后四位")
    for words in ("桂英", "zhouguiying", "zgy", "8123"):
        await say(phone, words, "是哪一位？")
        assert [row[0]["text"] for row in phone.screen.buttons][1:] == ["🔍 重新找", "⬅ 返回"]
    shown = await press(phone, "周** · 🏠0012 · 1996 年生", "👤 周** 138****8123")
    assert "周桂英" not in shown.text
    await press(phone, "显示姓名电话", "周桂英 13800138123")
    entries = [entry for entry in await audit.about(zhou.id) if entry.action == "contact_opened"]
    assert [entry.actor_id for entry in entries] == [actor.person_id]


async def test_nobody_of_another_grid_is_found(town: Town) -> None:
    phone, _ = await his_phone(town)
    await a_person("李娜", village_code=STONE_BRIDGE, phone="13800138002")
    await tap(phone, "找人", "找谁？")
    for words in ("李娜", "lina", "8002", "13800138002"):
        await say(phone, words, "没有找到")


async def test_a_visit_is_noted_and_she_may_read_it(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone()
    await tap(phone, "找人", "找谁？")
    await say(phone, "周桂英", "是哪一位？")
    await press(phone, "周**", "👤")
    await press(phone, "记一笔", "要记什么？")
    await press(phone, "走访或电话", "今天是怎么联系的？")
    await press(phone, "上门", "要记一句话吗？")
    await say(phone, "下周再来", "记下了")
    visit = await Visit.get(person_id=zhou.id)
    assert (visit.way, visit.note, visit.on_date) == ("home", "下周再来", town.now.date())


async def test_consent_in_person_then_a_pregnancy_then_a_loss_that_ends_it_all(town: Town) -> None:
    phone, actor = await his_phone(town)
    zhou = await without_a_phone()
    await tap(phone, "找人", "找谁？")
    await say(phone, "周桂英", "是哪一位？")
    await press(phone, "周**", "👤")
    await press(phone, "记一笔", "要记什么？")
    await press(phone, "怀孕", "末次月经")
    await say(phone, "10月1日", "先同意参加")
    await press(phone, "本人同意", "念给她听")
    for line in ("参加服务", "孕期和产后"):
        await press(phone, line, "请念给她听：")
        await press(phone, "她同意", "她在您身边吗？")
    consents = await Consent.filter(person_id=zhou.id).order_by("id")
    assert [(one.purpose, one.recorded_by) for one in consents] == [
        (Purpose.SERVICE, actor.person_id),
        (Purpose.MATERNAL, actor.person_id),
    ]
    await press(phone, "好了", "记下了")
    await press(phone, "再记一笔", "要记什么？")
    await press(phone, "怀孕", "末次月经")
    await say(phone, "10月1日", "记下了")
    assert await DueService.filter(person_id=zhou.id, rule="m1", state="open").exists()
    await town.work()
    assert (await Task.get(person_id=zhou.id)).kind == "visit"
    await press(phone, "再记一笔", "要记什么？")
    await press(phone, "情况有变化", "不用问原因")
    await press(phone, "停止", "记下了")
    assert (await Task.get(person_id=zhou.id)).state == "cancelled"
    assert not await DueService.filter(person_id=zhou.id, state__in=["open", "planned"]).exists()
    await town.pass_time(days=2)
    assert await Task.filter(person_id=zhou.id).count() == 1
    assert {one.reported_by for one in await LifeEvent.all()} == {actor.person_id}


async def test_a_service_she_had_is_written_down(town: Town) -> None:
    phone, actor = await his_phone(town)
    zhou = await without_a_phone(topics=(Purpose.SCREENING,), birth_date=None, birth_year=1980)
    await replan(zhou.id, now=town.now)
    await tap(phone, "找人", "找谁？")
    await say(phone, "周桂英", "是哪一位？")
    await press(phone, "周**", "👤")
    await press(phone, "记一笔", "要记什么？")
    await press(phone, "她做过的服务", "她做了哪一项？")
    await press(phone, "两癌", "她是哪天做的？")
    await press(phone, "昨天", "记下了")
    record = await ServiceRecord.get(person_id=zhou.id)
    assert record.reported_by == actor.person_id


async def test_who_uses_the_service_herself_is_left_to_say_it(town: Town) -> None:
    phone, _ = await his_phone(town)
    await her_phone(town, phone="13800138001")
    await tap(phone, "找人", "找谁？")
    await say(phone, "8001", "是哪一位？")
    await press(phone, "王**", "自己在用这个服务。")
    shown = await press(phone, "记一笔", "其他的请她自己说")
    assert [row[0]["text"] for row in shown.buttons] == ["👣 走访或电话"]


async def test_search_in_english(town: Town) -> None:
    phone, _ = await his_phone(town, language_code="en")
    await without_a_phone()
    await tap(phone, "Find a person", "Whom? Type a name")
    await say(phone, "nobody", "Nobody in your grid fits.")
    await say(phone, "guiying", "Who is it?")
    await press(phone, "周**", "No chat of her own.")
