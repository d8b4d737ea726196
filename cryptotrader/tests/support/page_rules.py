"""The rules of every page, read from its HTML.

- No form uses the browser's validation: its bubbles speak the browser's language, and show one fault at a time.
- Each page with a form that changes something loads the script that sends it once.
- Nothing that only a script makes work looks ready before it: it is hidden or disabled, or in a template or a dialog.
- No field leaves numbers to the browser (`type=number`): some drop a comma, so that 1,50 arrives as 150.
- A browser's translation leaves numbers alone: scripts rewrite them, and it would translate them again.
- A form that takes a password says whose it is: else a password manager keeps a new one under another name.
- Nothing is loaded twice.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NO_FIELDS = {"hidden", "submit", "button"}
DJANGOS_SEARCH = "changelist-search"
SENDS_ONCE = (
    "built/page.js",
    "built/trade.js",
    "built/landing.js",
    "built/trade_page.js",
    "built/portfolio.js",
    "js/core/forms.js",
)

Attributes = dict[str, str | None]


@dataclass
class Page(HTMLParser):
    """The faults of a page. `open` has the elements around the present place, from the outside in."""

    open: list[tuple[str, Attributes]] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    has_fields: bool = False
    changes: bool = False
    takes: list[Attributes] = field(default_factory=list)
    """The inputs of the form at the present place."""

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        page.close()
        return page

    @property
    def faults(self) -> list[str]:
        """What breaks a rule, each with the tag that does."""
        twice = [f"{name} is loaded twice" for name in {*self.loaded} if self.loaded.count(name) > 1]
        guarded = any(script in name for name in self.loaded for script in SENDS_ONCE)
        unguarded = ["a form may be sent twice"] if self.changes and not guarded else []
        return [*self.found, *twice, *unguarded]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, given))
        self._note(tag, given)
        for fault, is_so in (
            ("a script must make it work, and it looks ready", self._looks_ready(tag, given)),
            ("the browser validates it", self._validates(tag, given)),
            ("the browser reads its number", tag == "input" and given.get("type") == "number"),
            ("a translation would change it", self._is_translated(tag, given)),
        ):
            if is_so:
                self.found.append(f"{fault}: {self.get_starttag_text()}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            if _asks_a_stranger(self.takes):
                self.found.append("a password whose owner isn't named")
            self.takes = []
        while tag in (name for name, _given in self.open) and self.open.pop()[0] != tag:
            pass

    def _note(self, tag: str, given: Attributes) -> None:
        if tag == "script" and given.get("src"):
            self.loaded.append(str(given["src"]))
        if tag == "link" and given.get("rel") == "stylesheet":
            self.loaded.append(str(given["href"]))
        self.changes |= tag == "form" and given.get("method") == "post"
        self.has_fields |= self._is_field(tag, given)
        if tag == "input":
            self.takes.append(given)

    def _is_field(self, tag: str, given: Attributes) -> bool:
        typed = tag in ("select", "textarea") or (tag == "input" and given.get("type") not in NO_FIELDS)
        form = self._form()
        return typed and form is not None and form.get("id") != DJANGOS_SEARCH

    def _validates(self, tag: str, given: Attributes) -> bool:
        return self._is_field(tag, given) and "novalidate" not in (self._form() or {})

    def _looks_ready(self, tag: str, given: Attributes) -> bool:
        if tag != "button" or "form" in given:
            return False
        form = self._form()
        by_script = given.get("type") == "button" or (form is not None and _needs_a_script(form))
        return by_script and not any(
            name in ("template", "dialog") or "hidden" in each or "disabled" in each for name, each in self.open
        )

    def _is_translated(self, tag: str, given: Attributes) -> bool:
        named = "number" in (given.get("class") or "").split()
        is_number = tag != "th" and (named or any(name.startswith("data-wallet-") for name in given))
        return is_number and not any(each.get("translate") == "no" for _name, each in self.open)

    def _form(self) -> Attributes | None:
        return next((given for name, given in reversed(self.open) if name == "form"), None)


def _needs_a_script(form: Attributes) -> bool:
    return "data-passkey" in form or not ({"method", "action"} & form.keys())


def _asks_a_stranger(inputs: list[Attributes]) -> bool:
    takes_password = any(given.get("type") == "password" for given in inputs)
    return takes_password and not any(given.get("autocomplete") in ("username", "email") for given in inputs)
