"""A copy of one's data: a page to read, and data for a computer, of the same content."""

import json
from datetime import datetime

import pytest

from backend.actions import audit, dossiers
from backend.actions.dossiers import DossierWords
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")
WORDS = DossierWords("zh_CN", "全部记录", "都在这里", "无", {"name": "姓名"})


async def test_the_page_and_the_data_hold_the_same_person(now: datetime) -> None:
    person = await wang_xiuying()
    page = await dossiers.take_along(person.id, "html", words=WORDS, now=now)
    data = await dossiers.take_along(person.id, "json", words=WORDS, now=now)
    assert (page.name, data.name) == ("suixing-2026-11-23.html", "suixing-2026-11-23.json")
    assert "<th>姓名</th><td>王秀英</td>" in page.content.decode()
    assert json.loads(data.content)["person"][0]["name"] == "王秀英"


async def test_taking_it_along_is_noted(now: datetime) -> None:
    person = await wang_xiuying()
    await dossiers.take_along(person.id, "json", words=WORDS, now=now)
    assert [entry.action for entry in await audit.about(person.id)] == ["exported"]
