"""Which service (`pingtai serve`) the commands of this desk work by, and the key that they show there.

PINGTAI_URL and PINGTAI_KEY, or what the profile names (`pingtai login --url URL --key-file FILE`). Without
either the commands speak to Temporal and to the register themselves. An empty PINGTAI_URL asks for that, too.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from starter.desk.profile import read_profile
from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.loopback import is_loopback
from starter.secret_files import others_may_read
from workflows.words import Words

URL, KEY = "PINGTAI_URL", "PINGTAI_KEY"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
"""As it fits a header; what is no key at all is for the service to refuse."""
_MOST = 1_000
"""No file of a key is larger; nothing beyond it is read (bytes)."""


@dataclass(frozen=True)
class ServiceAddress:
    """Where the service is, and with which key it is asked."""

    url: str
    key: str = field(repr=False)
    key_from: str = field(default=KEY, compare=False)
    """The variable or the file that the key is in."""


def service_address() -> ServiceAddress | None:
    """The service that the commands work by; None: they go to Temporal and the register directly.

    Raises:
        BadInput: the URL cannot be used, or there is no key for it.
        InvalidMessage: the profile does not fit.
    """
    given = os.environ.get(URL)
    if given == "":
        return None
    profile = read_profile()
    kept = profile.service if profile else None
    url = given or (kept.url if kept else None)
    if url is None:
        return None
    url = checked_url(url, URL if given else "pingtai login --url")
    key = os.environ.get(KEY)
    if key:
        return ServiceAddress(url, checked_key(key, KEY))
    # A key is for the service that it was given for, and is shown to no other.
    if kept and kept.key_file and url == kept.url:
        return ServiceAddress(url, read_key(Path(kept.key_file)), kept.key_file)
    raise BadInput(
        f"no key for {url}: set {KEY}, or name its file once: `pingtai login --url URL --key-file FILE`",
        f"没有 {url} 的密钥：请设置 {KEY}，或登记一次密钥文件：pingtai login --url 网址 --key-file 文件",
    )


def why_by_http() -> Words:
    """What makes the commands of this desk work by HTTP, and how one of them goes past it."""
    if os.environ.get(URL):
        return Words(f"{URL} is set", f"已设置 {URL}")
    return Words(
        f"your profile names a service; for direct access: `{URL}= pingtai …`",
        f"个人配置中有服务地址；直接访问：{URL}= pingtai …",
    )


def checked_url(url: str, named: str) -> str:
    """A URL to which a key may be shown: https, or one that leads to this machine's loopback only.

    Raises:
        BadInput: it is none.
    """
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), ""
    plain = bool(host) and "@" not in parts.netloc and not (parts.query or parts.fragment)
    if not plain or re.search(r"[\s\x00-\x1f\x7f]", url):
        raise BadInput(
            f"{named}: write https://HOST or https://HOST:PORT, without a user or a password",
            f"{named}：应写作 https://主机 或 https://主机:端口，不含用户名和密码",
        )
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return url
    raise BadInput(
        f"{named}: {host} is not this machine, so it must be https://; a key is never sent in the clear",
        f"{named}：{host} 不是本机，须使用 https://；密钥不得明文传输",
    )


def checked_key(key: str, named: str) -> str:
    """A key as it was given, without the line's end. What it is like is never said.

    Raises:
        BadInput: it is none.
    """
    key = key.strip()
    if not _KEY.fullmatch(key):
        raise BadInput(
            f"{named} holds no key: it is one line, ptk_… (`pingtai keys create`)",
            f"{named} 中不是密钥：应为一行 ptk_…（pingtai keys create）",
        )
    return key


def read_key(path: Path) -> str:
    """The key in a file that only its owner may read.

    Raises:
        BadInput: it cannot be read, others may read it, or it holds no key.
    """
    try:
        with path.expanduser().open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MOST + 1)
    except OSError as error:
        raise BadInput(
            f"the key file {path} cannot be read: {reason_of(error).en}",
            f"无法读取密钥文件 {path}：{reason_of(error).zh}",
        ) from None
    if others_may_read(mode):
        raise BadInput(
            f"others may read the key file {path}: chmod 600 {path}",
            f"其他用户可以读取密钥文件 {path}：请执行 chmod 600 {path}",
        )
    try:
        return checked_key(content.decode("ascii") if len(content) <= _MOST else "", str(path))
    except UnicodeDecodeError:
        return checked_key("", str(path))
