"""The command that is running, written so that it can be given again."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import click

from starter.terminal.chosen_language import of_option

_LANGUAGE = "lang"


def with_option(**changed: object) -> str:
    """Return the running command as it was given, with other values of these options: the next page of a list.

    What a setting or a default says is left out, because it says the same the next time.
    """
    context = click.get_current_context()
    contexts: list[click.Context] = []
    inner: click.Context | None = context
    while inner is not None:
        contexts.insert(0, inner)
        inner = inner.parent
    words = ["pingtai", *_language()]
    for one in contexts:
        if one.parent is not None and one.info_name:
            words.append(one.info_name)
        new = changed if one is context else {}
        for param in one.command.params:
            words += _words(param, one, new)
    return " ".join(map(quoted, words))


def _words(param: click.Parameter, context: click.Context, changed: dict[str, Any]) -> list[str]:
    name = param.name or ""
    given = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    kept = given and name in context.params and name != _LANGUAGE
    if name not in changed and not kept:
        return []
    return list(_written(param, changed.get(name, context.params.get(name))))


def _language() -> tuple[str, ...]:
    """The language, if it was asked for: the option may stand anywhere."""
    given = of_option.get()
    return (f"--{_LANGUAGE}", given) if given else ()


def _written(param: click.Parameter, value: Any) -> Iterator[str]:
    values = value if isinstance(value, tuple | list) else [value]
    if not isinstance(param, click.Option):
        yield from map(str, values)
        return
    flag = max(param.opts, key=len)
    for one in values:
        yield flag
        if not param.is_flag:
            yield str(one)


def quoted(word: str) -> str:
    """Return a word as a shell takes it; one in Chinese letters needs no quotes."""
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


_PLAIN = re.compile(r"[\w@%+=:,./-]+")
