#!/usr/bin/env python3
# suite: timed
"""What CI systems run: mockclipper/deploy/ci_check.py, and the step of the GitHub Action."""
import json
import os
import shlex
import shutil
import string
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, PYTHON, ROOT, Skip, contains, equal, main, test  # noqa: E402

SCRIPT = os.path.join(ROOT, "mockclipper/deploy/ci_check.py")
WORK = os.path.join(BUILD, "test_ci")
KIT = os.path.join(BUILD, "mockclipper")
OPTIONS = ["--scenario", "prediction/one-item:bytes", "--scenario", "prediction/message-ids", "--model", "probe",
           "--poll-timeout", "100", "--activity-timeout", "600"]
GOOD = [os.path.join(BUILD, "clipper-container"), "--model", "probe"]
BAD = [os.path.join(BUILD, "mutant"), "--model", "probe", "--bug", "id-31-bits"]


def check(container, *options, github=True, command=None, **variables):
    """Runs it in a folder of its own: (status, what it printed, reports, what it wrote for GitHub)."""
    folder = tempfile.mkdtemp(dir=WORK)
    files = {name: os.path.join(folder, name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    environment = {**os.environ, "REPORTS": os.path.join(folder, "reports"), **variables}
    if github:
        environment.update(files, GITHUB_ACTIONS="true")
    command = command or [PYTHON, SCRIPT, *options, KIT, *OPTIONS, "--", *container]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False,
                          timeout=300)
    written = {}
    for name, path in files.items():
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                written[name] = file.read()
    return done.returncode, done.stdout + done.stderr, os.path.join(folder, "reports"), written


def badge(reports):
    with open(os.path.join(reports, "badge.json"), encoding="utf-8") as file:
        return json.load(file)


@test
def a_conformant_container_passes():
    status, said, reports, written = check(GOOD)
    equal(status, 0, said)
    equal([line for line in said.splitlines() if line.startswith("::")], [])
    equal(badge(reports), {"schemaVersion": 1, "label": "clipper rpc v3", "message": "conformant (2 of 2)",
                           "color": "brightgreen"})
    equal(written["GITHUB_OUTPUT"], "status=0\nresult=conformant\n")
    contains(written["GITHUB_STEP_SUMMARY"], "conformant", "prediction")
    equal(sorted(os.listdir(reports)), ["badge.json", "report.html", "report.json", "report.md", "report.xml"])


@test
def a_failure_is_an_annotation_and_fails_the_job():
    status, said, reports, written = check(BAD)
    equal(status, 1, said)
    marks = [line for line in said.splitlines() if line.startswith("::")]
    equal(len(marks), 1, said)
    contains(marks[0], "::error title=prediction/message-ids::PRED-6", "%0ARepeat it with: mockclipper check ")
    equal(badge(reports)["color"], "red")
    contains(written["GITHUB_OUTPUT"], "status=1\nresult=not conformant")
    contains(written["GITHUB_STEP_SUMMARY"], "PRED-6")
    suites = xml.etree.ElementTree.parse(os.path.join(reports, "report.xml")).getroot()
    equal(len(suites.findall(".//failure")), 1)


@test
def a_status_may_be_allowed():
    equal(check(BAD, "--allow", "4,1")[0], 0)
    equal(check(BAD, "--allow", "4")[0], 1)
    contains(check(BAD, "--allow", "1")[3]["GITHUB_OUTPUT"], "status=1")


@test
def nothing_is_written_for_github_elsewhere():
    status, said, _, written = check(BAD, github=False)
    equal((status, written), (1, {}))
    equal([line for line in said.splitlines() if line.startswith("::")], [])


@test
def what_could_not_run_is_no_success():
    status, said, reports, written = check(["/nowhere/container"])
    equal(status, 3, said)
    equal(badge(reports)["color"], "lightgrey")
    contains(written["GITHUB_OUTPUT"], "status=3")
    status, said, reports, _ = check(GOOD, command=[PYTHON, SCRIPT, KIT, "--no-such-option", "--", "true"])
    equal(status, 2, said)
    equal(badge(reports)["message"], "the check could not be run")


def action():
    """action.yml, read without a library where there is none."""
    try:
        import yaml
    except ImportError as missing:
        raise Skip("no python3-yaml") from missing
    with open(os.path.join(ROOT, ".github/actions/check/action.yml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def gitlab_job():
    try:
        import yaml
    except ImportError as missing:
        raise Skip("no python3-yaml") from missing
    with open(os.path.join(ROOT, "mockclipper/deploy/gitlab-ci.yml"), encoding="utf-8") as file:
        return yaml.safe_load(file)["clipper"]


def package_registry(folder, kit):
    """A wget that has GitLab's package registry behind it, in which there is a kit folder KIT, packed."""
    os.makedirs(os.path.join(folder, kit))
    for name in os.listdir(BUILD):
        if name == "mockclipper" or ".so" in name:
            os.symlink(os.path.join(BUILD, name), os.path.join(folder, kit, name))
    subprocess.run(["tar", "-C", folder, "-cJf", os.path.join(folder, "archive"), kit], check=True)
    with open(os.path.join(folder, "wget"), "w", encoding="utf-8") as file:
        file.write(f"""#!/bin/sh
[ "$*" = "-q --header JOB-TOKEN: $CI_JOB_TOKEN $KIT_URL" ] || exit 8
case $KIT_URL in
    https://git.example/api/v4/projects/7/packages/generic/*) cp {folder}/archive "$(basename "$KIT_URL")" ;;
    *) exit 8 ;;
esac
""")
    os.chmod(os.path.join(folder, "wget"), 0o755)


def run_gitlab_job(container):
    """Its lines, as a runner executes them, for the program CONTAINER of the image: (status, what it printed, folder)."""
    job, folder, registry = gitlab_job(), tempfile.mkdtemp(dir=WORK), tempfile.mkdtemp(dir=WORK)
    version = subprocess.run([KIT, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    package_registry(registry, f"clipper-kit-{version}-x86_64")
    variables = {"CI_JOB_TOKEN": "a token", "CI_API_V4_URL": "https://git.example/api/v4", "KIT_PROJECT": "7"}
    for name, value in job["variables"].items():
        variables[name] = string.Template(value).substitute(variables)
    script = "\n".join(job["script"]).replace(" check ", " check " + " ".join(map(shlex.quote, OPTIONS)) + " ", 1)
    done = subprocess.run(["sh", "-ec", script.replace("/entrypoint.sh", " ".join(container))], cwd=folder, text=True,
                          env={**os.environ, **variables, "PATH": registry + ":" + os.environ["PATH"]},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=300)
    return done.returncode, done.stdout, folder


@test
def the_sample_for_gitlab_does_what_it_says():
    artifacts = gitlab_job()["artifacts"]
    for container, expected in (GOOD, 0), (BAD, 1):
        status, said, folder = run_gitlab_job(container)
        equal(status, expected, said)
        contains(said, "ok 1 - prediction/one-item:bytes" if expected == 0 else "not ok")
        for name in [*artifacts["paths"], artifacts["reports"]["junit"]]:
            equal(os.path.getsize(os.path.join(folder, name)) > 0, True, name)
    equal(gitlab_job()["allow_failure"]["exit_codes"], 4)


def step(**inputs):
    """The action's first step, with its inputs as GitHub gives them."""
    described = action()
    values = {name: row.get("default", "") for name, row in described["inputs"].items()}
    values.update(inputs)
    first = described["runs"]["steps"][0]
    variables = {name: values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
                 for name, text in first["env"].items() if name != "REPORTS"}
    script = first["run"].replace("${{ github.action_path }}", os.path.join(ROOT, ".github/actions/check"))
    return check(None, command=["bash", "-c", script], **variables)


@test
def the_action_checks_with_a_kit():
    options = " ".join(OPTIONS)
    status, said, reports, written = step(command=" ".join(GOOD), options=options, kit=BUILD)
    equal(status, 0, said)
    equal(badge(reports)["message"], "conformant (2 of 2)")
    status, said, _, written = step(command=" ".join(BAD), options=options + " --skip 'prediction/one-*'", kit=BUILD)
    equal(status, 1, said)
    contains(written["GITHUB_OUTPUT"], "status=1")
    equal(step(command=" ".join(BAD), options=options, kit=BUILD, allow="1")[0], 0)


@test
def the_actions_outputs_are_those_of_its_step():
    described = action()
    for name, output in described["outputs"].items():
        equal(output["value"], "${{ steps.check.outputs.%s }}" % name)
    equal(described["runs"]["using"], "composite")
    equal([row["uses"].split("@")[0] for row in described["runs"]["steps"][1:]], ["actions/upload-artifact"])


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)
main()
