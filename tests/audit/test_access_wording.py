"""Who viewed records is listed in the language of the answers, though the log keeps short English words."""

import re
from pathlib import Path

from audit.commands import access_wording
from audit.commands.access_wording import details, what
from audit.history_sources import source
from starter.terminal.chosen_language import speaking

_NOTED = re.compile(r'(?:note\(\w+, |what=)"([a-z ]+)"(?: if \w+ else "([a-z ]+)")?')


def test_everything_that_is_noted_has_words() -> None:
    """Each command of the auditors that notes a view or an export."""
    folder = Path(access_wording.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    noted = {word for words in _NOTED.findall(code) for word in words if word}
    assert {"timeline", "dossier", "repair", "reconcile", "digest leaves"} <= noted
    with speaking("zh"):
        assert [] == [word for word in noted if what(word) == word]


def test_details_are_in_words_and_in_beijing_s_time() -> None:
    """A source by its name; what others wrote stays."""
    with speaking("zh"):
        assert details("from the server") == details("from server") == "来源：服务器"
        assert details("2027-02-28T16:00:00.000000Z – 1.4") == "2027-03-01 00:00 – 1.4"
        assert details("sha256 abc") == "sha256 abc"
        assert details(None) == ""
        assert source("archive") == "归档"
        assert source("elsewhere") == "elsewhere"
    with speaking("en"):
        assert details("from server") == "from the server"
