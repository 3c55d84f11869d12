#!/usr/bin/python3
"""Tests of the containers in other languages: each against the test vectors, against a small stand-in for Clipper
(peer.py), and by the conformance kit, which must find nothing wrong with it, but for the fault that CLIPPER_BUG switches
on, which it must find.

TAP on stdout. A language whose tools are not there is skipped, and it is said which. test_peers.py LANGUAGE:
tests only that.
"""
import functools
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile

import peer
from peer import TYPES, Clipper, probe, request, response, u32
from tap import BUILD, ROOT, Skip, add_test, equal, main

HERE = os.path.dirname(os.path.abspath(__file__))
LANGUAGES = ("python", "node", "java", "cpp")
MOCKCLIPPER = os.path.abspath(os.environ.get("MOCKCLIPPER", os.path.join(BUILD, "mockclipper")))
CANARY = b"canary!!"  # of a length that suits every type
STRINGS = 4

# The containers that are also codecs on the command line.
CODECS = {"python": [os.path.join(HERE, "python", "messages.py")], "node": [os.path.join(HERE, "node", "messages.js")]}

# What the kit must say of each fault: the container, the fault, the rest of its environment, the kit's options, and for
# each case that must find it the requirement and a part of what the kit says that it saw.
BUGS = (
    ("python", "signed-bytes", {"CLIPPER_MODEL": "sum"}, ["--model", "sum", "--input-type", "bytes"],
     {"prediction/one-item:bytes": ("PRED-12", "output 0"), "prediction/ragged-batch:bytes": ("PRED-12", "output 0")}),
    ("node", "input-type-tail", {"CLIPPER_WIRE": "document"}, ["--profile", "document"],
     {"registration/version-10": ("REG-8", "2 bytes"), "registration/version-100": ("REG-8", "3 bytes")}),
    ("java", "wide-version", {}, ["--profile", "interop"],
     {"registration/version-frame": ("REG-", "a version of 8 bytes")}),
    ("java", "predict-on-polling-thread", {}, ["--profile", "release"],
     {"heartbeat/while-the-model-works": ("HB-11", "no message")}),
    ("cpp", "reuse-socket", {}, ["--profile", "release"],
     {"timeout/silent-clipper": ("TMO-", "old session")}),
)


def vectors():
    for path in sorted(glob.glob(os.path.join(ROOT, "spec", "vectors", "*.json"))):
        with open(path, encoding="utf-8") as file:
            yield from json.load(file)


def inbound_vectors():
    """Those that a container with the default limits has to take."""
    return [vector for vector in vectors() if vector.get("direction") == "to_container" and vector.get("frames")
            and "limits" not in vector]


def frames_of(vector):
    return [bytes.fromhex(frame) for frame in vector["frames"]]


