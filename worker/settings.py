"""What an operator of the system may set, each by one environment variable `PINGTAI_...`.

How to reach Temporal is Temporal's own configuration (`starter.client.temporal_connection`), how to reach
PostgreSQL is `DATABASE_URL` (`db.url`), where the embedded parts keep their data is `PINGTAI_HOME` (`db.home`).
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from audit.erasing.retention import DEFAULT_YEARS, MOST_YEARS
from starter.errors import BadInput
from workflows.words import Words, listed_zh


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PINGTAI_", env_ignore_empty=True, frozen=True)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "text", "json"] = "auto"
    """`auto`: text on a terminal, JSON lines otherwise."""
    build_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]{1,64}$")
    """Take part in Temporal's worker versioning as deployment `pingtai` with this build id."""
    metrics_address: str | None = Field(default=None, pattern=r"^[^:]+:\d+$")
    """Serve the SDK's Prometheus metrics there, such as 127.0.0.1:9464."""
    health_address: str | None = Field(default=None, pattern=r"^.+:\d+$")
    """Answer `/livez` and `/readyz` of a worker there, such as 127.0.0.1:8081."""
    tracing: Literal["off", "otlp"] = "off"
    """Send traces by OpenTelemetry (`starter.client.tracing`)."""
    max_cached_workflows: int = Field(default=1000, ge=0, le=1_000_000)
    temporal_port: int = Field(default=7233, ge=1024, le=64535)
    """Where the local stack's Temporal listens (loopback only); its Web UI, where there is one, 1000 above."""
    http_address: str = "127.0.0.1:8080"
    """Where `pingtai serve` listens."""
    examples: bool = True
    """Whether the first start of a local stack sets up the example roster (`worker.first_start`)."""
    retention_years: int = Field(default=DEFAULT_YEARS, ge=1, le=MOST_YEARS)
    """How long a term is kept (`audit.erasing.retention`, which reads it again when a term is to be erased)."""
    notices: Path | None = None
    """The configuration of notices (`worker.notice_channels`); none: only the local stack writes a file."""


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        BadInput: a variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field, value = str(first["loc"][0]), str(first["input"])
        name, expected = f"PINGTAI_{field.upper()}", _expected(field)
        raise BadInput(
            f'{name}="{value[:60]}" cannot be used: write {expected.en}',
            f"环境变量 {name} 的值“{value[:60]}”无效，应为{expected.zh}",
        ) from None


def _expected(field: str) -> Words:
    """What may be written, of the field's own type and bounds."""
    if field in _FORMS:
        return _FORMS[field]
    about = Settings.model_fields[field]
    if about.annotation is bool:
        return Words("yes or no", " yes 或 no")
    if about.annotation is int:
        bounds: dict[str, Any] = {}
        for bound in about.metadata:
            bounds |= {key: getattr(bound, key) for key in ("ge", "le") if hasattr(bound, key)}
        return Words(
            f"a whole number from {bounds['ge']} to {bounds['le']}",
            f" {bounds['ge']} 至 {bounds['le']} 的整数",
        )
    choices = getattr(about.annotation, "__args__", ())
    *others, last = map(str, choices)
    return Words(f"{', '.join(others)} or {last}", f" {listed_zh(others)} 或 {last}")


_FORMS = {
    "build_id": Words(
        "at most 64 letters, digits, dots, hyphens and underscores",
        "不超过 64 个字母、数字、点、连字符和下划线",
    ),
    "health_address": Words("HOST:PORT, such as 127.0.0.1:8081", "主机:端口，如 127.0.0.1:8081"),
    "metrics_address": Words("HOST:PORT, such as 127.0.0.1:9464", "主机:端口，如 127.0.0.1:9464"),
}
