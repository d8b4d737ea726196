"""gunicorn's configuration, so that the lines of its parent process are ours too.

gunicorn --config python:cryptotrader.logs.gunicorn cryptotrader.wsgi
"""

from cryptotrader.logs import configuration

logconfig_dict = configuration(readable=False, level="INFO")
loglevel = "warning"
