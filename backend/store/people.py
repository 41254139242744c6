"""Who lives where: regions, households, persons, their chats, roles and invites."""

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from backend.store.sealed import Sealed

_CODE = 12
_BLIND = 24


class Region(Model):
    """A township (its 12-digit code ends in 000) or a village or community below it."""

    code = fields.CharField(max_length=_CODE, primary_key=True)
    name = fields.CharField(max_length=60)

    class Meta:
        """Table."""

        table = "region"


class Household(Model):
    """A registered household; its cadre's grid is the households assigned to her."""

    id = fields.BigIntField(primary_key=True)
    village_code = fields.CharField(max_length=_CODE)
    number = fields.CharField(max_length=40)
    cadre_id = fields.BigIntField(null=True)

    class Meta:
        """Table."""

        table = "household"
        unique_together = (("village_code", "number"),)
        indexes = (Index(fields=("cadre_id",)),)


class Person(Model):
    """A person of the township, whether she uses the bot or not.

    `state` is `roster` (the office's own list), `waiting` (registered herself, a cadre has not
    confirmed), `confirmed`, or `erased`. Minutes are minutes after local midnight. `claim_of_id`
    names the roster row that a waiting person seems to be, until a cadre has looked.

    `village_code` is where she lives: there she is served and counted. Where she is registered is
    a fact beside it, a code where it is a village known here, its name otherwise; empty: the same.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    village_code = fields.CharField(max_length=_CODE)
    household: fields.ForeignKeyNullableRelation[Household] = fields.ForeignKeyField(
        "models.Household", related_name=False, null=True, on_delete=fields.OnDelete.RESTRICT
    )
    household_id: int | None
    state = fields.CharField(max_length=12, default="roster")
    sex = fields.CharField(max_length=6, null=True)
    birth_date: date | None = fields.DateField(null=True)
    birth_year = fields.SmallIntField(null=True)
    locale = fields.CharField(max_length=8, default="zh_CN")
    calendar = fields.CharField(max_length=12, default="nbphs2017")
    enrolled_on: date | None = fields.DateField(null=True)
    reminder_minute = fields.SmallIntField(default=8 * 60 + 30)
    folic_acid_minute = fields.SmallIntField(default=8 * 60 + 30)
    quiet_from_minute = fields.SmallIntField(default=21 * 60)
    quiet_to_minute = fields.SmallIntField(default=8 * 60)
    hides_content = fields.BooleanField(default=True)
    voice_first = fields.BooleanField(default=False)
    name_sealed = fields.BinaryField(null=True)
    name_index = fields.CharField(max_length=_BLIND, null=True)
    phone_sealed = fields.BinaryField(null=True)
    phone_index = fields.CharField(max_length=_BLIND, null=True)
    phone_tail_index = fields.CharField(max_length=_BLIND, null=True)
    id_number_sealed = fields.BinaryField(null=True)
    id_number_index = fields.CharField(max_length=_BLIND, null=True)
    remarks_sealed = fields.BinaryField(null=True)
    registered_code = fields.CharField(max_length=_CODE, null=True)
    registered_place_sealed = fields.BinaryField(null=True)
    registration_number: int | None = fields.IntField(null=True, unique=True)
    claim_of_id = fields.BigIntField(null=True)
    erase_on: date | None = fields.DateField(null=True)
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    name = Sealed(index=True)
    phone = Sealed(index=True)
    id_number = Sealed(index=True)
    remarks = Sealed()
    registered_place = Sealed()

    class Meta:
        """Table; an ID number belongs to one person only."""

        table = "person"
        unique_together = (("id_number_index",),)
        indexes = (
            Index(fields=("village_code", "name_index")),
            Index(fields=("phone_index",)),
            Index(fields=("phone_tail_index",)),
            Index(fields=("household_id",)),
            Index(fields=("erase_on",)),
        )


def owned_by_person() -> fields.ForeignKeyRelation[Person]:
    """Return the column of a row that belongs to a person, who cannot vanish under it."""
    return fields.ForeignKeyField(
        "models.Person", related_name=False, on_delete=fields.OnDelete.RESTRICT
    )


class Counter(Model):
    """The last of a row of running numbers, such as those of self-registrations."""

    name = fields.CharField(max_length=16, primary_key=True)
    number = fields.IntField(default=0)

    class Meta:
        """Table."""

        table = "counter"


class Account(Model):
    """A Telegram user who has written to the bot, and the person behind the chat.

    `state` is `active`, `stopped` (said STOP), `blocked`, `deactivated`, or `unreachable` (all
    failed for days). `stopped_at` outlives a block, so that opening the chat again does not take
    back a STOP.
    """

    id = fields.BigIntField(primary_key=True)
    tg_id = fields.BigIntField(unique=True)
    person_id = fields.BigIntField(null=True, unique=True)
    locale = fields.CharField(max_length=8, null=True)
    state = fields.CharField(max_length=12, default="active")
    started_at: datetime = fields.DatetimeField()
    state_at: datetime = fields.DatetimeField()
    stopped_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "account"


class RoleGrant(Model):
    """A role (cadre, officer, desk, auditor) that a person holds for a region."""

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    role = fields.CharField(max_length=10)
    region_code = fields.CharField(max_length=_CODE)
    granted_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        """Table."""

        table = "role_grant"
        indexes = (Index(fields=("person_id",)), Index(fields=("role", "region_code")))


class Invite(Model):
    """A single-use way in; only the digest of its 128-bit token is kept."""

    id = fields.BigIntField(primary_key=True, generated=False)
    token_digest = fields.CharField(max_length=64, unique=True)
    role = fields.CharField(max_length=10)
    region_code = fields.CharField(max_length=_CODE)
    person_id = fields.BigIntField(null=True)
    name_sealed = fields.BinaryField(null=True)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    name = Sealed()

    class Meta:
        """Table."""

        table = "invite"
        indexes = (Index(fields=("person_id",)),)


class Consent(Model):
    """One answer to one request for consent; the newest answer of a purpose is the one in force.

    Exactly one of `given_at` and `refused_at` is set; `withdrawn_at` ends what was given. Where a
    cadre wrote down what she was told in person, `recorded_by` names the cadre.
    """

    id = fields.BigIntField(primary_key=True)
    person = owned_by_person()
    person_id: int
    purpose = fields.CharField(max_length=16)
    text_version = fields.CharField(max_length=12)
    given_at: datetime | None = fields.DatetimeField(null=True)
    refused_at: datetime | None = fields.DatetimeField(null=True)
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    recorded_by = fields.BigIntField(null=True)

    class Meta:
        """Table."""

        table = "consent"
        indexes = (Index(fields=("person_id", "purpose")),)


class AuditEntry(Model):
    """One link of the audit chain: who did what to which row, sealed by an HMAC."""

    id = fields.BigIntField(primary_key=True)
    at: datetime = fields.DatetimeField()
    actor_id = fields.BigIntField(null=True)
    action = fields.CharField(max_length=40)
    subject_id = fields.BigIntField(null=True)
    detail = fields.CharField(max_length=200, default="")
    mac = fields.CharField(max_length=64)

    class Meta:
        """Table."""

        table = "audit_entry"
        indexes = (Index(fields=("subject_id",)), Index(fields=("actor_id",)))
