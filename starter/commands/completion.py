"""`pingtai completion`: the script by which a shell completes our commands."""

import click
from click.shell_completion import get_completion_class

from starter.terminal.screen import write

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print a shell's completion script. 命令补全

    It completes commands, options, words and platform ids.

    \b
    Example:
      pingtai completion bash > ~/.local/share/bash-completion/completions/pingtai
      pingtai completion zsh > ~/.zfunc/_pingtai
      pingtai completion fish > ~/.config/fish/completions/pingtai.fish
    """
    script = get_completion_class(shell)
    assert script is not None, "one of click's own"  # noqa: S101
    root = context.find_root().command
    write(script(root, {}, "pingtai", "_PINGTAI_COMPLETE").source() + "\n")
