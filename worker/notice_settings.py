"""What the configuration of notices may say: strict, so that a typing mistake tells nobody nothing."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from activities.channels.email import Encryption, MailServer
from starter.loopback import is_loopback
from workflows.cloud_events import SOURCE
from workflows.model import Message, wrong
from workflows.vocabulary import District, Role
from workflows.words import Language, listed

Address = Annotated[str, Field(pattern=r"^[!-~]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}$")]
"""An address for e-mail, in ASCII."""
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
FilePath = Annotated[str, Field(min_length=1, max_length=1000)]

LANGUAGES: dict[str, tuple[Language, ...]] = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}


class RecipientSettings(Message):
    """A recipient of notices: which notices, by which channel. An unset filter matches all."""

    name: Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]
    """Deliveries are recorded under this name: a new name is a new recipient."""
    role: Role | None = None
    roles: tuple[Role, ...] = ()
    district: District | None = None
    districts: tuple[District, ...] = ()
    operator: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    operators: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = ()
    """By the name that applications give."""
    events: tuple[str, ...] = ()
    language: Literal["zh", "en", "both"] = "both"
    """Of e-mail; webhooks and files hold both."""
    email: Annotated[tuple[Address, ...], Field(max_length=50)] = ()
    webhook: Annotated[str, Field(max_length=2000)] | None = None
    secret_env: Variable | None = None
    secret_file: FilePath | None = None
    insecure: bool = False
    """Plain HTTP to another machine."""
    file: FilePath | None = None

    @field_validator("email")
    @classmethod
    def _plain(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            if any(sign in address for sign in '<>()[]",;:\\') or address.count("@") != 1:
                raise wrong(
                    f"{address} is not a plain address: write name@host, without display name or brackets",
                    f"{address} 不是单纯的邮箱地址：写 名称@主机，不带姓名和括号",
                )
        return addresses

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for one, many in (("role", "roles"), ("district", "districts"), ("operator", "operators")):
            value = getattr(self, one)
            if value is not None:
                if getattr(self, many):
                    raise wrong(f"{one} or {many}, not both", f"{one} 和 {many} 只写一个")
                object.__setattr__(self, many, (value,))
        ways = [way for way in ("email", "webhook", "file") if getattr(self, way)]
        if len(ways) != 1:
            found = listed(ways)
            raise wrong(
                f"exactly one of email, webhook, file; here: {found.en or 'none'}",
                f"email、webhook、file 须且只能写一个；现有：{found.zh or '无'}",
            )
        secrets = [name for name in ("secret_env", "secret_file") if getattr(self, name)]
        if len(secrets) != (1 if self.webhook else 0):
            raise wrong(
                "a webhook has exactly one of secret_env and secret_file; e-mail and file have none",
                "webhook 须写 secret_env 或 secret_file 之一；email 和 file 不写",
            )
        if self.webhook:
            _check_url(self.webhook, self.insecure)
        return self


class SmtpSettings(Message):
    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,255}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Encryption = "starttls"
    username: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    password_env: Variable | None = None
    password_file: FilePath | None = None
    sender: Annotated[Address, Field(alias="from")]
    insecure: bool = False
    """A password without TLS to another machine."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        secrets = [name for name in ("password_env", "password_file") if getattr(self, name)]
        if len(secrets) != (1 if self.username else 0):
            raise wrong(
                "a username has exactly one of password_env and password_file; without, none",
                "写了 username 须写 password_env 或 password_file 之一；不写则都不写",
            )
        if self.username and self.tls == "none" and not (is_loopback(self.host) or self.insecure):
            raise wrong(
                'a password would travel readable: tls = "starttls" or "tls", or insecure = true',
                '口令会以明文传送：请设 tls = "starttls" 或 "tls"，或 insecure = true',
            )
        return self

    def server(self, password: str | None) -> MailServer:
        """The server, with the password that was read for it."""
        return MailServer(self.host, self.port, self.sender, self.tls, self.username, password)


class PatienceSettings(Message):
    """How often and how long a delivery is tried."""

    first_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 2
    longest_seconds: Annotated[float, Field(ge=0.1, le=86_400)] = 3600
    give_up_after_hours: Annotated[int, Field(ge=1, le=8760)] = 72

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.first_seconds > self.longest_seconds:
            raise wrong(
                "first_seconds is longer than longest_seconds",
                "first_seconds 大于 longest_seconds",
            )
        return self


class NoticeSettings(Message):
    recipients: Annotated[tuple[RecipientSettings, ...], Field(max_length=200)] = ()
    smtp: SmtpSettings | None = None
    patience: PatienceSettings = PatienceSettings()
    source: Annotated[str, Field(pattern=r"^[!-~]{1,200}$")] = SOURCE
    """What the events of webhooks say they come from: a URI, or a part of one."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [one.name for one in self.recipients]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            named = listed(twice)
            raise wrong(
                f"recipients: {named.en} is used twice: deliveries are kept by name",
                f"recipients：名称重复（{named.zh}）：投递按名称保存",
            )
        if self.smtp is None and any(one.email for one in self.recipients):
            raise wrong(
                "[smtp] is missing: e-mail needs host and from",
                "缺少 [smtp]：电子邮件需要 host 和 from",
            )
        return self


def _check_url(url: str, insecure: bool) -> None:
    """Refuse what is no URL, what is readable on its way, and a password in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("https", "http") or not host or not plain:
        raise wrong("webhook: write https://host/path", "webhook：请写 https://主机/路径")
    if parts.username is not None or parts.password is not None:
        raise wrong(
            "webhook: the URL must not hold a user or password: the call is signed with the secret",
            "webhook：网址中不得有用户名和口令：请求以密钥签名",
        )
    if parts.scheme == "http" and not (is_loopback(host) or insecure):
        raise wrong(
            "webhook: http is for this machine only; use https, or set insecure = true",
            "webhook：http 只能用于本机；请用 https，或设 insecure = true",
        )
