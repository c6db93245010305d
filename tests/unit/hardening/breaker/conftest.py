"""What the tests of the breaker share: a clock, a listener, ways to call."""

import asyncio

import pytest

from hardening.testing import FakeClock


class Down(Exception):
    """The service is unwell."""


class Service:
    """A service that the test makes well or unwell; counts how often it is called."""

    def __init__(self):
        self.error = None
        self.calls = 0

    def answer(self, number=42):
        """Answer, or fail."""
        self.calls += 1
        if self.error is not None:
            raise self.error
        return number

    async def answer_async(self, number=42):
        """Do the same as a coroutine."""
        await asyncio.sleep(0)
        return self.answer(number)


def by_call(breaker, service):
    """Make a call of a function."""
    return breaker.call(service.answer, 42)


def by_call_async(breaker, service):
    """Make a call of a coroutine function."""
    return asyncio.run(breaker.call_async(service.answer_async, number=42))


def by_decorator(breaker, service):
    """Make a call of a decorated function."""
    return breaker(service.answer)()


def by_decorator_async(breaker, service):
    """Make a call of a decorated coroutine function."""
    return asyncio.run(breaker(service.answer_async)())


def by_guard(breaker, service):
    """Make a call within a block."""
    with breaker.guard():
        return service.answer()


def by_guard_async(breaker, service):
    """Make a call within an asynchronous block."""

    async def main():
        async with breaker.guard():
            return await service.answer_async()

    return asyncio.run(main())


WAYS = [
    by_call,
    by_call_async,
    by_decorator,
    by_decorator_async,
    by_guard,
    by_guard_async,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    """Give each way to make a call in turn."""
    return request.param


@pytest.fixture
def clock():
    """Give a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def told():
    """Give a list that is a listener's memory."""
    return []


@pytest.fixture
def service():
    """Give a service that is well."""
    return Service()


@pytest.fixture
def fail(service):
    """Give a way to make a call fail, a number of times."""

    def failing(breaker, times=1, error=None):
        service.error = error or Down()
        for _ in range(times):
            with pytest.raises(type(service.error)):
                breaker.call(service.answer)
        service.error = None

    return failing
