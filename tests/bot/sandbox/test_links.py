"""Addresses: which Telegram takes, and which lead to the bot itself."""

import pytest

from bot.sandbox import Impossible, Sandbox, links


@pytest.mark.parametrize(
    ("url", "https", "problem"),
    [
        ("https://example.org", False, None),
        ("example.org/a", False, None),
        ("http://127.0.0.1:8080/", False, None),
        ("tg://resolve?domain=x", False, None),
        ("http://localhost/", False, "Wrong HTTP URL"),
        ("http://localhost./", False, "Wrong HTTP URL"),
        ("https://a.bc/d e", False, "Wrong HTTP URL"),
        ("http://[::1/", False, "Wrong HTTP URL"),
        ("mailto://a.bc", False, "Unsupported URL protocol"),
        ("http://a.bc", True, "Only HTTPS links are allowed"),
    ],
)
def test_an_address_is_taken_or_refused(url: str, https: bool, problem: str | None) -> None:
    assert links.problem(url, https=https) == problem


@pytest.mark.parametrize(
    ("link", "payload"),
    [
        ("https://t.me/sandbox_bot?start=invite-1", "invite-1"),
        ("t.me/Sandbox_Bot", ""),
        ("https://t.me/other_bot?start=x", None),
        ("https://example.org/?start=x", None),
    ],
)
def test_a_deep_link_tells_its_payload(link: str, payload: str | None) -> None:
    assert links.start_payload(link, "sandbox_bot") == payload


async def test_a_deep_link_opens_a_new_phone_or_is_followed_on_an_old_one() -> None:
    sandbox = Sandbox()
    link = "https://t.me/sandbox_bot?start=invite-1"
    assert sandbox.open_link(link).start().text == "/start invite-1"
    mei = sandbox.open_phone()
    assert mei.follow(link).text == "/start invite-1"
    with pytest.raises(Impossible):
        mei.follow("https://example.org/")
    with pytest.raises(Impossible):
        sandbox.open_link("https://example.org/")
