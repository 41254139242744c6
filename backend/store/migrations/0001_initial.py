from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("tg_id", fields.BigIntField(unique=True)),
                ("person_id", fields.BigIntField(null=True, unique=True)),
                ("locale", fields.CharField(null=True, max_length=8)),
                ("state", fields.CharField(default="active", max_length=12)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "account", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor_id", fields.BigIntField(null=True)),
                ("action", fields.CharField(max_length=40)),
                ("subject_id", fields.BigIntField(null=True)),
                ("detail", fields.CharField(default="", max_length=200)),
                ("mac", fields.CharField(max_length=64)),
            ],
            options={
                "table": "audit_entry",
                "app": "models",
                "indexes": [Index(fields=["subject_id"]), Index(fields=["actor_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Dialog",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ("chat_id", fields.BigIntField(unique=True)),
                ("name", fields.CharField(max_length=24)),
                ("step", fields.CharField(max_length=24)),
                ("answers_sealed", fields.BinaryField(null=True)),
                ("version", fields.IntField(default=1)),
                ("shown_version", fields.IntField(default=0)),
                ("message_id", fields.BigIntField(null=True)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "dialog",
                "app": "models",
                "indexes": [Index(fields=["updated_at"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Effect",
            fields=[
                (
                    "nonce",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("had_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "effect",
                "app": "models",
                "indexes": [Index(fields=["had_at"])],
                "pk_attr": "nonce",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Gate",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16),
                ),
                ("closed_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(default="", max_length=24)),
            ],
            options={"table": "gate", "app": "models", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("village_code", fields.CharField(max_length=12)),
                ("number", fields.CharField(max_length=40)),
                ("cadre_id", fields.BigIntField(null=True)),
            ],
            options={
                "table": "household",
                "app": "models",
                "unique_together": (("village_code", "number"),),
                "indexes": [Index(fields=["cadre_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invite",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ("token_digest", fields.CharField(unique=True, max_length=64)),
                ("role", fields.CharField(max_length=10)),
                ("region_code", fields.CharField(max_length=12)),
                ("person_id", fields.BigIntField(null=True)),
                ("name_sealed", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invite",
                "app": "models",
                "indexes": [Index(fields=["person_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Owner",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "owner", "app": "models", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ("village_code", fields.CharField(max_length=12)),
                (
                    "household",
                    fields.ForeignKeyField(
                        "models.Household",
                        source_field="household_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharField(default="roster", max_length=12)),
                ("sex", fields.CharField(null=True, max_length=6)),
                ("birth_date", fields.DateField(null=True)),
                ("birth_year", fields.SmallIntField(null=True)),
                ("locale", fields.CharField(default="zh_CN", max_length=8)),
                ("calendar", fields.CharField(default="nbphs2017", max_length=12)),
                ("enrolled_on", fields.DateField(null=True)),
                ("reminder_minute", fields.SmallIntField(default=510)),
                ("folic_acid_minute", fields.SmallIntField(default=510)),
                ("quiet_from_minute", fields.SmallIntField(default=1260)),
                ("quiet_to_minute", fields.SmallIntField(default=480)),
                ("hides_content", fields.BooleanField(default=True)),
                ("voice_first", fields.BooleanField(default=False)),
                ("name_sealed", fields.BinaryField(null=True)),
                ("name_index", fields.CharField(null=True, max_length=24)),
                ("phone_sealed", fields.BinaryField(null=True)),
                ("phone_index", fields.CharField(null=True, max_length=24)),
                ("phone_tail_index", fields.CharField(null=True, max_length=24)),
                ("id_number_sealed", fields.BinaryField(null=True)),
                ("id_number_index", fields.CharField(null=True, max_length=24)),
                ("remarks_sealed", fields.BinaryField(null=True)),
                ("erase_on", fields.DateField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "person",
                "app": "models",
                "unique_together": (("id_number_index",),),
                "indexes": [
                    Index(fields=["village_code", "name_index"]),
                    Index(fields=["phone_index"]),
                    Index(fields=["phone_tail_index"]),
                    Index(fields=["household_id"]),
                    Index(fields=["erase_on"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("purpose", fields.CharField(max_length=16)),
                ("text_version", fields.CharField(max_length=12)),
                ("given_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("refused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "withdrawn_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "consent",
                "app": "models",
                "indexes": [Index(fields=["person_id", "purpose"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DoseLog",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("on_date", fields.DateField()),
                ("answer", fields.CharField(max_length=10)),
                ("reason", fields.CharField(null=True, max_length=12)),
                ("answered_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "dose_log",
                "app": "models",
                "unique_together": (("person_id", "on_date"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DueService",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("rule", fields.CharField(max_length=24)),
                ("rule_version", fields.IntField()),
                ("episode", fields.CharField(max_length=24)),
                ("occurrence", fields.IntField()),
                ("topic", fields.CharField(max_length=16)),
                ("opens_on", fields.DateField()),
                ("due_on", fields.DateField()),
                ("closes_on", fields.DateField()),
                ("state", fields.CharField(max_length=10)),
                ("anchor", fields.CharField(max_length=16)),
                ("anchor_on", fields.DateField()),
                ("remind_on", fields.DateField(null=True)),
                ("booked_on", fields.DateField(null=True)),
                ("done_on", fields.DateField(null=True)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "due_service",
                "app": "models",
                "unique_together": (("person_id", "rule", "episode", "occurrence"),),
                "indexes": [Index(fields=["remind_on"]), Index(fields=["state", "closes_on"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LifeEvent",
            fields=[
                ("id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("episode", fields.BigIntField()),
                ("kind", fields.CharField(max_length=20)),
                ("on_date", fields.DateField(null=True)),
                ("lmp_on", fields.DateField(null=True)),
                ("edd_on", fields.DateField(null=True)),
                ("edd_source", fields.CharField(null=True, max_length=12)),
                ("mode", fields.CharField(null=True, max_length=12)),
                ("method", fields.CharField(null=True, max_length=16)),
                ("reported_by", fields.BigIntField(null=True)),
                ("reported_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("superseded_by", fields.BigIntField(null=True)),
            ],
            options={
                "table": "life_event",
                "app": "models",
                "indexes": [Index(fields=["person_id"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Region",
            fields=[
                (
                    "code",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=12),
                ),
                ("name", fields.CharField(max_length=60)),
            ],
            options={"table": "region", "app": "models", "pk_attr": "code"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("role", fields.CharField(max_length=10)),
                ("region_code", fields.CharField(max_length=12)),
                ("granted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "role_grant",
                "app": "models",
                "indexes": [Index(fields=["person_id"]), Index(fields=["role", "region_code"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Send",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("dedup_key", fields.CharField(unique=True, max_length=80)),
                ("kind", fields.CharField(max_length=16)),
                ("priority", fields.SmallIntField()),
                ("person_id", fields.BigIntField(null=True)),
                ("chat_id", fields.BigIntField()),
                ("template", fields.CharField(max_length=32)),
                ("reference", fields.CharField(default="", max_length=64)),
                ("purpose", fields.CharField(null=True, max_length=16)),
                ("is_self_set", fields.BooleanField(default=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(default="queued", max_length=10)),
                ("owner_id", fields.BigIntField(null=True)),
                ("token", fields.CharField(null=True, max_length=32)),
                ("intent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("tries", fields.SmallIntField(default=0)),
                ("ambiguities", fields.SmallIntField(default=0)),
                ("message_id", fields.BigIntField(null=True)),
                (
                    "finished_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("error", fields.CharField(null=True, max_length=120)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "send",
                "app": "models",
                "indexes": [
                    Index(fields=["state", "priority", "due_at"]),
                    Index(fields=["person_id", "state"]),
                    Index(fields=["chat_id", "state"]),
                    Index(fields=["owner_id"]),
                ],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ServiceRecord",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("rule", fields.CharField(max_length=24)),
                ("episode", fields.CharField(max_length=24)),
                ("occurrence", fields.IntField()),
                ("given_on", fields.DateField()),
                ("reported_by", fields.BigIntField(null=True)),
                ("reported_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "service_record",
                "app": "models",
                "unique_together": (("person_id", "rule", "episode", "occurrence"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("village_code", fields.CharField(max_length=12)),
                ("cadre_id", fields.BigIntField(null=True)),
                ("kind", fields.CharField(max_length=16)),
                ("reason", fields.CharField(null=True, max_length=24)),
                ("due_service_id", fields.BigIntField(null=True)),
                ("dedup_key", fields.CharField(unique=True, max_length=80)),
                ("state", fields.CharField(default="open", max_length=12)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "task",
                "app": "models",
                "indexes": [Index(fields=["person_id"]), Index(fields=["village_code", "state"])],
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TopicChoice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("topic", fields.CharField(max_length=16)),
                ("choice", fields.CharField(max_length=10)),
                ("chosen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "topic_choice",
                "app": "models",
                "unique_together": (("person_id", "topic"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UpdateSeen",
            fields=[
                ("update_id", fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "update_seen",
                "app": "models",
                "indexes": [Index(fields=["seen_at"])],
                "pk_attr": "update_id",
            },
            bases=["Model"],
        ),
    ]
