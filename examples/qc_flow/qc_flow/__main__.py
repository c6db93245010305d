"""The command line: `python -m qc_flow up`, `fault`, and the parts one by one."""

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gonogo_flags import FlagError, FlagFile

from .settings import SettingMissing, Settings

_FAULTS: Final = "QC_FAULTS_FILE"
_FLAGS: Final = "QC_FLAGS_FILE"


class Misused(Exception):
    """What was typed does not make sense; the message says what would."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 means that it was misused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (SettingMissing, Misused) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    parser = argparse.ArgumentParser(prog="python -m qc_flow")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="run the whole system for one command")
    up.add_argument("--folder", type=Path, required=True, help="for its files")
    up.add_argument(
        "--fault", action="append", default=[], metavar="KIND=NUMBER[@FLAG]"
    )
    up.add_argument("command", nargs="+", metavar="-- COMMAND")
    up.set_defaults(run=_up)

    fault = commands.add_parser("fault", help="switch faults of production on or off")
    fault.add_argument("faults", nargs="*", metavar="KIND=NUMBER[@FLAG]")
    fault.add_argument("--only-with", metavar="FLAG", help="only for its tenants")
    fault.add_argument("--clear", action="store_true", help="switch all faults off")
    fault.set_defaults(run=_fault)

    flag = commands.add_parser("flag", help="turn a flag of production")
    flag.add_argument("name")
    flag.add_argument("percentage", type=float)
    flag.set_defaults(run=_flag)

    service = commands.add_parser("service", help="run the HTTP service")
    service.add_argument("--fd", type=int, help="an open socket to listen on")
    service.set_defaults(run=_service)
    commands.add_parser("worker", help="run the job worker").set_defaults(run=_worker)

    load = commands.add_parser("load", help="send requests")
    load.add_argument("targets", nargs="+", metavar="URL=RATE")
    load.set_defaults(run=_load)
    return parser


def _up(options: argparse.Namespace) -> int:
    """Run the system, and one command beside it."""
    from gonogo.testing.postgres import (  # noqa: PLC0415 - only here, for the speed
        PostgresFailed,
        PostgresNotFound,
    )

    from .command import run_command, stop_on_sigterm  # noqa: PLC0415
    from .faults import FaultInvalid  # noqa: PLC0415
    from .system import SystemNotStarted, running_system  # noqa: PLC0415

    stop_on_sigterm()
    try:
        with running_system(options.folder, options.fault) as system:
            return run_command(options.command, system.env)
    except (FaultInvalid, PostgresNotFound) as error:
        raise Misused(str(error)) from None
    except (SystemNotStarted, PostgresFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _fault(options: argparse.Namespace) -> int:
    """Add faults to those that are on, or clear them; print what is on now."""
    from .faults import (  # noqa: PLC0415
        Fault,
        FaultInvalid,
        read_faults,
        write_faults,
    )

    if not os.environ.get(_FAULTS):
        raise SettingMissing(_FAULTS)
    path = Path(os.environ[_FAULTS])
    try:
        added = [Fault.parse(text, options.only_with) for text in options.faults]
    except FaultInvalid as error:
        raise Misused(str(error)) from None
    faults = {} if options.clear else read_faults(path)
    faults |= {fault.kind: fault for fault in added}
    if options.clear or added:
        write_faults(path, faults.values())
    for fault in faults.values():
        where = f"only with {fault.only_with}" if fault.only_with else "for all"
        sys.stdout.write(f"{fault.kind}={fault.value:g} {where}\n")
    if not faults:
        sys.stdout.write("no faults\n")
    return 0


def _flag(options: argparse.Namespace) -> int:
    """Turn a flag, as a person does in an emergency."""
    if not os.environ.get(_FLAGS):
        raise SettingMissing(_FLAGS)
    flags = FlagFile(os.environ[_FLAGS])
    try:
        flags.set_percentage(options.name, options.percentage)
        now = flags.percentage(options.name)
    except FlagError as error:
        raise Misused(str(error)) from None
    sys.stdout.write(f"{options.name} is on for {now:g} %\n")
    return 0


def _service(options: argparse.Namespace) -> int:
    """Run the HTTP service until it is told to stop."""
    import uvicorn  # noqa: PLC0415 - the other commands start without it

    from .children import follow_parent  # noqa: PLC0415
    from .service import Service  # noqa: PLC0415

    follow_parent()
    service = Service(Settings.of_environment())
    listening = socket.socket(fileno=options.fd) if options.fd else _listening()
    config = uvicorn.Config(
        service.app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])
    service.close()
    return 0


def _listening() -> socket.socket:
    """Return a socket on a free port, and print where it is."""
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    return listening


def _worker(_: argparse.Namespace) -> int:
    """Run the job worker until it is told to stop."""
    from .children import follow_parent  # noqa: PLC0415
    from .worker import Worker  # noqa: PLC0415

    follow_parent()
    worker = Worker(Settings.of_environment())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
    return 0


def _load(options: argparse.Namespace) -> int:
    """Send requests until told to stop."""
    from .children import follow_parent  # noqa: PLC0415
    from .load import Target, run_load  # noqa: PLC0415

    targets = []
    for text in options.targets:
        url, _, rate = text.rpartition("=")
        if not url.startswith("http") or not rate.replace(".", "", 1).isdigit():
            message = f"'{text}' is no target; write URL=RATE, the rate per second."
            raise Misused(message)
        targets.append(Target(url, float(rate)))
    follow_parent()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    stop = run_load(targets)
    stopping.wait()
    stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
