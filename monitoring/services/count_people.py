from datetime import datetime

from accounts.selectors.people.activity import people_active
from monitoring.domain.figures import ACTIVE_WINDOWS, active_people
from monitoring.models import Figure


def count_people(*, now: datetime) -> None:
    """Count the people who were active in each window, and keep the numbers."""
    counts = people_active(list(ACTIVE_WINDOWS.values()), now=now)
    Figure.objects.bulk_create(
        [
            Figure(name=active_people(name), value=counts[window], found_at=now)
            for name, window in ACTIVE_WINDOWS.items()
        ],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["value", "found_at"],
    )
