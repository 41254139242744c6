"""How large a sheet would unfold, found out before it is unfolded.

The reader lays out the whole rectangle around all values. A single cell in the far corner, or one
whose place is spelt so that only the reader understands it, would make it ask for more memory than
there is, and that ends the process. So every cell must be plainly near, or the sheet is measured.
"""

import re
from xml.parsers import expat

from backend.domain.errors import TableDamaged, TableTooLarge

_MOST_CELLS = 6_000_000
# A cell as office programs write it, in columns A to AZ and rows 1 to 99,999.
_NEAR = rb'(?=[\s/>])(?! r="A?[A-Z][1-9]\d{0,4}"(?: (?:s|t|cm|vm|ph)="\w*")* ?/?>)'
_UNUSUAL = (
    re.compile(rb"<c" + _NEAR),
    re.compile(rb"<x:c" + _NEAR),
    re.compile(rb":c(?<!<x:c)(?<!</x:c)[\s/>]"),
)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def refuse_huge(part: bytes) -> None:
    """Raises `TableTooLarge` where a sheet's values span too many cells, `TableDamaged` if unclear.

    Any part of a workbook may be given; what holds no cells passes.
    """
    if not any(pattern.search(part) for pattern in _UNUSUAL):
        return
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.enter
    parser.StartDoctypeDeclHandler = extent.refuse_doctype
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise TableDamaged from error
    if extent.last_row * extent.last_column > _MOST_CELLS:
        raise TableTooLarge


class _Extent:
    """The last row and column with a value, as the elements of a sheet go by."""

    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self._row = self._column = 0

    def enter(self, name: str, attributes: dict[str, str]) -> None:
        """Follow the place; places left out count on from the one before."""
        match name.rpartition(":")[2]:
            case "row":
                self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            case "c":
                self._place(attributes.get("r"))
            case "v" | "is" | "f":
                self.last_row = max(self.last_row, self._row)
                self.last_column = max(self.last_column, self._column)

    def _place(self, reference: str | None) -> None:
        """The cell's place."""
        if reference is None:
            self._column += 1
            return
        found = _REFERENCE.fullmatch(reference.upper())
        if found is None:
            raise TableDamaged
        self._row = int(found[2])
        self._column = 0
        for letter in found[1]:
            self._column = self._column * 26 + ord(letter) - 64

    @staticmethod
    def refuse_doctype(*_: object) -> None:
        """No workbook has one; it would only serve to define what unfolds."""
        raise TableDamaged
