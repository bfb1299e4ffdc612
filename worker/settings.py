"""What an operator of the system may set, each by one environment variable `PINGTAI_...`.

How to reach Temporal is Temporal's own configuration (`starter.client.temporal_connection`), how to reach
PostgreSQL is `DATABASE_URL` (`db.url`), where the embedded parts keep their data is `PINGTAI_HOME` (`db.home`).
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from starter.errors import BadInput


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PINGTAI_", env_ignore_empty=True, frozen=True)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "text", "json"] = "auto"
    """`auto`: text on a terminal, JSON lines otherwise."""
    build_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]{1,64}$")
    """Take part in Temporal's worker versioning as deployment `pingtai` with this build id."""
    metrics_address: str | None = Field(default=None, pattern=r"^[^:]+:\d+$")
    """Serve the SDK's Prometheus metrics there, such as 127.0.0.1:9464."""
    max_cached_workflows: int = Field(default=1000, ge=0, le=1_000_000)
    temporal_port: int = Field(default=7233, ge=1024, le=64535)
    """Where the local stack's Temporal listens (loopback only); its Web UI, where there is one, 1000 above."""
    http_address: str = "127.0.0.1:8080"
    """Where `pingtai serve` listens."""
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
        name = "PINGTAI_" + str(first["loc"][0]).upper()
        raise BadInput(
            f"{name}: {first['msg']}", f"环境变量 {name} 的值无效：{first['msg']}"
        ) from None
