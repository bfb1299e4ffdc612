"""What the auditors' commands take to hold digests against: an authority's stamps, witnesses' signatures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from audit.anchoring import cosignatures, time_stamps
from audit.anchoring.vouching import Vouchers
from audit.commands.audit_options import file_option
from audit.evidence_files import read_bounded
from starter.errors import BadInput


def voucher_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--signers`, `--stamp`, `--authority`, `--cosigned` and `--witnesses`."""
    for option in (
        click.option(
            "--cosigned",
            type=click.Path(exists=True, path_type=Path),
            multiple=True,
            metavar="PATH",
            help="A witness's folder or signature; may be repeated. 见证人的共同签署",
        ),
        file_option(
            "--witnesses", help="The witnesses' public keys (OpenSSH's allowed_signers). 见证人公钥"
        ),
        file_option(
            "--authority", help="Certificates of the time-stamping authority (PEM). 时间戳机构证书"
        ),
        file_option(
            "--signers",
            help="The office's public keys for digests (OpenSSH's allowed_signers). 主管部门公钥",
        ),
        click.option(
            "--stamp",
            "stamps",
            type=click.Path(path_type=Path, dir_okay=False),
            multiple=True,
            metavar="FILE",
            help="A time stamp (`digest publish`: DAY.tsr); may be repeated. 时间戳",
        ),
    ):
        command = option(command)
    return command


def read_vouchers(
    stamps: tuple[Path, ...],
    authority: Path | None,
    witnesses: Path | None,
    cosigned: tuple[Path, ...],
    signers: Path | None,
) -> Vouchers:
    """Return what the options name.

    Raises:
        BadInput: a file cannot be read, or cosignatures come without keys or keys without them.
    """
    if bool(cosigned) != bool(witnesses):
        raise BadInput(
            "--cosigned and --witnesses go together: signatures, and the keys that they must be by",
            "--cosigned 与 --witnesses 须同时给出：签名及其公钥",
        )
    trusted = read_bounded(authority, time_stamps.LARGEST_CERTIFICATES) if authority else b""
    return Vouchers(
        authority=tuple(time_stamps.read_certificates(trusted, authority)) if authority else (),
        stamps=tuple(read_bounded(one, time_stamps.LARGEST) for one in stamps),
        witnesses=_keys(witnesses),
        cosigned=cosigned,
        signers=_keys(signers),
    )


def _keys(path: Path | None) -> tuple[cosignatures.Witness, ...]:
    if path is None:
        return ()
    content = read_bounded(path, cosignatures.LARGEST_WITNESSES)
    return tuple(cosignatures.read_witnesses(content, path))
