"""What click says of a wrong call, in our words: click's own are for whoever knows its parts."""

import re
from gettext import gettext

import click

from starter.terminal.language import language, say
from workflows.words import Words

_ENGLISH = (
    (
        re.compile(r"^Got unexpected extra arguments? \((.*)\)$"),
        r"More was written than is needed: \1",
    ),
    (re.compile(r" requires an argument\.$"), " needs a value."),
    (re.compile(r" requires (\d+) arguments\.$"), r" needs \1 values."),
    (re.compile(r" \(env var: ('[^']+')\)"), r" or \1"),
    (re.compile(r"\(Did you mean one of: (.*)\?\)$"), r"Did you mean one of \1?"),
)
_CHINESE = (
    (re.compile(r" *'([^'\n]*)' *"), r"“\1”"),
    (re.compile(r"”[,，] *“"), "”、“"),
    (re.compile(r" ?\(env var:(“[^”]+”)\) ?"), r"或环境变量\1"),
    (re.compile(r"”: "), "”："),
    (re.compile(r"”[.。]\s*"), "”。"),
)


_REASONS = ("--opinion", "--view", "--reason", "--changes", "--remark", "--comment")
"""In which decisions say why: each kind has its official term, and some have two of them."""
_ALIKE = (
    ("--outcome", "--result", "--conclusion"),
    ("--from", "--since", "--start", "--begin"),
    ("--until", "--to", "--end"),
    ("--date", "--on", "--day", "--decided-on"),
    ("--number", "--list-number", "--batch", "--list"),
    ("--certificate", "--certificate-number", "--certificate-prefix"),
    ("--actor", "--id", "--person", "--who", "--by", "--user"),
    ("--organisation", "--organization", "--org", "--unit", "--office"),
    ("--output", "--out", "--csv", "--xlsx", "--excel", "--export"),
    ("--detach", "--background", "--daemon"),
    ("--lang", "--language", "--locale"),
    ("--yes", "--force", "--confirm", "--no-confirm"),
    ("--dry-run", "--check", "--try", "--test", "--preview"),
)
"""Options of one meaning, the usual one first: whoever writes another command's means the one that there is."""


def _meant_by(name: str, command: click.Command) -> list[str]:
    """The options of a command that mean what another one's does."""
    known = {opt for param in command.params for opt in param.opts}
    if name in _REASONS:
        return [one for one in _REASONS if one in known]
    return [one for group in _ALIKE if name in group for one in group if one in known][:1]


def usage_message(error: click.UsageError) -> str:
    """Return what was wrong with a call, in the language of the answers."""
    if isinstance(error, click.NoSuchOption) and error.ctx:
        meant = _meant_by(error.option_name, error.ctx.command)
        if meant:
            vars(error)["possibilities"] = meant
    told = error.format_message()
    for pattern, plain in _CHINESE if language() == "zh" else _ENGLISH:
        told = pattern.sub(plain, told)
    options = _options_meant(error)
    if options:
        told += say(Words(f". Did you mean {options}?", f"。是否指：{options}？"))
    return told


_EXTRA = re.compile(r"(?:extra arguments? \(|多余的参数：)(.*?)\)?$")


def _options_meant(error: click.UsageError) -> str:
    """The options that take what stands there as an argument too many; nothing where none does."""
    extra = _EXTRA.search(error.message)
    if extra is None or error.ctx is None:
        return ""
    options = [one for one in error.ctx.command.params if isinstance(one, click.Option)]
    found = (
        f"{option.opts[0]} {value}"
        for value in extra[1].split()
        for option in options
        if (isinstance(option.type, click.Choice) and _takes(option.type, value))
        or _is_own_id(option, value)
        or _is_day(option, value)
    )
    return " ".join(found)


def _is_own_id(option: click.Option, value: str) -> bool:
    """Whether it is the id by which people log in."""
    return option.name == "person" and option.opts[0] == "--id" and not value.isdecimal()


def _is_day(option: click.Option, value: str) -> bool:
    return option.opts[0] in ("--on", "--date") and _DAY.fullmatch(value) is not None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _takes(choice: "click.Choice[str]", value: str) -> bool:
    try:
        choice.convert(value, None, None)
    except click.UsageError:
        return False
    return True


def in_terminal_lines(told: str) -> str:
    """Return a message broken as our own are, below the word that click writes before it."""
    from starter.terminal.screen import error_lines  # noqa: PLC0415 - no pipe needs it

    before = gettext("Error: {message}").partition("{message}")[0]
    return "\n".join(error_lines(before + told))[len(before) :]
