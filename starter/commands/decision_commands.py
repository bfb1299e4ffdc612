"""The eleven commands by which people decide, each made of its form."""

from typing import Any

import click

from starter.client import PingtaiClient
from starter.commands.decision_form import ACTOR, COMMON, DecisionForm, Part
from starter.commands.given import read_object
from starter.commands.notation import WordChoice, platform_id
from starter.commands.receipts import end_of_stage, show_receipt
from starter.commands.running import answering
from starter.errors import BadInput, NoSuchPlatform
from starter.language import say
from starter.screen import show_json
from workflows.case import decision_of
from workflows.model import InvalidMessage
from workflows.refusal import Refused


def command_of(form: DecisionForm) -> click.Command:
    """The command of a form."""

    def callback(platform: str, file: str | None, as_json: bool, **given: Any) -> None:
        _decide(form, platform, file, as_json, given)

    help_text = (
        f"{form.does}\n\nEither flags, or --file with the whole decision as JSON; flags go before"
        f" what the file says.\n\n\b\nExample:\n  {form.example}"
    )
    return click.Command(
        form.name,
        params=[
            click.Argument(["platform"]),
            *(_option(part) for part in (*form.parts, *ACTOR, *COMMON)),
            click.Option(
                ["--file", "file"], metavar="FILE", help="The decision as JSON; - is stdin."
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="Print the receipt as JSON."),
        ],
        callback=callback,
        help=help_text,
        short_help=form.does,
    )


def _option(part: Part) -> click.Option:
    if part.switch:
        return click.Option([part.flag, part.name], is_flag=True, help=part.help)
    return click.Option(
        [part.flag, part.name],
        type=WordChoice(part.choices) if part.choices else None,
        multiple=part.many,
        metavar=part.metavar or (None if part.choices else "TEXT"),
        envvar=part.envvar,
        show_envvar=bool(part.envvar),
        help=part.help,
    )


@answering
async def _decide(
    form: DecisionForm, platform: str, file: str | None, as_json: bool, given: dict[str, Any]
) -> None:
    platform_id(platform)
    raw = form.decision(given, _preset(), read_object(file) if file else {})
    try:
        decision_of(raw, form.kind)
    except InvalidMessage as error:
        raise form.explained(error) from None
    client = await PingtaiClient.connect()
    try:
        receipt = await client.decide(platform, raw)
    except (Refused, InvalidMessage, NoSuchPlatform, BadInput):
        raise
    except BaseException as error:
        # Whatever it was, an interruption by the keyboard too: it may have been taken.
        error.add_note(_how_to_repeat(raw))
        raise
    if as_json:
        show_json(receipt.model_dump(mode="json"))
    else:
        show_receipt(receipt, None if receipt.due else await end_of_stage(client, receipt))


def _preset() -> frozenset[str]:
    """Those parameters whose values come from the environment."""
    context = click.get_current_context()
    environment = click.core.ParameterSource.ENVIRONMENT
    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is environment
    )


def _how_to_repeat(raw: dict[str, Any]) -> str:
    # With the date, because the day may end before it is repeated, and then it would be another.
    same = f"--id {raw['decision_id']} --date {raw['decided_on']}"
    return say(
        f"The decision may have been taken. Repeat the same command with {same}",
        f"该决定可能已生效。请以同一命令加 {same} 重发",
    )
