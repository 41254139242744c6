"""What a person is told when Suixing refuses something: what is wrong, and what to do next."""

from collections.abc import Callable, Mapping

from backend.domain.errors import SuixingError, WrongValue
from backend.domain.people import Rejection

Gettext = Callable[[str], str]
Sentence = Callable[[Gettext], str]

_ERRORS: Mapping[str, Sentence] = {
    "error": lambda _: _("That did not work. Nothing was changed."),
    "table_kind_unsupported": lambda _: _(
        "This file is not a table. Open it, save it as .xlsx, and send that."
    ),
    "table_locked": lambda _: _("This workbook has a password. Remove it and send the file again."),
    "table_damaged": lambda _: _(
        "This file is damaged or incomplete. Open it, save it again, and send that."
    ),
    "table_too_large": lambda _: _("This workbook is too large. Split it, or save it as .csv."),
    "table_empty": lambda _: _("There is nothing in this table."),
    "header_not_found": lambda _: _(
        "No row with column names was found, such as name and village. The table begins: {found}"
    ),
    "columns_missing": lambda _: _("Row {line} lacks these columns: {missing}. It has: {found}"),
    "region_code_wrong": lambda _: _(
        "Row {line}: a region's code has exactly 12 digits. Nothing was saved."
    ),
    "region_name_wrong": lambda _: _(
        "Row {line}: the name is missing or too long. Nothing was saved."
    ),
    "region_unknown": lambda _: _(
        "No village or township has the code {region}. Load the list of regions first."
    ),
    "village_needed": lambda _: _("{region} is a township. Give the code of one of its villages."),
    "person_unknown": lambda _: _("There is nobody with this number in this village."),
    "settings_wrong": lambda _: _("These settings are missing or wrong: {lines}"),
    "keys_missing": lambda _: _(
        "The key file {path} is missing, so nothing can be read. Put it back from where you kept"
        " it."
    ),
    "keys_unreadable": lambda _: _(
        "The key file {path} cannot be read. Put it back from where you kept it."
    ),
    "no_database": lambda _: _("There is no database yet, so there is nothing to do."),
    "schema_newer": lambda _: _(
        "This was made by a newer version of the program. Update first. Nothing was changed."
    ),
    "not_a_backup": lambda _: _("{path} is no backup, or it is cut off. Nothing was changed."),
    "backup_damaged": lambda _: _(
        "{path} is damaged. Nothing was changed. Use another backup, and look after the disk."
    ),
    "database_damaged": lambda _: _(
        "The database is damaged. Nothing was written. Stop the service and restore the newest"
        " backup."
    ),
    "backup_under_way": lambda _: _(
        "Another process is working on {path}. Nothing was changed. Try again when it has ended."
    ),
    "would_overwrite": lambda _: _(
        "{path} is there and is no backup. Nothing was overwritten. Choose another name."
    ),
    "database_in_use": lambda _: _(
        "The database is in use. Stop the service first. Nothing was changed."
    ),
    "database_not_empty": lambda _: _(
        "The database is not empty. Nothing was changed. With --replace the backup takes its"
        " place, and what is there now is kept beside it."
    ),
    "keys_foreign": lambda _: _(
        "The key file {path} does not belong to this backup. Nothing was changed. Put the right"
        " one there."
    ),
    "seal_broken": lambda _: _("What is stored does not fit the key file. Nothing was changed."),
    "calendar_mistake": lambda _: _(
        "{file}, rule {rule}, {field}: {found} may not stand there. Allowed: {allowed}."
    ),
    "rules_outdated": lambda _: _(
        "Other rules were published meanwhile. Nothing was changed; look at the effect once more."
    ),
    "already_registered": lambda _: _("This chat is registered already. Open the menu to go on."),
    "invite_refused": lambda _: _(
        "This invitation cannot be used any more. Ask the village cadre, or register yourself."
    ),
    "event_refused": lambda _: _("This date cannot be right. Please look again."),
    "broadcast_refused": lambda _: _("This cannot be done with the notice now."),
    "setting_wrong": lambda _: _("This time is not on the clock. Please choose another."),
    "not_owed": lambda _: _("This is settled already. Here is what is open now."),
    "not_allowed": lambda _: _("You cannot see or change this."),
    "underage": lambda _: _(
        "Under 18, a person looks after you instead of this chat. Please ask the village cadre."
    ),
    "task_over": lambda _: _("This is settled already. Here is what is open now."),
    "undo_too_late": lambda _: _("More than ten minutes have passed. It stays as it is."),
    "day_not_offered": lambda _: _("Please choose a day from tomorrow on, within three months."),
    "move_refused": lambda _: _("This move was settled or taken back already."),
    "has_own_chat": lambda _: _("She uses this service herself. Please ask her to say it there."),
    "consent_needed": lambda _: _("Please agree to take part first."),
    "desk_closed": lambda _: _(
        "The desk cannot be written to yet. It needs two county keys and the recovery key."
    ),
    "desk_key_excluded": lambda _: _("The holder of this key is named in it."),
    "desk_key_known": lambda _: _("The desk has this key already."),
    "desk_key_wrong": lambda _: _("This key file does not open with this passphrase."),
    "receipt_unknown": lambda _: _("There is nothing with this receipt that this key opens."),
    "deed_refused": lambda _: _("As it stands, this cannot be done with it."),
    "shares_wrong": lambda _: _("These two shares do not belong together."),
    "photo_unreadable": lambda _: _("This photo cannot be read. Please take another one."),
    "region_twice": lambda _: _(
        "Rows {first_line} and {line} give one code two names. Nothing was saved."
    ),
}

