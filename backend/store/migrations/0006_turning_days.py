from tortoise import migrations
from tortoise.migrations import operations as ops

CREATE = """
    CREATE INDEX idx_due_service_turns_on ON due_service
    ((CASE state WHEN 'planned' THEN opens_on WHEN 'open' THEN closes_on END))
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0005_claim_order")]

    initial = False

    operations = [
        ops.RemoveIndex(model_name="DueService", name=None, fields=["state", "closes_on"]),
        ops.RunSQL(CREATE, "DROP INDEX idx_due_service_turns_on"),
    ]
