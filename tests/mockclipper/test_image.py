# suite: timed
"""Images are run by a client of docker's kind, told what a command is told, and removed by name however the kit ends.

Most is tried with a service of the same behaviour as docker's (image_service.py), as no machine for tests need have docker; and
with podman where that can run."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from kit import CONTAINER, FAST, MOCKCLIPPER, PYTHON, await_none, await_value, new_mark, odd, processes_with, run
from tap import contains, equal, main, test

SERVICE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "image_service.py")
SHORT = [*FAST, "--input-type", "ints"]


class World:
    """A service with images {name: command}, whose client is the docker on PATH."""

    def __init__(self, **images):
        self.images = images

    def __enter__(self):
        self.folder = tempfile.mkdtemp()
        os.makedirs(os.path.join(self.folder, "images"))
        os.makedirs(os.path.join(self.folder, "bin"))
        for name, command in self.images.items():
            with open(os.path.join(self.folder, "images", name), "w") as file:
                json.dump(command, file)
        with open(os.path.join(self.folder, "bin", "docker"), "w") as file:
            file.write('#!/bin/sh\nexec %s %s "$@"\n' % (PYTHON, SERVICE))
        os.chmod(file.name, 0o755)
        self.kept = {name: os.environ.get(name) for name in ("PATH", "IMAGE_SERVICE")}
        os.environ.update(PATH="%s/bin:%s" % (self.folder, os.environ["PATH"]), IMAGE_SERVICE=self.folder)
        self.service = subprocess.Popen([sys.executable, SERVICE, "serve", self.folder])
        await_value(lambda: os.path.exists(os.path.join(self.folder, "socket")), "the service")
        return self

    def __exit__(self, *_):
        self.service.kill()
        self.service.wait()
        for name, value in self.kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(self.folder)

    def runs(self):
        """What clients have asked for."""
        path = os.path.join(self.folder, "log")
        with open(path if os.path.exists(path) else os.devnull) as file:
            return [json.loads(line) for line in file]


def report(*arguments):
    status, out, err = run("check", *SHORT, "--report", "json", *arguments)
    if not out:
        raise AssertionError("status %d: %s" % (status, err))
    return status, json.loads(out)


@test
def an_image_is_checked():
    with World(good=[CONTAINER]) as world:
        status, found = report("--image", "good", "--model", "probe", "--scenario", "registration/fields", "--scenario",
                               "registration/default-t*", "--scenario", "process/sig*", "--scenario", "prediction/one-item",
                               "--", "--model", "probe", "--log-format", "text")
        equal({case["id"]: case["verdict"] for case in found["cases"] if case["verdict"] != "pass"}, {})
        equal((status, found["image"], found["command"][:2]), (0, "good", ["--model", "probe"]))
        told = world.runs()[0]
        equal((told["variables"]["CLIPPER_IP"], told["variables"]["CLIPPER_POLL_TIMEOUT_MS"], told["arguments"][1]),
              ("127.0.0.1", "100", "probe"))
        equal(len({one["name"] for one in world.runs()}), len(world.runs()))


@test
def the_users_variables_are_passed_on_but_those_that_a_scenario_removes():
    os.environ.update(CLIPPER_MODEL_PATH="/m", CLIPPER_MODEL_NAME="mine", OTHER="o")
    try:
        with World(good=[CONTAINER, "--model", "probe"]) as world:
            report("--image", "good", "--scenario", "process/missing-name", "--scenario", "registration/fields")
            by_case = [one["variables"] for one in world.runs()]
    finally:
        for name in ("CLIPPER_MODEL_PATH", "CLIPPER_MODEL_NAME", "OTHER"):
            del os.environ[name]
    equal({one.get("CLIPPER_MODEL_NAME") == "mine" for one in by_case}, {False})
    equal({"CLIPPER_MODEL_NAME" in one for one in by_case}, {True, False})
    equal({one["CLIPPER_MODEL_PATH"] for one in by_case}, {"/m"})
    equal({one["CLIPPER_METRICS_PORT"] for one in by_case}, {"0"})
    equal(any("OTHER" in one for one in by_case), False)


@test
def what_needs_the_process_or_files_of_an_image_is_skipped():
    with World(good=[CONTAINER, "--model", "probe"]):
        _, found = report("--image", "good", "--scenario", "process/readiness-file", "--scenario", "load/memory",
                          "--scenario", "timeout/wall-clock-*", "--scenario", "registration/heartbeat-first")
    for case in found["cases"]:
        if case["id"] != "registration/heartbeat-first":
            equal(case["verdict"], "skip", case["id"])
            contains(case["reason"], "process and files")


@test
def one_that_ignores_sigterm_is_removed_by_name():
    mark = new_mark()
    deaf = ["sh", "-c", 'trap "" TERM; %s & wait; sleep 1000' % " ".join(odd("none", mark)), mark]
    with World(deaf=deaf):
        status, _ = report("--image", "deaf", "--grace", "200", "--scenario", "process/sigterm")
        equal(status, 1)
        equal(processes_with(mark), [])


@test
def when_the_kit_is_killed_containers_are_removed_by_name():
    mark = new_mark()
    deaf = ["sh", "-c", 'trap "" TERM; sleep 1000', mark]
    with World(deaf=deaf) as world:
        kit = subprocess.Popen([MOCKCLIPPER, "check", "--image", "deaf",
                                "--grace", "200", "--scenario", "timeout/*"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        await_value(lambda: len(world.runs()) > 2 and processes_with(mark), "containers")
        kit.send_signal(signal.SIGKILL)
        kit.wait()
        await_none(mark)


@test
def serve_and_bench_run_images_too():
    with World(sums=[CONTAINER, "--model", "sum"]) as world:
        status, out, err = run("serve", "--image", "sums", "--count", "5", "--verify", "sum")
        equal(status, 0, out.decode() + err)
        status, out, err = run("bench", "--image", "sums", "--json", "--warm-up", "0", "--duration", "0.5", "--stable", "0")
        equal((status, json.loads(out)["image"]), (0, "sums"), err)
        equal([one["variables"]["CLIPPER_MODEL_NAME"] for one in world.runs()], ["model", "bench"])


@test
def an_image_that_is_not_there_is_an_error():
    with World():
        for command in ("check", "bench", "serve"):
            status, _, err = run(command, "--image", "nobodys")
            equal(status, 3)
            contains(err, "no image nobodys: docker: Error: No such image: nobodys; podman: ")


@test
def without_docker_and_podman_the_error_says_so():
    kept = os.environ["PATH"]
    os.environ["PATH"] = "/nowhere"
    try:
        status, _, err = run("check", "--image", "some")
    finally:
        os.environ["PATH"] = kept
    equal(status, 3)
    contains(err, "no image some: docker: cannot start docker: No such file", "podman: cannot start podman: No such file")


@test
def a_service_that_is_down_is_an_error():
    with World(good=[CONTAINER]) as world:
        world.service.kill()
        status, _, err = run("check", "--image", "good")
    equal(status, 3)
    contains(err, "docker: Cannot connect to the Docker daemon")


@test
def what_does_not_go_together_is_a_usage_error():
    for arguments, what in ((["--attach", "127.0.0.1:7000"], "--attach takes no image"),
                            (["--accelerate", "10"], "--accelerate needs a command")):
        status, _, err = run("check", "--image", "x", *arguments)
        equal(status, 2)
        contains(err, what)


@test
def a_container_is_told_the_address_that_is_advertised():
    # Whoever goes to the default, 127.0.0.1, finds nobody there.
    for command, more in (("check", ["--scenario", "registration/fields", "--input-type", "doubles", "--report", "json"]),
                          ("serve", ["--count", "1"]),
                          ("bench", ["--warm-up", "0", "--duration", "0.3", "--stable", "0"])):
        script = 'test "$CLIPPER_IP" = 127.0.0.3 || exit 9; exec "$@"'
        status, out, err = run(command, "--advertise", "127.0.0.3", *more, "--", "sh", "-c", script, "sh", CONTAINER,
                               "--model", "sum")
        equal(status, 0, command + out.decode() + err)


@test
def an_address_that_is_not_ours_is_advertised_all_the_same():
    script = 'test "$CLIPPER_IP" = 192.0.2.1 || exit 9; CLIPPER_IP=127.0.0.1 exec "$@"'
    status, out, err = run("serve", "--advertise", "192.0.2.1", "--count", "1", "--", "sh", "-c", script, "sh", CONTAINER,
                           "--model", "sum")
    equal(status, 0, out.decode() + err)


PODMAN = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
"""


