"""The sandbox's page in a real browser: people tap on it, a bot answers over the Bot API."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.sandbox import Sandbox
from bot.sandbox.phone import Phone
from tests.bot.sandbox.conftest import Caller, Json

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP: Json = {"viewport": {"width": 1440, "height": 900}}
POCKET: Json = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed here"),
]

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium with a pretended microphone."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def open_page(browser: Browser, base_url: str) -> AsyncIterator[OpenPage]:
    """Open the page; afterwards it must have raised nothing and asked nobody but the sandbox."""
    problems: list[str] = []
    asked: list[str] = []

    async def open_at(query: str = "", kind: Json = DESKTOP) -> Page:
        context = await browser.new_context(**kind, locale="zh-CN")
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{base_url}/sandbox{query}")
        await page.wait_for_selector("body[data-ready]")
        return page

    yield open_at
    assert problems == []
    assert [url for url in asked if not url.startswith((base_url, "blob:", "data:"))] == []


@dataclass(slots=True)
class Ear:
    """Hears what people do, as a polling bot does."""

    call: Caller
    offset: int = 0

    async def next(self, kind: str) -> Any:
        """Wait for the next update and return what it holds under `kind`."""
        while True:
            waiting = {"offset": self.offset, "limit": 1, "timeout": 5}
            updates = await self.call("getUpdates", **waiting)
            assert updates, f"no {kind} came"
            self.offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return updates[0][kind]


@pytest.fixture
async def ear(call: Caller) -> Ear:
    """The bot's ear."""
    return Ear(call)


@pytest.fixture
async def wang(sandbox: Sandbox, ear: Ear) -> Phone:
    """Wang Xiuying's phone, on which Start was pressed and heard."""
    phone = sandbox.open_phone(first_name="王秀英", label="居民")
    phone.start()
    await ear.next("message")
    return phone


def screen(page: Page, phone: Phone) -> Locator:
    """Return a person's phone on the page."""
    return page.get_by_test_id(f"phone-{phone.id}")


def newest(page: Page, phone: Phone) -> Locator:
    """Return the newest message on a person's phone."""
    return screen(page, phone).get_by_test_id("message").last


def inline(*rows: list[str]) -> Json:
    """Return inline buttons whose data are their words."""
    return {"inline_keyboard": [[{"text": t, "callback_data": t} for t in row] for row in rows]}


def keys(*rows: list[str], **options: Any) -> Json:
    """Return a keyboard below the chat."""
    return {"keyboard": [[{"text": text} for text in row] for row in rows], **options}


async def test_an_invite_link_opens_a_new_phone_whose_start_button_sends_its_code(
    open_page: OpenPage, ear: Ear
) -> None:
    page = await open_page("?start=inv_7Hq2")
    assert page.url.endswith("/sandbox")
    await expect(page.get_by_text("邀请码：inv_7Hq2")).to_be_visible()
    await page.get_by_test_id("start").click()
    assert (await ear.next("message"))["text"] == "/start inv_7Hq2"
    await expect(page.get_by_test_id("compose")).to_be_visible()


