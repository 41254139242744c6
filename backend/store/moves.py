"""Moves that people report, and the handing over of a plan that one of them may ask for."""

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.people import owned_by_person
from backend.store.sealed import Sealed

_CODE = 12


class MoveReport(Model):
    """One reported move (`domain.md` section 11); `number` is told as M-0087.

    `direction` is out, in or within. A place is a region's code with its name at that time
    (`code_version` is the year of the list), or free text alone. `state` is reported, received,
    closed or withdrawn. `reported_by` is another person where a cadre reported it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    person = owned_by_person()
    person_id: int
    number = fields.IntField(unique=True)
    direction = fields.CharField(max_length=8)
    from_code = fields.CharField(max_length=_CODE, null=True)
    from_place_sealed = fields.BinaryField(null=True)
    to_code = fields.CharField(max_length=_CODE, null=True)
    to_place_sealed = fields.BinaryField(null=True)
    code_version = fields.CharField(max_length=8)
    moves_on: date = fields.DateField()
    expected_stay = fields.CharField(max_length=16)
    with_spouse = fields.BooleanField(default=False)
    child_count = fields.SmallIntField(default=0)
    has_plan = fields.BooleanField(default=False)
    next_due_service_id = fields.BigIntField(null=True)
    contact = fields.CharField(max_length=8)
    remarks_sealed = fields.BinaryField(null=True)
    state = fields.CharField(max_length=10)
    reported_by = fields.BigIntField()
    reported_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    from_place = Sealed()
    to_place = Sealed()
    remarks = Sealed()

    class Meta:
        """Table."""

        table = "move_report"
        indexes = (Index(fields=("person_id", "state")),)


class Handover(Model):
    """The handing over of a person's plan to those who look after her from now on.

    `state` is draft, consented, sent, accepted, declined, expired or closed. Her consent names
    the recipient and `data_types` (name, phone, due_services), under `text_version` of the words.
    An answer is due by `expires_on`, inclusive.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    person = owned_by_person()
    person_id: int
    move_report: fields.ForeignKeyRelation[MoveReport] = fields.ForeignKeyField(
        "models.MoveReport", related_name=False, on_delete=fields.OnDelete.RESTRICT
    )
    move_report_id: int
    state = fields.CharField(max_length=10)
    recipient_code = fields.CharField(max_length=_CODE, null=True)
    recipient_sealed = fields.BinaryField(null=True)
    data_types = fields.CharField(max_length=80)
    text_version = fields.CharField(max_length=12)
    consented_at: datetime | None = fields.DatetimeField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    expires_on: date | None = fields.DateField(null=True)
    answered_at: datetime | None = fields.DatetimeField(null=True)
    reason_sealed = fields.BinaryField(null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)

    recipient = Sealed()
    reason = Sealed()

    class Meta:
        """Table; a report has one handover at most."""

        table = "handover"
        unique_together = (("move_report_id",),)
        indexes = (Index(fields=("person_id",)), Index(fields=("state", "expires_on")))
