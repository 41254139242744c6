from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0004_sends_settled")]

    initial = False

    operations = [
        ops.RemoveIndex(model_name="Send", name=None, fields=["state", "priority", "due_at"]),
        ops.AddIndex(
            model_name="Send", index=Index(fields=["state", "priority", "due_at", "id"])
        ),
    ]
