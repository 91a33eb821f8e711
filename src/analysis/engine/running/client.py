"""A kernel's messages in, a notebook's outputs out: none lost, none late, none too many.

What jupyter_client, nbclient and papermill do is kept but for what their own clients
do not guard against.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Type, default

from analysis.engine.running.limits import Watch

LOOK_SECONDS = 1
"""How often it is seen whether a silent kernel still lives."""

_RECONNECT_MS = 5
# A kernel that is up answers in some milliseconds.
_PROMPT_SECONDS = 0.02


class WatchedClient(PapermillNotebookClient):
    """Drops what is shown beyond the limit, so that it does not grow this process."""

    def __init__(self, nb_man: Any, *, watch: Watch, **settings: Any) -> None:
        super().__init__(nb_man, **settings)  # type: ignore[no-untyped-call]
        self._watch = watch

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take in one message, as nbclient does, unless the limit has been passed."""
        if not self._watch.takes(msg):
            return None
        return super().process_message(msg, cell, cell_index)  # type: ignore[no-untyped-call]


class _FairChannel(AsyncZMQSocketChannel):
    """Lets limits of time be seen to however fast a kernel shows things."""

    async def get_msg(  # type: ignore[override]
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        # Neither the poll nor the receipt of a message that is there gives way to others.
        await asyncio.sleep(0)
        self._require_open()
        return await super().get_msg(timeout)

    async def _recv(self, **told: Any) -> dict[str, Any]:  # type: ignore[override]
        self._require_open()
        return await super()._recv(**told)

    def _require_open(self) -> None:
        # Closed between two steps when time is up: who asked has been cancelled too.
        if self.socket is None:
            raise asyncio.CancelledError


class PromptClient(AsyncKernelClient):
    """Talks to a kernel whose process we know: no heartbeat, no input, ready once it answers."""

    iopub_channel_class = Type(_FairChannel)

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        # A kernel listens some hundredths of a second after we first try to reach it, and
        # zmq would try again only after a tenth.
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MS)
        return context

    def start_channels(self, *_: Any, **__: Any) -> None:
        """Open the channels that a run needs."""
        super().start_channels(stdin=False, hb=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both channels.

        What is shown before the second is open would be lost. jupyter_client also waits
        until nothing more is heard of for 0.2 s, a third of a short run.
        """
        end = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < end:
            asked = self.kernel_info()
            if await self._hears(self.shell_channel, asked, LOOK_SECONDS) and await self._hears(
                self.iopub_channel, asked, _PROMPT_SECONDS
            ):
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before it was ready")
        raise RuntimeError(f"the kernel was not ready within {timeout} seconds")

    async def _hears(self, channel: Any, asked: str, seconds: float) -> bool:
        """Whether an answer to ``asked`` comes in within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await channel.get_msg(timeout=None)
                    if message["parent_header"].get("msg_id") == asked:
                        return True
        except TimeoutError:
            return False
