"""Inviting a village's cadre: the officer's side, and what the link does on the cadre's phone."""

from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.office import officers_phone, readers_phone
from tests.bot.talk import press, say, tap


async def invite(office: Phone, name: str = "赵明") -> str:
    """Invite a cadre of 柳树村 and return the link."""
    await tap(office, "邀请村干部", "第 1/2 步\n邀请哪个村的干部？")
    await press(office, "柳树村", "第 2/2 步\n这位村干部叫什么名字？")
    made = await say(office, name, f"请让{name}扫码或点链接。")
    assert made.content["photo"], "the link as a QR code"
    return made.text.splitlines()[-1]


async def test_a_link_brings_the_cadre_in_once(town: Town) -> None:
    office = await officers_phone(town)
    link = await invite(office)
    cadre = town.phone(first_name="赵明")
    cadre.follow(link)
    await cadre.until("请您担任柳树村的村干部")
    await press(cadre, "同意", "登记好了")
    assert "📋 今天的任务" in str(cadre.keyboard)
    other = town.phone(first_name="李雷")
    other.follow(link)
    await other.until("这个邀请已失效")
    await press(office, "发过的邀请", "赵明 · 柳树村 · ✅ 已加入")
    assert office.screen.labels == ["🤝 再邀请一位"]


async def test_an_invite_not_used_yet_is_taken_back(town: Town) -> None:
    office = await officers_phone(town)
    link = await invite(office)
    await press(office, "发过的邀请", "赵明 · 柳树村 · ⏳ 还没用")
    await press(office, "赵明 · 柳树村", "链接2027年2月21日前有效。要撤回吗？")
    await say(office, "不要", "发过的邀请")
    await press(office, "赵明 · 柳树村", "要撤回吗？")
    await press(office, "撤回", "已撤回，链接不能用了。")
    assert "🚫 已撤回" in office.screen.text
    cadre = town.phone(first_name="赵明")
    cadre.follow(link)
    await cadre.until("这个邀请已失效")


async def test_typed_villages_and_names_are_understood_or_asked_again(town: Town) -> None:
    office = await officers_phone(town)
    await tap(office, "邀请村干部", "邀请哪个村的干部？")
    await say(office, "月亮村", "名单里没有这个村")
    await say(office, "石桥村委会", "这位村干部叫什么名字？")
    await say(office, "12345", "不像姓名")
    await say(office, "赵明", "请让赵明扫码")


async def test_nobody_but_the_office_invites(town: Town) -> None:
    reader = await readers_phone(town)
    await say(reader, "邀请村干部", "您没有权限查看或修改。")


async def test_inviting_in_english(town: Town) -> None:
    office = await officers_phone(town, "Sun Li", language_code="en")
    await tap(office, "Invite a cadre", "Invite a cadre for which village?")
    await press(office, "石桥村", "What is the cadre's name?")
    await say(office, "Zhao Ming", "Show or send this to Zhao Ming. It works once, for 90 days.")
    await press(office, "Invites so far", "Zhao Ming · 石桥村 · ⏳ not used yet")
