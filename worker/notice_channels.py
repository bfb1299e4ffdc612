"""Who is told what, and how: the configuration of notices, a TOML file that PINGTAI_NOTICES names.

    [[recipients]]
    name = "haidian"
    role = "district"
    district = "haidian"
    webhook = "https://oa.haidian.internal/pingtai"
    secret_env = "HAIDIAN_SECRET"

Secrets stand in the environment or in files, never here. docs/notices.md has all of it.
"""

import json
import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from activities.channels.email import EmailChannel
from activities.channels.file import FileChannel
from activities.channels.signature import key_of
from activities.channels.webhook import WebhookChannel
from activities.notice_delivery import Channel, Patience, Recipient
from db.notice_queries import RECIPIENT_ROLES
from starter.errors import BadInput
from worker.notice_settings import LANGUAGES, NoticeSettings, RecipientSettings
from workflows.model import InvalidMessage, parse
from workflows.words import listed

LARGEST = 256 * 1024
"""No configuration is larger (bytes)."""
LARGEST_SECRET = 10_000
"""No secret is larger; nothing beyond it is read (bytes)."""
EVENTS = tuple(sorted({str(event) for told in RECIPIENT_ROLES.values() for event in told}))
"""What anybody is ever told of."""
DEFAULT_FILE = "notices.jsonl"
"""Under the home of the embedded stack, where nothing else is configured."""


def load_notices(
    path: Path | None, home: Path | None = None
) -> tuple[tuple[Recipient, ...], Patience]:
    """The recipients and the patience of a configuration.

    Without a file: nobody is told; but with the `home` of an embedded stack, a file there is written.
    A relative path of a file in the configuration counts from the folder of the configuration.

    Raises:
        BadInput: it cannot be read, or something in it does not fit; names the file and the key.
    """
    if path is None:
        everything = (Recipient("file", FileChannel(home / DEFAULT_FILE)),) if home else ()
        return everything, Patience()
    try:
        settings = parse(
            NoticeSettings, json.dumps(_content(path), default=str, ensure_ascii=False), str(path)
        )
    except InvalidMessage as error:
        raise BadInput(error.words) from None
    _check_events(settings, path)
    recipients = tuple(
        Recipient(
            name=one.name,
            channel=_channel(one, settings, path),
            roles=frozenset(map(str, one.roles)),
            districts=frozenset(map(str, one.districts)),
            operators=frozenset(one.operators),
            events=frozenset(one.events),
        )
        for one in settings.recipients
    )
    patience = settings.patience
    return recipients, Patience(
        first=timedelta(seconds=patience.first_seconds),
        longest=timedelta(seconds=patience.longest_seconds),
        give_up_after=timedelta(hours=patience.give_up_after_hours),
    )


def _check_events(settings: NoticeSettings, path: Path) -> None:
    """What is never told to anybody is a typing mistake."""
    for one in settings.recipients:
        for event in one.events:
            if event not in EVENTS:
                known = listed(EVENTS)
                raise BadInput(
                    f"{path}: {one.name}: events: there is no notice of {event!r}; known: {known.en}",
                    f"{path}：{one.name}：events：没有“{event}”这种通知；可用的有 {known.zh}",
                )


def _channel(one: RecipientSettings, settings: NoticeSettings, path: Path) -> Channel:
    where = f"{path}: {one.name}"
    if one.file is not None:
        return FileChannel(path.parent / Path(one.file).expanduser())
    if one.webhook is not None:
        named = secret(one.secret_env, one.secret_file, "secret", where, path.parent)
        return WebhookChannel(one.webhook, _keys(named, where), settings.source)
    assert settings.smtp  # noqa: S101 - NoticeSettings has seen to it
    server = settings.smtp.server(
        secret(
            settings.smtp.password_env,
            settings.smtp.password_file,
            "password",
            f"{path}: smtp",
            path.parent,
        )
        if settings.smtp.username
        else None
    )
    return EmailChannel(server, one.email, LANGUAGES[one.language])


def _keys(secrets: str, where: str) -> list[bytes]:
    """The keys of the secrets: several, between spaces, while one takes the place of another."""
    try:
        return [key_of(one) for one in secrets.split()]
    except ValueError as error:
        raise BadInput(
            f"{where}: the webhook's secret cannot be used: {error}. Write whsec_ and the base64 of"
            " 24 random bytes or more",
            f"{where}：webhook 密钥无法使用（{error}）。请写 whsec_ 加至少 24 个随机字节的 base64",
        ) from None


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            read = file.read(LARGEST + 1)
        if len(read) > LARGEST:
            raise ValueError(f"larger than {LARGEST:,} bytes")
        return tomllib.loads(read.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"{path} (PINGTAI_NOTICES) cannot be read: {why}",
            f"无法读取 {path}（PINGTAI_NOTICES）：{why}",
        ) from None


def secret(variable: str | None, file: str | None, called: str, where: str, folder: Path) -> str:
    """A secret, without the white space around it; a relative path counts from `folder`.

    Raises:
        BadInput: there is none, or it cannot be read; `where` and `called` say whose. It is never shown.
    """
    if variable is not None:
        found = os.environ.get(variable, "")
        source = f"{called}_env = {variable}"
    else:
        source = f"{called}_file = {file}"
        try:
            with (folder / Path(file or "").expanduser()).open("rb") as opened:
                found = opened.read(LARGEST_SECRET).decode("utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "not UTF-8 text"
            raise BadInput(
                f"{where}: cannot read {source}: {why}", f"{where}：{source} 无法读取：{why}"
            ) from None
    if not found.strip():
        raise BadInput(f"{where}: {source} is empty", f"{where}：{source} 为空")
    return found.strip()
