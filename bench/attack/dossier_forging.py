"""What a forger who knows the format does after a change, so that it looks right again."""

import hashlib
import json
from random import Random
from typing import Any

from bench.attack.dossier_files import MANIFEST, Files, json_file


def sum_up(files: Files) -> None:
    """Write the sums of all files anew, as the manifest has them."""
    try:
        manifest = json.loads(files[MANIFEST])
        manifest["files"] = [
            {"name": name, "bytes": len(inner), "sha256": hashlib.sha256(inner).hexdigest()}
            for name, inner in sorted(files.items())
            if name != MANIFEST
        ]
        files[MANIFEST] = json_file(manifest)
    except (KeyError, ValueError, TypeError, RecursionError):
        return


def name_other_code(random: Random, files: Files) -> None:
    """Say that other code made it."""
    try:
        manifest = json.loads(files[MANIFEST])
        manifest["code"]["workflows_sha256"] = random.choice(("0" * 64, "ab" * 32))
        files[MANIFEST] = json_file(manifest)
    except (KeyError, ValueError, TypeError, RecursionError):
        return


def seal_again(lines: list[dict[str, Any]]) -> None:
    """Make a log's chain fit again, entry by entry."""
    previous = lines[0].get("previous") if lines else ""
    for line in lines:
        line["previous"] = previous
        sealed = {k: v for k, v in line.items() if k not in ("hash", "reason") and v is not None}
        text = json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        line["hash"] = previous
