"""The page with everything of hers reads well and runs nothing."""

from backend.files.dossiers import DossierWords, render

WORDS = DossierWords(
    locale="zh_CN",
    title="您的资料",
    introduction="这里是全部。",
    nothing="没有",
    names={"person": "本人", "name": "姓名", "dose_log": "叶酸", "taken": "吃了", "answer": "回答"},
)


def test_each_table_is_a_section_in_her_language() -> None:
    page = render(
        {
            "person": [{"name": "王秀英", "phone": None}],
            "dose_log": [{"answer": "taken"}, {"answer": "not_today"}],
            "task": [],
        },
        WORDS,
    )
    assert '<html lang="zh-CN">' in page
    assert "<th>姓名</th><td>王秀英</td>" in page
    assert "phone" not in page
    assert "<td>吃了</td>" in page
    assert '<h2>task</h2><p class="none">没有</p>' in page


def test_what_somebody_typed_stays_text() -> None:
    page = render({"person": [{"name": '<script>alert("1")</script>'}]}, WORDS)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
