"""The outbox, the inbox, and where each chat stands."""

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.sealed import Sealed


class Send(Model):
    """A row of the outbox: one message that is due to one chat.

    `kind` is the message class (reminder, alert, broadcast, screen, complaint_answer, code);
    `state` is queued, claimed, sent, blocked, failed, unknown, expired, cancelled or hold.
    `intent_at` is set and committed before the network is touched; `token` names the claim, so
    that only its holder can finish the row. No rendered text is kept: `template` and
    `reference` say what to render at the moment of sending. `broadcast_id` names the broadcast
    that a message of that class is a copy of; `settled_at` is when somebody has dealt with a row
    that failed or whose fate is unknown.
    """

    id = fields.BigIntField(primary_key=True)
    dedup_key = fields.CharField(max_length=80, unique=True)
    kind = fields.CharField(max_length=16)
    priority = fields.SmallIntField()
    person_id = fields.BigIntField(null=True)
    chat_id = fields.BigIntField()
    template = fields.CharField(max_length=32)
    reference = fields.CharField(max_length=80, default="")
    broadcast_id = fields.BigIntField(null=True)
    purpose = fields.CharField(max_length=16, null=True)
    is_self_set = fields.BooleanField(default=False)
    due_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    state = fields.CharField(max_length=10, default="queued")
    owner_id = fields.BigIntField(null=True)
    token = fields.CharField(max_length=32, null=True)
    intent_at: datetime | None = fields.DatetimeField(null=True)
    tries = fields.SmallIntField(default=0)
    ambiguities = fields.SmallIntField(default=0)
    message_id = fields.BigIntField(null=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=120, null=True)
    settled_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        """Table; the dedup_key refuses a second row for the same event."""

        table = "send"
        indexes = (
            # In the order in which rows are claimed, so that a claim sorts nothing.
            Index(fields=("state", "priority", "due_at", "id")),
            Index(fields=("person_id", "state")),
            Index(fields=("chat_id", "state")),
            Index(fields=("owner_id",)),
            Index(fields=("finished_at",)),
            Index(fields=("broadcast_id", "state")),
        )


class Owner(Model):
    """A process that may hold claims; its liveness lock is free once it is gone.

    `looked_at` is when its sender last looked for work, as long as its jobs tick: a process that
    stands still keeps its lock, and does not write this any more.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    started_at: datetime = fields.DatetimeField()
    looked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "owner"


class Gate(Model):
    """A gate shared by every sender; no call is made before `closed_until`."""

    name = fields.CharField(max_length=16, primary_key=True)
    closed_until: datetime = fields.DatetimeField()
    reason = fields.CharField(max_length=24, default="")

    class Meta:
        """Table."""

        table = "gate"


class UpdateSeen(Model):
    """An update that was taken in; its number is kept so that it has no second effect."""

    update_id = fields.BigIntField(primary_key=True, generated=False)
    seen_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "update_seen"
        indexes = (Index(fields=("seen_at",)),)


class Effect(Model):
    """A button whose effect has been had; a second press has none."""

    nonce = fields.CharField(max_length=64, primary_key=True)
    had_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "effect"
        indexes = (Index(fields=("had_at",)),)


class Dialog(Model):
    """Where a chat stands: which conversation, which step, what was answered so far.

    `version` grows by one with every step and is part of every button; `shown_version` is the
    one last put on the phone; `message_id` is the message that shows it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    chat_id = fields.BigIntField(unique=True)
    name = fields.CharField(max_length=24)
    step = fields.CharField(max_length=24)
    answers_sealed = fields.BinaryField(null=True)
    version = fields.IntField(default=1)
    shown_version = fields.IntField(default=0)
    message_id = fields.BigIntField(null=True)
    updated_at: datetime = fields.DatetimeField()

    answers = Sealed()

    class Meta:
        """Table."""

        table = "dialog"
        indexes = (Index(fields=("updated_at",)),)
