#!/usr/bin/env python3
# suite: timed
"""clipper-container as its users meet it: flags and environment, exit statuses, signals, files, logs, metrics."""

import json
import os
import platform
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from containers import (CONTAINER, HEARTBEAT, KEEP_ALIVE, NEVER, PATIENCE, SEND_METADATA, Clipper, Container, build_model,
                        heartbeat, named, request, u32, wait_until)
from tap import Skip, equal, main, test

FOLDER = tempfile.TemporaryDirectory()
SLOW = build_model(FOLDER.name)


def run(*arguments, environment=None):
    """Runs it to its end. Returns (exit status, stdout, stderr)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    clean.update(environment or {})
    done = subprocess.run([CONTAINER, *arguments], capture_output=True, timeout=PATIENCE, env=clean)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def slow(*arguments):
    return named("--model-library", SLOW, "--input-type", "strings", *arguments)


# ---- Usage ----


@test
def help_names_every_flag_and_variable():
    status, out, err = run("--help")
    equal((status, err), (0, ""))
    for flag in ("model", "model-library", "model-path", "model-name", "model-version", "ip", "port", "endpoint",
                 "input-type", "wire", "poll-timeout", "activity-timeout", "workers", "queue", "grace", "max-items",
                 "max-item-bytes", "max-request-bytes", "ready-file", "legacy-ready-file", "log-format", "log-level",
                 "metrics-port", "metrics-address", "help", "version"):
        assert re.search(rf"^  (-h, )?--{flag}\b", out, re.M), flag
    for variable in ("CLIPPER_MODEL_NAME", "CLIPPER_MODEL_VERSION", "CLIPPER_IP", "CLIPPER_PORT",
                     "CLIPPER_INPUT_TYPE", "CLIPPER_MODEL_PATH", "CLIPPER_POLL_TIMEOUT_MS",
                     "CLIPPER_ACTIVITY_TIMEOUT_MS", "CLIPPER_WIRE"):
        assert f"[{variable}]" in out, variable
    equal([line for line in out.splitlines() if len(line) > 80 or line != line.rstrip()], [])
    assert "\n\nExamples\n" in out and out.index("\nExit status\n") < out.index("\nExamples\n")


@test
def the_settings_are_given_for_programs():
    status, out, err = run("--help=json")
    equal((status, err), (0, ""))
    (described,) = json.loads(out)
    text = run("--help")[1]
    options = {option["name"]: option for option in described["options"]}
    equal(sorted(re.findall(r"^  (?:-h, )?--([a-z-]+)", text, re.M)), sorted(options))
    equal({key: options["log-level"][key] for key in ("variable", "argument", "kind", "choices", "default")},
          {"variable": "CLIPPER_LOG_LEVEL", "argument": "LEVEL", "kind": "choice",
           "choices": ["error", "warning", "info", "debug"], "default": "info"})
    equal(options["input-type"]["choices"], ["bytes", "ints", "floats", "doubles", "strings"])
    for part in ("usage", "about", "statuses", "examples", "topics"):
        assert described[part], part
    for option in options.values():
        # What is shown as the default is what a setting can be, and none of the choices is refused.
        for value in {option.get("default"), *option.get("choices", [])} - {None}:
            status, _, err = run("--model-version=1", "--model=noop", f"--{option['name']}={value}")
            assert "CLIPPER_MODEL_NAME" in err or option["name"] == "model", err


@test
def version_is_printed():
    status, out, _ = run("--version")
    equal(status, 0)
    assert re.fullmatch(r"clipper-container \d+\.\d+\.\d+\n", out), out


@test
def bad_usage_ends_with_2_and_says_what_is_wrong():
    complete = ["--model", "noop", "--model-name", "m", "--model-version", "1"]
    cases = [
        ([], "which model"),
        (["--model", "noop", "--model-version", "1"], "CLIPPER_MODEL_NAME"),
        (["--model", "noop", "--model-name", "m"], "CLIPPER_MODEL_VERSION"),
        (["--model", "nonsense"], "nonsense"),
        (["--model", "noop", "--model-library", "x.so"], "either"),
        ([*complete, "--port", "70000"], "--port"),
        ([*complete, "--input-type", "numbers"], "--input-type"),
        ([*complete, "--wire=both"], "--wire"),
        ([*complete, "--poll-timeout", "0"], "--poll-timeout"),
        ([*complete, "--log-level", "loud"], "--log-level"),
        ([*complete, "--log-format", "xml"], "--log-format"),
        ([*complete, "--metrics-port", "-1"], "--metrics-port"),
        ([*complete, "--nonsense", "1"], "--nonsense"),
        ([*complete, "--nonsense=1"], "--nonsense"),
        ([*complete, "nonsense"], "nonsense"),
        ([*complete, "--port"], "--port"),
    ]
    for arguments, text in cases:
        status, out, err = run(*arguments)
        equal((status, out), (2, ""), arguments)
        assert text in err and err.startswith("clipper-container: "), (arguments, err)


@test
def bad_variables_end_with_2_and_are_named():
    complete = {"CLIPPER_MODEL": "noop", "CLIPPER_MODEL_NAME": "m", "CLIPPER_MODEL_VERSION": "1"}
    for name, value in (("CLIPPER_PORT", "seven"), ("CLIPPER_INPUT_TYPE", ""), ("CLIPPER_POLL_TIMEOUT_MS", "1s"),
                        ("CLIPPER_WIRE", "old"), ("CLIPPER_MODEL_NAME", ""), ("CLIPPER_MODEL", "x")):
        status, _, err = run(environment={**complete, name: value})
        equal(status, 2, name)
        assert name in err, err


@test
def flags_win_over_the_environment():
    with Clipper() as clipper:
        environment = {"CLIPPER_MODEL": "sum", "CLIPPER_MODEL_NAME": "from environment",
                       "CLIPPER_MODEL_VERSION": "10", "CLIPPER_PORT": "nonsense", "CLIPPER_INPUT_TYPE": "ints"}
        with Container("--model-name=from flag", port=clipper.port, environment=environment) as container:
            equal(clipper.register(), [b"", u32(0), b"from flag", b"10", b"1", u32(3)])
            equal(container.stop(), 0)


@test
def a_host_that_is_none_ends_with_2():
    status, _, err = run(*named("--model", "noop", "--endpoint", "nonsense"))
    equal(status, 2)
    assert "cannot_connect" in err, err


# ---- Signals ----


@test
def signals_end_it_whatever_it_waits_for_with_0():
    for number in (signal.SIGTERM, signal.SIGINT):
        with Clipper() as clipper, Container(*named("--model", "noop", "--poll-timeout", NEVER, "--grace", NEVER),
                                             port=clipper.port) as container:
            clipper.register()
            equal(container.stop(number), 0)
            assert "event" not in container.log()


@test
def a_signal_ends_it_without_a_clipper():
    with Container(*named("--model", "noop", "--poll-timeout", NEVER, "--grace", NEVER), port=1) as container:
        container.wait_for_log("session_opened")
        equal(container.stop(), 0)


@test
def the_connection_is_closed_at_the_end():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(PATIENCE)
        with Container(*named("--model", "noop"), port=listener.getsockname()[1]) as container:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE)
                equal(container.stop(), 0)
                while connection.recv(4096):
                    pass


@test
def a_signal_lets_a_prediction_finish():
    with Clipper() as clipper, Container(*slow(), port=clipper.port) as container:
        clipper.register()
        clipper.send(request(77, 4, [b"sleep 400"]))
        clipper.send(request(78, 4, [b"second"]))
        container.wait_for_requests(2)
        container.process.send_signal(signal.SIGTERM)
        answers = [clipper.receive_other_than_heartbeats() for _ in range(2)]
        equal([frames[2] for frames in answers], [u32(77), u32(78)])
        equal(container.wait(), 0)


@test
def the_grace_period_ends_a_prediction_that_does_not():
    with Clipper() as clipper, Container(*slow("--grace", "200"), port=clipper.port) as container:
        clipper.register()
        clipper.send(request(77, 4, [b"sleep 3600000"]))
        container.wait_for_requests(1)
        equal(container.stop(), 0)


@test
def a_second_signal_ends_it_at_once():
    with Clipper() as clipper, Container(*slow("--grace", NEVER), port=clipper.port) as container:
        clipper.register()
        clipper.send(request(77, 4, [b"sleep 3600000"]))
        container.wait_for_requests(1)
        container.process.send_signal(signal.SIGTERM)
        container.wait_for_log("stopping")
        equal(container.stop(), 0)


@test
def another_version_ends_it_with_3():
    for workers in ("0", "1"):
        for version in (2, 4, 0, 0xFFFFFFFF):
            with Clipper() as clipper, Container(*named("--model", "noop", "--workers", workers),
                                                 port=clipper.port) as container:
                equal(clipper.receive(), HEARTBEAT)
                clipper.send(heartbeat(KEEP_ALIVE, version))
                equal(container.wait(), 3)
                assert f"error version_mismatch session=1 ours=3 theirs={version}" in container.log(), container.log()


@test
def usr1_logs_the_counters():
    with Clipper() as clipper, Container(*named("--model", "noop"), port=clipper.port) as container:
        clipper.register()
        clipper.predict(1, 3, [b"\0" * 8] * 5)
        container.process.send_signal(signal.SIGUSR1)
        container.wait_for_log(" counters ")
        line = next(line for line in container.log().splitlines() if " counters " in line)
        assert " requests=1 items=5 responses=1 " in line, line
        latency = next(line for line in container.log().splitlines() if " latency " in line)
        assert re.search(r" count=1 mean_us=\d+ p50_us=\d+ p90_us=\d+ p99_us=\d+ max_us=\d+ buckets_us=\d+:1$",
                         latency), latency
        equal(container.stop(), 0)
        equal(container.log().count(" counters "), 2, "once on demand, once at the end")


# ---- Memory ----


def page_faults(pid):
    """Those of all its threads that took no reading from a disk."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[7])


