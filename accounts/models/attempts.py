from django.db import models
from django.db.models import Q


class AttemptTally(models.Model):
    """The failed guesses at one subject: the hash of an email, of an address or of a person's second factor.

    It is in PostgreSQL, not in Redis: an empty or absent Redis must not allow more guesses.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt_tallies"
        constraints = [models.CheckConstraint(condition=Q(failures__gte=0), name="failures_are_counted")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.failures}"
