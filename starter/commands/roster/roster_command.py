"""`pingtai roster`: its commands, each loaded when it is called."""

import click

from starter.terminal.lazy_group import LazyGroup, Listed


def _listed(name: str, short_help: str, where: str) -> Listed:
    return Listed(name, short_help, f"starter.commands.roster.{where}:{name}_command")


@click.group(
    "roster",
    cls=LazyGroup,
    listed=(
        _listed(
            "init", "Set the roster up, signed by two officers. 设立人员目录", "roster_opening"
        ),
        _listed("add", "Add people, from flags or a file of many. 登记人员", "roster_changing"),
        _listed(
            "key", "Add a key to a person, or replace theirs. 增加或更换密钥", "roster_changing"
        ),
        _listed("end", "End a person's days. 终止任职", "roster_changing"),
        _listed("revoke", "Revoke a person's keys. 吊销密钥", "roster_changing"),
        _listed("confirm", "Sign what waits as the second officer. 确认变更", "roster_confirming"),
        _listed("list", "List people, or what waits. 人员列表", "roster_reading"),
        _listed("show", "Show a person with their keys. 查看人员", "roster_reading"),
        _listed(
            "proof", "Print the proof that a person is in the roster. 人员证明", "roster_reading"
        ),
        _listed("template", "Write a table for many people. 人员登记表模板", "roster_opening"),
    ),
)
def roster_command() -> None:
    """Who may sign decisions, and with which keys. 人员目录

    Two officers of the commission sign each version. A change that one of them signs, or a district or an
    operator for its own people, waits until two have: `pingtai roster confirm` (docs/roster.md).

    \b
    Example:
      pingtai roster init people.csv --sign ~/second.key
      pingtai roster add people.xlsx
      pingtai roster confirm
      pingtai roster list --district haidian
    """
