"""The command `pingtai`: each folder owns its commands; here they are put together."""

import traceback

import click

from audit.commands import AUDIT
from starter.commands import COMMANDS
from starter.exiting import leave
from worker.commands import doctor, up, worker
from worker.demo.command import demo
from worker.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    help="Language of the output; by default PINGTAI_LANG or the locale's. 输出语言",
)
@click.version_option(package_name="pingtai")
@click.pass_context
def pingtai(context: click.Context, lang: str | None) -> None:
    """Beijing's common technology platforms as durable workflows. 北京市共性技术平台。

    \b
    Example:
      pingtai up
      pingtai apply --file examples/bj-riscv-soc/application.json
      pingtai show bj-riscv-soc
    """
    context.ensure_object(dict)["lang"] = lang


for command in (up, worker, serve, demo, doctor, *COMMANDS, AUDIT):
    pingtai.add_command(command)


def main() -> None:
    """Run the command line and end the process."""
    try:
        pingtai(standalone_mode=True)
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:
        traceback.print_exc()  # a mistake of ours: shown whole, and ended as everything ends
        leave(1)


if __name__ == "__main__":
    main()
