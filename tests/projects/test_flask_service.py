"""The generated Flask service and its front, with a model made of NumPy."""

from __future__ import annotations

import ast
import asyncio
import functools
import gzip
import io
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from projects import numpy_model
from projects.conftest import Project

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="generated projects need Python 3.11"
)
PATH = "/v1/models/digits:predict"


@pytest.fixture(scope="module")
def project(project_of: Callable[[str], Project]) -> Project:
    project = project_of("keras-flask-onnx")
    numpy_model.install(project)
    return project


@pytest.fixture
def signature(project: Project) -> Any:
    return numpy_model.signature(project.module("contract"), sha256="")


@pytest.fixture
def app(project: Project) -> Any:
    return project.module("service.app").create_app(overrides={"TIME_LIMIT": 0.1})


@pytest.fixture
def front(project: Project, app: Any) -> Callable[[], Any]:
    """What puts a front before the application, once a test has changed it."""
    return lambda: project.module("service.front.server").Front(
        app, app.extensions["predictor"]
    )


class Exchange:
    """A POST of JSON as Granian hands it over, with the response."""

    def __init__(self, path: str, body: str | bytes, slow: bool = False) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.slow, self.status, self.response = slow, 0, b""
        self.response_headers: dict[str, str] = {}
        self.scope = SimpleNamespace(
            path=path,
            method="POST",
            headers={
                "host": "localhost",
                "content-type": "application/json",
                "content-length": str(len(self.body)),
            },
            query_string="",
            server="127.0.0.1:80",
            client="127.0.0.1:1",
            scheme="http",
            http_version="1.1",
        )

    async def __call__(self) -> bytes:
        await asyncio.sleep(60 if self.slow else 0)
        return self.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 100_000):
            yield self.body[start : start + 100_000]

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.response_headers, self.response = status, dict(headers), body


ZEROS = f'{{"instances": [{[[0] * 8] * 8}]}}'


def status_of(front: Any, exchange: Exchange) -> int:
    async def exchange_once() -> None:
        front.__rsgi_init__(asyncio.get_running_loop())
        await front.__rsgi__(exchange.scope, exchange)

    asyncio.run(exchange_once())
    return exchange.status