@test
def freed_memory_is_kept_for_the_next_large_request():
    if platform.libc_ver()[0] != "glibc":
        raise Skip("only glibc is told to")
    with Clipper() as clipper, Container(*named("--model", "noop", "--input-type", "bytes"),
                                         port=clipper.port) as container:
        clipper.register()
        faults = []
        for number in range(12):  # 16 MB each, which is 4000 pages
            before = page_faults(container.process.pid)
            clipper.predict(number, 0, [bytes(8192)] * 2000)
            faults.append(page_faults(container.process.pid) - before)
        assert sum(faults[6:]) < 400, faults  # glibc by itself: 1000 to 2000
        equal(container.stop(), 0)


# ---- Files ----


@test
def the_ready_file_is_there_while_clipper_knows_the_container():
    path = os.path.join(FOLDER.name, "ready")
    open(path, "w", encoding="utf-8").close()  # of an earlier life
    with Clipper() as clipper, Container(*named("--model", "noop", "--ready-file", path),
                                         port=clipper.port) as container:
        equal(clipper.receive(), HEARTBEAT)
        assert not os.path.exists(path), "before the registration"
        clipper.send(heartbeat(SEND_METADATA))
        clipper.receive_other_than_heartbeats(answer=False)
        assert not os.path.exists(path), "before Clipper has shown that it knows"
        clipper.send(heartbeat(KEEP_ALIVE))
        wait_until(lambda: os.path.exists(path), "the ready file")
        clipper.send(heartbeat(SEND_METADATA))
        wait_until(lambda: not os.path.exists(path), "the ready file's end: Clipper has forgotten")
        clipper.send(heartbeat(KEEP_ALIVE))
        wait_until(lambda: os.path.exists(path), "the ready file again")
        equal(container.stop(), 0)


