"""Who listens on a port of this machine, as far as the system tells us."""

from contextlib import suppress

from workflows.words import Words


def holder_of(port: int) -> Words:
    """Say in a sentence which process holds a port; other users' processes may be hidden from us."""
    import psutil  # noqa: PLC0415 - asked only where a port is taken

    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listens and listens.port == port and connection.pid:
                pid, name = connection.pid, psutil.Process(connection.pid).name()
                return Words(
                    f"port {port} is held by process {pid} ({name})",
                    f"端口 {port} 被进程 {pid}（{name}）占用",
                )
    return Words(f"port {port} is held by another program", f"端口 {port} 被其他程序占用")
