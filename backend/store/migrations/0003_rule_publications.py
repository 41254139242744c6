"""Rules as they were published, and the day on which a service was last reminded of."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

# The day of the last reminder of each service, as the outbox and the visits still know it.
_REMINDED = """
    UPDATE due_service SET reminded_on = (SELECT max(told.on_date) FROM (
        SELECT reference AS due_id, {day} AS on_date FROM send
            WHERE dedup_key LIKE 'due:%' AND state NOT IN ('cancelled', 'expired')
        UNION ALL SELECT CAST(due_service_id AS TEXT), {day} FROM task
            WHERE dedup_key LIKE 'visit:%' AND state <> 'cancelled'
    ) told WHERE told.due_id = CAST(due_service.id AS TEXT))
"""
_DAY = {
    "sqlite": "substr(dedup_key, -10)",
    "postgres": "CAST(right(dedup_key, 10) AS DATE)",
}


async def note_reminders(_apps: object, editor: BaseSchemaEditor) -> None:
    dialect = editor.client.capabilities.dialect
    await editor.client.execute_script(_REMINDED.format(day=_DAY[dialect]))


class Migration(migrations.Migration):
    """A table, and a column filled from what the outbox and the visits still know."""

    dependencies = [("models", "0002_residence_and_products")]

    operations = [
        ops.CreateModel(
            name='RulePublication',
            fields=[
                ('number', fields.IntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('text', fields.TextField(unique=False)),
                ('rules', fields.TextField(unique=False)),
                ('digest', fields.CharField(max_length=64)),
                ('published_by', fields.BigIntField(null=True)),
                ('published_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_person', fields.BigIntField(default=0)),
                ('persons', fields.IntField(default=0)),
                ('appeared', fields.IntField(default=0)),
                ('moved', fields.IntField(default=0)),
                ('vanished', fields.IntField(default=0)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'rule_publication', 'app': 'models', 'pk_attr': 'number'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='DueService',
            name='reminded_on',
            field=fields.DateField(null=True),
        ),
        ops.RunPython(note_reminders, ops.RunPython.noop),
    ]
