"""The words of the copy a person takes along: names for its tables, columns and values."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from backend.domain.consent import Purpose
from backend.domain.schedule import State
from backend.texts.consents import purpose_name
from backend.texts.services import WORDS, state_name, topic_name, words

Gettext = Callable[[str], str]

# Rules whose title names a month; the copy has the month in a column of its own.
_BY_MONTH = {
    "k2": "child",
    "iud": "contraception",
    "implant": "contraception",
    "ligation": "contraception",
    "abortion_care": "contraception",
}


class DossierText(NamedTuple):
    """The page's words; `names` has those of tables, columns and values alike."""

    title: str
    introduction: str
    nothing: str
    names: Mapping[str, str]


def dossier_text(_: Gettext) -> DossierText:
    """Everything the page says beside what is kept."""
    return DossierText(
        title=_("Everything kept about you"),
        introduction=_("This is all that the service keeps of you. You may have it corrected."),
        nothing=_("Nothing."),
        names=_tables(_) | _person(_) | _columns(_) | _states(_) | _values(_) | _rules(_),
    )


def _tables(_: Gettext) -> dict[str, str]:
    return {
        "person": _("About you"),
        "consent": _("Your consents"),
        "life_event": _("What you told about yourself"),
        "due_service": _("Services for you"),
        "service_record": _("Services you had"),
        "topic_choice": _("Reminders turned on and off"),
        "dose_log": _("Folic acid, day by day"),
        "task": _("What your cadre was asked"),
        "task_answer": _("What your cadre did"),
        "visit": _("Visits and calls"),
        "move_report": _("Your moves"),
        "handover": _("Handing over your plan"),
        "send": _("Messages to you"),
        "invite": _("Invites for you"),
        "account": _("Your chat"),
        "role_grant": _("Your roles"),
        "audit_entry": _("Who did what with your record"),
    }


def _person(_: Gettext) -> dict[str, str]:
    return {
        "name": _("name"),
        "phone": _("phone"),
        "id_number": _("ID number"),
        "remarks": _("remarks"),
        "registered_place": _("registered at"),
        "registered_code": _("registered at (code)"),
        "rods": _("rods"),
        "lasts_months": _("lasts (months)"),
        "village_code": _("village"),
        "sex": _("sex"),
        "birth_date": _("birth date"),
        "birth_year": _("birth year"),
        "locale": _("language"),
        "calendar": _("calendar"),
        "enrolled_on": _("taking part since"),
        "reminder_minute": _("reminder time, minutes after midnight"),
        "folic_acid_minute": _("folic acid time, minutes after midnight"),
        "quiet_from_minute": _("quiet from, minutes after midnight"),
        "quiet_to_minute": _("quiet until, minutes after midnight"),
        "hides_content": _("contents hidden"),
        "voice_first": _("voice first"),
        "registration_number": _("registration number"),
        "erase_on": _("to be deleted on"),
    }


def _columns(_: Gettext) -> dict[str, str]:
    return {
        **_columns_of_services(_),
        **_columns_of_moves(_),
        "state": _("state"),
        "created_at": _("made at"),
        "made_at": _("made at"),
        "updated_at": _("changed at"),
        "purpose": _("purpose"),
        "text_version": _("version of the words"),
        "given_at": _("agreed at"),
        "refused_at": _("refused at"),
        "withdrawn_at": _("taken back at"),
        "reported_at": _("reported at"),
        "choice": _("choice"),
        "chosen_at": _("chosen at"),
        "answer": _("answer"),
        "reason": _("reason"),
        "answered_at": _("answered at"),
        "opened_at": _("opened at"),
        "closed_at": _("closed at"),
        "template": _("message"),
        "due_at": _("due at"),
        "finished_at": _("finished at"),
        "expires_at": _("valid until"),
        "used_at": _("used at"),
        "revoked_at": _("revoked at"),
        "tg_id": _("Telegram number"),
        "started_at": _("begun at"),
        "state_at": _("state since"),
        "role": _("role"),
        "region_code": _("region"),
        "granted_at": _("granted at"),
        "ended_at": _("ended at"),
        "at": _("when"),
        "action": _("what was done"),
        "detail": _("detail"),
    }