@test
def podman_runs_images_where_it_can():
    with tempfile.TemporaryDirectory() as folder:
        libraries = [word for word in subprocess.check_output(["ldd", CONTAINER], text=True).split() if word[0] == "/"]
        for path in [CONTAINER, *libraries]:
            place = os.path.join(folder, "root", path.lstrip("/") if path != CONTAINER else "container")
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copy(path, place)
        with open(os.path.join(folder, "containers.conf"), "w") as file:
            file.write(PODMAN)
        name = new_mark()
        os.environ["CONTAINERS_CONF"] = file.name
        try:
            made = subprocess.run('tar c -C %s/root . | podman import -c \'ENTRYPOINT ["/container","--model","probe"]\' - %s '
                                  '&& podman run --rm --init --network host %s --version' % (folder, name, name), shell=True,
                                  capture_output=True, text=True)
            if made.returncode != 0:
                print("# podman cannot run here: " + made.stderr.strip().split("\n")[-1])
                return
            status, out, err = run("check", "--image", name, "--input-type", "ints", "--model", "probe", "--scenario",
                                   "registration/fields", "--scenario", "process/sigterm", "--scenario",
                                   "registration/second-container", "--start-timeout", "60000")
            equal(status, 0, out.decode() + err)
            left = subprocess.check_output(["podman", "ps", "-a", "--format", "{{.Image}}"], text=True)
            equal(name in left, False, left)
        finally:
            subprocess.run(["podman", "rmi", "-f", name], capture_output=True, check=False)
            del os.environ["CONTAINERS_CONF"]


if __name__ == "__main__":
    main()
