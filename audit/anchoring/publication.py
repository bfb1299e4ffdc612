"""Digests as they are published: a folder of files that any web server can serve, and anyone can read.

digests.jsonl             all digests, as `pingtai audit digest export` writes them
2026-05-01.leaves.jsonl   the leaves of a day
2026-05-01.txt            its statement: what is stamped and cosigned
2026-05-01.txt.sig        the office's signature of it, if it has one (OpenSSH)
2026-05-01.tsr            its time stamp (RFC 3161), if it has one
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from audit.anchoring.digest_files import LARGEST, exported, read_exported
from audit.anchoring.digest_signatures import armored_signature
from audit.anchoring.digests import Digest
from audit.anchoring.stamp_rows import KeptStamp
from audit.anchoring.statements import statement_of
from audit.evidence_files import read_bounded, replace_whole, write_new
from audit.http_answers import NoAnswer, TooLarge, answer_of, names_host
from starter.errors import BadInput, Unreachable

DIGESTS = "digests.jsonl"
LARGEST_LEAVES = 256 * 1024 * 1024
_SECONDS = 600.0


def leaves_file(day: date) -> str:
    return f"{day}.leaves.jsonl"


def statement_file(day: date) -> str:
    return f"{day}.txt"


def stamp_file(day: date) -> str:
    return f"{day}.tsr"


class Publication:
    """A folder or a URL where digests are published."""

    def __init__(self, place: str) -> None:
        """Name it.

        Raises:
            BadInput: the URL has a password in it, or is no URL.
        """
        self.place = place.rstrip("/")
        self._by_http = place.startswith(("http://", "https://"))
        if self._by_http and not names_host(place):
            raise BadInput(
                "The URL cannot be used: write http:// or https:// and a host, without user and password.",
                "网址无法使用：应为 http:// 或 https:// 加主机名，不含用户名和密码",
            )

    async def digests(self) -> list[Digest]:
        """Return all digests, the oldest first.

        Raises:
            BadInput: the file cannot be read, is none, or names a day twice.
            Unreachable: the host does not answer.
        """
        found = read_exported(await self._read(DIGESTS, LARGEST))
        if not found:
            raise BadInput(
                f"{self.place}/{DIGESTS} holds no digests", f"{self.place}/{DIGESTS} 不是摘要文件"
            )
        if len({one.day for one in found}) != len(found):
            raise BadInput(
                f"{self.place}/{DIGESTS} names a day twice", f"{self.place}/{DIGESTS} 有日期重复"
            )
        return sorted(found, key=lambda one: one.day)

    async def leaves(self, day: date) -> bytes:
        """Return the leaves of a day.

        Raises:
            BadInput, Unreachable: as above.
        """
        return await self._read(leaves_file(day), LARGEST_LEAVES)

    async def _read(self, name: str, largest: int) -> bytes:
        if not self._by_http:
            return await asyncio.to_thread(read_bounded, Path(self.place) / name, largest)
        return await _fetch(f"{self.place}/{name}", largest)


async def _fetch(url: str, largest: int) -> bytes:
    try:
        return await answer_of("GET", url, largest, _SECONDS)
    except TooLarge:
        raise BadInput(
            f"{url} is larger than {largest:,} bytes", f"{url} 超过 {largest:,} 字节"
        ) from None
    except NoAnswer as error:
        why = error.words
        raise Unreachable(f"{url} cannot be read: {why.en}", f"无法读取 {url}：{why.zh}") from None


def published_digests(folder: Path) -> list[Digest]:
    """Return what was published in a folder before; nothing where there is no file yet.

    Raises:
        BadInput: the file is there and cannot be read.
    """
    path = folder / DIGESTS
    if not path.exists():
        return []
    found = read_exported(read_bounded(path, LARGEST))
    if found is None:
        raise BadInput(f"{path} holds no digests", f"{path} 不是摘要文件")
    return found


def changed_since(before: Sequence[Digest], now: Sequence[Digest]) -> Digest | None:
    """Return the first digest that was published and is another now, or is gone."""
    roots = {one.day: one.root for one in now}
    return next((one for one in before if roots.get(one.day) != one.root), None)


def publish_day(folder: Path, digest: Digest, leaves: bytes, stamp: KeptStamp | None) -> bool:
    """Write a day's files that are not there yet, and the folder; returns whether there were any.

    Raises:
        BadInput: a file is there with other content: what was published is not changed.
    """
    files = {
        leaves_file(digest.day): leaves,
        statement_file(digest.day): statement_of(digest),
    }
    if signature := armored_signature(digest):
        files[f"{statement_file(digest.day)}.sig"] = signature
    if stamp:
        files[stamp_file(digest.day)] = stamp.response
    new = False
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        if not path.exists():
            write_new(path, content)
            new = True
        elif read_bounded(path, LARGEST_LEAVES) != content:
            raise BadInput(
                f"{path} was published with other content, and is not changed: see"
                " `pingtai audit digest check`",
                f"{path} 已公布且内容不同，不予改动：请运行 pingtai audit digest check",
            )
    return new


def publish_list(folder: Path, digests: Sequence[Digest]) -> None:
    """Write the list of all digests, in place of the one before.

    Raises:
        BadInput: it cannot be written.
    """
    replace_whole(folder / DIGESTS, exported(digests))
