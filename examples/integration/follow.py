"""Follows the feed from where it stopped. URL, KEY and CURSOR (a file) are variables.

`follow.py` reads what there is, and ends; `follow.py 20` goes on for ever, asking for twenty seconds each time.
"""

import json
import os
import sys
import time
from pathlib import Path
from signal import SIG_DFL, SIGINT, SIGPIPE, signal
from urllib.parse import urlencode
from urllib.request import Request, urlopen

if missing := [name for name in ("URL", "KEY", "CURSOR") if not os.environ.get(name)]:
    sys.exit(f"set {', '.join(missing)}, as docs/events.md shows")

WAIT = int(sys.argv[1]) if len(sys.argv) > 1 else 0
CURSOR = Path(os.environ["CURSOR"])

for ends in (
    SIGINT,
    SIGPIPE,
):  # Ctrl-C, or a reader that has seen enough, ends it at once: see the end
    signal(ends, SIG_DFL)
while True:
    after = {"after": CURSOR.read_text()} if CURSOR.exists() else {"after": "beginning"}
    url = f"{os.environ['URL']}/v1/events?{urlencode({'wait': WAIT, **after})}"
    request = Request(url, headers={"Authorization": f"Bearer {os.environ['KEY']}"})  # noqa: S310
    try:
        with urlopen(request, timeout=WAIT + 30) as answer:  # noqa: S310 - the URL is our own
            page = json.load(answer)
    except OSError as error:  # the service is away, or refuses
        status = getattr(error, "code", 503)
        if not WAIT or status < 500:  # 401: the key; 410: begin again, without the cursor
            sys.exit(f"{url}: {error}")
        time.sleep(5)
        continue
    for event in page["events"]:
        print(event["id"], event["type"], flush=True)  # your own work; it may come a second time
    new = CURSOR.with_suffix(".new")
    new.write_text(page["next"])
    new.replace(CURSOR)  # after the work: whoever is killed in between does it again
    if not WAIT and not page["more"]:
        break
