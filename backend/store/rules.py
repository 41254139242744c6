"""The rules as they were published, and how far each publication has come."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

_DIGEST = 64


class RulePublication(Model):
    """Rules put in force for everybody; the one with the highest number is in force.

    `text` is the township's file as published; `rules` holds every rule as it then stood, the
    calendars' own among them, so that an old due service can be explained for ever; `digest` is
    that of both. `published_by` is None where an operator, or the program with new calendars of
    its own, published. Everyone is planned anew in the order of ids, as far as `last_person`;
    `persons`, `appeared`, `moved` and `vanished` count on the way, until `done_at`.
    """

    number = fields.IntField(primary_key=True, generated=False)
    text = fields.TextField()
    rules = fields.TextField()
    digest = fields.CharField(max_length=_DIGEST)
    published_by = fields.BigIntField(null=True)
    published_at: datetime = fields.DatetimeField()
    last_person = fields.BigIntField(default=0)
    persons = fields.IntField(default=0)
    appeared = fields.IntField(default=0)
    moved = fields.IntField(default=0)
    vanished = fields.IntField(default=0)
    done_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "rule_publication"
