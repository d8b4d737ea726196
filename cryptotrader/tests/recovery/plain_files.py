"""The platform's settings; static files go to a test's directory, and are neither hashed nor compressed."""

import os
from pathlib import Path

from cryptotrader.settings import *  # noqa: F403
from cryptotrader.settings import STORAGES

STATIC_ROOT = Path(os.environ["STATIC_FILES"])
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
