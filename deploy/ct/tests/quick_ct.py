"""`ct` that looks at servers twenty times a second. Deployments of tests are many, and their servers ready at once."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from deploy.ct.__main__ import main
from deploy.ct.rollout import waiting

if __name__ == "__main__":
    waiting.PAUSE_SECONDS = 0.05
    sys.exit(main(sys.argv[1:]))
