"""measure_mock.py: `mockclipper bench` against a raw libzmq driver, and what idle containers cost the stand-in Clipper."""
import glob
import json
import os
import resource
import subprocess
import tempfile
import time

from results import middle, paired, table

# ---- As fast as a raw driver? --------------------------------------------------------------------------------

RAW, MOCK = "raw driver", "mockclipper bench"
ROUNDS = 5
SLICE_S = 0.25
SHAPES = {"1x8B": (1, 8), "1x8KiB": (1, 8192), "100x8B": (100, 8)}
LOADS = (("1x8B", 64), ("1x8KiB", 64), ("100x8B", 64), ("1x8B", 1))


def on_core(core):
    """For a process that is to share CORE with what it starts; anywhere when CORE is None."""
    return (lambda: os.sched_setaffinity(0, {core})) if core is not None else None


def run_raw(programs, mock, shape, in_flight, core):
    """One slice of the load generator against the raw echo."""
    command = [os.path.join(programs, "load"), "--rounds", "1", "--slice", "%d" % (SLICE_S * 1000), "--shapes", shape,
               "--in-flight", str(in_flight), "--cores", "two" if core is None else "one",
               "raw=" + os.path.join(programs, "raw_echo")]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    entry = json.loads(run.stdout.splitlines()[-1])
    return {"driver": entry["load_cpu_ns"] / entry["requests"], "echo": entry["cpu_ns"] / entry["requests"],
            "rate": entry["requests"] / entry["wall_ns"] * 1e9, "p50": entry.get("p50_ns")}


def run_mock(programs, mock, shape, in_flight, core):
    """The same of `mockclipper bench`."""
    items, size = SHAPES[shape]
    command = [mock, "bench", "--json", "--batch", str(items), "--item-size", str(size), "--in-flight", str(in_flight),
               "--warm-up", "0.1", "--duration", str(SLICE_S), "--stable", "0", "--window", "50", "--",
               os.path.join(programs, "raw_echo")]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60, preexec_fn=on_core(core))
    report = json.loads(run.stdout)
    usage = report["usage"]
    return {"driver": usage["driver_cpu_ns"] / usage["answered"], "echo": usage["container"]["cpu_ns"] / usage["answered"],
            "rate": report["requests_per_second"], "p50": report["latency"]["p50_ns"]}


def take_turns(programs, mock, shape, in_flight, core, rounds):
    """{driver: [what each round gave]}; in each round another driver comes first."""
    drivers = [(RAW, run_raw), (MOCK, run_mock)]
    found = {RAW: [], MOCK: []}
    for turn in range(rounds):
        for name, run in drivers if turn % 2 == 0 else drivers[::-1]:
            found[name].append(run(programs, mock, shape, in_flight, core))
    return found


def both(entry):
    return entry["driver"] + entry["echo"]


def one_load(results, programs, mock, shape, in_flight):
    """The rows of one shape, both processes on one core: there the throughput is the reciprocal of their CPU time."""
    found = take_turns(programs, mock, shape, in_flight, max(os.sched_getaffinity(0)), ROUNDS)
    rows = []
    for name, rounds in found.items():
        prefix = "mock.%s.%d_in_flight.%s." % (shape, in_flight, name)
        cpu = middle([both(entry) for entry in rounds])
        driver = middle([entry["driver"] for entry in rounds])
        speed = paired([both(entry) for entry in found[RAW]], [both(entry) for entry in rounds])
        results.figure(prefix + "cpu_both_ns", cpu[0], "ns", cpu[1:])
        results.figure(prefix + "cpu_driver_ns", driver[0], "ns", driver[1:])
        results.figure(prefix + "throughput_ratio", speed[0], "x raw driver", speed[1:])
        results.figure(prefix + "requests_per_second", 1e9 / cpu[0], "1/s", (1e9 / cpu[2], 1e9 / cpu[1]))
        p50 = "-"
        if in_flight == 1:
            median = middle([entry["p50"] for entry in rounds])
            results.figure(prefix + "p50_ns", median[0], "ns", median[1:])
            p50 = "%.1f" % (median[0] / 1e3)
        rows.append([shape, name, in_flight, 1e9 / cpu[0], cpu[0] / 1e3, driver[0] / 1e3, "%.3f" % speed[0],
                     "%.3f-%.3f" % speed[1:], p50])
        if name == MOCK:
            results.at_least("mock, %s, %d in flight: requests/s of bench / raw driver" % (shape, in_flight), speed[0], 0.9)
    return rows