@functools.lru_cache
def set_up(language):
    """Makes LANGUAGE's container, once: (exit status, output)."""
    made = subprocess.run(["sh", os.path.join(HERE, "setup.sh"), language], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return made.returncode, made.stdout.decode(errors="replace")


def container(language):
    """The command of LANGUAGE's container, made if it has to be."""
    status, output = set_up(language)
    if status != 0:
        raise AssertionError(output)
    folder = os.path.join(BUILD, "peers", language)
    if os.path.exists(os.path.join(folder, "missing")):
        with open(os.path.join(folder, "missing"), encoding="utf-8") as file:
            raise Skip("missing: " + file.read().strip())
    return [os.path.join(folder, "container")]


def container_and_peer(language):
    if peer.zmq is None:
        raise Skip("missing: pyzmq, for the test's own end (Debian: python3-zmq)")
    return container(language)


def container_and_kit(language):
    if not os.path.exists(MOCKCLIPPER):
        raise Skip("build/mockclipper is not there")
    return container(language)


# ---- Test vectors ------------------------------------------------------------------------------------------


def convert(language, mode, lines):
    container(language)  # says if the language is missing
    interpreter = {"python": [sys.executable, "-B"], "node": ["node"]}[language]
    done = subprocess.run([*interpreter, *CODECS[language], mode], text=True, capture_output=True, timeout=60,
                          input="".join(json.dumps(line) + "\n" for line in lines), check=False)
    equal((done.returncode, done.stderr), (0, ""), "status and standard error")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    equal(len(results), len(lines), "number of lines")
    return results


def decodes_the_vectors(language):
    chosen = [vector for vector in vectors() if vector.get("direction") == "to_container" and "frames" in vector]
    for vector, result in zip(chosen, convert(language, "--decode", chosen)):
        expected = vector["expect"]
        if "error" in expected:  # numbers as text: not every language writes 2^64 - 1 as a number
            keys = ("error", "frame", "field", "expected", "actual")
            equal({key: str(result.get(key)) for key in keys}, {key: str(expected[key]) for key in keys}, vector["id"])
        else:
            equal(result, {"message": expected["message"]}, vector["id"])
    print(f"# {len(chosen)} vectors decoded")


def encodes_the_vectors(language):
    """The outbound vectors read the other way round, each on every wire that writes it so."""
    lines, expected = [], []
    for vector in vectors():
        expect = vector["expect"]
        if "encode" in vector:
            if vector["encode"]["direction"] == "to_clipper" and "frames" in expect:
                lines.append(vector["encode"])
                expected.append((vector["id"], expect["frames"]))
        elif vector["direction"] == "to_clipper" and "frames" in vector and expect.get("leniencies") == []:
            for wire in ("document", "release"):
                if expect["wire"] in (wire, "any"):
                    lines.append({"wire": wire, "message": expect["message"]})
                    expected.append((vector["id"], vector["frames"]))
    for (name, frames), result in zip(expected, convert(language, "--encode", lines)):
        equal(result, {"frames": frames}, name)
    print(f"# {len(lines)} messages encoded")


# ---- The stand-in for Clipper ------------------------------------------------------------------------------


def speaks_both_wires(language):
    command = container_and_peer(language)
    for wire in ("document", "release"):
        for number, name in enumerate(TYPES):
            with Clipper(command, input_type=name, CLIPPER_WIRE=wire) as clipper:
                version = [u32(3)] if wire == "release" else []
                equal(clipper.register(), [b"", u32(0), b"model", b"12", b"%d" % number, *version], "new container")
                for items in ([b"\xff" * 8, b"", b"\1" * 16], [], [b""] * 127):
                    clipper.send(request(0xffffffff, number, items))
                    outputs = [probe(number, item) for item in items]
                    equal(clipper.answer(), response(0xffffffff, outputs, wire), f"{name}, {wire}")
                clipper.process.send_signal(signal.SIGTERM)
                equal(clipper.exit_status(), 0, "exit status after SIGTERM")


def drops_what_is_malformed(language):
    """Every vector that is not the version's, and after each a request that must be answered, and nothing else. For
    each input type, as a request of another type is dropped unseen."""
    command, count = container_and_peer(language), 0
    for number, name in enumerate(TYPES):
        with Clipper(command, input_type=name) as clipper:
            clipper.register()
            for vector in inbound_vectors():
                expect = vector["expect"]
                if expect.get("error") == "version_mismatch":
                    continue
                clipper.send(frames_of(vector))
                message = expect.get("message", {})
                if message.get("heartbeat_type") == "send_metadata":
                    equal(clipper.answer()[1], u32(0), f"{vector['id']}: message type of a new container")
                elif message.get("input_type") == name:
                    outputs = [probe(number, bytes.fromhex(item)) for item in message["items"]]
                    equal(clipper.answer(), response(message["id"], outputs, "release"), f"{name}: {vector['id']}")
                clipper.send(request(count, number, [CANARY]))
                answer = response(count, [probe(number, CANARY)], "release")
                equal(clipper.answer(), answer, f"{name}: after {vector['id']}")
                count += 1
    print(f"# {count} messages, each followed by a request that was answered")


def says_what_is_wrong(language):
    vector = next(vector for vector in inbound_vectors() if vector["id"] == "request-cut-at-item-1")
    with Clipper(container_and_peer(language), input_type="strings") as clipper:
        clipper.register()
        clipper.send(frames_of(vector))
        clipper.send(request(1, STRINGS, [CANARY]))
        clipper.answer()
        log = clipper.standard_error()
        if "truncated at frame 8 (item): expected 9, got 8" not in log:
            raise AssertionError("standard error: " + log)


def ends_when_the_version_is_another(language):
    command = container_and_peer(language)
    for vector in inbound_vectors():
        if vector["expect"].get("error") != "version_mismatch":
            continue
        with Clipper(command, input_type="strings") as clipper:
            clipper.register()
            clipper.send(frames_of(vector))
            equal(clipper.exit_status(), 3, f"{vector['id']}: exit status")
            log = clipper.standard_error()
            if f"version {vector['expect']['actual']}" not in log:
                raise AssertionError("standard error: " + log)


def heartbeats_while_the_model_works(command, **variables):
    """The answer to a request that takes longer than TO, and the heartbeats before it, which are answered."""
    with Clipper(command, 200, 1500, "strings", CLIPPER_MODEL_DELAY_MS="3000", **variables) as clipper:
        clipper.register()
        session = clipper.identity
        clipper.send(request(7, STRINGS, [CANARY]))
        heartbeats = 0
        while (frames := clipper.receive()) == peer.HEARTBEAT:
            heartbeats += 1
            clipper.send(peer.KEEP_ALIVE)
        equal(frames, response(7, [probe(STRINGS, CANARY)], "release"), "the answer")
        equal(clipper.identity, session, "the session of the answer")
        return heartbeats


def outlives_a_slow_model(language):
    heartbeats = heartbeats_while_the_model_works(container_and_peer(language))
    if heartbeats < 3:
        raise AssertionError(f"{heartbeats} heartbeats in 15 D")


def stops_for_the_slow_model_when_told_to(language):
    """The fault that the test above is for: seen, it can fail."""
    command = container_and_peer(language)
    equal(heartbeats_while_the_model_works(command, CLIPPER_BUG="predict-on-polling-thread"), 0, "heartbeats")


def keeps_an_answer_out_of_the_next_session(language):
    """Clipper is silent, and the answer to its request is ready when the session is over."""
    with Clipper(container_and_peer(language), 100, 300, "strings", CLIPPER_MODEL_DELAY_MS="700") as clipper:
        clipper.register()
        clipper.send(request(7, STRINGS, [CANARY]))
        sessions = [clipper.identity]
        while len(sessions) < 6:
            frames = clipper.receive()
            if clipper.identity != sessions[-1]:
                equal(clipper.identity in sessions, False, "a socket is used again")
                sessions.append(clipper.identity)
            equal(frames, peer.HEARTBEAT, f"a message of session {len(sessions)}")


def answers_what_it_works_on_when_stopped(language):
    command = container_and_peer(language)
    with Clipper(command, input_type="strings", CLIPPER_MODEL_DELAY_MS="300") as clipper:
        clipper.register()
        clipper.send(request(1, STRINGS, [CANARY]))
        clipper.send(peer.SEND_METADATA)
        clipper.answer()  # so the request was read before it
        clipper.process.send_signal(signal.SIGTERM)
        equal(clipper.answer(), response(1, [probe(STRINGS, CANARY)], "release"), "the answer")
        equal(clipper.exit_status(), 0, "exit status")


def names_a_bad_setting(language):
    command = container(language)
    good = {"CLIPPER_MODEL_NAME": "model", "CLIPPER_MODEL_VERSION": "1"}
    for variable, value in (("CLIPPER_MODEL_NAME", None), ("CLIPPER_MODEL_VERSION", None), ("CLIPPER_PORT", "x"),
                            ("CLIPPER_PORT", "65536"), ("CLIPPER_INPUT_TYPE", "complex"), ("CLIPPER_WIRE", "both"),
                            ("CLIPPER_POLL_TIMEOUT_MS", "0"), ("CLIPPER_ACTIVITY_TIMEOUT_MS", "-1"),
                            ("CLIPPER_IP", "a b")):
        variables = dict(good)
        variables.pop(variable, None)
        if value is not None:
            variables[variable] = value
        with tempfile.TemporaryFile() as errors:
            process = peer.start(command, variables, errors)
            try:
                status = process.wait(peer.PATIENCE)
            finally:
                peer.kill(process)
            errors.seek(0)
            log = errors.read().decode(errors="replace")
        equal(status, 2, f"{variable}={value}: exit status")
        if variable not in log or (value or "") not in log or len(log.splitlines()) != 1:
            raise AssertionError(f"{variable}={value}: standard error: {log}")


# ---- The kit -----------------------------------------------------------------------------------------------


def check(command, variables, options):
    """The kit's exit status and results."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLIPPER_")}
    done = subprocess.run([MOCKCLIPPER, "check", "--poll-timeout", "100", "--activity-timeout", "600", "--jobs", "4",
                           "--report", "json", *options, "--", *command], env={**environment, **variables},
                          capture_output=True, timeout=400, check=False)
    if done.returncode not in (0, 1, 4):
        raise AssertionError(f"the kit's status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.returncode, json.loads(done.stdout)


def passes_the_kit(language, wire):
    command = container_and_kit(language)
    # All of it on the release's wire; on the document's, of which the messages differ in two kinds, what is about those.
    families = ("*",) if wire == "release" else ("registration/*", "prediction/*", "version/*")
    chosen = [part for family in families for part in ("--scenario", family)]
    status, results = check(command, {"CLIPPER_WIRE": wire},
                            ["--profile", wire, "--model", "probe", "--strict", *chosen])
    bad = [f"{case['id']}: {finding['verdict']} {finding['requirement']}: expected {finding['expected']}, got "
           f"{finding['actual']}" for case in results["cases"] for finding in case["findings"]
           if case["verdict"] not in ("pass", "info", "skip")]
    if status == 4:  # nothing is wrong, but this machine is too busy to say so of all
        raise Skip(f"inconclusive, {results['counts']['inconclusive']} of {len(results['cases'])}: {bad[0]}")
    equal((status, bad), (0, []), "the kit's status and findings")
    print(f"# {results['counts']['pass']} scenarios passed")


def kit_catches(language, bug, variables, options, cases):
    command = container_and_kit(language)
    model = [] if "--model" in options else ["--model", "probe"]
    scenarios = sorted({case.split(":")[0] for case in cases})
    chosen = [part for scenario in scenarios for part in ("--scenario", scenario)]
    _, results = check(command, {**variables, "CLIPPER_BUG": bug}, [*options, *model, *chosen])
    for name, (requirement, text) in cases.items():
        findings = [finding for case in results["cases"] if case["id"] == name for finding in case["findings"]]
        verdicts = [finding["verdict"] for finding in findings
                    if finding["requirement"].startswith(requirement) and text in finding["actual"]]
        if verdicts == ["inconclusive"]:
            raise Skip(f"{name}: this machine is too busy to tell")
        if verdicts not in (["fail"], ["lenient"], ["warn"]):
            raise AssertionError(f"{name} does not find {bug}: {findings}")


def add_all():
    for language in LANGUAGES:
        if language in CODECS:
            add_test(f"{language}: decodes the vectors", decodes_the_vectors, language)
            add_test(f"{language}: encodes the vectors", encodes_the_vectors, language)
        for function in (speaks_both_wires, drops_what_is_malformed, says_what_is_wrong,
                         ends_when_the_version_is_another, outlives_a_slow_model,
                         keeps_an_answer_out_of_the_next_session, answers_what_it_works_on_when_stopped,
                         names_a_bad_setting):
            add_test(f"{language}: {function.__name__.replace('_', ' ')}", function, language)
        if language == "java":
            add_test("java: without its thread for the model it sends no heartbeats while it works",
                     stops_for_the_slow_model_when_told_to, language)
        for wire in ("release", "document"):
            add_test(f"{language}: passes the kit on the {wire} wire", passes_the_kit, language, wire)
        for row in BUGS:
            if row[0] == language:
                add_test(f"{language}: the kit catches {row[1]}", kit_catches, *row)


add_all()
main()
