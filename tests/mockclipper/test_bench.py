# suite: long
"""`mockclipper bench` as a user runs it. Only what must hold on a busy machine, too, is judged."""

import atexit
import html.parser
import importlib.util
import json
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import time

import zmq
from kit import CONTAINER, MOCKCLIPPER, await_container, await_none, await_value, new_mark, odd, run
from tap import PYTHON, ROOT, TIMEOUT, Skip, contains, equal, main, test

PROBE = [CONTAINER, "--model", "probe"]
# As short as the point of a test allows.
SHORT = ["--warm-up", "0.1", "--duration", "0.4", "--stable", "0", "--window", "100"]


DURATIONS = ("0.4", "4", "20")  # one after the other, where nothing was measured, as the machine was too busy
NOTHING = 5


def run_bench(*arguments, command, durations=DURATIONS):
    for duration in durations:
        done = run("bench", *SHORT, "--duration", duration, *arguments, "--", *command)
        if done[0] != NOTHING:
            break
    return done


def bench(*arguments, command, durations=DURATIONS):
    """Returns (exit status, report, stderr)."""
    status, out, err = run_bench("--json", *arguments, command=command, durations=durations)
    if not out:
        raise AssertionError("no report; status %d, stderr:\n%s" % (status, err))
    report = json.loads(out)
    validate(report)
    equal(report["status"], status, err)
    return status, report, err


