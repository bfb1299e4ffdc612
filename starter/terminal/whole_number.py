"""A whole number within bounds, of which help and errors say in words what it may be."""

from typing import Any

import click

from starter.terminal.language import say
from workflows.words import Words


class WholeNumber(click.IntRange):
    """Reads a number as click does, and says what to write where it is none."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            en, zh = self._bounds()
            told = f"write a whole number, {en}, not '{value}'", f"应为整数，{zh}，不是“{value}”"
            self.fail(say(*told), param, ctx)

    def _describe_range(self) -> str:
        """What help says beside the default."""
        return say(self._bounds())

    def _bounds(self) -> Words:
        if self.max is None:
            return Words(f"at least {self.min}", f"不小于 {self.min}")
        return Words(f"{self.min} to {self.max}", f"{self.min} 至 {self.max}")