@pytest.fixture(autouse=True)
def _signals_as_they_are(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' process keeps its handlers."""
    draining = project.module("service.front.draining")
    monkeypatch.setattr(draining, "take_signals", lambda: None)


def test_flask_takes_no_part_in_predictions_as_generated(
    project: Project, app: Any, front: Callable[[], Any], caplog: Any
) -> None:
    assert project.module("service.front.fast_path").obstacles(app, PATH) == []
    with caplog.at_level(logging.WARNING):
        assert status_of(front(), Exchange(PATH, ZEROS)) == 200
    assert not caplog.records


def refuse(*_: Any, **__: Any) -> Any:
    from flask import abort

    abort(401)


def respond_401(response: Any) -> Any:
    response.status_code = 401
    return response


def wrap(app: Any) -> None:
    def guarded(_environ: Any, start_response: Any) -> Any:
        start_response("401 Unauthorized", [])
        return [b""]

    app.wsgi_app = guarded


def decorate(app: Any) -> None:
    view = app.view_functions["model.predict"]
    app.view_functions["model.predict"] = functools.wraps(view)(refuse)


def subclass(app: Any) -> None:
    class Guarded(type(app)):  # type: ignore[misc]
        dispatch_request = refuse

    app.__class__ = Guarded


def use_signal(app: Any) -> None:
    from flask import request_started

    app.extensions["receiver"] = refuse  # signals hold their receivers weakly
    request_started.connect(refuse, app)


def add_earlier_rule(app: Any, endpoint: str = "guard", view: Any = refuse) -> None:
    rule = app.url_rule_class(PATH, methods=["POST"], endpoint=endpoint)
    app.view_functions[endpoint] = view
    rules = [rule, *(rule.empty() for rule in app.url_map.iter_rules())]
    app.url_map = type(app.url_map)(rules)


def move_to_guarded_blueprint(app: Any) -> None:
    add_earlier_rule(app, "guarded.predict", app.view_functions["model.predict"])
    app.before_request_funcs["guarded"] = [refuse]


GUARDS: dict[str, Callable[[Any], Any]] = {
    "before request": lambda app: app.before_request(refuse),
    "before requests of the API": lambda app: app.before_request_funcs.setdefault(
        "model", []
    ).append(refuse),
    "after request": lambda app: app.after_request(respond_401),
    "URL preprocessor": lambda app: app.url_value_preprocessor(refuse),
    "trusted hosts": lambda app: app.config.update(TRUSTED_HOSTS=["example.org"]),
    "wrapped application": wrap,
    "method": lambda app: setattr(app, "dispatch_request", refuse),
    "subclass": subclass,
    "replaced view": lambda app: app.view_functions.update({"model.predict": refuse}),
    "decorated view": decorate,
    "signal": use_signal,
    "earlier rule": add_earlier_rule,
    "other blueprint": move_to_guarded_blueprint,
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
def test_a_guard_of_flask_guards_predictions(
    app: Any, front: Callable[[], Any], caplog: Any, guard: Callable[[Any], Any]
) -> None:
    """One line of the log says that Flask answers, and because of what."""
    guard(app)
    with caplog.at_level(logging.WARNING):
        guarded = front()
    assert status_of(guarded, Exchange(PATH, ZEROS)) in (400, 401)
    (record,) = [one for one in caplog.records if "Flask answers" in one.message]
    assert record.fields["because_of"]


def test_a_guard_in_the_view_guards_predictions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever edits the view need not know of the front."""
    routes = project.module("service.routes")
    source = Path(routes.__file__).read_text("utf-8")
    line = "    def predict() -> Response:\n"
    guard = 'if "X-Key" not in request.headers: raise RequestError("Send a key.", 401)'
    assert line in source
    edited = ModuleType(routes.__name__)
    vars(edited).update(__package__=routes.__package__, __file__=routes.__file__)
    exec(source.replace(line, f"{line}        {guard}\n"), vars(edited))  # noqa: S102
    monkeypatch.setattr(project.module("service.app"), "routes", edited)
    app = project.module("service.app").create_app()
    guarded = project.module("service.front.server").Front(
        app, app.extensions["predictor"]
    )
    assert status_of(guarded, Exchange(PATH, ZEROS)) == 401


@pytest.mark.parametrize("hook", ["teardown_request", "teardown_appcontext"])
def test_what_runs_after_requests_runs_after_predictions(
    app: Any, front: Callable[[], Any], hook: str
) -> None:
    calls: list[object] = []
    getattr(app, hook)(calls.append)
    assert status_of(front(), Exchange(PATH, ZEROS)) == 200
    assert len(calls) == 1


def test_a_slow_body_is_a_timeout(front: Callable[[], Any]) -> None:
    assert status_of(front(), Exchange(PATH, ZEROS, slow=True)) == 408


def test_a_body_that_is_declared_too_large_is_not_read(
    front: Callable[[], Any],
) -> None:
    exchange = Exchange(PATH, ZEROS, slow=True)
    exchange.scope.headers["content-length"] = str(10**10)
    assert status_of(front(), exchange) == 413


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 400), (1_000_001, 413)])
def test_a_body_without_length_is_limited(
    front: Callable[[], Any], size: int, status: int
) -> None:
    """A chunked body does not declare its size."""
    exchange = Exchange(PATH, " " * size)
    del exchange.scope.headers["content-length"]
    exchange.scope.headers["transfer-encoding"] = "chunked"
    assert status_of(front(), exchange) == status


@pytest.mark.parametrize(
    ("sent", "kept"), [("order-66", True), ('{"a": 1}', False), ("x" * 65, False)]
)
def test_request_ids_come_back(front: Callable[[], Any], sent: str, kept: bool) -> None:
    """The client's own if it is harmless, a new one otherwise."""
    exchange = Exchange(PATH, ZEROS)
    exchange.scope.headers["x-request-id"] = sent
    assert status_of(front(), exchange) == 200
    returned = exchange.response_headers["x-request-id"]
    assert returned
    assert (returned == sent) == kept


def image(*changes: object) -> list[Any]:
    """Return an image of zeros whose first pixels are something else."""
    return [[*changes, *[0] * (8 - len(changes))], *[[0] * 8] * 7]


def predict(**fields: object) -> bytes:
    return json.dumps(fields).encode()


LARGEST = 1_000_000
BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "not JSON": (b"words", 400),
    "a list": (b"[]", 400),
    "truncated": (b'{"instances": [[[0.0', 400),
    "no instances": (b"{}", 400),
    "no examples": (predict(instances=[]), 400),
    "not a list": (predict(instances=7), 400),
    "wrong name": (predict(instances=[{"no-such-input": 1}]), 400),
    "both formats": (predict(instances=[1], inputs=[1]), 400),
    "unknown signature": (predict(signature_name="no", instances=[1]), 400),
    "rows": (predict(instances=[{"image": image(1)}]), 200),
    "columns": (predict(inputs={"image": [image(1)]}), 200),
    "bare rows": (predict(instances=[image(1)]), 200),
    "bare columns": (predict(inputs=[image(1)]), 200),
    "another name as well": (predict(inputs={"image": [image(1)], "other": 1}), 200),
    "signature": (predict(signature_name="serving_default", inputs=[image(1)]), 200),
    "NaN": (predict(inputs=[image(float("nan"))]), 400),
    "an object": (predict(inputs={"image": {"value": image()}}), 400),
    "very deep": (b'{"instances": ' + b"[" * 100_000, 400),
    "not UTF-8": (b'{"instances": "\xff"}', 400),
    "too many bytes": (b" " * (LARGEST + 1), 413),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
def test_predictions_agree(
    app: Any, front: Callable[[], Any], body: bytes, status: int
) -> None:
    """On the fast path, through front and Flask (with a version), and without front."""
    versioned = "/v1/models/digits/versions/1:predict"
    through = [Exchange(path, body) for path in (PATH, versioned)]
    assert [status_of(front(), exchange) for exchange in through] == [status, status]
    flask = app.test_client().post(PATH, data=body, content_type="application/json")
    assert flask.status_code == status
    found = [json.loads(text.response) for text in through] + [flask.get_json()]
    if status == 200:
        assert found[0] == found[1] == found[2]
    for one, exchange in zip(found, through, strict=False):
        assert exchange.response_headers["content-type"] == "application/json"
        assert status == 200 or (set(one) == {"error"} and one["error"])


JSON = {"content-type": "application/json"}
GZIP = {**JSON, "content-encoding": "gzip"}
MODEL = "/v1/models/digits"
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes, int]] = {
    "status": ("GET", MODEL, {}, b"", 200),
    "metadata": ("GET", f"{MODEL}/versions/1/metadata", {}, b"", 200),
    "description": ("GET", "/openapi.json", {}, b"", 200),
    "page": ("GET", "/docs", {}, b"", 200),
    "static file": ("GET", "/static/style.css", {}, b"", 200),
    "unknown path": ("GET", "/no-such-path", {}, b"", 404),
    "GET": ("GET", PATH, {}, b"", 405),
    "PUT": ("PUT", PATH, {}, b"", 405),
    "CSV": ("POST", PATH, {"content-type": "text/csv"}, b"0,0", 415),
    "gzip": ("POST", PATH, GZIP, gzip.compress(predict(inputs=[image()])), 200),
    "bomb": ("POST", PATH, GZIP, gzip.compress(b" " * 10 * LARGEST), 413),
    "cut off": ("POST", PATH, GZIP, gzip.compress(b"{}")[:-4], 400),
    "trailing data": ("POST", PATH, GZIP, gzip.compress(b"{}") + b"more", 400),
    "not gzip": ("POST", PATH, GZIP, b"{}", 400),
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"), REQUESTS.values(), ids=REQUESTS
)
def test_everything_else_agrees(
    app: Any,
    front: Callable[[], Any],
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    """With Flask alone; errors are JSON with a reason, and reveal no internals."""
    exchange = Exchange(path, body)
    length = {"content-length": str(len(body))}
    exchange.scope.method, exchange.scope.headers = method, {**headers, **length}
    assert status_of(front(), exchange) == status
    flask = app.test_client().open(path, method=method, headers=headers, data=body)
    assert flask.status_code == status
    assert flask.data == exchange.response
    flask.close()  # a static file
    for name in ("Content-Type", "Content-Security-Policy"):
        assert flask.headers.get(name) == exchange.response_headers.get(name.lower())
    if status != 200:
        assert json.loads(exchange.response)["error"]
        text = f"{exchange.response!r} {exchange.response_headers}".lower()
        for word in ("traceback", ".py", "werkzeug", "python"):
            assert word not in text
    if status == 405:
        assert "POST" in exchange.response_headers["allow"]


NO_PICTURES = {"empty": b"", "text": b"7", "cut off": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}


@pytest.mark.parametrize("file", NO_PICTURES.values(), ids=NO_PICTURES)
def test_a_file_that_is_no_picture_is_refused(app: Any, file: bytes) -> None:
    form = {"image": (io.BytesIO(file), "7.png")}
    response = app.test_client().post("/predict/image", data=form)
    assert response.status_code == 400
    assert response.get_json()["error"]


def test_a_file_without_a_form_is_refused(app: Any) -> None:
    """With what to send instead."""
    client = app.test_client()
    response = client.post("/predict/image", data=b"7", content_type="image/png")
    assert response.status_code == 415
    assert "multipart/form-data" in response.get_json()["error"]
    assert client.post("/predict/image", data={"file": "7"}).status_code == 415
    other = {"file": (io.BytesIO(b"7"), "7.png")}
    assert client.post("/predict/image", data=other).status_code == 400


def test_metadata_has_tensorflow_s_names_of_data_types(
    project: Project, signature: Any
) -> None:
    metadata = project.module("service.protocol").metadata(signature)
    served = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert served["inputs"]["image"]["dtype"] == "DT_FLOAT"
    sizes = served["inputs"]["image"]["tensor_shape"]["dim"]
    assert [size["size"] for size in sizes] == ["-1", "8", "8"]


def refuse_negative(inputs: dict[str, Any]) -> dict[str, Any]:
    if (inputs["x"] < 0).any():
        raise ValueError("negative")
    return {"y": inputs["x"] * 2}


def drop_negative(inputs: dict[str, Any]) -> dict[str, Any]:
    """As a threshold for scores does: the rows of an output are not the examples."""
    return {"y": inputs["x"][inputs["x"] >= 0], "z": inputs["x"]}


def sum_up(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"y": inputs["x"].sum()}


REQUESTS = ([1.0], [-2.0], [3.0, -4.0], [5.0, 6.0], [-7.0, -8.0])


@pytest.mark.parametrize("runner", ["InLoop", "InThread"])
@pytest.mark.parametrize("model", [refuse_negative, drop_negative, sum_up])
def test_answers_are_those_of_each_request_alone(
    project: Project, runner: str, model: Callable[[Any], Any], caplog: Any
) -> None:
    """Where the rows of an output are not the examples, nothing shares a run again."""
    metrics = project.module("service.metrics")
    batching = project.module("service.front.batching")
    extra = [10.0] if runner == "InThread" else []

    def text(outcome: Any) -> str:
        if isinstance(outcome, Exception):
            return repr(outcome)
        return repr({name: value.tolist() for name, value in outcome.items()})

    async def ask(requests: Any) -> tuple[list[str], Any]:
        predictor = SimpleNamespace(predict=model)
        batcher = getattr(batching, runner)(predictor, 16, *extra)
        asked = [batcher.predict({"x": np.array(values)}) for values in requests]
        found = await asyncio.gather(*asked, return_exceptions=True)
        return [text(outcome) for outcome in found], batcher

    before = metrics.UNSHARED._value.get()
    together, batcher = asyncio.run(ask(REQUESTS))
    alone = [asyncio.run(ask([values]))[0][0] for values in REQUESTS]
    assert together == alone
    by_row = model is refuse_negative
    assert batcher.limit == (16 if by_row else 1)
    assert len(caplog.records) == (0 if by_row else 1)
    assert metrics.UNSHARED._value.get() == before + (0 if by_row else 1)


REFUSED: dict[str, object] = {
    "no columns": {"inputs": []},
    "null": {"instances": None},
    "wrong rank": {"inputs": [[image()]]},
    "ragged": {"inputs": [image(), [0]]},
    "ragged rows": {"inputs": [[[0] * 8] * 7]},
    "words": {"inputs": [image("0.5")]},
    "nulls": {"inputs": [image(None)]},
    "booleans": {"inputs": [image(True)]},
    "objects": {"inputs": [image({})]},
    "missing name": {"inputs": {"no-such-input": 1}},
    "mixed rows": {"instances": [{"image": image()}, image()]},
    "too many names": {"instances": [{"image": image(), "other": 1}]},
    "deep": {"instances": functools.reduce(lambda inner, _: [inner], range(500), 0)},
    "deep boolean": {
        "instances": functools.reduce(lambda inner, _: [inner], range(500), True)
    },
    "a long word": {"inputs": [image("a" * 100_000)]},
}


@pytest.mark.parametrize("request_", REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_the_model_is_refused(
    project: Project, signature: Any, request_: object
) -> None:
    protocol = project.module("service.protocol")
    payloads = project.module("service.payloads")
    with pytest.raises(payloads.RequestError) as caught:
        protocol.parse(json.dumps(request_).encode(), signature)
    assert caught.value.status == 400


@pytest.mark.parametrize("pixel", [0, 1, 0.5, -3, 10**30])
def test_whole_numbers_and_fractions_are_taken(
    project: Project, signature: Any, pixel: float
) -> None:
    body = json.dumps({"instances": [image(pixel)]}).encode()
    query = project.module("service.protocol").parse(body, signature)
    assert query.by_row
    assert query.inputs["image"].dtype == np.float32
    assert query.inputs["image"][0, 0, 0] == np.float32(pixel)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUEUE_LIMIT", "many"),
        ("QUEUE_LIMIT", "1.5"),
        ("TIME_LIMIT", "NaN"),
        ("DRAIN_SECONDS", "1e30"),
        ("THREADS", "0"),
        ("LOG_LEVEL", "LOUD"),
        ("PORT__X", "1"),
    ],
)
def test_invalid_settings_are_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    config = project.module("service.config")
    monkeypatch.setenv(f"FLASK_{name}", value)
    with pytest.raises(config.ConfigError, match="FLASK_"):
        config.load()


