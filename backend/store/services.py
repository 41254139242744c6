"""What happened in a life, what is owed because of it, and what was answered."""

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.people import owned_by_person


class LifeEvent(Model):
    """A fact about a person's life, as she or a cadre reported it; corrections keep the old row.

    `kind` is a word of `backend.domain.events`; `superseded_by` names the row that corrects it.
    `episode` is the id of the first row of a chain of corrections, so it never changes; `about`
    is the episode it belongs to (a birth's pregnancy), `rule` the service an exam was or a
    referral came after; `rods` and `lasts_months` are of the product that was chosen.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    person = owned_by_person()
    person_id: int
    episode = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    on_date: date | None = fields.DateField(null=True)
    lmp_on: date | None = fields.DateField(null=True)
    edd_on: date | None = fields.DateField(null=True)
    edd_source = fields.CharField(max_length=12, null=True)
    mode = fields.CharField(max_length=12, null=True)
    method = fields.CharField(max_length=16, null=True)
    about = fields.BigIntField(null=True)
    rule = fields.CharField(max_length=24, null=True)
    rods = fields.SmallIntField(null=True)
    lasts_months = fields.SmallIntField(null=True)
    reported_by = fields.BigIntField(null=True)
    reported_at: datetime = fields.DatetimeField()
    superseded_by = fields.BigIntField(null=True)

    class Meta:
        """Table."""

        table = "life_event"
        indexes = (Index(fields=("person_id",)),)


class DueService(Model):
    """A service owed to a person; the window [opens_on, closes_on] includes both ends.

    `state` is planned, open, done, declined, closed or cancelled. `remind_on` is the next day on
    which a message about it is due, if any; `reminded_on` the last on which one was given;
    `booked_on` is the day she said she booked.
    """

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    rule = fields.CharField(max_length=24)
    rule_version = fields.IntField()
    episode = fields.CharField(max_length=24)
    occurrence = fields.IntField()
    topic = fields.CharField(max_length=16)
    opens_on: date = fields.DateField()
    due_on: date = fields.DateField()
    closes_on: date = fields.DateField()
    state = fields.CharField(max_length=10)
    anchor = fields.CharField(max_length=16)
    anchor_on: date = fields.DateField()
    remind_on: date | None = fields.DateField(null=True)
    reminded_on: date | None = fields.DateField(null=True)
    booked_on: date | None = fields.DateField(null=True)
    done_on: date | None = fields.DateField(null=True)
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        """Table; one row for each owed service, however often it is planned."""

        table = "due_service"
        unique_together = (("person_id", "rule", "episode", "occurrence"),)
        # And one on the day on which a live service opens or closes next, made by a migration.
        indexes = (Index(fields=("remind_on",)),)


class ServiceRecord(Model):
    """A service that was given, by whoever reported it."""

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    rule = fields.CharField(max_length=24)
    episode = fields.CharField(max_length=24)
    occurrence = fields.IntField()
    given_on: date = fields.DateField()
    reported_by = fields.BigIntField(null=True)
    reported_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "service_record"
        unique_together = (("person_id", "rule", "episode", "occurrence"),)


class TopicChoice(Model):
    """Whether a person wants reminders of a topic: on, off (for now) or declined (final)."""

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    topic = fields.CharField(max_length=16)
    choice = fields.CharField(max_length=10)
    chosen_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "topic_choice"
        unique_together = (("person_id", "topic"),)


class DoseLog(Model):
    """Her answer about one day's folic acid: taken or not_today, with a reason if she gave one."""

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    on_date: date = fields.DateField()
    answer = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=12, null=True)
    answered_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "dose_log"
        unique_together = (("person_id", "on_date"),)


class Task(Model):
    """A piece of work for a cadre; `state` is open, done, unreachable, declined, moved, cancelled.

    `village_code` and `cadre_id` say whose it was when it was opened; whose it is now follows from
    the person. `move_report_id` names the move it is about; `due_on` is the day from which it is
    shown; `tries` counts the times she was not reached.
    """

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    village_code = fields.CharField(max_length=12)
    cadre_id = fields.BigIntField(null=True)
    kind = fields.CharField(max_length=16)
    reason = fields.CharField(max_length=24, null=True)
    due_service_id = fields.BigIntField(null=True)
    move_report_id = fields.BigIntField(null=True)
    dedup_key = fields.CharField(max_length=80, unique=True)
    state = fields.CharField(max_length=12, default="open")
    due_on: date | None = fields.DateField(null=True)
    tries = fields.SmallIntField(default=0)
    opened_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "task"
        indexes = (
            Index(fields=("person_id",)),
            Index(fields=("due_service_id",)),
            Index(fields=("state", "due_on")),
        )
