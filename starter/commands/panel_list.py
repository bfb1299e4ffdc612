"""`pingtai panels`: the panels of experts that are kept for the next opinion."""

import click

from starter.desk.panels import Panel, PanelExpert, drop_panel, find_panel, panels_path, read_panels
from starter.terminal.command_runner import answered
from starter.terminal.language import word
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    facts,
    heading,
    show,
    show_json,
    table_of,
)
from workflows.vocabulary import ExpertField
from workflows.words import Words


@click.command("panels")
@click.argument("name", required=False)
@click.option("--drop", metavar="NAME", help="Remove this panel. 删除专家组")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 以 JSON 输出")
def panels_command(name: str | None, drop: str | None, *, as_json: bool) -> None:
    """List the panels of experts that are kept, and their members. 专家组

    The form of `pingtai opine` keeps a panel under a name, and offers those that are kept; `pingtai opine
    --panel NAME` takes one. Votes are not kept.

    \b
    Example:
      pingtai panels
      pingtai panels 集成电路专家组
      pingtai panels --drop 集成电路专家组
    """
    with answered():
        if drop is not None:
            drop_panel(drop)
            show(Words(f"Panel {drop} was removed.", f"专家组“{drop}”已删除。"))
            return
        panels = read_panels() if name is None else (find_panel(name),)
        if as_json:
            show_json([panel.model_dump(mode="json") for panel in panels])
        elif name is not None:
            show(heading(panels[0].name), table_of(panels[0].experts, _EXPERTS))
        elif panels:
            show(table_of(panels, _PANELS), facts([(Words("file", "文件"), panels_path())]))
        else:
            complain(
                Words(
                    "No panels are kept. The form of `pingtai opine` keeps them.",
                    "尚无专家组。可在 pingtai opine 逐项填写时保存。",
                )
            )


_PANELS: tuple[Column[Panel], ...] = (
    Column(Words("panel", "专家组"), lambda panel: panel.name),
    Column(Words("experts", "人数"), lambda panel: len(panel.experts), whole=ALWAYS),
)
_EXPERTS: tuple[Column[PanelExpert], ...] = (
    Column(Words("name", "姓名"), lambda expert: expert.name),
    Column(Words("field", "方面"), lambda expert: word(expert.field, ExpertField)),
    Column(Words("organisation", "单位"), lambda expert: expert.organisation),
)
