"""A command as it speaks Chinese: a copy of which the texts are Chinese, while what is typed stays."""

import copy
import inspect
import re
from collections.abc import Iterator
from functools import partial

import click

from starter.terminal.catalogue import AS_WRITTEN, in_chinese

_WORD = re.compile(r"[A-Z][A-Z0-9_ ]*[A-Z0-9]")
_NAMED_IN_ERRORS = (click.Path, click.File)
"""Types of click's that say what they are in their complaints."""


def chinese(command: click.Command) -> click.Command:
    """Return a copy of a command with its help in Chinese; the command itself is left as it is."""
    new = copy.copy(command)
    new.help = _paragraphs(command.help, command)
    new.short_help = _paragraphs(command.short_help)
    new.epilog = _paragraphs(command.epilog, command)
    if command.options_metavar:
        new.options_metavar = _metavar(command.options_metavar)
    new.params = [_param(param) for param in command.params]
    new._help_option = None  # click keeps it in the language of the first who asked
    new.get_help_option = partial(_help_option, new)  # type: ignore[method-assign]
    if isinstance(new, click.Group):
        new.subcommand_metavar = _metavar(new.subcommand_metavar)
    return new


def _help_option(command: click.Command, ctx: click.Context) -> click.Option | None:
    """Its text is click's, in the language that click spoke when it was made."""
    found = type(command).get_help_option(command, ctx)
    if found is not None:
        found.help = in_chinese("Show this message and exit.")
    return found


def texts(command: click.Command) -> Iterator[str]:
    """Every text of a command that a person reads in its help, in English: what `chinese` looks up."""
    for text in (command.help, command.short_help, command.epilog):
        yield from _split(text)
    if command.options_metavar:
        yield from _WORD.findall(command.options_metavar)
    if isinstance(command, click.Group):
        yield from _WORD.findall(command.subcommand_metavar)
    for param in command.params:
        yield from _metavar_words(param)
        if isinstance(param.type, _NAMED_IN_ERRORS):
            yield param.type.name
        if isinstance(param, click.Option):
            yield from _split(param.help)
            if isinstance(param.show_default, str):
                yield param.show_default


def _split(text: str | None) -> list[str]:
    return inspect.cleandoc(text).split("\n\n") if text else []


def _paragraphs(text: str | None, command: click.Command | None = None) -> str | None:
    if not text:
        return text
    said = [in_chinese(one) for one in _split(text)]
    words = _words_of(command) if command else {}
    return "\n\n".join(_with_terms(one, words) if words else one for one in said)


def _words_of(command: click.Command) -> dict[str, dict[str, str]]:
    """By flag the Chinese terms of the words that may stand in its value."""
    found: dict[str, dict[str, str]] = {}
    for param in command.params:
        words = getattr(param, "words", ()) or getattr(param.type, "vocabulary", ())
        terms = {str(one): term for one in words if (term := getattr(one, "zh", ""))}
        if terms:
            found |= dict.fromkeys(param.opts, terms | _REST)
    return found


_REST = {"all": "其余"}
"""Those items that a flag does not name; it is understood in both languages."""
_VALUE = re.compile(r"(--[a-z-]+)( +)('[^']*'|[^\s'\\-][^\s'\\]*)")
_TERM = re.compile(r"(?<![\w.-])[a-z]+(?:_[a-z]+)*(?![\w.-])")


def _with_terms(text: str, words: dict[str, dict[str, str]]) -> str:
    """Return the lines of an example with Chinese values where those are taken; other texts as they are."""
    if not text.startswith(f"{AS_WRITTEN}示例"):
        return text

    def value(found: re.Match[str]) -> str:
        flag, space, said = found.groups()
        terms = words.get(flag, {})
        return flag + space + _TERM.sub(lambda word: terms.get(word[0], word[0]), said)

    return _VALUE.sub(value, text)


def _param(param: click.Parameter) -> click.Parameter:
    new = copy.copy(param)
    shown = _shown_metavar(param)
    if choices := _chinese_choices(param):
        new.metavar = choices
    for word in _metavar_words(param):
        new.metavar = shown = shown.replace(word, in_chinese(word))
    if isinstance(new.type, _NAMED_IN_ERRORS):
        new.type = copy.copy(new.type)
        new.type.name = in_chinese(new.type.name)
    if isinstance(new, click.Option):
        new.help = _paragraphs(new.help)
        if isinstance(new.show_default, str):
            new.show_default = in_chinese(new.show_default)
    return new


def _chinese_choices(param: click.Parameter) -> str:
    """The words to choose from, as they are said in Chinese; empty where none are shown at the flag."""
    words = getattr(param.type, "vocabulary", ())
    if param.metavar is not None or not words or not isinstance(param, click.Option):
        return ""
    return f"[{'|'.join(getattr(one, 'zh', '') or str(one) for one in words)}]"


def _shown_metavar(param: click.Parameter) -> str:
    """How its value stands in the help; nothing where that are the words to choose from."""
    if isinstance(param.type, click.Choice) and param.metavar is None:
        return ""
    if isinstance(param, click.Option):
        return "" if param.is_flag else param.metavar or param.type.name.upper()
    shown = param.metavar or (param.name or "").upper()
    if param.metavar is None:
        shown = shown if param.required else f"[{shown}]"
        shown += "" if param.nargs == 1 else "..."
    return shown


def _metavar_words(param: click.Parameter) -> list[str]:
    """What of it is looked up: all of an option's, which may be written in an order of its own."""
    shown = _shown_metavar(param)
    whole = isinstance(param, click.Option)
    return [shown] if shown and whole else _WORD.findall(shown)


def _metavar(shown: str) -> str:
    return _WORD.sub(lambda word: in_chinese(word.group()), shown)
