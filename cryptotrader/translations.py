"""Updates translations: `python -m cryptotrader.translations` adds the sources' texts to each language's django.po.

It needs no GNU gettext: Babel reads Python, and Django itself turns templates into a form that Babel can read.
New texts arrive untranslated, old ones are removed, and nothing is guessed ("fuzzy").
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("accounts", "cryptotrader", "monitoring", "trading")
TEMPLATES = "templates"
CATALOGS = "locale/*/LC_MESSAGES/django.po"
_LINE_WIDTH = 120
_KEYWORDS = DEFAULT_KEYWORDS | {
    "mark": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extract_all() -> Catalog:
    """Returns every text that the sources mark for translation."""
    catalog = Catalog()
    for path in _sources():
        source = _as_python(path)
        for _line, message, comments, context in extract("python", BytesIO(source.encode()), keywords=_KEYWORDS):
            location = (str(path.relative_to(ROOT)), 0)
            catalog.add(message, locations=[location], auto_comments=comments, context=context)
    return catalog


def read_catalog(path: Path) -> Catalog:
    """Reads the catalog of a .po file; its directory names the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def catalogs() -> list[Path]:
    return sorted(ROOT.glob(CATALOGS))


def update(path: Path) -> list[str]:
    """Updates a .po file from the sources, and returns the untranslated texts."""
    catalog, extracted = read_catalog(path), extract_all()
    extracted.creation_date = catalog.creation_date  # otherwise every run would change the file
    catalog.update(extracted, no_fuzzy_matching=True)
    catalog.fuzzy = False
    with path.open("wb") as file:
        write_po(file, catalog, width=_LINE_WIDTH, ignore_obsolete=True, include_lineno=False, sort_output=True)
    return [str(message.id) for message in catalog if message.id and not message.string]


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield path
    for path in sorted((ROOT / TEMPLATES).rglob("*")):
        if path.is_file():
            yield path


def _as_python(path: Path) -> str:
    """Returns source for Babel's Python reader, without a template's indentation, which has no meaning there."""
    text = path.read_text()
    if path.suffix == ".py":
        return text
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def main() -> int:
    missing = {path: update(path) for path in catalogs()}
    for path, texts in missing.items():
        for text in texts:
            sys.stderr.write(f"{path.relative_to(ROOT)}: no translation: {text}\n")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
