"""Webhooks that are down for their first ten tries, and a worker that is killed: nothing is lost."""

import asyncio
import base64
import hashlib
import hmac
import json
import signal
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from sqlalchemy import select
from temporalio.client import Client

from db.engine import create_engine
from db.feed import Feed
from db.subscription_admin import SubscriptionAdmin
from db.tables import notices
from starter.client.temporal_client import PingtaiClient
from tests.notices.subscribed import KEY, make_key
from tests.rules.builders import Raw, application, decision
from tests.system.processes import MAIN, started
from worker.demo.clockwork import until
from workflows.application import PlatformApplication
from workflows.cloud_events import Wanted
from workflows.model import parse
from workflows.periods import beijing_date

READY = "A worker is running"
IMPATIENT = f"""
from datetime import timedelta
from activities import event_delivery, notice_delivery
event_delivery.LEASE = notice_delivery.LEASE = timedelta(seconds=4)
{MAIN}
"""
"""A worker that leaves to others after four seconds, and not thirty, what it was about to send."""
SECRET = "a-secret-of-more-than-thirty-two-letters"  # noqa: S105 - this test's own
DOWN_FOR = 10


class Receiver(BaseHTTPRequestHandler):
    """Answers 503 at first; then takes what is rightly signed, and drops what it has already."""

    tries = 0
    taken: dict[str, dict[str, object]]
    forged: list[str]

    def do_POST(self) -> None:
        """Take one notice."""
        body = self.rfile.read(int(self.headers["content-length"]))
        cls = type(self)
        cls.tries += 1
        if cls.tries <= DOWN_FOR:
            self.send_response(503)
        else:
            signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
            mac = hmac.new(SECRET.encode(), signed + body, hashlib.sha256).digest()
            if self.headers["webhook-signature"] != "v1," + base64.b64encode(mac).decode():
                cls.forged.append(self.headers["webhook-id"])
            cls.taken[self.headers["webhook-id"]] = json.loads(body)
            self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def recommendation(number: int) -> Raw:
    """A recommendation of today."""
    return decision("recommendation", f"d-{number}", beijing_date(datetime.now(UTC)))


async def written(url: str) -> set[str]:
    """The ids of all notices and events."""
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = {row.id for row in await connection.execute(select(notices.c.id))}
    feed = Feed(engine)
    end = await feed.end()
    page = await feed.read(end.moved(0), end, Wanted(), 500)
    await engine.dispose()
    return found | {one.event.id for one in page.events}


async def subscribed(url: str, webhook: str) -> None:
    """Somebody with a key subscribes to everything, from the beginning."""
    engine = create_engine(url)
    await make_key(engine)
    after = (await Feed(engine).end()).moved(0)
    await SubscriptionAdmin(engine).make("s-1", KEY, url=webhook, secret=SECRET, after=after)
    await engine.dispose()


async def test_a_receiver_that_is_down_and_a_worker_that_is_killed(
    home: Path, tmp_path: Path, namespaced: Client, empty_database_url: str
) -> None:
    """Every notice, and every event that somebody subscribed to, gets there in the end, signed.

    The other worker goes on where one was killed with -9.
    """
    Receiver.taken, Receiver.forged = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    configuration = tmp_path / "notices.toml"
    configuration.write_text(
        f"""
        [patience]
        first_seconds = 0.2
        longest_seconds = 0.5
        [[recipients]]
        name = "office"
        webhook = "http://127.0.0.1:{server.server_port}/notices"
        secret_env = "OFFICE_SECRET"
        """
    )
    settings = {
        "TEMPORAL_ADDRESS": namespaced.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": namespaced.namespace,
        "DATABASE_URL": empty_database_url,
        "PINGTAI_NOTICES": str(configuration),
        "OFFICE_SECRET": SECRET,
        "PINGTAI_WEBHOOK_HOSTS": "127.0.0.1",
    }
    with started(home, "worker", ready=READY, program=IMPATIENT, **settings) as first:
        client = PingtaiClient(namespaced)
        await subscribed(empty_database_url, f"http://127.0.0.1:{server.server_port}/events")
        for number in range(4):
            form = application(platform_id=f"p-{number}", application_id=f"a-{number}")
            await client.apply(parse(PlatformApplication, form))
            await client.decide(f"p-{number}", recommendation(number))

        async def refused() -> bool:
            return Receiver.tries >= 3

        await until(refused, "the receiver is tried")
        first.send_signal(signal.SIGKILL)
    with started(home, "worker", ready=READY, program=IMPATIENT, **settings):

        async def all_there() -> bool:
            return set(Receiver.taken) == await written(empty_database_url)

        await until(all_there, "every notice and every event gets there")
    await asyncio.to_thread(server.shutdown)
    server.server_close()
    assert 12 + 8 == len(Receiver.taken)
    assert [] == Receiver.forged
    assert {"cn.pingtai.applied", "cn.pingtai.recommendation"} == {
        event["type"] for event in Receiver.taken.values()
    }
