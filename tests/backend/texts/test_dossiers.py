"""The words of a copy of one's data: every table, column and state of it has a name."""

from datetime import datetime

import pytest

from backend.actions import mydata
from backend.domain.consent import Purpose
from backend.domain.schedule import State
from backend.i18n import locales, translator
from backend.texts.dossiers import dossier_text
from tests.builders import wang_xiuying


@pytest.mark.parametrize("locale", locales())
def test_every_table_and_column_of_an_export_has_a_name(locale: str) -> None:
    names = dossier_text(translator(locale)._).names
    shown = {column for columns in mydata.SHOWN.values() for column in columns.split(", ")}
    sealed = {column for columns in mydata.SEALED.values() for column in columns}
    assert (set(mydata.SHOWN) | shown | sealed) - set(names) == set()


@pytest.mark.usefixtures("database")
async def test_everything_of_her_own_row_has_a_name(now: datetime) -> None:
    person = await wang_xiuying()
    names = dossier_text(translator("zh_CN")._).names
    [row] = (await mydata.export(person.id, now=now))["person"]
    assert set(row) - set(names) == set()


@pytest.mark.parametrize("locale", locales())
def test_states_purposes_and_the_like_have_names(locale: str) -> None:
    names = dossier_text(translator(locale)._).names
    assert set(State) | set(Purpose) | {"female", "male", "True", "False"} <= set(names)