def test_settings_come_from_the_environment(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole number will do for a fraction; what the caller gives comes first."""
    monkeypatch.setenv("FLASK_TIME_LIMIT", "3")
    monkeypatch.setenv("FLASK_PORT", "8080")
    settings = project.module("service.config").load({"PORT": 9090})
    assert (settings["TIME_LIMIT"], settings["PORT"]) == (3.0, 9090)
    assert isinstance(settings["TIME_LIMIT"], float)
    assert settings["WORKERS"] >= 1


@pytest.mark.parametrize("number", ["1e39", "-1e39", "1" + "0" * 39, "1" + "0" * 60])
def test_numbers_out_of_range_are_refused(
    project: Project, signature: Any, number: str
) -> None:
    """Not turned into infinity."""
    protocol = project.module("service.protocol")
    largest = ZEROS.replace("0", "3.4e38", 1).encode()
    assert np.isfinite(protocol.parse(largest, signature).inputs["image"]).all()
    body = ZEROS.replace("0", number, 1).encode()
    payloads = project.module("service.payloads")
    with pytest.raises(payloads.RequestError, match="outside the range of float32"):
        protocol.parse(body, signature)


@pytest.mark.parametrize(
    ("files", "limited"),
    [
        ({"cpu.max": "100000 100000"}, True),
        ({"cpu.max": "50000 100000"}, True),
        ({"cpu.max": "max 100000"}, False),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, True),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, False),
    ],
)
def test_the_limit_of_the_container_counts(
    project: Project, tmp_path: Path, files: dict[str, str], limited: bool
) -> None:
    """Not the processors of the machine, where there is a limit."""
    config = project.module("service.config")
    everything = config.usable_processors(tmp_path)
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert config.usable_processors(tmp_path) == (1 if limited else everything)


def test_the_container_does_not_run_as_root(project: Project) -> None:
    """A number, which an orchestrator can check."""
    dockerfile = (project.path / "Dockerfile").read_text("utf-8")
    last_stage = re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[-1]
    users = re.findall(r"^USER (\S+)$", last_stage, re.MULTILINE)
    assert users
    assert users[-1].isdecimal()
    assert int(users[-1]) > 0


def test_the_application_does_not_know_its_front(project: Project) -> None:
    """So it can be read, and served, without it."""
    service = project.path / project.package / "service"
    for file in service.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported = {node.module or "", *(alias.name for alias in node.names)}
                assert not any(name.split(".")[0] == "front" for name in imported), file
