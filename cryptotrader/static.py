"""Serves static files under hashed names, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Also hashes the names inside ES `import` statements: otherwise a browser would mix old and new modules."""

    support_js_module_import_aggregation = True