@test
def the_ready_file_goes_with_the_session():
    path = os.path.join(FOLDER.name, "ready")
    with Clipper() as clipper, Container(*named("--model", "noop", "--ready-file", path, "--activity-timeout", "600"),
                                         port=clipper.port) as container:
        known = set()
        while " registered " not in container.log():
            if clipper.receive() == HEARTBEAT:
                clipper.send(heartbeat(KEEP_ALIVE if clipper.identity in known else SEND_METADATA))
                known.add(clipper.identity)
        lost = container.log().count("session_lost")
        container.wait_for_log("session_lost", lost + 1)
        wait_until(lambda: not os.path.exists(path), "the ready file's end: the session is lost")
        equal(container.stop(), 0)


@test
def the_ready_file_goes_with_the_process():
    path = os.path.join(FOLDER.name, "ready")
    with Clipper() as clipper, Container(*named("--model", "noop", "--ready-file", path),
                                         port=clipper.port) as container:
        clipper.register()
        clipper.send(heartbeat(KEEP_ALIVE))
        wait_until(lambda: os.path.exists(path), "the ready file")
        equal(container.stop(), 0)
        assert not os.path.exists(path)


@test
def the_legacy_ready_file_is_written_before_connecting_and_left():
    path = os.path.join(FOLDER.name, "legacy")
    with Container(*named("--model", "noop", "--legacy-ready-file", path), port=1) as container:
        container.wait_for_log("session_opened")
        assert os.path.exists(path)
        equal(container.stop(), 0)
        assert os.path.exists(path)
    status, _, err = run(*named("--model", "noop", "--legacy-ready-file", "/nowhere/at/all"))
    equal(status, 1)
    assert "/nowhere/at/all" in err, err


