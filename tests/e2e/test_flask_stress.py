"""The Flask service under more load than it can take, and under bad luck."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from e2e import load
from e2e.conftest import Smoked
from e2e.service import Service, question, resident_megabytes, running

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.xdist_group("keras")]

OVERLOAD_SECONDS = 60
QUEUE = 16
EXAMPLES = 64  # so many in a request that it is not answered before a signal comes


@pytest.fixture(scope="module")
def project(smoked: Callable[..., Smoked]) -> Smoked:
    return smoked("keras", "flask")


@pytest.fixture(scope="module")
def slow(project: Smoked, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Artifacts of a model that takes long enough to be overloaded from here."""
    folder = tmp_path_factory.mktemp("slow")
    script = Path(__file__).with_name("slow_model.py")
    command = [project.python, str(script), project.package, str(folder)]
    subprocess.run(command, cwd=project.path, check=True, env=path_to(project))
    return str(folder)


def path_to(project: Smoked) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(project.path)}


def test_overload_is_refused_and_the_rest_is_served(project: Smoked, slow: str) -> None:
    limits = {"FLASK_WORKERS": "1", "FLASK_QUEUE_LIMIT": str(QUEUE), "ARTIFACTS": slow}
    with running(project, **limits) as service:
        # The machine's own pace can change between the two measurements.
        slow_rounds = []
        while too_slow := overload(service, question(project)):
            slow_rounds.append(too_slow)
            assert len(slow_rounds) < 3, slow_rounds


def overload(service: Service, body: bytes) -> str:
    """Return what was too slow, or nothing; whatever else is wrong fails at once."""
    capacity = asyncio.run(peak(service.predict_url, body))
    (worker,) = service.workers
    before = resident_megabytes(worker)
    outcome = asyncio.run(
        load.open_loop(service.predict_url, body, 4 * capacity, OVERLOAD_SECONDS)
    )
    grown = resident_megabytes(worker) - before
    assert service.status("/readyz") == 200
    assert set(outcome.seconds) <= {200, 503}, outcome.count(0)
    assert outcome.retry_after == {"1"} or not outcome.count(503)
    assert grown < 50
    if 2 * outcome.count(503) < outcome.count(200):
        return "the clients"  # that was no overload
    goodput = outcome.count(200) / OVERLOAD_SECONDS
    served, refused = outcome.percentile(200, 0.99), outcome.percentile(503, 0.99)
    print(
        f"capacity {capacity:.0f}/s, goodput {goodput:.0f}/s; 99th percentile: "
        f"served {served:.3f} s, refused {refused:.3f} s; grown {grown:.0f} MB"
    )
    if goodput < 0.9 * capacity:
        return "the service"
    if served > 3 * QUEUE / capacity:  # nobody waits for more than a full queue
        return "answers"
    return "" if refused <= served else "refusals"


