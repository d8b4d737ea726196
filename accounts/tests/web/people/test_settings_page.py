import pytest
from django.utils import translation

from accounts.web.people.settings import SettingsForm


@pytest.mark.parametrize(("language", "quarter"), [("en", "15 minutes"), ("ko", "15분")])
def test_the_choices_are_in_the_readers_language(language: str, quarter: str) -> None:
    with translation.override(language):
        assert dict(SettingsForm().fields["reality_check_minutes"].choices)["15"] == quarter  # type: ignore[attr-defined]
