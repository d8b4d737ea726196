"""`deploy/bin/ct`: runs and deploys the platform. It needs Python 3.11 and nothing from a package index."""