async def peak(url: str, body: bytes, seconds: float = 5) -> float:
    """Return how many requests a second are answered where none is refused."""
    stop = asyncio.Event()
    clients = load.closed_loop(url, body, QUEUE // 2, stop)
    outcome, _ = await asyncio.gather(clients, load.stop_after(stop, seconds))
    assert list(outcome.seconds) == [200]
    return outcome.count(200) / seconds


def test_sigterm_loses_no_request_that_was_accepted(project: Smoked, slow: str) -> None:
    limits = {"FLASK_WORKERS": "1", "FLASK_TIME_LIMIT": "30", "ARTIFACTS": slow}
    body = json.dumps({"instances": [[[0] * 8] * 8] * EXAMPLES}).encode()

    async def ask_all(service: Service) -> load.Outcome:
        outcome = load.Outcome()
        clients = [load.Connection(service.predict_url, body) for _ in range(QUEUE)]
        asking = asyncio.gather(*(client.ask(outcome) for client in clients))
        deadline = time.monotonic() + 20
        # A client that has a connection has written its request at once.
        while not all(c.streams for c in clients) or taken(service) < QUEUE:
            assert time.monotonic() < deadline, "some requests were not taken"
            await asyncio.sleep(0.01)
        service.process.send_signal(signal.SIGTERM)
        await asking
        for client in clients:
            client.close()
        return outcome

    with running(project, **limits) as service:
        outcome = asyncio.run(ask_all(service))
        assert service.process.wait(20) == 0
    assert {status: len(times) for status, times in outcome.seconds.items()} == {
        200: QUEUE
    }


def taken(service: Service) -> int:
    """Return of how many connections the service has read all that was sent."""
    count = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, _, state, queues, *_, inode = line.split()[:10]
        is_its_own = here.endswith(f":{int(service.port):04X}") and state == "01"
        accepted, read = inode != "0", queues.endswith(":00000000")
        count += is_its_own and accepted and read
    return count


def test_a_load_balancer_notices_nothing_of_sigterm(project: Smoked) -> None:
    """It stops sending when the service is no longer ready; until then all is well."""

    async def balance(url: str, ready: Callable[[], bool]) -> load.Outcome:
        stop = asyncio.Event()
        clients = asyncio.create_task(load.closed_loop(url, question(project), 8, stop))
        await asyncio.sleep(1)
        service.process.send_signal(signal.SIGTERM)
        while await asyncio.to_thread(ready):
            await asyncio.sleep(0.1)
        stop.set()
        return await clients

    with running(project, FLASK_DRAIN_SECONDS="10") as service:
        outcome = asyncio.run(
            balance(service.predict_url, lambda: service.status("/readyz") == 200)
        )
    assert list(outcome.seconds) == [200]


def test_a_killed_worker_comes_back(project: Smoked) -> None:
    clients = 8

    async def kill_one(service: Service) -> tuple[load.Outcome, load.Outcome]:
        def ask(stop: asyncio.Event) -> Coroutine[Any, Any, load.Outcome]:
            return load.closed_loop(
                service.predict_url, question(project), clients, stop
            )

        stop = asyncio.Event()
        asking = asyncio.create_task(ask(stop))
        await asyncio.sleep(1)
        os.kill(service.workers[0], signal.SIGKILL)
        await asyncio.sleep(1)
        stop.set()
        stop_again = asyncio.Event()
        after, _ = await asyncio.gather(ask(stop_again), load.stop_after(stop_again, 5))
        return await asking, after

    with running(project, FLASK_WORKERS="2") as service:
        workers = set(service.workers)
        meanwhile, after = asyncio.run(kill_one(service))
        now = set(service.workers)
        service.wait_until_ready(5)
    assert len(workers) == len(now) == 2
    assert len(workers & now) == 1
    # Lost is what the worker held in its hands, and what came while its port was being
    # closed: each client can meet with both, and with nothing else.
    assert meanwhile.count(0) <= 2 * clients
    assert set(meanwhile.seconds) <= {0, 200}
    assert list(after.seconds) == [200]
    assert after.count(200) > 1000


def test_workers_do_not_outlive_the_service(project: Smoked) -> None:
    """Not even those that are still loading when it dies, as some of eight are."""
    with running(project, FLASK_WORKERS="8") as service:
        workers = service.workers
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait(30)
        deadline = time.monotonic() + 180
        while any(map(is_running, workers)):
            assert time.monotonic() < deadline, "a worker still runs"
            time.sleep(0.2)


def is_running(pid: int) -> bool:
    """Return whether the process exists and is more than an unread exit status."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def drip(url: str, answers: list[bytes]) -> None:
    """Send a request a byte at a time until the server has had enough of it."""
    host, port = url.split("/")[2].split(":")
    path = "/" + url.split("/", 3)[3]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        connection.settimeout(0.5)
        for _ in range(120):
            try:
                with contextlib.suppress(ConnectionError):  # there may be an answer
                    connection.sendall(b" ")
                if answer := connection.recv(10_000):
                    answers.append(answer)
                return
            except TimeoutError:
                continue
            except OSError:
                return


def test_slow_clients_get_a_408_and_delay_no_others(project: Smoked) -> None:
    """More of them than requests that may wait."""
    limits = {"FLASK_WORKERS": "1", "FLASK_TIME_LIMIT": "8", "FLASK_QUEUE_LIMIT": "8"}
    answers: list[bytes] = []
    with running(project, **limits) as service:
        url = service.predict_url
        threads = [
            threading.Thread(target=drip, args=(url, answers)) for _ in range(40)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        outcome = load.Outcome()
        asyncio.run(ask_some(load.Connection(url, question(project)), outcome))
        for thread in threads:
            thread.join()
    assert outcome.count(200) == 20
    assert outcome.percentile(200, 0.99) < 1
    assert len(answers) == 40
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408")
        assert json.loads(body)["error"]


async def ask_some(connection: load.Connection, outcome: load.Outcome) -> None:
    for _ in range(20):
        await connection.ask(outcome)
    connection.close()


def test_a_body_that_is_announced_too_large_is_not_waited_for(project: Smoked) -> None:
    with running(project, FLASK_WORKERS="1") as service:
        host, port = service.url.split("/")[2].split(":")
        head = (
            f"POST /v1/models/{service.model}:predict HTTP/1.1\r\nHost: x\r\n"
            "Content-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(head.encode())
            answer = connection.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]


def test_ten_thousand_rows_are_refused_or_answered(project: Smoked) -> None:
    """As the limit says; either way the next request is answered."""
    rows = json.dumps({"instances": [[[0] * 8] * 8] * 10_000}).encode()

    def send(**limits: str) -> tuple[int, bytes]:
        with running(project, FLASK_WORKERS="1", **limits) as service:
            path = service.predict_url.removeprefix(service.url)
            headers = {"Content-Type": "application/json"}
            connection = HTTPConnection("127.0.0.1", int(service.port), timeout=30)
            with contextlib.closing(connection):
                # A refusal can come, and the connection end, before all has been sent.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.request("POST", path, rows, headers)
                answer = connection.getresponse()
                status, body = answer.status, answer.read()
            assert service.status("/readyz") == 200
            return status, body

    status, body = send()
    assert status == 413
    assert json.loads(body)["error"]
    status, body = send(FLASK_MAX_CONTENT_LENGTH="10000000")
    assert status == 200
    assert len(json.loads(body)["predictions"]) == 10_000


def test_locust_writes_its_report(project: Smoked, tmp_path: Path) -> None:
    install = [project.python, "-m", "pip", "install", "--quiet", "-e", ".[load]"]
    subprocess.run(install, cwd=project.path, check=True)
    report = tmp_path / "load.html"
    options = ["--headless", "--users", "4", "--spawn-rate", "4", "--run-time", "3s"]
    with running(project) as service:
        locust = [project.python, "-m", "locust", "-f", "load/locustfile.py"]
        command = [*locust, *options, "--host", service.url, "--html", str(report)]
        # Its exit status is 1 if any request failed.
        subprocess.run(command, cwd=project.path, env=path_to(project), check=True)
    assert "predict" in report.read_text("utf-8")
