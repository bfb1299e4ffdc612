"""Panels of experts that a person calls again: names, fields and organisations, beside the profile.

The votes are not kept: they are given anew each time. The file may be edited by hand.
"""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from starter.desk.own_files import read_own, write_own_toml
from starter.desk.profile_file import profile_path
from starter.error_reasons import reason_of
from starter.errors import BadInput
from workflows.model import Message, Name, parse
from workflows.vocabulary import ExpertField

LARGEST = 500_000
"""No file of panels is larger; nothing beyond it is read (bytes)."""
MOST = 100
"""Maximum number of panels."""

PanelName = Annotated[str, Field(min_length=1, max_length=60)]


class PanelExpert(Message):
    """An expert as a panel knows them."""

    name: Name
    field: ExpertField
    organisation: Name


class Panel(Message):
    """Experts who may be called together again."""

    name: PanelName
    experts: tuple[PanelExpert, ...] = Field(min_length=1, max_length=50)


class _Panels(Message):
    panels: tuple[Panel, ...] = Field(default=(), max_length=MOST)


def panels_path() -> Path:
    """Where the panels are: beside the profile."""
    return profile_path().with_name("panels.toml")


def read_panels() -> tuple[Panel, ...]:
    """All panels, in the order in which they were kept.

    Raises:
        BadInput: the file cannot be read, or is no TOML.
        InvalidMessage: a field does not fit; the file is named.
    """
    path = panels_path()
    try:
        content = read_own(path, LARGEST)
        said = tomllib.loads(content.decode("utf-8")) if content else {}
    except (OSError, ValueError, RecursionError) as error:
        why = reason_of(error)
        raise BadInput(
            f"the panels in {path} cannot be read: {why.en}", f"无法读取专家组文件 {path}：{why.zh}"
        ) from None
    return parse(_Panels, json.dumps(said, default=str, ensure_ascii=False), str(path)).panels


def find_panel(name: str) -> Panel:
    """The panel of a name.

    Raises:
        BadInput: there is none, or as `read_panels`.
        InvalidMessage: as `read_panels`.
    """
    known = read_panels()
    found = next((panel for panel in known if panel.name == name), None)
    if found is None:
        names, names_zh = _listed(known, "; "), _listed(known, "；")
        raise BadInput(
            f"no panel is called {name!r}. Panels: {names or 'none'}",
            f"没有名为“{name}”的专家组。现有：{names_zh or '无'}",
        )
    return found


def keep_panel(panel: Panel) -> Path:
    """Keep a panel, in place of one of the same name; answers where.

    Raises:
        BadInput: it cannot be written, there are too many, or as `read_panels`.
        InvalidMessage: as `read_panels`.
    """
    others = [other for other in read_panels() if other.name != panel.name]
    if len(others) >= MOST:
        raise BadInput(
            f"{MOST} panels are kept already: drop one (pingtai panels --drop NAME)",
            f"已保存 {MOST} 个专家组，请先删除（pingtai panels --drop 名称）",
        )
    return _write([*others, panel])


def drop_panel(name: str) -> None:
    """Forget a panel. Raises as `find_panel` and `keep_panel`."""
    gone = find_panel(name)
    _write([panel for panel in read_panels() if panel != gone])


def _write(panels: Iterable[Panel]) -> Path:
    path = panels_path()
    write_own_toml(path, _Panels(panels=tuple(panels)).model_dump(mode="json"))
    return path


def _listed(panels: Iterable[Panel], between: str) -> str:
    return between.join(panel.name for panel in panels)
