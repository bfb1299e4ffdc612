"""Where histories are read from, in words."""

from starter.terminal.language import say
from workflows.words import Words

SOURCES = {
    "server": Words("server", "服务器"),
    "archive": Words("archive", "归档"),
    "files": Words("files", "文件"),
}


def source(name: str) -> str:
    """A source of histories; what a newer program has written stays as it is."""
    return say(SOURCES.get(name, Words.same(name)))