def validate(report):
    """Holds every report against the schema, and against itself."""
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    if jsonschema is not None:
        with open(os.path.join(ROOT, "spec", "bench-report.schema.json"), encoding="utf-8") as file:
            jsonschema.validate(report, json.load(file))
    latency, errors = report["latency"], report["errors"]
    equal(sum(bar["count"] for bar in latency["histogram"]), latency["count"])
    told = [latency[key] for key in ("min_ns", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns")]
    told = [ns for ns in told if ns is not None]
    equal(told, sorted(told))
    equal(sum(window["answered"] for window in report["windows"]), report["answered"])
    equal(sum(error["count"] for error in errors.values() if isinstance(error, dict)), errors["total"])
    for error in errors.values():
        equal(error is errors["total"] or (error["count"] > 0) == (error["first"] is not None), True, error)
    equal(report["verified"] <= report["outputs"], True)


@test
def every_report_is_held_against_the_schema():
    if importlib.util.find_spec("jsonschema") is None:
        raise Skip("needs jsonschema")


# ---- What goes well ----------------------------------------------------------------------------------------

@test
def outputs_of_every_type_are_verified():
    for kind, size in (("bytes", 7), ("ints", 40), ("floats", 4), ("doubles", 800), ("strings", 33)):
        status, report, err = bench("--input-type", kind, "--item-size", str(size), "--batch", "3", "--model", "probe",
                                    command=PROBE)
        equal((status, report["errors"]["total"]), (0, 0), (err, report["errors"]))
        equal(report["container"]["input_type"], kind)
        equal(report["answered"] > 0 and report["verified"] >= 3 * report["answered"], True, report)
        equal(report["verified"], report["outputs"])
        equal(report["verified"], 3 * report["sent"])


@test
def other_models_and_sizes():
    for model, arguments in (("sum", []), ("echo", ["--input-type", "strings"]), ("noop", ["--batch", "1000"]),
                             ("probe", ["--item-size", "0"]), ("probe", ["--item-size", "1000000", "--in-flight", "3"]),
                             ("echo", ["--input-type", "bytes", "--item-size", "20000", "--batch", "20"])):
        status, report, err = bench("--model", model, *arguments, command=[CONTAINER, "--model", model])
        equal((status, report["errors"]["total"]), (0, 0), (model, arguments, err, report["errors"]))
        equal(report["answered"] > 0, True)
        equal(report["verified"], 0 if model == "noop" else report["outputs"])


@test
def both_wires_are_spoken():
    for wire in ("document", "release"):
        status, report, _ = bench("--model", "sum", command=[CONTAINER, "--model", "sum", "--wire", wire])
        equal((status, report["container"]["wire"], report["errors"]["total"]), (0, wire, 0))


@test
def figures_agree_with_each_other():
    _, report, _ = bench("--batch", "5", "--item-size", "16", "--in-flight", "7", command=PROBE)
    per_second = report["answered"] / report["measured_us"] * 1e6
    equal(abs(report["requests_per_second"] - per_second) < 1e-3 * per_second + 0.01, True)
    equal(abs(report["items_per_second"] - 5 * per_second) < 1e-2 * per_second, True)
    equal(abs(report["bytes_per_second"] - 80 * per_second) < 0.1 * per_second, True)
    # In the closed loop so many are always under way: Little's law, but for those that were so at either end.
    under_way = per_second * report["latency"]["mean_ns"] / 1e9
    ends = 2 * 7 * report["latency"]["max_ns"] / 1000 / report["measured_us"]
    equal(7 - 0.5 - ends < under_way < 7 + 0.5 + ends, True, (under_way, ends))
    usage = report["usage"]
    equal(usage["driver_cpu_ns"] > 0 and usage["container"]["cpu_ns"] > 0, True)
    equal(1 << 20 < usage["container"]["rss_bytes"] < 1 << 30, True)
    equal(usage["container"]["cpu_ns"] < 64e3 * usage["over_us"], True)


@test
def it_ends_when_it_is_stable_and_not_before():
    arguments = ["--window", "50", "--duration", "20"]
    status, report, _ = bench(*arguments, "--stable", "100", "--strict", command=PROBE)
    if report["stability"]["stable"]:
        equal((status, report["result"]), (0, "stable"))
        equal(report["measured_us"] < 20e6, True)
    else:  # a machine so busy that throughput doubles and halves
        equal((status, report["result"]), (4, "not stable"))
    equal(len(report["windows"]) >= 5 and report["stability"]["windows"], 5)
    status, report, _ = bench(command=PROBE)
    equal((status, report["result"], report["stability"]["stable"]), (0, "measured", False))
    equal(report["measured_us"] >= 400000, True)


@test
def the_open_loop_sends_at_its_rate():
    began = time.monotonic()
    status, report, _ = bench("--rate", "300", "--in-flight", "10000", "--model", "probe", command=PROBE,
                              durations=["1"])
    most = 300 * (time.monotonic() - began)
    equal((status, report["errors"]["total"], report["load"]["loop"], report["rate_kept"]), (0, 0, "open", True))
    due = 300 * (report["load"]["warm_up_us"] + report["measured_us"]) / 1e6
    equal(due - 2 <= report["sent"] + report["behind"] <= most + 2, True, (due, report["sent"], most))
    equal(report["lateness"]["count"] > 0, True)


# ---- What goes wrong ---------------------------------------------------------------------------------------

@test
def a_container_that_cannot_keep_up_is_said_to():
    slow = [CONTAINER, "--model", "probe", "--model-delay", "20"]
    arguments = ["--rate", "1000", "--in-flight", "10", "--model", "probe"]
    status, report, _ = bench(*arguments, command=slow)
    equal((status, report["errors"]["total"]), (0, 0))
    equal((report["behind"] > 100, report["rate_kept"]), (True, False))
    # What waits in the queue counts: the tenth waits for nine others, and for when it was due.
    equal(report["latency"]["max_ns"] > 200e6, True)
    status, out, _ = run_bench(*arguments, command=slow)
    contains(out.decode(), "NOT kept", "requests were due and not sent")


@test
def not_stable_fails_if_asked_to():
    # Fewer than five windows: it cannot be told.
    arguments = ["--stable", "5", "--window", "5000"]
    status, out, _ = run_bench(*arguments, "--strict", command=PROBE)
    equal(status, 4)
    contains(out.decode(), "cannot be told")
    equal(run_bench(*arguments, command=PROBE)[0], 0)


@test
def wrong_outputs_are_found_and_shown():
    status, report, _ = bench("--model", "sum", command=odd("wrong-sum"))
    errors = report["errors"]
    equal((status, report["result"]), (1, "errors"))
    equal(0 < errors["wrong_output"]["count"] == errors["total"], True, errors)
    contains(errors["wrong_output"]["first"], "output 0 of request", "expected", 'got "0"')
    status, report, _ = bench(command=odd("wrong-sum"))
    equal((status, report["verified"]), (0, 0))  # nobody said what they should be


def mutant(bug):
    program = os.path.join(os.path.dirname(MOCKCLIPPER), "mutant")
    if not os.access(program, os.X_OK):
        raise Skip("needs build/mutant")
    return [program, "--model", "probe", "--bug", bug]


@test
def a_wrong_output_among_right_ones_is_found():
    status, report, _ = bench("--model", "probe", "--batch", "4", "--item-size", "40", command=mutant("byte-stride"))
    errors = report["errors"]["wrong_output"]
    equal(status, 1)
    # The first of each four is right.
    equal(0 < errors["count"] <= report["verified"] * 3 // 4, True, report["errors"])
    contains(errors["first"], "output 1 of request")


@test
def bugs_are_found_by_their_kind():
    for bug, kind in (("extra-output", "wrong_count"), ("missing-output", "wrong_count"), ("id-31-bits", "unasked"),
                      ("answers-twice", "unasked"), ("outputs-reversed", "wrong_output"), ("length-in-words", "not_decoded"),
                      ("outputs-in-one-frame", "not_decoded"), ("one-at-a-time", "unanswered")):
        status, report, _ = bench("--model", "probe", "--batch", "3", "--timeout", "1500", command=mutant(bug))
        equal(status, 1, bug)
        equal(report["errors"][kind]["count"] > 0, True, (bug, report["errors"]))
        equal(bool(report["errors"][kind]["first"]), True)


@test
def answers_nobody_asked_for_are_found():
    for oddity in ("answers-before", "answers-elsewhere"):
        status, report, _ = bench(command=odd(oddity))
        equal((status, report["errors"]["total"], report["errors"]["unasked"]["count"]), (1, 1000, 1000))
        status, out, _ = run_bench(command=odd(oddity))
        equal(status, 1)
        contains(out.decode(), "1000 responses to no request under way (first: id 0)")
        source, _, _ = write_html(command=odd(oddity))
        contains(source, "responses to no request under way", '"unasked"')
    for oddity, timeout in (("two-answers", "60000"), ("wrong-id", "1500")):
        status, report, _ = bench("--timeout", timeout, command=odd(oddity))
        equal(status, 1)
        equal(report["errors"]["unasked"]["count"] > 0, True, report["errors"])
        equal(report["errors"]["unanswered"]["count"] > 0, oddity == "wrong-id", report["errors"])


@test
def a_container_that_dies_is_found():
    status, report, _ = bench(command=odd("crash"))
    equal((status, report["errors"]["ended"]["count"]), (1, 1))
    contains(report["process_end"], "killed by signal 6")
    equal(report["errors"]["lost"]["count"] > 0, True)
    status, report, _ = bench(command=odd("exit"))
    equal((status, report["process_end"]), (1, "exited with status 4"))
    equal(report["stderr"], "out of luck\n")
    equal(report["usage"]["container"], None)


@test
def a_container_that_hangs_is_not_waited_for_for_ever():
    status, report, _ = bench("--timeout", "300", "--duration", "1000", "--in-flight", "5", command=odd("hang"))
    equal((status, report["errors"]["unanswered"]["count"], report["answered"]), (1, 5, 0))
    contains(report["errors"]["unanswered"]["first"], "nothing was answered any more in 300 ms")


@test
def nothing_measured_is_no_success():
    slow = [CONTAINER, "--model", "probe", "--model-delay", "1500"]
    for _ in range(5):
        status, report, _ = bench("--warm-up", "0", "--in-flight", "2", command=slow, durations=["0.1"])
        if status == NOTHING:
            break  # else the kit was stalled until there was an answer
    equal((status, report["answered"], report["errors"]["total"]), (NOTHING, 0, 0))


@test
def what_stands_in_the_way_is_said():
    for arguments, command, words in (([], ["/nonexistent"], "cannot start /nonexistent"),
                                      ([], ["sh", "-c", "echo oops >&2; exit 9"], "sh exited with status 9 before"),
                                      ([], ["sh", "-c", "echo oops >&2; exit 9"], "oops"),
                                      (["--start-timeout", "300"], ["sleep", "1000"], "did not register in 300 ms"),
                                      (["--input-type", "ints"], odd("wrong-type"), "the container takes bytes, not ints"),
                                      (["--report", "html=/nonexistent/x"], PROBE, "cannot write the report")):
        status, out, err = run("bench", *SHORT, *arguments, "--", *command)
        equal((status, out), (3, b""), err)
        contains(err, words)
    status, _, err = run("bench", "--attach", "192.0.2.1:0")
    equal(status, 3)
    contains(err, "cannot listen on 192.0.2.1:0")
    status, _, err = run("bench", "--attach", "127.0.0.1:0", "--start-timeout", "200")
    equal(status, 3)
    contains(err, "no container registered in 200 ms")


@test
def nonsense_is_refused():
    for arguments in ([], ["--", *[]], ["--attach", "127.0.0.1:0", "--", "x"], ["--attach", "x", "--"],
                      ["--in-flight", "0", "--", "x"], ["--rate", "-1", "--", "x"], ["--rate", "nan", "--", "x"],
                      ["--batch", "0", "--", "x"], ["--item-size", "3", "--input-type", "ints", "--", "x"],
                      ["--item-size", "200000000", "--batch", "100", "--", "x"], ["--duration", "0", "--", "x"],
                      ["--stable", "101", "--", "x"], ["--model", "x", "--", "x"], ["--report", "pdf", "--", "x"],
                      ["--color", "red", "--", "x"], ["--warm-up", "x", "--", "x"], ["--input-type", "x", "--", "x"]):
        status, out, err = run("bench", *arguments)
        equal((status, out), (2, b""), (arguments, err))
        contains(err, "mockclipper bench: ", "Try 'mockclipper bench --help'.")


# ---- Containers that others start --------------------------------------------------------------------------

def begin(command, **options):
    """Starts a process that ends with this one at the latest, also when a test has failed."""
    process = subprocess.Popen(command, **options)
    atexit.register(process.kill)
    return process


def begin_attached(*arguments):
    """Begins to wait for a container. Returns the process and its port."""
    process = begin([MOCKCLIPPER, "bench", "--json", "--attach", "127.0.0.1:0", *SHORT, *arguments],
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stderr.readline().decode()
    return process, re.search(r"waiting for a container at 127\.0\.0\.1:(\d+)", line).group(1)


def begin_container(port, *command):
    environment = dict(os.environ, CLIPPER_IP="127.0.0.1", CLIPPER_PORT=port, CLIPPER_MODEL_NAME="mine",
                       CLIPPER_MODEL_VERSION="7", CLIPPER_INPUT_TYPE="ints")
    return begin(command, env=environment, stderr=subprocess.DEVNULL)


@test
def attached_containers_are_measured():
    for duration in DURATIONS:
        process, port = begin_attached("--model", "probe", "--duration", duration)
        container = begin_container(port, *PROBE)
        out, err = process.communicate(timeout=TIMEOUT)
        container.kill()
        container.wait()
        if process.returncode != NOTHING:
            break
    report = json.loads(out)
    validate(report)
    equal((process.returncode, report["errors"]["total"]), (0, 0), err)
    equal((report["container"]["name"], report["container"]["model_version"]), ("mine", "7"))
    equal((report["container"]["input_type"], report["command"], report["usage"]["container"]), ("ints", [], None))


@test
def another_takes_over_from_one_that_is_gone():
    process, port = begin_attached("--duration", "2", "--in-flight", "4", "--model", "probe")
    first = begin_container(port, *PROBE)
    await_cpu(first.pid)
    first.kill()
    first.wait()
    second = begin_container(port, *PROBE)
    out, err = process.communicate(timeout=TIMEOUT)
    second.kill()
    second.wait()
    report = json.loads(out)
    validate(report)
    equal(process.returncode in (0, 1), True, err)
    equal(report["errors"]["total"], report["errors"]["lost"]["count"])
    equal(report["sent"] > 0 and report["verified"] > 0, True)


def u32(number):
    return struct.pack("<I", number)


@test
def answers_of_one_that_is_gone_are_not_unasked_unless_they_are():
    """They have come before the kit finds the connection gone, and are read afterwards."""
    for answers, unasked in ((lambda ids: ids, 0), (lambda ids: ids + [1, ids[3], ids[3]], 3)):
        process, port = begin_attached("--duration", "1000", "--in-flight", "4", "--timeout", "1000")
        context = zmq.Context()
        container = context.socket(zmq.DEALER)
        container.rcvtimeo = 1000 * TIMEOUT
        container.connect("tcp://127.0.0.1:" + port)
        container.send_multipart([b"", u32(2)])
        equal(container.recv_multipart()[2:], [u32(2), u32(1)])
        container.send_multipart([b"", u32(0), b"mine", b"1", b"3", u32(3)])
        ids = [struct.unpack("<I", container.recv_multipart()[3])[0] for _ in range(4)]
        process.send_signal(signal.SIGSTOP)
        for number in answers(ids):
            container.send_multipart([b"", u32(1), u32(number), struct.pack("<Q", 16), struct.pack("<QQ", 1, 1), b"1"])
        container.close(-1)
        context.term()  # which waits until the other side has them
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=TIMEOUT)
        report = json.loads(out)
        validate(report)
        equal(process.returncode, 1, err)
        # What was sent in answer to them is lost or unanswered: that depends on when the kit finds the connection gone.
        missing = report["errors"]["lost"]["count"] + report["errors"]["unanswered"]["count"]
        equal((report["errors"]["unasked"]["count"], report["errors"]["total"]), (unasked, missing + unasked), report)


@test
def an_attached_container_that_goes_away_is_not_waited_for_for_ever():
    for arguments in (["--rate", "3000"], ["--in-flight", "4"]):
        process, port = begin_attached("--duration", "1000", "--timeout", "3000", *arguments)
        container = begin_container(port, *PROBE)
        await_cpu(container.pid)
        container.kill()
        container.wait()
        out, err = process.communicate(timeout=TIMEOUT)
        report = json.loads(out)
        validate(report)
        equal((process.returncode, report["interrupted"]), (1, False), err)
        # Which of both it is depends on whether something was still to be sent when it was gone.
        missing = report["errors"]["lost"]["count"] + report["errors"]["unanswered"]["count"]
        equal(0 < missing == report["errors"]["total"], True, report["errors"])
        equal(report["answered"] > 0, True)


# ---- However it ends ---------------------------------------------------------------------------------------

def interrupted_by(number):
    """Begins a long load, and ends it by a signal once it is on. Returns the exit status, stdout and stderr."""
    mark = new_mark()
    process = begin([MOCKCLIPPER, "bench", "--json", "--duration", "1000", "--stable", "0", "--warm-up", "0",
                     "--", *PROBE, "--model-name", mark], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    await_cpu(*await_container(mark))
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT)
    await_none(mark)
    return process.returncode, out, err.decode()


def cpu_seconds(pid):
    """Processor time of PID so far; 0 when it is gone."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def await_cpu(*pids):
    """Until one of PIDS, no interpreters, has used the processor for longer than it needs to start."""
    await_value(lambda: any(cpu_seconds(pid) > 0.2 for pid in pids), "load")


@test
def ctrl_c_reports_what_was_measured_and_leaves_no_process():
    status, out, err = interrupted_by(signal.SIGINT)
    equal(status, -signal.SIGINT)
    report = json.loads(out)
    validate(report)
    equal((report["interrupted"], report["errors"]["total"]), (True, 0), err)
    equal(report["answered"] > 0, True)
    contains(err, "interrupted by signal 2 (Interrupt)")


@test
def sigterm_does_so_too():
    equal(interrupted_by(signal.SIGTERM)[0], -signal.SIGTERM)


@test
def when_the_kit_is_killed_the_container_goes_too():
    equal(interrupted_by(signal.SIGKILL)[0], -signal.SIGKILL)


@test
def ctrl_c_before_the_container_has_come():
    mark = new_mark()
    process = begin([MOCKCLIPPER, "bench", "--", "sh", "-c", "sleep 1000", mark], stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    await_container(mark)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=TIMEOUT)
    equal((process.returncode, out), (-signal.SIGINT, b""))
    await_none(mark)


@test
def what_the_container_writes_does_not_hold_it_up():
    mark = new_mark()
    flood = 'yes %s & yes %s >&2 & exec "$@"' % (mark, mark)
    status, report, _ = bench("--model", "probe", command=["sh", "-c", flood, "sh", *PROBE])
    equal((status, report["errors"]["total"]), (0, 0))
    await_none(mark)


# ---- Reports -----------------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """What a page holds: its elements, the data that it draws, and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.links, self.scripts = [], [], [], []
        self.feed(text)
        self.data = json.loads(self.scripts[0])

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src", "srcset", "xlink:href")]
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append(tag)

    def handle_endtag(self, tag):
        equal(self.open.pop(), tag, "elements are nested")

    def handle_data(self, data):
        if self.open[-1:] == ["script"]:
            self.scripts.append(data)


def write_html(*arguments, command):
    """Returns the page, and what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.html")
        _, out, err = run_bench("--report", "html=" + path, *arguments, command=command)
        with open(path, encoding="utf-8") as file:
            return file.read(), out.decode(), err


@test
def the_text_has_figures_and_a_picture():
    status, out, _ = run_bench("--model", "probe", command=PROBE)
    text = out.decode()
    equal(status, 0)
    contains(text, "requests/s", "items/s", "MB/s", "p50 ", "p90 ", "p99 ", "p99.9 ", "max ", "errors       none",
             "outputs (probe)", "####", "of a core", "MiB", "--model probe")
    equal("\033" in text, False)
    _, out, _ = run_bench("--color", "always", command=PROBE)
    contains(out.decode(), "\033[")


@test
def html_holds_all_of_it_and_nothing_from_elsewhere():
    source, out, _ = write_html("--model", "probe", command=PROBE)
    contains(out, "throughput")  # text, too, as the page went to a file
    page = Page(source)
    equal(page.open, [])
    equal(page.elements.count("svg"), 2)
    equal(page.elements.count("script"), 2)
    equal(page.links, ["data:,"])
    equal(re.findall(r"https?:|@import|url\(", source), [])
    contains(source, "prefers-color-scheme: dark", "default-src 'none'")
    validate(page.data["report"])
    contains(page.data["facts"]["verified"], "outputs (probe)")
    contains(page.data["facts"]["container"], CONTAINER)


@test
def what_a_container_writes_is_text_in_html():
    hostile = "</pre></style><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\x01\udcff"
    source, _, _ = write_html(command=["sh", "-c", "exec %s %s exit \"$0\"" % (PYTHON, odd("exit")[1]), hostile])
    page = Page(source)
    equal(page.open, [])
    equal((page.elements.count("script"), page.elements.count("img")), (2, 0))
    contains(page.data["facts"]["container"], "<script>alert(1)</script><img src=x")
    contains(page.data["report"]["stderr"], "out of luck")
    equal(page.data["report"]["process_end"], "exited with status 4")
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "says.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write("import sys, runpy\nsys.argv = ['x', 'exit']\nsys.path.insert(0, %r)\nprint(%r, file=sys.stderr)\n"
                       "runpy.run_path(%r, run_name='__main__')\n"
                       % (os.path.dirname(odd("exit")[1]), hostile[:-1], odd("exit")[1]))
        source, out, _ = write_html("--color", "never", command=[PYTHON, script])
    equal(source.count("<script"), 2)
    contains(Page(source).data["report"]["stderr"], "<script>alert(1)</script>")
    equal("\x01" in out, False, "nothing controls the terminal")


def on_terminal(*arguments, **variables):
    """What `mockclipper bench` writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([MOCKCLIPPER, "bench", *SHORT, "--duration", "2", *arguments, "--", *PROBE],
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE,
                               env=dict(os.environ, **variables))
    os.close(theirs)
    written = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:  # the end of a terminal
            break
        if not some:
            break
        written += some
    os.close(ours)
    equal((process.wait(timeout=TIMEOUT), process.stderr.read()), (0, b""))
    process.stderr.close()
    return written.decode()


@test
def on_a_terminal_the_progress_is_seen_and_there_are_colours():
    text = on_terminal(TERM="xterm", NO_COLOR="")
    progress, _, report = text.rpartition("\r\033[K")
    equal(re.search(r"^\r\033\[K[0-9,.]+ requests/s, median latency [0-9.]+ [num]?s", progress) is not None, True, text)
    contains(report, "throughput", "\033[32mnone\033[0m")
    equal("\r\033" in report, False)
    equal("\033" in on_terminal("--color", "never", TERM="dumb"), False)
    contains(on_terminal("--report", "json", TERM="xterm"), '{"program":')


@test
def several_reports_at_once():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.txt")
        status, out, _ = run_bench("--report", "json", "--report", "text=" + path, command=PROBE)
        with open(path, encoding="utf-8") as file:
            contains(file.read(), "throughput")
    equal(status, 0)
    validate(json.loads(out))


if __name__ == "__main__":
    main()
