"""A platform started, recommended and read, by the typed Python client: by HTTP, or by Temporal.

    PINGTAI_URL=http://127.0.0.1:8080 PINGTAI_KEY=ptk_… python examples/integration/client.py \
        examples/bj-riscv-soc/application.json

Without PINGTAI_URL it speaks to Temporal, as TEMPORAL_ADDRESS or a running `pingtai up` says. Run it twice:
the second time nothing is done again.
"""

import asyncio
import os
import sys
from datetime import date
from pathlib import Path

from starter import PingtaiClient, PingtaiHttpClient
from starter.client.interface import Pingtai
from starter.client.register_lookups import RegisterLookups
from starter.errors import PingtaiError
from starter.terminal.process_exit import leave
from workflows.actors import Actor
from workflows.application import PlatformApplication
from workflows.decisions import Recommendation
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused
from workflows.vocabulary import RecommendationOutcome, Role

DECIDED_ON = date(2026, 11, 23)
"""The day on which the district decided, and not that on which it is sent: a repeat says the same."""


async def start_and_recommend(pingtai: Pingtai, form: PlatformApplication) -> str:
    """Apply, let the district recommend, and say where the platform stands."""
    applied = await pingtai.apply(form)
    print(applied.workflow_id, "term", applied.term, "again" if applied.repeated else "new")
    recommendation = Recommendation(
        kind="recommendation",
        # Yours, and the same each time that you say it, as is all the rest: so it is never taken twice.
        decision_id=f"{form.application_id}:recommendation",
        actor=Actor(
            id="kw-01",
            role=Role.DISTRICT,
            organisation=f"{form.district.zh}科技主管部门",
            district=form.district,
        ),
        decided_on=DECIDED_ON,
        outcome=RecommendationOutcome.RECOMMENDED,
        opinion="同意推荐。",
    )
    receipt = await pingtai.decide(form.platform_id, recommendation)
    print("entry", receipt.seq, "stage", receipt.stage, "again" if receipt.repeated else "new")
    platform = (await pingtai.state(form.platform_id)).platform
    return platform.stage if platform else ""


async def main(form: PlatformApplication) -> int:
    """Do it by whichever way is configured; 0 when it was done."""
    url = os.environ.get("PINGTAI_URL")
    try:
        if url:
            async with PingtaiHttpClient(url, os.environ["PINGTAI_KEY"]) as by_http:
                print(await start_and_recommend(by_http, form))
        else:
            client = await PingtaiClient.connect(RegisterLookups())
            print(await start_and_recommend(client, form))
    except Refused as error:  # by the rules: which one, and what is awaited
        print(error.refusal.rule, error.refusal.zh, error.refusal.awaited)
        return 3
    except InvalidMessage as error:  # it does not fit: which fields, and why
        print(error.problems)
        return 2
    except PingtaiError as error:  # no answer, perhaps: run it again as it is
        print(error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    application = parse(PlatformApplication, Path(sys.argv[1]).read_text(encoding="utf-8"))
    leave(asyncio.run(main(application)))  # the SDK can abort a process that ends by itself
