"""measure_mock.py: what idle containers cost the stand-in Clipper."""
import glob
import os
import subprocess
import tempfile
import time

from results import table

COUNTS = (1, 10, 100, 1000)
HEARTBEAT_MS = 5000  # D, as released containers have it
WINDOW_S = HEARTBEAT_MS / 1000  # so that each container sends one heartbeat
START_S = 20


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


def measure(results, programs, mock):
    results.skip("mock: messages/s against a raw libzmq driver", "mockclipper has no bench command yet")
    if subprocess.run([mock, "serve", "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        results.skip("mock: idle containers", "mockclipper has no serve command")
        return
    rows = []
    for count in COUNTS:
        percent, kib = one_count(mock, programs, count)
        results.figure("mock.%d_idle.cpu" % count, percent, "% of a core")
        results.figure("mock.%d_idle.rss" % count, kib, "KiB")
        rows.append([str(count), "%.2f" % percent, kib])
    results.at_most("mock: CPU with 1000 idle containers, % of a core", percent, 10)
    table("Mock, idle containers (a heartbeat each in %g s)" % WINDOW_S, ["containers", "% of a core", "RSS in KiB"], rows)
