"""Letting a watch look so often on an event loop, and ending it as a service would."""

import asyncio

import pytest


async def looks(rounds, clock, number):
    """Await what looks again and again until its clock has waited so often; cancel it."""
    task = asyncio.ensure_future(rounds)
    while len(clock.waits) < number:
        assert not task.done()
        await asyncio.sleep(0)  # no more looks than were asked for
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