async def test_what_is_typed_goes_to_the_bot_and_its_answer_appears(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    entry = screen(page, wang).get_by_test_id("compose")
    await entry.fill("我想")
    await entry.press("Shift+Enter")
    await entry.press_sequentially("报名")
    await entry.press("Enter")
    assert (await ear.next("message"))["text"] == "我想\n报名"
    await call("sendMessage", chat_id=wang.id, text="<b>好的</b>")
    await expect(newest(page, wang)).to_contain_text("<b>好的</b>")
    await expect(entry).to_have_value("")


async def test_a_pressed_button_waits_until_the_bot_answers_and_the_answer_is_shown(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    await call("sendMessage", chat_id=wang.id, text="吃了吗？", reply_markup=inline(["吃了"]))
    button = screen(page, wang).get_by_test_id("inline-button")
    await button.click()
    query = await ear.next("callback_query")
    assert query["data"] == "吃了"
    await expect(button).to_have_attribute("aria-busy", "true")
    await call("answerCallbackQuery", callback_query_id=query["id"], text="记下了")
    await expect(page.get_by_test_id("toast")).to_have_text("记下了")
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_an_alert_stays_until_it_is_acknowledged(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    await call("sendMessage", chat_id=wang.id, text="?", reply_markup=inline(["问"]))
    await screen(page, wang).get_by_test_id("inline-button").click()
    query = await ear.next("callback_query")
    answer = {"text": "请先问医生", "show_alert": True}
    await call("answerCallbackQuery", callback_query_id=query["id"], **answer)
    alert = page.get_by_role("alertdialog", name="请先问医生")
    await expect(alert).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)


async def test_an_edit_changes_the_message_where_it_stands(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    page = await open_page()
    sent = await call(
        "sendMessage", chat_id=wang.id, text="第一步", reply_markup=inline(["下一步"])
    )
    await call("sendMessage", chat_id=wang.id, text="别的")
    place = {"chat_id": wang.id, "message_id": sent["message_id"]}
    await call("editMessageText", **place, text="第二步", reply_markup=inline(["返回", "好"]))
    edited = screen(page, wang).get_by_test_id("message").nth(1)
    await expect(edited).to_contain_text("第二步")
    await expect(edited).to_contain_text("已修改")
    await expect(edited.get_by_test_id("inline-button")).to_have_text(["返回", "好"])
    await call("deleteMessage", **place)
    await expect(screen(page, wang).get_by_test_id("message")).to_have_count(2)


async def test_the_keyboard_below_sends_its_words_and_can_be_folded_away(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    home = keys(["📅 我的安排", "💬 投诉建议"], ["⚙️ 设置"], is_persistent=True)
    await call("sendMessage", chat_id=wang.id, text="您好", reply_markup=home)
    buttons = screen(page, wang).get_by_test_id("reply-button")
    await expect(buttons).to_have_count(3)
    await buttons.nth(1).click()
    assert (await ear.next("message"))["text"] == "💬 投诉建议"
    toggle = screen(page, wang).get_by_role("button", name="按钮键盘")
    await toggle.click()
    await expect(buttons.first).to_be_hidden()
    await toggle.click()
    await expect(buttons.first).to_be_visible()
    gone = {"remove_keyboard": True}
    await call("sendMessage", chat_id=wang.id, text="再见", reply_markup=gone)
    await expect(toggle).to_be_hidden()


async def test_a_phone_number_is_shared_only_after_a_yes(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    ask = {"keyboard": [[{"text": "📱 一键发送", "request_contact": True}]]}
    await call("sendMessage", chat_id=wang.id, text="电话？", reply_markup=ask)
    for answer in ("取消", "发给它"):
        await screen(page, wang).get_by_test_id("reply-button").click()
        await page.get_by_role("alertdialog").get_by_role("button", name=answer).click()
    shared = await ear.next("message")
    assert shared["contact"]["user_id"] == wang.id
    await expect(newest(page, wang)).to_contain_text(shared["contact"]["phone_number"])
    assert len(wang.messages) == 3


async def test_commands_can_be_tapped_in_a_text_and_chosen_from_the_menu(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    offered = [
        {"command": "help", "description": "帮助"},
        {"command": "stop", "description": "停止"},
    ]
    await call("setMyCommands", commands=offered)
    await call("sendMessage", chat_id=wang.id, text="请发 /help 试试")
    await screen(page, wang).get_by_role("button", name="/help", exact=True).click()
    assert (await ear.next("message"))["text"] == "/help"
    await screen(page, wang).get_by_role("button", name="命令菜单").click()
    await page.get_by_role("menuitem", name="/stop 停止").click()
    assert (await ear.next("message"))["text"] == "/stop"


async def test_a_link_to_the_bot_opens_a_phone_for_a_newcomer(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    page = await open_page()
    text = "请转给她：https://t.me/sandbox_bot?start=inv_A1"
    await call("sendMessage", chat_id=wang.id, text=text)
    await newest(page, wang).get_by_role("link").click()
    await expect(page.get_by_text("邀请码：inv_A1")).to_be_visible()
    await expect(page.get_by_test_id("start")).to_be_in_viewport()


async def test_a_photo_with_words_is_sent_and_can_be_looked_at_large(
    open_page: OpenPage, ear: Ear, wang: Phone, tmp_path: Path
) -> None:
    page = await open_page()
    Image.new("RGB", (640, 480), "teal").save(tmp_path / "form.jpg")
    await screen(page, wang).get_by_test_id("attach").click()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("menuitem", name="照片").click()
    await (await chooser.value).set_files(tmp_path / "form.jpg")
    await screen(page, wang).get_by_test_id("compose").fill("我的预约单")
    await screen(page, wang).get_by_test_id("send").click()
    sent = await ear.next("message")
    assert sent["caption"] == "我的预约单"
    assert sent["photo"][-1]["width"] == 640
    await newest(page, wang).get_by_role("button", name="看大图").click()
    await expect(page.locator("dialog[open] img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)


async def test_a_voice_message_can_be_recorded(open_page: OpenPage, ear: Ear, wang: Phone) -> None:
    page = await open_page()
    await screen(page, wang).get_by_test_id("record").click()
    await expect(screen(page, wang).get_by_text("正在录音 1 s")).to_be_visible()
    await screen(page, wang).get_by_role("button", name="发送", exact=True).last.click()
    assert (await ear.next("message"))["voice"]["file_size"] > 0
    await expect(newest(page, wang).get_by_role("button", name="播放")).to_be_visible()


async def test_protected_words_are_marked_and_cannot_be_copied(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    page = await open_page()
    for protected, menu in ((False, ["回复", "复制文字", "删除"]), (True, ["回复", "删除"])):
        await call("sendMessage", chat_id=wang.id, text="检查", protect_content=protected)
        mark = newest(page, wang).get_by_role("img", name="不能转发或保存")
        await expect(mark).to_have_count(int(protected))
        await newest(page, wang).hover()
        await newest(page, wang).get_by_role("button", name="消息选项").click()
        await expect(page.get_by_role("menuitem")).to_have_text(menu)
        await page.keyboard.press("Escape")


async def test_replying_quotes_the_message_answered(
    open_page: OpenPage, call: Caller, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    asked = await call("sendMessage", chat_id=wang.id, text="哪一天方便？")
    await expect(newest(page, wang)).to_contain_text("哪一天方便？")
    await newest(page, wang).click(button="right")
    await page.get_by_role("menuitem", name="回复").click()
    await page.keyboard.type("明天")
    await page.keyboard.press("Enter")
    heard = await ear.next("message")
    assert heard["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(newest(page, wang)).to_contain_text("哪一天方便？")


async def test_who_scrolled_up_is_told_how_many_messages_came(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    for number in range(25):
        await call("sendMessage", chat_id=wang.id, text=f"第 {number} 条")
    page = await open_page()
    await expect(newest(page, wang)).to_be_in_viewport()
    await screen(page, wang).get_by_test_id("message").nth(5).scroll_into_view_if_needed()
    await expect(screen(page, wang).get_by_role("button", name="到最新消息")).to_be_visible()
    for text in ("新的", "更新的"):
        await call("sendMessage", chat_id=wang.id, text=text)
    to_newest = screen(page, wang).get_by_role("button", name="2 条未读")
    await expect(to_newest).to_have_text("2")
    await to_newest.click()
    await expect(newest(page, wang)).to_be_in_viewport()
    await expect(to_newest).to_be_hidden()


async def test_after_a_lost_connection_the_page_catches_up(
    open_page: OpenPage, call: Caller, sandbox: Sandbox, wang: Phone
) -> None:
    page = await open_page()
    sandbox.page.close()
    await expect(page.get_by_text("连接断了")).to_be_visible()
    await call("sendMessage", chat_id=wang.id, text="您没在的时候")
    await expect(newest(page, wang)).to_contain_text("您没在的时候")
    await expect(page.get_by_text("连接断了")).to_be_hidden()


async def test_a_blocked_bot_is_told_and_can_be_let_in_again(
    open_page: OpenPage, ear: Ear, wang: Phone
) -> None:
    page = await open_page()
    await screen(page, wang).get_by_role("button", name="手机选项").click()
    await page.get_by_role("menuitem", name="停用机器人").click()
    assert (await ear.next("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    await screen(page, wang).get_by_test_id("unblock").click()
    assert (await ear.next("my_chat_member"))["new_chat_member"]["status"] == "member"
    await expect(screen(page, wang).get_by_test_id("compose")).to_be_visible()


async def test_a_phone_is_closed_only_after_a_yes(open_page: OpenPage, wang: Phone) -> None:
    page = await open_page()
    await screen(page, wang).get_by_role("button", name="手机选项").click()
    await page.get_by_role("menuitem", name="关掉这部手机").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="关掉这部手机").click()
    await expect(screen(page, wang)).to_have_count(0)
    await expect(page.get_by_text("还没有人，先加一个吧。")).to_be_visible()


async def test_the_clock_moves_on_for_everybody(
    open_page: OpenPage, sandbox: Sandbox, wang: Phone
) -> None:
    page = await open_page()
    before = sandbox.clock.now()
    for step, days in (("clock-hour", 0), ("clock-week", 7), ("clock-morning", 8)):
        await page.get_by_test_id(step).click()
        await expect(page.get_by_test_id(step)).to_be_enabled()
        assert (sandbox.clock.now() - before).days in {days, days - 1}
    await expect(page.get_by_test_id("clock")).to_have_text(re.compile(r"08:0\d"))
    await expect(screen(page, wang).locator(".status time")).to_have_text(re.compile(r"08:0\d"))


async def test_a_person_can_be_added_with_a_name_a_language_and_an_invite_link(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    page = await open_page()
    await page.get_by_test_id("add-person").click()
    await page.get_by_label("名字").fill("Aygul")
    await page.get_by_label("这个人用的语言").select_option("en")
    await page.get_by_label("邀请链接").fill("https://t.me/sandbox_bot?start=inv_B2")
    await page.get_by_test_id("add-person-confirm").click()
    await expect(page.get_by_text("邀请码：inv_B2")).to_be_visible()
    (person,) = sandbox.world.people.by_id.values()
    assert (person.first_name, person.language_code) == ("Aygul", "en")


async def test_the_page_speaks_english_too_and_remembers_language_and_text_size(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    page = await open_page()
    await call("sendMessage", chat_id=wang.id, text="您好")
    await page.get_by_role("button", name="English").click()
    await expect(screen(page, wang).get_by_placeholder("Message")).to_be_visible()
    await page.get_by_role("button", name="Larger text").click()
    await page.reload()
    await expect(page.get_by_role("button", name="+1 h")).to_be_visible()
    size = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert float(size.removesuffix("px")) > 16
    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("button", name="+1 小时")).to_be_visible()


async def test_the_tag_beside_a_name_is_in_the_language_of_the_page(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    cadre = sandbox.open_phone(first_name="赵明", label="cadre")
    other = sandbox.open_phone(first_name="孙丽", label="记者")
    page = await open_page()
    await expect(screen(page, cadre).get_by_text("村干部")).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(screen(page, cadre).get_by_text("Cadre")).to_be_visible()
    await expect(screen(page, other).get_by_text("记者")).to_be_visible()


async def test_on_a_small_screen_one_phone_fills_it_and_tabs_tell_of_the_others(
    open_page: OpenPage, call: Caller, sandbox: Sandbox, wang: Phone
) -> None:
    li = sandbox.open_phone(first_name="李海燕", label="村干部")
    li.start()
    page = await open_page(kind=POCKET)
    await expect(screen(page, wang)).to_be_visible()
    await expect(screen(page, li)).to_be_hidden()
    await call("sendMessage", chat_id=li.id, text="有一件新任务")
    tab = page.get_by_role("tab", name="李海燕")
    await expect(tab).to_have_text(re.compile("1$"))
    await tab.tap()
    await expect(newest(page, li)).to_be_in_viewport()
    await expect(tab).not_to_have_text(re.compile("1$"))
    await expect(screen(page, wang)).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_on_a_small_screen_three_tabs_fit_with_what_they_tell(
    open_page: OpenPage, call: Caller, sandbox: Sandbox
) -> None:
    sandbox.open_phone(first_name="王秀英", label="resident")
    others = [
        sandbox.open_phone(first_name=name, label=label)
        for name, label in (("赵明", "cadre"), ("孙丽", "office"))
    ]
    page = await open_page(kind=POCKET)
    for phone in others:
        phone.start()
        await call("sendMessage", chat_id=phone.id, text="有一件新任务")
    await expect(page.get_by_role("tab", name="孙丽")).to_have_text(re.compile("1$"))
    hidden = "(tabs => tabs.scrollWidth - tabs.clientWidth)(document.querySelector('.tab-list'))"
    assert await page.evaluate(hidden) == 0
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("tab", name="赵明")).to_have_text(re.compile("Cadre"))
    assert await page.evaluate(hidden) == 0


async def test_who_scrolled_up_and_presses_a_key_is_shown_the_newest_again(
    open_page: OpenPage, call: Caller, wang: Phone
) -> None:
    for number in range(25):
        await call("sendMessage", chat_id=wang.id, text=f"第 {number} 条")
    markup = {"keyboard": [[{"text": "我的安排"}]]}
    await call("sendMessage", chat_id=wang.id, text="请点一个", reply_markup=markup)
    page = await open_page(kind=POCKET)
    await expect(newest(page, wang)).to_be_in_viewport()
    await screen(page, wang).get_by_test_id("message").nth(3).scroll_into_view_if_needed()
    await expect(newest(page, wang)).not_to_be_in_viewport()
    await screen(page, wang).get_by_role("button", name="我的安排").tap()
    await expect(newest(page, wang)).to_have_text(re.compile("我的安排"))
    await call("sendMessage", chat_id=wang.id, text="好的")
    await expect(newest(page, wang)).to_have_text(re.compile("好的"))
    await expect(newest(page, wang)).to_be_in_viewport()


async def test_one_phone_can_be_opened_alone(
    open_page: OpenPage, sandbox: Sandbox, wang: Phone
) -> None:
    sandbox.open_phone(first_name="李海燕")
    page = await open_page(f"?phone={wang.id}", POCKET)
    await expect(screen(page, wang)).to_be_visible()
    await expect(page.locator(".phone")).to_have_count(1)
    await expect(page.get_by_role("tab")).to_have_count(0)