# ---- Logs ----


@test
def json_log_lines_are_json():
    with Clipper() as clipper, Container(*slow("--log-format", "json", "--log-level", "debug"),
                                         port=clipper.port) as container:
        clipper.register()
        clipper.send([b"garbage"])
        clipper.send(request(5, 4, [b"fail"]))
        clipper.predict(6, 4, [b"canary"])
        equal(container.stop(), 0)
        events = [json.loads(line) for line in container.log().splitlines()]
        assert all({"time", "level", "event"} <= set(event) for event in events)
        names = [event["event"] for event in events]
        for name in ("session_opened", "heartbeat_sent", "metadata_sent", "bad_message", "prediction_failed",
                     "registered", "stopping", "counters", "stopped"):
            assert name in names, (name, names)
        failed = events[names.index("prediction_failed")]
        equal((failed["level"], failed["id"], failed["inputs"]), ("error", 5, 1))
        bad = events[names.index("bad_message")]
        equal((bad["error"], bad["level"]), ("no_delimiter", "warning"))


@test
def a_flood_of_bad_messages_is_logged_at_a_limited_rate():
    with Clipper() as clipper, Container(*named("--model", "noop"), port=clipper.port) as container:
        clipper.register()
        began = time.monotonic()
        for _ in range(5000):
            clipper.send([b"garbage"])
        equal(clipper.predict(1, 3, [b""]), [b"1.0"])
        time.sleep(1.1)
        clipper.send([b"garbage"])
        equal(clipper.predict(2, 3, [b""]), [b"1.0"])
        equal(container.stop(), 0)
        assert "suppressed=" in container.log()
        lines = container.log().count("bad_message ")
        assert 10 <= lines <= 12 + time.monotonic() - began, lines
        assert " bad_messages=5001 " in container.log()


# ---- Metrics ----


def fetch(port, path, method="GET"):
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(call, timeout=PATIENCE) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@test
def metrics_are_served():
    with Clipper() as clipper, Container(*named("--model", "noop", "--metrics-port", "0"),
                                         port=clipper.port) as container:
        clipper.register()
        port = int(re.search(r" metrics address=127.0.0.1 port=(\d+)", container.log()).group(1))
        for number in range(7):
            clipper.predict(number, 3, [b"\0" * 8, b""])
        status, kind, text = fetch(port, "/metrics")
        equal((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        equal(values["clipper_mc_pred_total"], "7")
        equal(values["clipper_mc_end_to_end_latency_ms_count"], "7")
        equal(values["clipper_container_items_total"], "14")
        equal(values["clipper_container_registered"], "1")
        equal(fetch(port, "/")[0], 404)
        equal(fetch(port, "/metrics", "POST")[0], 405)
        equal(container.stop(), 0)


@test
def a_metrics_port_in_use_ends_with_1():
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        status, _, err = run(*named("--model", "noop", "--metrics-port", str(taken.getsockname()[1])))
        equal(status, 1)
        assert "cannot serve metrics" in err, err


# ---- Model libraries ----


@test
def a_model_library_is_served():
    with Clipper() as clipper, Container(*slow("--model-path", "/some/where"), port=clipper.port) as container:
        clipper.register()
        equal(clipper.predict(1, 4, [b"hello", b""]), [b"hello", b""])
        equal(clipper.predict(2, 4, [b"path"]), [b"/some/where"])
        equal(clipper.predict(3, 4, []), [])
        equal(container.stop(), 0)


@test
def a_model_library_that_is_none_is_explained():
    other = os.path.join(FOLDER.name, "other.c")
    with open(other, "w", encoding="utf-8") as file:
        file.write("int nothing_of_ours;\n")
    cases = [
        (["--model-library", "no-such-file.so"], "no-such-file.so"),
        (["--model-library", build_model(FOLDER.name, other)], "clipper_model_v1"),
        (["--model-library", SLOW, "--input-type", "doubles"], "input type"),
        (["--model-library", SLOW, "--input-type", "strings", "--model-path", "refuse"], "it will not"),
    ]
    for arguments, text in cases:
        status, _, err = run(*named(*arguments))
        equal(status, 2, arguments)
        assert text in err, err


if __name__ == "__main__":
    main()
