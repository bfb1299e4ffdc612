"""Keys of every scope for the attacks on the intake."""

from bench.attack.commands import Commands

_ALL = ("apply", "read", "metrics", "decide:operator", "decide:district", "decide:commission")
_KEYS: dict[str, tuple[str, ...]] = {
    "all": (*(f"--scope={scope}" for scope in _ALL), "--district=haidian"),
    "apply": ("--scope=apply",),
    "read": ("--scope=read",),
    "metrics": ("--scope=metrics",),
    "operator": ("--scope=decide:operator", "--organisation=北京澄岳芯验科技有限公司"),
    "district": ("--scope=decide:district", "--scope=read", "--district=haidian"),
    "other district": ("--scope=decide:district", "--scope=read", "--district=pinggu"),
    "commission": ("--scope=decide:commission", "--scope=read"),
}
"""By a name of ours: what each may do."""


async def make_keys(commands: Commands) -> dict[str, str]:
    """Make them with `pingtai keys create`."""
    keys = {}
    for number, (name, words) in enumerate(_KEYS.items()):
        ended = await commands.run("keys", "create", f"attack-{number}", *words)
        lines = [line for line in ended.output.split() if line.startswith("ptk_")]
        if not lines:
            raise RuntimeError(f"no key was made: {ended.output} {ended.traceback}")
        keys[name] = lines[0]
    return keys
