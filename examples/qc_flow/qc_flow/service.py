"""
The HTTP service: jobs for tenants, and what operators and a rollout ask about them.

Requests of tenants name the tenant in `X-Tenant`; they are measured, and faults are
injected into them. Questions of operators are neither, so that looking does not change
what is seen.
"""

import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import psycopg
from psycopg import Connection
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import admin, jobs
from .clock import now_s, pause_s
from .faults import Faults
from .features import DLQ, FLAGS, HEARTBEAT, Features
from .settings import Settings
from .traffic import Traffic
from .worker import open_pool

# Each request asks the media store for the clip's header; that takes about so long.
# It stands for work that does not depend on the database, and gives latency a floor.
MEDIA_STORE_S: Final = 0.04
_WAIT_MAX_S: Final = 30.0
_POLL_S: Final = 0.05
_DATABASE_ERRORS: Final = (psycopg.OperationalError, PoolTimeout, TooManyRequests)
_TRIED_TENANTS: Final = 10_000

_Handler = Callable[[Request, bytes], Response]
_Endpoint = Callable[[Request], Awaitable[Response]]


class Service:
    """One service process; `app` is what a server runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._features = Features(settings.flags, settings.home)
        self._faults = Faults(settings.faults, self._features)
        self._traffic = Traffic()
        self._pool = open_pool(settings.database_url)
        self.app = Starlette(routes=self._routes())

    def close(self) -> None:
        """Give back the connections to the database."""
        self._pool.close()

    def _routes(self) -> list[Route]:
        """Return which handler answers what."""
        ask, tenant, operator = self._ask, self._of_tenant, self._of_operator
        return [
            Route("/health", ask(self._health)),
            Route("/api/metrics", ask(self._metrics)),
            Route("/api/qc/jobs", tenant(self._submit), methods=["POST"]),
            Route("/api/qc/jobs/{id:int}", tenant(self._job)),
            Route("/api/qc/debug", operator(self._debug)),
            Route("/api/admin/dlq", operator(self._dlq)),
            Route("/api/admin/dlq/test", operator(self._test_dlq), methods=["POST"]),
            Route(
                "/api/admin/watchdog/test",
                operator(self._test_watchdog),
                methods=["POST"],
            ),
        ]

    # How each kind of request is handled

    def _ask(self, handler: _Handler) -> _Endpoint:
        """Answer a question in a thread; an outage of the database is a 503."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await request.body()
                return await run_in_threadpool(handler, request, body)
            except _DATABASE_ERRORS as error:
                return _problem(503, f"the database is not available: {error}")
            except ClientDisconnect:
                return _problem(400, "the client has gone")

        return endpoint

    def _of_operator(self, handler: _Handler) -> _Endpoint:
        """Answer only who knows the token."""
        inner = self._ask(handler)
        wanted = f"Bearer {self._settings.token}".encode()

        async def endpoint(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(wanted, given):
                return _problem(401, "send 'Authorization: Bearer TOKEN'")
            return await inner(request)

        return endpoint

    def _of_tenant(self, handler: _Handler) -> _Endpoint:
        """Measure a tenant's request, and inject the faults that are switched on."""
        inner = self._ask(handler)

        async def endpoint(request: Request) -> Response:
            tenant = request.headers.get("x-tenant", "")
            if not tenant:
                return _problem(400, "name the tenant in the header 'X-Tenant'")
            began = time.perf_counter()
            faulty = await run_in_threadpool(self._work_for, tenant)
            failed = _problem(500, "an injected error") if faulty else None
            response = failed or await inner(request)
            self._traffic.record(
                latency_ms=1000 * (time.perf_counter() - began),
                failed=response.status_code >= 500,  # noqa: PLR2004 - server errors
                flags=self._features.on_for(tenant),
            )
            return response

        return endpoint

    def _work_for(self, tenant: str) -> bool:
        """Take the time that a request takes; return whether it is to fail."""
        pause_s(MEDIA_STORE_S + self._faults.latency_s(tenant))
        return self._faults.request_fails(tenant)

    # Tenants

    def _submit(self, request: Request, body: bytes) -> Response:
        """Queue the job of a tenant."""
        try:
            clip = json.loads(body)["clip"]
        except (ValueError, KeyError, TypeError):
            clip = None
        if not isinstance(clip, str) or not clip or "\0" in clip:
            return _problem(400, 'send JSON such as {"clip": "take-7.mov"}')
        tenant = request.headers["x-tenant"]
        with self._pool.connection() as connection:
            job_id = jobs.submit(connection, tenant=tenant, clip=clip)
        return JSONResponse({"id": job_id}, status_code=202)

    def _job(self, request: Request, _: bytes) -> Response:
        """Tell a tenant about one of its jobs."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT state, attempts, last_error FROM qc_jobs"
                " WHERE id = %s AND tenant = %s",
                (request.path_params["id"], request.headers["x-tenant"]),
            ).fetchone()
        if row is None:
            return _problem(404, "this tenant has no such job")
        return JSONResponse({"state": row[0], "attempts": row[1], "error": row[2]})

    # Operators

    def _health(self, _: Request, __: bytes) -> Response:
        """Tell whether service, database and worker are there."""
        with self._pool.connection(timeout=2) as connection:
            worker = admin.worker_lives(connection)
        health = {
            "status": "healthy" if worker else "unhealthy",
            "release": self._features.release,
            "database": "ok",
            "worker": "ok" if worker else "silent",
        }
        return JSONResponse(health, status_code=200 if worker else 503)

    def _metrics(self, request: Request, _: bytes) -> Response:
        """Return the figures of the last seconds of tenants' requests."""
        window_s = _number(request.query_params, "window_s", default=60.0)
        flag = request.query_params.get("flag")
        if window_s is None or (flag is not None and flag not in FLAGS):
            return _problem(400, f"window_s is seconds; flag is one of {list(FLAGS)}")
        return JSONResponse(self._traffic.summary(window_s, flag))

    def _dlq(self, request: Request, _: bytes) -> Response:
        """Return the dead letters, or with `stats=true` how many there are."""
        with self._pool.connection() as connection:
            if request.query_params.get("stats") == "true":
                return JSONResponse(admin.dlq_stats(connection))
            return JSONResponse({"entries": admin.dlq_entries(connection)})

    def _debug(self, request: Request, _: bytes) -> Response:
        """Return the inside: release, queue and watchdog."""
        window_s = _number(request.query_params, "window_s", default=admin.HOUR_S)
        if window_s is None:
            return _problem(400, "window_s is a number of seconds above 0")
        flags = self._features.percentages()
        known = [pct for pct in flags.values() if pct is not None]
        with self._pool.connection() as connection:
            inside = {
                "release": self._features.release,
                "flags": flags,
                "exposurePct": min(known) if len(known) == len(flags) else None,
                "jobs": admin.job_counts(connection),
                "watchdogMetrics": admin.watchdog_metrics(connection, window_s),
            }
        return JSONResponse(inside)

    def _test_dlq(self, request: Request, _: bytes) -> Response:
        """Inject a job that fails; wait until it is a dead letter."""
        return self._test(request, jobs.TEST_FAILURE, (DLQ,))

    def _test_watchdog(self, request: Request, _: bytes) -> Response:
        """Inject a job that hangs; wait until the watchdog has set it aside."""
        return self._test(request, jobs.TEST_HANG, (DLQ, HEARTBEAT))

    def _test(self, request: Request, clip: str, flags: tuple[str, ...]) -> Response:
        """Inject a test job for a tenant with these flags, and follow it."""
        wait_s = _number(request.query_params, "wait_s", default=10.0)
        if wait_s is None or wait_s > _WAIT_MAX_S:
            return _problem(400, f"wait_s is from 0 to {_WAIT_MAX_S:g} seconds")
        tenant = self._tenant_with(flags)
        if tenant is None:
            return _problem(409, f"{' and '.join(flags)} are on for no tenant")
        with self._pool.connection() as connection:
            job_id = jobs.submit(connection, tenant=tenant, clip=clip, max_attempts=1)
            found = _wait_for_dead_letter(connection, job_id, wait_s)
        answer = {"job_id": job_id, "tenant": tenant, "in_dlq": found}
        return JSONResponse(answer, status_code=200 if found else 504)

    def _tenant_with(self, flags: tuple[str, ...]) -> str | None:
        """Return a tenant, of nobody's, for whom all these flags are on."""
        names = (f"test-{number}" for number in range(_TRIED_TENANTS))
        wanted = frozenset(flags)
        return next((n for n in names if wanted <= self._features.on_for(n)), None)


def _wait_for_dead_letter(connection: Connection, job_id: int, wait_s: float) -> bool:
    """Return whether a job becomes a dead letter within some seconds."""
    deadline = now_s() + wait_s
    while not admin.in_dlq(connection, job_id):
        if now_s() >= deadline:
            return False
        pause_s(_POLL_S)
    return True


def _number(query: Mapping[str, str], name: str, *, default: float) -> float | None:
    """Return a number above 0 of the query; None when it is something else."""
    try:
        number = float(query.get(name, default))
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _problem(status: int, what: str) -> Response:
    """Return an error that a person can read."""
    return JSONResponse({"error": what}, status_code=status)
