"""Encrypted columns as plain attributes, bound to table, column and row."""

from typing import Any, overload

from tortoise.models import Model

from backend.store.crypto import keys


class Sealed:
    """A text attribute kept encrypted in the column `<name>_sealed`, with its blind index.

    The row must have its id before the attribute is set: the id is part of what is sealed.
    With `index`, equal values can be looked up in the column `<name>_index`.
    """

    def __init__(self, *, index: bool = False) -> None:
        self._has_index = index
        self._name = ""

    def __set_name__(self, owner: type[Model], name: str) -> None:
        """Learn the attribute's name."""
        self._name = name

    @overload
    def __get__(self, row: None, owner: type[Model]) -> "Sealed": ...

    @overload
    def __get__(self, row: Model, owner: type[Model]) -> str | None: ...

    def __get__(self, row: Model | None, owner: type[Model]) -> "Sealed | str | None":
        """Open the column; None when it is empty; raise SealBroken when it does not open."""
        if row is None:
            return self
        held: bytes | None = getattr(row, f"{self._name}_sealed")
        return keys().unseal(bytes(held), self._place(row)) if held else None

    def __set__(self, row: Any, text: str | None) -> None:
        """Seal `text` into the column and refresh its index."""
        if row.pk is None:
            raise ValueError(f"{self._name} cannot be sealed before the row has its id")
        sealed = keys().seal(text, self._place(row)) if text else None
        setattr(row, f"{self._name}_sealed", sealed)
        if self._has_index:
            setattr(row, f"{self._name}_index", keys().blind(self._name, text) if text else None)

    def _place(self, row: Model) -> str:
        return place_of(row._meta.db_table, self._name, row.pk)


def place_of(table: str, column: str, row_id: int) -> str:
    """Return the place that a sealed value is bound to."""
    return f"{table}/{column}/{row_id}"
