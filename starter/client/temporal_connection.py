"""The one place that connects to Temporal: profiles, TLS and API key by Temporal's own configuration."""

import os
from functools import cache
from pathlib import Path

from temporalio.client import Client, GrpcCompression, Interceptor, Plugin
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.runtime import Runtime, TelemetryConfig

from db.home import home
from starter.client.connection_errors import connection_reason
from starter.client.local_stack import read_stack, read_unexpected_end
from starter.client.payload_converter import configured_converter
from starter.client.sdk_internals import read_paused_as_open
from starter.errors import BadInput, Unreachable
from starter.loopback import is_loopback

DEFAULT_ADDRESS = "localhost:7233"
_CONFIG_FILE = "TEMPORAL_CONFIG_FILE"

read_paused_as_open()


def connect_config(profile: str | None = None) -> ClientConnectConfig:
    """Where and how to connect: `TEMPORAL_*` and the profile of Temporal's TOML file.

    With neither, the running local stack (`pingtai up`), then localhost:7233. Namespace: `default`. With a
    `profile`: as the file has it, and nothing else.

    Raises:
        BadInput: the configuration names a file that is not there, or cannot be read.
        Unreachable: nothing is configured, and the local stack is down.
    """
    config = _configured(profile)
    if profile and "target_host" not in config:
        raise BadInput(
            f"profile {profile} of Temporal's client configuration names no address",
            f"Temporal 客户端配置中的 {profile} 没有地址",
        )
    if "target_host" not in config:
        config["target_host"] = _local_address()
    config.setdefault("namespace", "default")
    return config


def configured_host() -> str | None:
    """The address of the Temporal that the configuration names; None: the local one is meant.

    Raises:
        BadInput: as `connect_config`.
    """
    return _configured().get("target_host")


def _configured(profile: str | None = None) -> ClientConnectConfig:
    named = os.environ.get(_CONFIG_FILE)
    if named and not Path(named).is_file():
        raise BadInput(
            f"TEMPORAL_CONFIG_FILE names {named}, which does not exist",
            f"TEMPORAL_CONFIG_FILE 指定的文件 {named} 不存在",
        )
    # An empty TEMPORAL_API_KEY would be sent as an empty key, and switch TLS on.
    env = {k: v for k, v in os.environ.items() if not (k.startswith("TEMPORAL_") and v == "")}
    if profile:  # what the environment says is about the other one
        env = {k: v for k, v in env.items() if not k.startswith("TEMPORAL_") or k == _CONFIG_FILE}
    try:
        found = ClientConfigProfile.load(
            profile=profile, config_file_strict=True, override_env_vars=env
        )
        return found.to_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise BadInput(
            f"Temporal's client configuration cannot be read: {error}",
            f"无法读取 Temporal 客户端配置：{error}",
        ) from None


def _local_address() -> str:
    """Where the local stack's Temporal listens; localhost:7233 where there never was a local stack.

    A stack that is down must not be mistaken for whatever else listens on the usual port.
    """
    stack = read_stack(home())
    if stack and stack.running:
        return stack.temporal_address
    if (home() / "temporal").exists():
        if end := read_unexpected_end(home()):
            raise Unreachable(*end.words)
        raise Unreachable(
            f"the local stack under {home()} is not running: run `pingtai up`, or set"
            " TEMPORAL_ADDRESS for another Temporal",
            f"本机系统（{home()}）未启动：请运行 pingtai up，或设置 TEMPORAL_ADDRESS",
        )
    return DEFAULT_ADDRESS


@cache
def quietly() -> None:
    """From now on Temporal's SDK does not write each of its retries to standard error.

    Who calls it waits, and says in words of ours what became of the call.
    """
    Runtime.set_default(
        Runtime(telemetry=TelemetryConfig(logging=None)), error_if_already_set=False
    )


def compression_to(address: str) -> GrpcCompression:
    """Return how messages to a Temporal are compressed: within one machine they are not.

    The SDK compresses whatever it sends. A decision is too small to gain by it anywhere, and a history need
    not be smaller on its way from one process to another; both sides would pay for it at every call.
    """
    host = address.rpartition(":")[0].strip("[]")
    return GrpcCompression.NONE if is_loopback(host) else GrpcCompression.GZIP


async def connect(
    *,
    runtime: Runtime | None = None,
    interceptors: tuple[Interceptor, ...] = (),
    plugins: tuple[Plugin, ...] = (),
    profile: str | None = None,
) -> Client:
    """A client of the configured Temporal, or of that of a profile, with the contract's payload converter.

    Without a `runtime` of its own, whose log goes where the caller wants it, the SDK's core is quiet.

    Raises:
        Unreachable: nothing answers there.
        BadInput: the configuration cannot be read.
    """
    config = connect_config(profile)
    if runtime is None:
        quietly()
    try:
        return await Client.connect(
            **config,
            data_converter=configured_converter(),
            grpc_compression=compression_to(config["target_host"]),
            runtime=runtime,
            interceptors=interceptors,
            plugins=plugins,
        )
    except RuntimeError as error:
        where = config["target_host"]
        why = connection_reason(str(error))
        raise Unreachable(
            f"Temporal does not answer at {where} ({why.en}). Is `pingtai up` running, or"
            " TEMPORAL_ADDRESS right?",
            f"Temporal（{where}）没有应答（{why.zh}）。请确认 pingtai up 已启动，或 TEMPORAL_ADDRESS 正确。",
        ) from None
