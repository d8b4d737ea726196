"""What a worker loads when it starts."""

import subprocess
import sys

import pytest

from cryptotrader.local.home import ROOT

START = """
import sys
from celery.fixups.django import DjangoWorkerFixup
from cryptotrader.celery import app
DjangoWorkerFixup(app).validate_models()  # what Celery does first in a worker
from django.apps import apps
print(apps.ready, "cryptotrader.urls" in sys.modules)
"""


@pytest.mark.process
def test_a_worker_loads_no_page() -> None:
    """A fault in one would stop the settlement, and each worker would hold all of them in memory."""
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False"], done.stderr
