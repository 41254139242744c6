"""Broadcasts: what the office writes to its villages, in which languages, and how far it got."""

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

_CODE = 12


class Broadcast(Model):
    """One piece of the office's own news; its copies are the rows of `send` that name it.

    `state` is a word of `backend.domain.broadcasts.State`. `picture` is Telegram's name for a
    photo, `locale` the only language it is for, if it is for one. The reach is counted when the
    copies are made (`begun_at`); what became of them is kept when it ends, as copies are forgotten.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    region_code = fields.CharField(max_length=_CODE)
    state = fields.CharField(max_length=10)
    picture = fields.CharField(max_length=200, null=True)
    locale = fields.CharField(max_length=8, null=True)
    goes_at: datetime | None = fields.DatetimeField(null=True)
    written_by = fields.BigIntField()
    confirmed_by = fields.BigIntField(null=True)
    created_at: datetime = fields.DatetimeField()
    begun_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    targets = fields.IntField(null=True)
    opted_out = fields.IntField(null=True)
    unbound = fields.IntField(null=True)
    sent = fields.IntField(null=True)
    failed = fields.IntField(null=True)
    unknown = fields.IntField(null=True)
    cancelled = fields.IntField(null=True)

    class Meta:
        """Table."""

        table = "broadcast"
        indexes = (Index(fields=("region_code", "state")), Index(fields=("state",)))


class BroadcastText(Model):
    """The words of a broadcast in one language."""

    id = fields.BigIntField(primary_key=True)
    broadcast: fields.ForeignKeyRelation[Broadcast] = fields.ForeignKeyField(
        "models.Broadcast", related_name=False, on_delete=fields.OnDelete.CASCADE
    )
    broadcast_id: int
    locale = fields.CharField(max_length=8)
    text = fields.TextField()

    class Meta:
        """Table."""

        table = "broadcast_text"
        unique_together = (("broadcast_id", "locale"),)


class BroadcastVillage(Model):
    """A village that a broadcast is for."""

    id = fields.BigIntField(primary_key=True)
    broadcast: fields.ForeignKeyRelation[Broadcast] = fields.ForeignKeyField(
        "models.Broadcast", related_name=False, on_delete=fields.OnDelete.CASCADE
    )
    broadcast_id: int
    village_code = fields.CharField(max_length=_CODE)

    class Meta:
        """Table."""

        table = "broadcast_village"
        unique_together = (("broadcast_id", "village_code"),)
