"""Filters with a known set of words: what is none of them is refused, and what may be meant is asked."""

from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import Result

from activities.added_fields import AddedField
from starter.commands.options import FieldWord
from starter.commands.word_choice import WordChoice
from tests.starter.filled_register import filled, reading
from worker.main import pingtai as program
from worker.manual import commands
from workflows.vocabulary import District, Field, Role, Stage, Support

__all__ = ["filled", "reading"]

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        ("quantum", "quantum_information", "量子信息"),
        ("medecine", "medicine_and_health", "医药健康"),
        ("信息", "next_generation_it or quantum_information", "新一代信息技术”或“量子信息"),
    ],
)
def test_a_field_that_is_none_is_asked_about(pingtai: Run, said: str, en: str, zh: str) -> None:
    """By a part of its name, or one that resembles it; it is not a filter that nothing passes."""
    refused = pingtai("register", "--field", said)
    assert (2, "") == (refused.exit_code, refused.stdout)
    assert f"Did you mean {en}?" in refused.stderr
    assert f"是否为“{zh}”？" in pingtai("register", "--field", said, lang="zh").stderr


def test_a_field_that_nothing_resembles(pingtai: Run) -> None:
    """All that are known are listed; help lists them, too, with those that a policy may add."""
    refused = pingtai("stats", "--field", "zz")
    listed = " ".join(refused.stderr.split())
    assert 2 == refused.exit_code
    shown = " ".join(pingtai("stats", "--help").stdout.split())
    assert [] == [one for one in (*Field, *AddedField) if one not in listed or one not in shown]


@pytest.mark.parametrize(
    "written", ["人工智能", "artificial intelligence", "ARTIFICIAL_INTELLIGENCE"]
)
def test_a_field_is_taken_in_both_languages(pingtai: Run, written: str) -> None:
    """As its label, as its value, as people write it."""
    listed = pingtai("register", "--field", written).stdout
    assert ["p-1", "p-2", "p-3"] == [row.split("\t")[0] for row in listed.splitlines()[1:]]


@pytest.mark.parametrize("used", ["platforms", "layout"])
def test_a_field_that_only_a_policy_names(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch, used: str
) -> None:
    """It has no name of ours: the register or the layout knows it."""

    async def fields() -> set[str]:
        return {"deep_sea"}

    monkeypatch.setattr("starter.commands.options._fields_in_use", fields)
    found = pingtai("register", "--field", "deep_sea")
    assert (0, "No platforms found.\n") == (found.exit_code, found.stderr)


def test_a_list_that_is_none_is_asked_about(pingtai: Run) -> None:
    """The lists are those of the register; one that is there, and has no such platform, is not."""
    assert "No list has the number 2024-1. Did you mean 2024-01?" in (
        pingtai("register", "--list-number", "2024-1").stderr
    )
    assert "没有名单“2024-1”。是否为“2024-01”？" in (
        pingtai("register", "--list-number", "2024-1", lang="zh").stderr
    )
    there = pingtai("register", "--list-number", "2024-01", "--district", "miyun")
    assert "No platforms found.\n" == there.stderr


def test_filters_are_words_of_a_vocabulary() -> None:
    """Wherever a list is narrowed by one of these, it is checked, and taken in both languages."""
    wanted: dict[str, Any] = {
        "--district": District,
        "--stage": Stage,
        "--role": Role,
        "--support": Support,
    }
    for context in commands(program):
        for option in context.command.params:
            if not isinstance(option, click.Option) or not {"--json"} & {
                flag for one in context.command.params for flag in one.opts
            }:
                continue
            for flag in set(option.opts) & {"--field", *wanted}:
                where = f"{context.command_path} {flag}"
                if flag == "--field":
                    assert isinstance(option.type, FieldWord), where
                else:
                    assert isinstance(option.type, WordChoice), where
                    assert set(option.type.vocabulary) <= set(wanted[flag]), where
