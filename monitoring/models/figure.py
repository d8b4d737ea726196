from django.db import models


class Figure(models.Model):
    """A number that costs too much to be found at each scrape: a task finds it now and then, and keeps it here.

    In the database and not in Redis: an emptied Redis must not look like a ledger that nobody checks.
    """

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        db_table = "figures"

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
