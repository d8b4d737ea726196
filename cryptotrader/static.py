"""Serves static files under hashed names, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


def _is_of_source_map(pattern: object) -> bool:
    return "sourceMappingURL" in str(pattern)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Also hashes the names inside ES `import` statements: otherwise a browser would mix old and new modules.

    Packages of others name source maps, which we don't ship: those names stay as they are.
    """

    support_js_module_import_aggregation = True
    # A module's name depends on those of the modules that it imports: each pass settles a few more rows of them.
    max_post_process_passes = 20
    patterns = tuple(
        (files, tuple(pattern for pattern in patterns if not _is_of_source_map(pattern)))
        for files, patterns in HashedFilesMixin.patterns
    )
