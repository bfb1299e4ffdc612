"""A platform started, recommended and read, by the typed Python client: by HTTP, or by Temporal.

    PINGTAI_URL=http://127.0.0.1:8080 PINGTAI_KEY=ptk_… python examples/integration/client.py \
        examples/bj-riscv-soc/application.json

Without PINGTAI_URL it speaks to Temporal, as TEMPORAL_ADDRESS or a running `pingtai up` says. SIGNING_KEY
names the key file of the district's person: where there is a roster, decisions are signed. Run it twice:
the second time nothing is done again. A second argument is the day on which the
district decided (default: today): a repeat on a later day names the same one.
"""

import argparse
import asyncio
import os
import sys
from datetime import date
from pathlib import Path

from starter import PingtaiClient, PingtaiHttpClient
from starter.client.interface import Pingtai
from starter.client.register_lookups import RegisterLookups
from starter.client.signed_decisions import decide_signed
from starter.clock import today
from starter.errors import PingtaiError
from starter.signing.key_files import FileSigner, read_key_file
from starter.signing.signer import Signer
from starter.terminal.process_exit import leave
from workflows.actors import Actor
from workflows.application import PlatformApplication
from workflows.decisions import Recommendation
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused
from workflows.vocabulary import RecommendationOutcome, Role
from workflows.words import Words


async def start_and_recommend(
    pingtai: Pingtai, form: PlatformApplication, decided_on: date, signer: Signer | None = None
) -> str:
    """Apply, let the district recommend, and say where the platform stands.

    Where there is a roster, a decision is signed by a person who stands in it: `signer` has their key.
    """
    applied = await pingtai.apply(form)
    person = await pingtai.roster_holder(signer.key.openssh()) if signer else None
    print(applied.workflow_id, "term", applied.term, "again" if applied.repeated else "new")
    recommendation = Recommendation(
        kind="recommendation",
        # Yours, and the same each time that you say it, as is all the rest: so it is never taken twice.
        decision_id=f"{form.application_id}:recommendation",
        actor=Actor(
            id=person or "hd-01",
            role=Role.DISTRICT,
            organisation=f"{form.district.zh}科技主管部门",
            district=form.district,
        ),
        decided_on=decided_on,
        outcome=RecommendationOutcome.RECOMMENDED,
        opinion="同意推荐。",
    )
    sending = (
        decide_signed(pingtai, form.platform_id, recommendation, signer)
        if signer
        else pingtai.decide(form.platform_id, recommendation)
    )
    receipt = await sending
    print("entry", receipt.seq, "stage", receipt.stage, "again" if receipt.repeated else "new")
    platform = (await pingtai.state(form.platform_id)).platform
    return platform.stage if platform else ""


def signer_of(key_file: str | None) -> Signer | None:
    """What signs with a key file (SIGNING_KEY), if one is named."""
    return FileSigner(read_key_file(Path(key_file))) if key_file else None


def application_in(file: str) -> PlatformApplication:
    """The application in a file."""
    return parse(PlatformApplication, Path(file).read_text(encoding="utf-8"))


async def main(file: str, decided_on: date) -> int:
    """Do it by whichever way is configured; 0 when it was done."""
    url = os.environ.get("PINGTAI_URL")
    try:
        form = application_in(file)
        signer = signer_of(os.environ.get("SIGNING_KEY"))
        if url:
            async with PingtaiHttpClient(url, os.environ.get("PINGTAI_KEY", "")) as by_http:
                print(await start_and_recommend(by_http, form, decided_on, signer))
        else:
            client = await PingtaiClient.connect(RegisterLookups())
            print(await start_and_recommend(client, form, decided_on, signer))
    except Refused as error:  # by the rules: which one, and what is awaited
        return _told(error.refusal.words, 3)
    except InvalidMessage as error:  # it does not fit: which fields, and why
        return _told(error.words, 2)
    except PingtaiError as error:  # no answer, perhaps: run it again as it is
        return _told(error.words, error.exit_code)
    except OSError as error:  # there is no such file
        print(error, file=sys.stderr)
        return 2
    return 0


def _told(words: Words, code: int) -> int:
    """Say what is wrong in both languages; the code to end with."""
    print(words.en, words.zh, sep="\n", file=sys.stderr)
    return code


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        description="Start a platform, and let its district recommend it."
    )
    parser.add_argument("application", help="file of the application, JSON")
    parser.add_argument(
        "decided_on",
        nargs="?",
        type=date.fromisoformat,
        default=today(),
        help="the day on which the district decided, YYYY-MM-DD; default: today",
    )
    return parser.parse_args()


if __name__ == "__main__":
    typed = arguments()
    # the SDK can abort a process that ends by itself
    leave(asyncio.run(main(typed.application, typed.decided_on)))
