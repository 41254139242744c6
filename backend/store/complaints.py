"""Complaints as sealed rows: no row of them knows a person, and none knows more than the day."""

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.sealed import Sealed


class DeskKey(Model):
    """A public key of the complaints desk; the private half never comes here.

    `level` is township, county or recovery; `office` is shown to people, the holder's name is
    only looked for among those named in a complaint.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    public_key = fields.CharField(max_length=64, unique=True)
    level = fields.CharField(max_length=10)
    region_code = fields.CharField(max_length=12)
    office = fields.CharField(max_length=60)
    holder_sealed = fields.BinaryField(null=True)
    holder_index = fields.CharField(max_length=24, null=True)
    added_on: date = fields.DateField()
    ended_on: date | None = fields.DateField(null=True)

    holder = Sealed(index=True)

    class Meta:
        """Table."""

        table = "desk_key"


class Complaint(Model):
    """A complaint's state and days; all that was said is in its sealed pieces.

    Its id is drawn at random, as one that grows with time would tell the minute. `accused_blind`
    holds the keyed digests of the staff it names, by which they are kept from it. `is_urgent` is
    all that is known of its category, for the desk to hear of it the same day. A draft is erased
    soon, everything else on `erase_on`.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    receipt_digest = fields.CharField(max_length=64, null=True, unique=True)
    state = fields.CharField(max_length=10)
    accused_blind = fields.TextField(default="")
    is_urgent = fields.BooleanField(default=False)
    received_on: date | None = fields.DateField(null=True)
    accepted_on: date | None = fields.DateField(null=True)
    extended_on: date | None = fields.DateField(null=True)
    answered_on: date | None = fields.DateField(null=True)
    review_on: date | None = fields.DateField(null=True)
    closed_on: date | None = fields.DateField(null=True)
    rating = fields.CharField(max_length=8, null=True)
    erase_on: date = fields.DateField()

    class Meta:
        """Table."""

        table = "complaint"
        indexes = (Index(fields=("state",)), Index(fields=("erase_on",)))


def owned_by_complaint() -> fields.ForeignKeyRelation[Complaint]:
    """Return the column of a row that is a part of a complaint."""
    return fields.ForeignKeyField(
        "models.Complaint", related_name=False, on_delete=fields.OnDelete.RESTRICT
    )


class ComplaintRecipient(Model):
    """A key that a complaint is sealed to."""

    id = fields.BigIntField(primary_key=True, generated=False)
    complaint = owned_by_complaint()
    complaint_id: int
    desk_key_id = fields.BigIntField()

    class Meta:
        """Table."""

        table = "complaint_recipient"
        unique_together = (("complaint_id", "desk_key_id"),)
        indexes = (Index(fields=("desk_key_id",)),)


class ComplaintPiece(Model):
    """A sealed part of a complaint: header, contact, chat, receipt, text, photo or voice."""

    id = fields.BigIntField(primary_key=True, generated=False)
    complaint = owned_by_complaint()
    complaint_id: int
    kind = fields.CharField(max_length=8)
    place = fields.SmallIntField()
    box = fields.BinaryField()
    added_on: date = fields.DateField()

    class Meta:
        """Table."""

        table = "complaint_piece"
        unique_together = (("complaint_id", "place"),)


class ComplaintPieceKey(Model):
    """The key of a piece's box, sealed to one recipient."""

    id = fields.BigIntField(primary_key=True, generated=False)
    piece_id = fields.BigIntField()
    complaint_id = fields.BigIntField()
    desk_key_id = fields.BigIntField()
    sealed_key = fields.BinaryField()

    class Meta:
        """Table."""

        table = "complaint_piece_key"
        unique_together = (("piece_id", "desk_key_id"),)
        indexes = (Index(fields=("complaint_id", "desk_key_id")),)


class ComplaintReply(Model):
    """What the desk said, in a box that the receipt opens; `deed` is what was done with it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    complaint = owned_by_complaint()
    complaint_id: int
    deed = fields.CharField(max_length=10)
    place = fields.SmallIntField()
    box = fields.BinaryField()
    said_on: date = fields.DateField()

    class Meta:
        """Table."""

        table = "complaint_reply"
        unique_together = (("complaint_id", "place"),)


class ComplaintReading(Model):
    """A key that opened a complaint on a day."""

    id = fields.BigIntField(primary_key=True, generated=False)
    complaint = owned_by_complaint()
    complaint_id: int
    desk_key_id = fields.BigIntField()
    read_on: date = fields.DateField()

    class Meta:
        """Table."""

        table = "complaint_reading"
        unique_together = (("complaint_id", "desk_key_id", "read_on"),)


class ReceiptGuess(Model):
    """A receipt that was asked for and does not exist; the chat is a keyed digest."""

    id = fields.BigIntField(primary_key=True)
    chat_blind = fields.CharField(max_length=24)
    guessed_at: datetime = fields.DatetimeField()

    class Meta:
        """Table."""

        table = "receipt_guess"
        indexes = (Index(fields=("chat_blind", "guessed_at")),)
