"""Pages of a dossier that a release before this one made: worded otherwise, and not vouched for.

Nobody can make them again here. So they are no part of the verdict, and must be able to do nothing: whoever
opens one sees text. The report to read is the one that is made anew (`verify --report`).
"""

from html.parser import HTMLParser

_LOADS = ("url(", "@import", "javascript:", "://", "expression(")
"""What a style or an attribute may not say: it would load or run something."""


class _Parts(HTMLParser):
    """The tags and attributes of a page, and whatever in it may load something."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.parts: set[tuple[str, str]] = set()
        self.loads: set[str] = set()
        self._styled = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with its attributes."""
        self._styled = tag == "style"
        self.parts.add((tag, ""))
        for name, value in attrs:
            self.parts.add((tag, name))
            self._note(value or "", always=tag == "meta")

    def handle_data(self, data: str) -> None:
        """Note what a style loads."""
        if self._styled:
            for rule in data.split("}"):
                self._note(rule)
            self._styled = False

    def _note(self, text: str, *, always: bool = False) -> None:
        plain = "".join(text.split()).casefold()
        if always or any(word in plain for word in _LOADS):
            self.loads.add(plain)


def is_inert(page: bytes, ours: bytes) -> bool:
    """Return whether a page has no tag and no attribute, and loads nothing, that our own has not.

    `ours` is the same page as this code makes it.
    """
    theirs, own = _Parts(page.decode("utf-8", "replace")), _Parts(ours.decode("utf-8"))
    return theirs.parts <= own.parts and theirs.loads <= own.loads
