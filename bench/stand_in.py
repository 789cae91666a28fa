"""The Graph API stand-in in a process of its own, without Meta's pacing and with quick, stubborn webhooks."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.stand_in import PageAccount, StandInOptions, run_stand_in


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--webhook", required=True)
    arguments.add_argument("--messenger-webhook", help="with it, a Page is played, too")
    arguments.add_argument("--history", type=Path)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    page = None
    if given.messenger_webhook:
        page = PageAccount(
            page_id="200000000000001",
            app_secret="demo-app-secret",
            access_token="demo-access-token",
            webhook_url=given.messenger_webhook,
        )
    options = StandInOptions(
        seed=given.seed,
        pair_interval=0,
        throughput=0,
        page_throughput=0,
        status_delay=(0.02, 0.1),
        retry_delays=(0.0, *(0.3,) * 400),
        webhook_timeout=5.0,
        keep=200_000,
        history=given.history,
    )
    asyncio.run(
        run_stand_in(
            webhook_url=given.webhook,
            app_secret="demo-app-secret",
            access_token="demo-access-token",
            phone_number_id="100000000000001",
            display_number="+390200000000",
            now=lambda: datetime.now(UTC),
            options=options,
            page=page,
            port=given.port,
        )
    )


if __name__ == "__main__":
    main()
