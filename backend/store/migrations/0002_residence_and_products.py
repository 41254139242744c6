"""Where a person is registered beside where she lives; what a product lasts."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Four columns that may be empty, so that rows from before stay as they are."""

    dependencies = [("models", "0001_initial")]

    operations = [
        ops.AddField(
            model_name="LifeEvent", name="rods", field=fields.SmallIntField(null=True)
        ),
        ops.AddField(
            model_name="LifeEvent", name="lasts_months", field=fields.SmallIntField(null=True)
        ),
        ops.AddField(
            model_name="Person",
            name="registered_code",
            field=fields.CharField(null=True, max_length=12),
        ),
        ops.AddField(
            model_name="Person",
            name="registered_place_sealed",
            field=fields.BinaryField(null=True),
        ),
    ]