_REJECTIONS: Mapping[Rejection, Sentence] = {
    Rejection.NAME_MISSING: lambda _: _("The name is missing."),
    Rejection.NAME_UNREADABLE: lambda _: _("This does not look like a name."),
    Rejection.ID_NUMBER_SHAPE: lambda _: _("An ID number has 18 characters."),
    Rejection.ID_NUMBER_CHECKSUM: lambda _: _(
        "A digit of the ID number is wrong. Please compare it with the card."
    ),
    Rejection.ID_NUMBER_BIRTH_DATE: lambda _: _("The birth date in the ID number cannot be right."),
    Rejection.ID_NUMBER_STORED_AS_NUMBER: lambda _: _(
        "The ID number was stored as a number and lost digits. Make the column text and type it"
        " again."
    ),
    Rejection.ID_NUMBER_OTHER_DOCUMENT: lambda _: _(
        "This is not an ID number but another document's. Leave the cell empty."
    ),
    Rejection.PHONE_UNREADABLE: lambda _: _(
        "This is not a phone number. A landline needs its area code."
    ),
    Rejection.PHONE_SEVERAL: lambda _: _("There are several phone numbers here. Keep one."),
    Rejection.BIRTH_DATE_UNREADABLE: lambda _: _("This is not a date. Write it like 1990-05-03."),
    Rejection.BIRTH_DATE_INCOMPLETE: lambda _: _(
        "The birth date needs year, month and day, like 1990-05-03."
    ),
    Rejection.BIRTH_DATE_IN_FUTURE: lambda _: _("The birth date is in the future."),
    Rejection.BIRTH_DATE_TOO_EARLY: lambda _: _("The birth date is too long ago."),
    Rejection.BIRTH_DATE_CONTRADICTS_ID: lambda _: _(
        "The birth date differs from the one in the ID number."
    ),
    Rejection.VILLAGE_MISSING: lambda _: _("The village is missing."),
    Rejection.VILLAGE_UNKNOWN: lambda _: _("This village is not on the township's list."),
    Rejection.VILLAGE_AMBIGUOUS: lambda _: _(
        "Several villages have this name. Use the 12-digit code."
    ),
}

_FIELDS: Mapping[str, Sentence] = {
    "name": lambda _: _("name"),
    "id_number": lambda _: _("ID number"),
    "phone": lambda _: _("phone"),
    "birth_date": lambda _: _("birth date"),
    "village": lambda _: _("village"),
    "code": lambda _: _("code"),
}


def explain_error(error: SuixingError, _: Gettext) -> str:
    """The sentence for an error, filled with its data; raises KeyError for a code without words."""
    if isinstance(error, WrongValue):
        return explain_rejection(error.reason, _)
    return _ERRORS[error.code](_).format(
        **{key: _shown(value, _) for key, value in vars(error).items()}
    )


def explain_rejection(code: str, _: Gettext) -> str:
    """The sentence for the reason why a row or a typed value is not taken."""
    return _REJECTIONS[Rejection(code)](_)


def explain_field(field: str, _: Gettext) -> str:
    """The column's name in the reader's language."""
    return _FIELDS[field](_)


def _shown(value: object, _: Gettext) -> object:
    """A list of fields as words, anything else as it is."""
    if isinstance(value, tuple):
        return _(", ").join(explain_field(field, _) for field in value)
    return value
