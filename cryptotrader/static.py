"""Static files under hashed names, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Hashes the names inside ES `import` statements too: without it a browser would mix old and new modules."""

    support_js_module_import_aggregation = True
