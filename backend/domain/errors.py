"""Every refusal of Suixing: one base, a stable code each, typed data; the words live in `texts`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(eq=False, repr=False, kw_only=True)
class SuixingError(Exception):
    """Something Suixing refuses to do.

    `code` is stable and unique; the fields are the data the words are filled with. The first line
    of the docstring is the log text, so that a log never holds what a person typed.
    """

    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        """Log text: the first line of the class's docstring, without any data."""
        return (self.__doc__ or self.code).strip().splitlines()[0]


@dataclass(eq=False, repr=False, kw_only=True)
class WrongValue(SuixingError):
    """A value a person or an office gave cannot be right.

    `reason` is a `people.Rejection`: it has its own code and knows its field.
    """

    code: ClassVar[str] = "wrong_value"
    reason: str


@dataclass(eq=False, repr=False, kw_only=True)
class TableKindUnsupported(SuixingError):
    """The file is neither a workbook nor separated text; `kind` names what it looks like."""

    code: ClassVar[str] = "table_kind_unsupported"
    kind: str


@dataclass(eq=False, repr=False, kw_only=True)
class TableLocked(SuixingError):
    """The workbook is encrypted with a password."""

    code: ClassVar[str] = "table_locked"


@dataclass(eq=False, repr=False, kw_only=True)
class TableDamaged(SuixingError):
    """The workbook is cut off or its inside does not fit together."""

    code: ClassVar[str] = "table_damaged"


@dataclass(eq=False, repr=False, kw_only=True)
class TableTooLarge(SuixingError):
    """The table would take more memory than a roster can need."""

    code: ClassVar[str] = "table_too_large"


@dataclass(eq=False, repr=False, kw_only=True)
class TableEmpty(SuixingError):
    """The table holds no row with anything in it."""

    code: ClassVar[str] = "table_empty"


@dataclass(eq=False, repr=False, kw_only=True)
class HeaderNotFound(SuixingError):
    """No row of the table names its columns.

    `found` is the first row that holds anything, shortened, for the person at the screen only.
    """

    code: ClassVar[str] = "header_not_found"
    found: str


@dataclass(eq=False, repr=False, kw_only=True)
class ColumnsMissing(SuixingError):
    """The header row lacks a column that every row needs.

    `missing` holds the field names (name, village, code), `found` the header as it stands.
    """

    code: ClassVar[str] = "columns_missing"
    line: int
    missing: tuple[str, ...]
    found: str


@dataclass(eq=False, repr=False, kw_only=True)
class RegionCodeWrong(SuixingError):
    """A line of the regions file has no code of exactly 12 digits."""

    code: ClassVar[str] = "region_code_wrong"
    line: int


@dataclass(eq=False, repr=False, kw_only=True)
class RegionNameWrong(SuixingError):
    """A line of the regions file has no name, or one longer than 60 characters."""

    code: ClassVar[str] = "region_name_wrong"
    line: int


@dataclass(eq=False, repr=False, kw_only=True)
class RegionTwice(SuixingError):
    """Two lines of the regions file give one code two names."""

    code: ClassVar[str] = "region_twice"
    line: int
    first_line: int


@dataclass(eq=False, repr=False, kw_only=True)
class RegionUnknown(SuixingError):
    """No region has this code."""

    code: ClassVar[str] = "region_unknown"
    region: str


@dataclass(eq=False, repr=False, kw_only=True)
class VillageNeeded(SuixingError):
    """A village's code is needed where a township's was given."""

    code: ClassVar[str] = "village_needed"
    region: str


@dataclass(eq=False, repr=False, kw_only=True)
class PersonUnknown(SuixingError):
    """Nobody in the region has this number."""

    code: ClassVar[str] = "person_unknown"


@dataclass(eq=False, repr=False, kw_only=True)
class CalendarMistake(SuixingError):
    """A calendar file says something that cannot be.

    `file`, `rule` and `field` say where (rule and field may be empty), `found` what stands there
    and `allowed` what may stand there, in English for the person who edits the file.
    """

    code: ClassVar[str] = "calendar_mistake"
    file: str
    rule: str
    field: str
    found: str
    allowed: str

    def __str__(self) -> str:
        """Log text: where the mistake is and what is allowed there; calendars hold no secrets."""
        where = " ".join(part for part in (self.file, self.rule, self.field) if part)
        return f"{where}: {self.found} is not allowed; allowed: {self.allowed}"


@dataclass(eq=False, repr=False, kw_only=True)
class RulesOutdated(SuixingError):
    """Other rules were published since these were checked."""

    code: ClassVar[str] = "rules_outdated"


@dataclass(eq=False, repr=False, kw_only=True)
class AlreadyRegistered(SuixingError):
    """The chat has a person behind it already."""

    code: ClassVar[str] = "already_registered"


@dataclass(eq=False, repr=False, kw_only=True)
class InviteRefused(SuixingError):
    """An invite lets nobody in; `reason` is unknown, used, expired or revoked."""

    code: ClassVar[str] = "invite_refused"
    reason: str


@dataclass(eq=False, repr=False, kw_only=True)
class EventRefused(SuixingError):
    """A life event cannot be taken as it was entered; `problem` is an `events.EventProblem`."""

    code: ClassVar[str] = "event_refused"
    problem: str

    @property
    def may_be_confirmed(self) -> bool:
        """Whether the person only has to say that it is right."""
        return self.problem.startswith("ask_")


@dataclass(eq=False, repr=False, kw_only=True)
class NotOwed(SuixingError):
    """A due service does not exist for this person or is over."""

    code: ClassVar[str] = "not_owed"


@dataclass(eq=False, repr=False, kw_only=True)
class SettingWrong(SuixingError):
    """A person's setting has no such name, or the value lies outside its range."""

    code: ClassVar[str] = "setting_wrong"
    name: str