def _columns_of_services(_: Gettext) -> dict[str, str]:
    return {
        "kind": _("kind"),
        "on_date": _("day"),
        "lmp_on": _("last period began on"),
        "edd_on": _("expected birth"),
        "edd_source": _("known from"),
        "mode": _("kind of birth"),
        "method": _("method"),
        "rule": _("service"),
        "occurrence": _("number or month"),
        "opens_on": _("from (day)"),
        "due_on": _("best on"),
        "closes_on": _("until (day)"),
        "anchor": _("counted from"),
        "anchor_on": _("counted from the day"),
        "remind_on": _("next reminder"),
        "booked_on": _("booked for"),
        "done_on": _("done on"),
        "given_on": _("had on"),
        "topic": _("topic"),
    }


def _columns_of_moves(_: Gettext) -> dict[str, str]:
    return {
        "number": _("number"),
        "direction": _("direction"),
        "from_code": _("from (code)"),
        "from_place": _("from (place)"),
        "to_code": _("to (code)"),
        "to_place": _("to (place)"),
        "moves_on": _("moving on"),
        "expected_stay": _("expected stay"),
        "with_spouse": _("with spouse"),
        "child_count": _("number of children"),
        "has_plan": _("plan may follow"),
        "contact": _("how to be reached"),
        "recipient": _("recipient"),
        "recipient_code": _("recipient (code)"),
        "data_types": _("what is handed over"),
        "consented_at": _("agreed at"),
        "sent_at": _("sent at"),
        "way": _("visit or call"),
        "note": _("note"),
        "undone_at": _("taken back at"),
    }


def _states(_: Gettext) -> dict[str, str]:
    return {
        "roster": _("on the office's list"),
        "waiting": _("waiting to be confirmed"),
        "confirmed": _("confirmed"),
        **{state.value: state_name(state, _) for state in State},
        "queued": _("waiting to be sent"),
        "claimed": _("being sent"),
        "sent": _("sent"),
        "failed": _("not sent"),
        "unknown": _("perhaps sent"),
        "expired": _("too late to be sent"),
        "hold": _("held back"),
        "active": _("active"),
        "stopped": _("stopped"),
        "blocked": _("blocked"),
        "unreachable": _("not reached"),
        "received": _("received"),
        "accepted": _("accepted"),
        "withdrawn": _("taken back"),
        "reported": _("reported"),
    }


def _values(_: Gettext) -> dict[str, str]:
    return {
        "True": _("yes"),
        "False": _("no"),
        "on": _("on"),
        "off": _("off"),
        "female": _("female"),
        "male": _("male"),
        "resident": _("resident"),
        "cadre": _("village cadre"),
        "officer": _("township officer"),
        "taken": _("taken"),
        "not_today": _("not today"),
        "reminder": _("reminder"),
        "screen": _("answer in the chat"),
        "help": _("help"),
        "registration": _("registration"),
        "planning": _("wish for a child"),
        "pregnancy": _("pregnancy"),
        "birth": _("birth"),
        "pregnancy_ended": _("pregnancy ended"),
        "procedure": _("procedure"),
        "discharge": _("left hospital"),
        "exam": _("examination"),
        "referral": _("referral"),
        "vaginal": _("vaginal birth"),
        "caesarean": _("caesarean"),
        "out": _("away from here"),
        "in": _("to here"),
        "within": _("within the village"),
    }


def _rules(_: Gettext) -> dict[str, str]:
    titles = {rule: words(rule, _).title for rule in WORDS if rule not in _BY_MONTH}
    by_month = {rule: topic_name(topic, _) for rule, topic in _BY_MONTH.items()}
    return titles | by_month | {purpose.value: purpose_name(purpose, _) for purpose in Purpose}
