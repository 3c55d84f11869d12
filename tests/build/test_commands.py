#!/usr/bin/env python3
# suite: timed
"""Each command that a page shows is run by a test, here or elsewhere; one that is not has its reason here.

Those for docker and kubectl are run with stand-ins (clients.py), which see to their arguments; what they would start is run
in chroots by test_images.py.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")]
from tap import BUILD, PYTHON, ROOT, contains, empty, equal, main, read, test  # noqa: E402

PAGES = ["README.md", "mockclipper/deploy/README.md", "container/deploy/README.md",
         "mockclipper/deploy/Dockerfile", "container/deploy/Dockerfile"]

# What a command looks like, and which test runs it; "here" is this one. Where it is run by none, why.
RUN_BY = [
    (r"(docker|kubectl) ", "here"),
    (r"mockclipper check -- \./my-container$", "here"),
    (r"mockclipper serve --csv digits\.csv .* -- \./my-container$", "here"),
    (r"CLIPPER_MODEL_NAME=adder CLIPPER_MODEL_VERSION=1 clipper-container --model sum$", "here"),
    (r"make demo$", "tests/build/test_demo.sh"),
    (r"make check$", "not run: it is what runs this test"),
    (r"mockclipper bench |export CLIPPER_MODEL=|mockclipper check .* tests/peers/", "tests/mockclipper/test_readme.py"),
    (r"python3 mockclipper/deploy/ci_check.py ", "tests/mockclipper/test_readme.py"),
    (r"cc -o total |mockclipper check --input-type doubles -- \./total$", "tests/build/test_source.sh"),
    (r"apt-get install .* libczmq4 |apt-get download |for package in |make METRICS=0 ", "tests/build/test_source.sh"),
    (r"dpkg --add-architecture|apt-get update|apt-get install .*:arm64|make kit B=", "tests/build/test_kit_arm64.sh"),
]


def commands(path):
    """The commands of a page: in blocks without a language (of which those behind "$ ", if there are such), and for docker in a
    line of text or a comment."""
    text = read(path)
    if path.endswith("file"):
        text = "".join(line[1:].strip() + "\n" for line in text.splitlines() if line.startswith("#")).replace("\\\n", "")
        return re.findall(r"docker (?:build|run) .*", text)
    found = []
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        lines = block.replace("\\\n", "").splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        if language == "" and not block.startswith("--bug"):
            found += prompted or [re.sub(r"^(make \w+)  .*", r"\1", line.strip()) for line in lines if line.strip()]
    return found + re.findall(r"^\|.*`(docker run [^`]*IMAGE check[^`]*)`", text, re.M)


def shell(command, folder=ROOT, status=0, **environment):
    """COMMAND where the programs that were built are found; returns what it prints."""
    done = subprocess.run(["sh", "-ec", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
                          env={**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}", **environment})
    equal(done.returncode, status, command + "\n" + done.stdout[-3000:])
    return done.stdout


def command_like(pattern, path="README.md"):
    found, = (command for command in commands(path) if re.match(pattern, command))
    return found


@test
def each_command_is_run_by_a_test_or_has_a_reason():
    unknown, unused = [], {pattern for pattern, _ in RUN_BY}
    for path in PAGES:
        for command in commands(path):
            by = [pattern for pattern, _ in RUN_BY if re.match(pattern, command)]
            unused -= set(by)
            unknown += [f"{path}: {command}"] if not by else []
    empty(unknown, "nothing runs")
    empty(sorted(unused), "no page shows")
    for _, where in RUN_BY:
        equal(where == "here" or where.startswith("not run: ") or os.path.exists(os.path.join(ROOT, where)), True, where)


def with_clients(run):
    """RUN(environment, state) with docker and kubectl stood in for; state() is what they were asked for."""
    folder = tempfile.mkdtemp(dir=BUILD)
    version = re.search(r"^VERSION *:= *(\S+)", read("Makefile"), re.M)[1]
    with open(folder + "/state.json", "w", encoding="utf-8") as file:
        json.dump({"images": [], "runs": [], "applied": [], "kit": f"clipper-kit-{version}-x86_64"}, file)
    for name in ("docker", "kubectl"):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {PYTHON} {ROOT}/tests/build/clients.py {name} "$@"\n')
        os.chmod(f"{folder}/{name}", 0o755)

    def state():
        with open(folder + "/state.json", encoding="utf-8") as file:
            return json.load(file)
    try:
        run({"CLIENTS": folder, "PATH": f"{folder}:{BUILD}:{os.environ['PATH']}"}, state)
    finally:
        shutil.rmtree(folder)


@test
def commands_for_docker_and_kubectl_are_right():
    def run(environment, state):
        for path in sorted(PAGES, key=lambda path: path.endswith("README.md")):  # Dockerfiles build what others run
            for command in commands(path):
                if re.match("docker|kubectl", command):
                    shell(command, **environment)
        equal(sorted(set(state()["images"])), ["clipper-container", "clipper-digits", "mockclipper"])
        contains(state()["runs"], ["mockclipper", "list"])
        equal(state()["applied"], ["job/check-my-container"])
    with_clients(run)


@test
def a_wrong_command_for_docker_or_kubectl_is_found():
    def run(environment, _):
        for command in ("docker run --rm --read-onyl mockclipper list", "docker run mockclipper", "docker push mockclipper",
                        "docker build -t a -f container/deploy/Dockerfile --target digit .", "docker build -t a -f Dockerfile .",
                        "docker run -v $PWD/clipper-kit-9.9.9-x86_64:/kit IMAGE", "docker run --entrypoint /kit/mockclipper IMAGE",
                        "docker compose -f container/deploy/compose.yaml up --exit-code-from digit",
                        "kubectl wait --for=condition=complete job/nobodys", "kubectl logs job/nobodys", "kubectl get jobs"):
            equal(subprocess.run(["sh", "-c", command], cwd=ROOT, env={**os.environ, **environment}, check=False,
                                 capture_output=True).returncode in (1, 2), True, command)
    with_clients(run)


@test
def a_container_of_the_readers_own_is_checked():
    command = command_like(r"mockclipper check -- \./my-container$")
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        os.symlink(os.path.join(BUILD, "clipper-container"), folder + "/my-container")
        said = shell(command.replace(" -- ", " --report tap --poll-timeout 100 --activity-timeout 600 --scenario 'prediction/one-*' -- "),
                     folder, CLIPPER_MODEL="sum")
    contains(said, "ok 1 - prediction/one-item:bytes", "# conformant: ", "# exit status 0")


@test
def answers_of_the_readers_own_container_are_written():
    command = command_like(r"mockclipper serve --csv digits\.csv ")
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        os.symlink(os.path.join(BUILD, "clipper-container"), folder + "/my-container")
        os.symlink(os.path.join(ROOT, "container/examples/digits/digits.csv"), folder + "/digits.csv")
        said = shell(command, folder, CLIPPER_MODEL="sum")
        with open(folder + "/answers.csv", encoding="utf-8") as file:
            answers = file.read().splitlines()
    contains(said, "accuracy")
    equal(len(answers), len(read("container/examples/digits/digits.csv").splitlines()) + 1, answers[:2])


@test
def a_model_is_served():
    command = command_like("CLIPPER_MODEL_NAME=adder")
    said = shell(command.replace(" clipper-container", " timeout 1 clipper-container"), status=124)
    contains(said, "serving model=adder model_version=1", "endpoint=tcp://127.0.0.1:7000", "stopped")


main()
