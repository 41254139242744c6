"""What cadres did: the answers they gave to tasks, and the visits they made."""

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.people import owned_by_person
from backend.store.sealed import Sealed
from backend.store.services import Task


class TaskAnswer(Model):
    """What a cadre made of a task, and what it takes to undo that.

    `answer` is done, unreachable, declined, moved or rescheduled; the `before_` columns are the
    task as it was. `effects` holds, as JSON of ids and codes, what else the answer changed.
    """

    id = fields.BigIntField(primary_key=True)
    task: fields.ForeignKeyRelation[Task] = fields.ForeignKeyField(
        "models.Task", related_name=False, on_delete=fields.OnDelete.RESTRICT
    )
    task_id: int
    person = owned_by_person()
    person_id: int
    answer = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=24, null=True)
    answered_by = fields.BigIntField()
    answered_at: datetime = fields.DatetimeField()
    before_tries = fields.SmallIntField()
    before_due_on: date | None = fields.DateField(null=True)
    effects = fields.TextField(default="{}")
    undone_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "task_answer"
        indexes = (Index(fields=("task_id",)), Index(fields=("person_id",)))


class Visit(Model):
    """A visit or a call by a cadre, with a short note if there is something to remember."""

    id = fields.BigIntField(primary_key=True, generated=False)
    person = owned_by_person()
    person_id: int
    way = fields.CharField(max_length=8)
    on_date: date = fields.DateField()
    note_sealed = fields.BinaryField(null=True)
    made_by = fields.BigIntField()
    made_at: datetime = fields.DatetimeField()

    note = Sealed()

    class Meta:
        """Table."""

        table = "visit"
        indexes = (Index(fields=("person_id", "on_date")),)
