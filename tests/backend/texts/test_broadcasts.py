"""Every state, group and refusal of broadcasts has words in each language."""

from datetime import timedelta
from typing import get_args

import pytest

from backend.actions.recipients import Group
from backend.domain.broadcasts import Progress, Reach, Refusal, State
from backend.i18n import locales, translator
from backend.texts.broadcasts import (
    copy_text,
    duration_text,
    excerpt,
    group_name,
    progress_text,
    reach_text,
    refusal_text,
    state_name,
)


@pytest.mark.parametrize("locale", locales())
def test_nothing_is_without_words(locale: str) -> None:
    say = translator(locale)._
    named = [state_name(state, say) for state in State]
    named += [refusal_text(reason, say) for reason in Refusal]
    named += [group_name(group, say) for group in get_args(Group)]
    assert all(named)
    assert len(set(named)) == len(named)


def test_counts_are_read_in_one_line() -> None:
    say = translator("zh_CN")._
    assert reach_text(Reach(1204, 31, 96, 1077), say) == (
        "目标 1,204 · 退订 31 · 未绑定 96 · 可达 1,077"
    )
    assert progress_text(Progress(sent=1000, waiting=70, failed=7), say) == (
        "已送出 1,000 · 失败 7 · 等待 70"
    )
    everything = progress_text(Progress(1, 0, 2, 3, 4), translator("en")._)
    assert everything == "Sent 1 · failed 2 · waiting 0 · perhaps arrived 3 · not sent 4"


def test_what_readers_see_says_who_writes() -> None:
    assert copy_text("青溪镇", "停水通知") == "📢 青溪镇\n\n停水通知"


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "约1分钟"), (60, "约1分钟"), (61, "约2分钟"), (0, "约1分钟")]
)
def test_a_duration_is_rounded_up_to_minutes(seconds: int, words: str) -> None:
    assert duration_text(timedelta(seconds=seconds), translator("zh_CN").n_) == words


def test_an_excerpt_is_one_line() -> None:
    assert excerpt("一\n二 三") == "一 二 三"
    assert excerpt("好" * 50, longest=5) == "好好好好好…"
