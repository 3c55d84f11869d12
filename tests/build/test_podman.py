#!/usr/bin/env python3
# suite: deep timed
"""The images as podman builds and runs them, by the pages' own commands, where podman can run.

Nothing comes from a registry of images: debian:12-slim is a fresh minimal Debian 12, busybox a root with a static busybox.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")]
import chroots  # noqa: E402
from tap import BUILD, ROOT, Skip, contains, equal, main, read, test  # noqa: E402

WORK = os.path.join(BUILD, "test_podman")
# As in a machine without systemd, whose limits may not be raised; runc starts where crun wants more of the kernel.
CONFIGURATION = """
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
netns = "host"
"""
BASES = {"debian:12-slim": "debian", "busybox:stable-musl": "busybox"}


def podman(*words, timeout=1800, **options):
    """(status, output) of podman with images of its own."""
    done = subprocess.run(["podman", "--root", WORK + "/images", "--runroot", WORK + "/run", *words], cwd=ROOT, text=True,
                          env={**os.environ, "CONTAINERS_CONF": WORK + "/containers.conf"}, stdin=subprocess.DEVNULL,
                          check=False, timeout=timeout, **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options})
    return done.returncode, done.stdout


def bases():
    """Imports them, once; otherwise it says why podman cannot run."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("podman", "runc", "debootstrap", "busybox"))):
        raise Skip("as root, with podman, runc, debootstrap and busybox-static")
    if os.path.exists(WORK + "/imported"):
        return
    with open(WORK + "/containers.conf", "w", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    for name, folder in BASES.items():
        root = chroots.base(name, f"{WORK}/{folder}").root
        subprocess.run(["tar", "-C", root, "-cf", root + ".tar", "."], check=True)
        status, said = podman("import", root + ".tar", "docker.io/library/" + name)
        equal(status, 0, said)
        shutil.rmtree(root)
        os.unlink(root + ".tar")
    status, said = podman("run", "--rm", "busybox:stable-musl", "/bin/true")
    if status != 0:
        raise Skip("podman cannot run here: " + said.strip().split("\n")[-1])
    open(WORK + "/imported", "w", encoding="utf-8").close()


def build(page, image):
    """Builds IMAGE by the page's `docker build`."""
    bases()
    command = re.search(rf"^docker build -t {image} .*$", read(page), re.M)[0]
    status, said = podman(*shlex.split(command)[1:])
    equal(status, 0, command + "\n" + said[-3000:])


@test
def the_image_of_the_kit_is_built_and_runs():
    build("mockclipper/deploy/README.md", "mockclipper")
    command = re.search(r"^# +docker (run --rm mockclipper list)$", read("mockclipper/deploy/Dockerfile"), re.M)[1]
    status, said = podman(*command.split())
    equal(status, 0, said)
    contains(said, "registration/heartbeat-first")
    equal(podman("run", "--rm", "--read-only", "--entrypoint", "/bin/id", "mockclipper", "-u"), (0, "65532\n"))


@test
def the_image_of_the_container_is_checked_by_the_kit_folder():
    build("container/deploy/README.md", "clipper-container")
    if podman("image", "exists", "mockclipper")[0] != 0:
        raise Skip("there is no image of the kit")
    kit, = re.findall(r"^docker run .*-v \$PWD/(clipper-kit-[^:]*):", read("mockclipper/deploy/README.md"), re.M)
    os.makedirs(WORK + "/kit")
    with open(WORK + "/kit.tar", "wb") as file:
        equal(podman("run", "--rm", "--entrypoint", "/bin/tar", "mockclipper", "-C", "/", "-cf", "-", "kit",
                     stdout=file)[0], 0)
    subprocess.run(["tar", "-C", WORK, "-xf", WORK + "/kit.tar"], check=True)
    os.rename(WORK + "/kit", f"{WORK}/{kit}")
    command = re.search(r"^docker (run --rm -v .* IMAGE check) -- ENTRYPOINT ARG\.\.\.$", read("mockclipper/deploy/README.md"), re.M)[1]
    words = shlex.split(command.replace("$PWD", WORK).replace("IMAGE", "clipper-container"))
    status, said = podman(*words, "--report", "tap", "--model", "sum", "--scenario", "registration/fields:*", "--scenario",
                          "prediction/one-*", "--", "clipper-container", "--model", "sum")
    equal(status, 0, said)
    contains(said, "ok 1 - registration/fields:bytes", "# conformant: ", "# exit status 0")


def remove():
    if os.path.exists(WORK + "/containers.conf"):
        podman("rmi", "-af")
    shutil.rmtree(WORK, ignore_errors=True)


remove()
os.makedirs(WORK)
try:
    main()
finally:
    remove()
