"""The office's roster: one value a row, or the reason why the row cannot be taken."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from backend.domain.errors import WrongValue
from backend.domain.people import (
    IdNumber,
    Rejection,
    Sex,
    check_birth_date,
    date_of_serial,
    given,
    parse_birth_date,
    parse_id_number,
    parse_name,
    parse_phone,
    parse_sex,
    tidy,
)
from backend.domain.villages import Villages
from backend.files.cells import Cell, Row, Source, text_of
from backend.files.headers import Body, find_body, wordings
from backend.files.tables import open_tables

REQUIRED = ("name", "village")

_WORDINGS = wordings(
    name="""姓名 名字 居民姓名 本人姓名 妇女姓名 女方姓名 人员姓名 对象姓名 服务对象 村民姓名
        服务对象姓名 育龄妇女姓名 name fullname personname""",
    id_number="""身份证号 身份证 身份证号码 身份号码 公民身份号码 公民身份证号 公民身份证号码
        居民身份证 居民身份证号 居民身份证号码 二代身份证号 身份证件号码 证件号 证件号码
        本人身份证号 idnumber idno idcard idcardnumber idcardno nationalid nationalidnumber
        identitynumber citizenid""",
    phone="""手机号 手机 手机号码 联系电话 电话 电话号码 联系方式 联系手机 移动电话 本人电话
        本人手机号 联系人电话 联系号码 phone phonenumber phoneno mobile mobilenumber mobilephone
        mobileno cellphone tel telephone contact contactnumber""",
    birth_date="""出生日期 出生年月日 出生年月 出生时间 出生日 生日 birthdate dateofbirth dob
        birthday born bornon birth""",
    village="""村 村居 村社区 村民委员会 村委会 村委 村名 村名称 村庄 村庄名称 村居名称 村居委会
        村社区名称 行政村 行政村名称 所在村 所在村居 所在村社区 所属村 所属村居 所属村社区 居住村
        现居住村 社区 社区名称 居委会 村代码 村编码 村居代码 村社区代码 区划代码 行政区划代码
        village villagename villagecode villageorcommunity villagecommunity community region
        regioncode""",
    household="""户编号 户号 家庭编号 家庭编码 户编码 家庭户编号 household householdid householdno
        householdnumber""",
    sex="性别 sex gender",
    language="语言 语种 使用语言 常用语言 首选语言 语言偏好 language lang preferredlanguage",
    registered="""户籍地 户籍地址 户籍所在地 户籍所在村 户籍村 户口所在地 户口地址 户籍住址
        registeredresidence registeredaddress registeredat hukou""",
    remarks="备注 备注说明 说明 附注 remark remarks note notes comment comments",
)
_HOUSEHOLD_LENGTH = 40
_REMARKS_LENGTH = 1000
_PLACE_LENGTH = 120
# A number cell of four digits is a year, so serials count from here on (1910 in the 1900 system).
_FIRST_SERIAL = 3654
_LAST_SERIAL = 99_999


class RosterRow(NamedTuple):
    """A row that can be taken, every value in its one normal form.

    `line` is the row as the office's program numbers it. Birth date and sex come from the ID number
    where there is one; `language` is the office's own word for it. The village is where she lives;
    `registered` is where she is registered, with the code of a village known here.
    """

    line: int
    name: str
    id_number: str | None
    phone: str | None
    birth_date: date | None
    sex: Sex | None
    village_code: str
    household: str | None
    language: str | None
    remarks: str | None
    registered: str | None = None
    registered_code: str | None = None


class Rejected(NamedTuple):
    """A row that cannot be taken: its line, and the first wrong field with the reason."""

    line: int
    field: str
    code: Rejection


class Roster:
    """A roster opened: what its header says, and its rows to go through once."""

    def __init__(self, body: Body, villages: Villages, today: date) -> None:
        """Take the body of the table in which the header was found."""
        self.sheet = body.table.name
        self.header_line = body.header.line
        self.expected_rows = body.expected_rows
        self.unused_columns = body.header.unused
        self._rows = body.rows
        self._is_1904 = body.table.is_1904
        self._columns = {field: body.header.columns.get(field, ()) for field in _WORDINGS}
        self._villages = villages
        self._today = today

    def __iter__(self) -> Iterator[RosterRow | Rejected]:
        """Each row that is not blank, taken or rejected, in the order of the file."""
        for line, cells in self._rows:
            if not any(cells):
                continue
            try:
                yield self._taken(line, cells)
            except WrongValue as wrong:
                code = Rejection(wrong.reason)
                if code is not Rejection.NAME_MISSING or not _is_blank(cells):
                    yield Rejected(line, code.field, code)

    def _taken(self, line: int, cells: Row) -> RosterRow:
        """The row's values; raises `WrongValue` for the first that is wrong."""
        name = parse_name(self._text("name", cells))
        citizen = self._citizen(self._cell("id_number", cells))
        phone = self._text("phone", cells)
        birth_date = self._birth_date(self._cell("birth_date", cells))
        if citizen and birth_date and birth_date != citizen.birth_date:
            raise WrongValue(reason=Rejection.BIRTH_DATE_CONTRADICTS_ID)
        registered = self._text("registered", cells)[:_PLACE_LENGTH] or None
        return RosterRow(
            line=line,
            name=name,
            id_number=citizen.number if citizen else None,
            phone=parse_phone(phone) if phone else None,
            birth_date=citizen.birth_date if citizen else birth_date,
            sex=citizen.sex if citizen else parse_sex(self._text("sex", cells)),
            village_code=self._villages.find(self._text("village", cells)),
            household=self._text("household", cells)[:_HOUSEHOLD_LENGTH] or None,
            language=self._text("language", cells) or None,
            remarks=self._text("remarks", cells)[:_REMARKS_LENGTH] or None,
            registered=registered,
            registered_code=self._villages.known(registered) if registered else None,
        )

    def _cell(self, field: str, cells: Row) -> Cell:
        """The first cell of the field's columns that holds a value, else an empty text."""
        for index in self._columns[field]:
            cell = cells[index] if index < len(cells) else ""
            if cell != "" and (not isinstance(cell, str) or given(cell)):
                return cell
        return ""

    def _text(self, field: str, cells: Row) -> str:
        """The field's text without stray blanks, empty where the row says nothing."""
        for index in self._columns[field]:
            text = given(text_of(cells[index])) if index < len(cells) else ""
            if text:
                return text
        return ""

    def _citizen(self, cell: Cell) -> IdNumber | None:
        """The ID number; a number cell is refused whatever it shows, as it may be rounded."""
        if isinstance(cell, str):
            return parse_id_number(cell, self._today) if cell else None
        stored_as_number = isinstance(cell, float)
        raise WrongValue(
            reason=Rejection.ID_NUMBER_STORED_AS_NUMBER
            if stored_as_number
            else Rejection.ID_NUMBER_SHAPE
        )

    def _birth_date(self, cell: Cell) -> date | None:
        """The birth date from a date cell, a serial number or text."""
        if cell == "":
            return None
        if isinstance(cell, datetime):
            return check_birth_date(cell.date(), self._today)
        if isinstance(cell, date):
            return check_birth_date(cell, self._today)
        if isinstance(cell, float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
            born = date_of_serial(int(cell), is_1904=self._is_1904)
            return check_birth_date(born, self._today)
        return parse_birth_date(text_of(cell), self._today)


def _is_blank(cells: Row) -> bool:
    """Whether no cell holds anything but blanks and unseen characters."""
    return not any(tidy(text_of(cell)) for cell in cells)


def read_roster(source: Source, villages: Villages, today: date) -> Roster:
    """Open a roster and find its header; the rows come when it is iterated, once.

    Raises a `SuixingError` about the whole file: its kind, its size, its header. A wrong row never
    raises: it comes as `Rejected` and costs nothing else.
    """
    return Roster(find_body(open_tables(source), _WORDINGS, REQUIRED), villages, today)
