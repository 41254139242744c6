"""A row in every table there is, made from the models: a table to come is there by itself."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tortoise import Model, fields
from tortoise.fields.relational import ForeignKeyFieldInstance

from backend.store import models

TABLES: tuple[type[Model], ...] = tuple(getattr(models, name) for name in models.__all__)
# Beyond what four bytes hold.
HIGHEST_ID = 7_000_000_000
_DAY = date(2026, 2, 28)
_MOMENT = datetime(2026, 3, 1, 7, 30, 15, 123456, tzinfo=UTC)
_FILLED: Mapping[type, object] = {
    fields.BinaryField: b"\x00\xff'",
    fields.BooleanField: True,
    fields.DateField: _DAY,
    fields.DatetimeField: _MOMENT,
}

Rows = Mapping[str, list[dict[str, Any]]]


async def fill(*, number: int = 1, first_id: int | None = HIGHEST_ID) -> dict[str, Any]:
    """Write one row to every table, all columns filled; return their keys by table.

    Another `number` makes other rows; without a first id the database gives those it gives.
    """
    keys: dict[str, Any] = {}
    left = list(TABLES)
    while left:
        kind = next(one for one in left if keys.keys() >= set(_referred(one).values()))
        values = {name: keys[table] for name, table in _referred(kind).items()}
        for name, field in kind._meta.fields_map.items():
            if name in kind._meta.db_fields and name not in values:
                values[name] = _value(field, number)
        if kind._meta.pk.generated:
            del values[kind._meta.pk_attr]
            values |= {kind._meta.pk_attr: first_id} if first_id else {}
        keys[kind._meta.db_table] = (await kind.create(**values)).pk
        left.remove(kind)
    return keys


async def rows() -> Rows:
    """Everything that is in the database, by table."""
    return {kind._meta.db_table: await kind.all().values() for kind in TABLES}


def _referred(kind: type[Model]) -> dict[str, str]:
    """The columns of a table that refer to others, and which."""
    found = {}
    for name in kind._meta.fk_fields:
        field = kind._meta.fields_map[name]
        assert isinstance(field, ForeignKeyFieldInstance)
        assert field.source_field is not None
        found[field.source_field] = field.related_model._meta.db_table
    return found


def _value(field: fields.Field[Any], number: int) -> object:
    if isinstance(field, fields.CharField):
        return f"{number}名'"[: field.max_length]
    if isinstance(field, fields.TextField):
        return f'{{"名": "{number}\n"}}'
    return _FILLED.get(type(field), number)