def drive(results, programs, mock):
    rows = []
    for shape, in_flight in LOADS:
        rows += one_load(results, programs, mock, shape, in_flight)
    table("Mock as a driver of the raw echo, one core (CPU per request in us)",
          ["shape", "", "w", "req/s", "both", "driver", "x raw", "quartiles", "p50 us"], rows)
    if len(os.sched_getaffinity(0)) < 2:
        results.skip("mock as a driver on two cores", "there is only one")
        return
    rows = []
    for name, rounds in take_turns(programs, mock, "1x8B", 64, None, 3).items():
        rates = [entry["rate"] for entry in rounds]
        results.figure("mock.1x8B.64_in_flight.%s.two_cores.requests_per_second" % name, middle(rates)[0], "1/s",
                       (min(rates), max(rates)))
        rows.append(["1x8B", name, middle(rates)[0], "%.0f-%.0f" % (min(rates), max(rates))])
    table("Mock as a driver, 64 in flight, two cores (wall clock; for information)", ["shape", "", "req/s", "least-most"],
          rows)


# ---- What do idle containers cost? ---------------------------------------------------------------------------

COUNTS = (1, 10, 100, 1000)
HEARTBEAT_MS = 5000  # D, as released containers have it
WINDOW_S = HEARTBEAT_MS / 1000  # so that each container sends one heartbeat
START_S = 20
DESCRIPTORS_EACH = 4  # of idle_dealers, which has all of them in one process


def cpu_ns(pid):
    """CPU time of all threads of PID."""
    total = 0
    for name in glob.glob("/proc/%d/task/*/schedstat" % pid):
        try:
            with open(name) as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            pass  # the thread has ended
    return total


def rss_kib(pid):
    with open("/proc/%d/status" % pid) as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


def port_of(process, path):
    """The port that the mock has written to PATH."""
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        if os.path.exists(path):
            with open(path) as file:
                text = file.read()
            if text.endswith("\n"):
                return text.strip()
        time.sleep(0.01)
    raise RuntimeError("mockclipper serve does not open its port")


def one_count(mock, programs, count):
    """CPU in percent of a core, and memory in KiB, with COUNT idle containers."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "port")
        server = subprocess.Popen([mock, "serve", "--bind", "127.0.0.1:0", "--port-file", path],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        dealers = None
        try:
            dealers = subprocess.Popen([os.path.join(programs, "idle_dealers"), port_of(server, path), str(count),
                                        str(HEARTBEAT_MS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            if dealers.stdout.readline() != "ready\n":
                raise RuntimeError("idle containers do not register")
            start, used = time.monotonic(), cpu_ns(server.pid)
            time.sleep(WINDOW_S)
            used, took = cpu_ns(server.pid) - used, time.monotonic() - start
            return used / took / 1e7, rss_kib(server.pid)
        finally:
            for process in (dealers, server):
                if process is not None:
                    process.kill()
                    process.wait()


def idle(results, programs, mock):
    rows = []
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for count in COUNTS:
        if allowed != resource.RLIM_INFINITY and allowed < DESCRIPTORS_EACH * count + 100:
            results.skip("mock: %d idle containers" % count, "only %d descriptors are allowed" % allowed)
            continue
        percent, kib = one_count(mock, programs, count)
        results.figure("mock.%d_idle.cpu" % count, percent, "% of a core")
        results.figure("mock.%d_idle.rss" % count, kib, "KiB")
        rows.append([str(count), "%.2f" % percent, "%.2f" % (1000 * percent / count), kib])
        if count == COUNTS[-1]:
            results.at_most("mock: CPU with %d idle containers, %% of a core" % count, percent, 10)
    table("Mock, idle containers (a heartbeat each in %g s)" % WINDOW_S,
          ["containers", "% of a core", "for each 1000", "RSS in KiB"], rows)


def measure(results, programs, mock):
    drive(results, programs, mock)
    idle(results, programs, mock)
