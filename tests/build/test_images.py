#!/usr/bin/env python3
# suite: deep timed
"""The images of the Dockerfiles, and what the manifests for compose and Kubernetes run in them.

No container engine is asked: the steps are carried out in chroots, and so are the commands of the manifests.
"""
import os
import re
import shutil
import sys
import time
import urllib.request
import xml.etree.ElementTree

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools")]
import chroots  # noqa: E402
from tap import BUILD, ROOT, Skip, contains, empty, equal, main, test  # noqa: E402

WORK = os.path.join(BUILD, "test_images")
IMAGES = {}
SERVING = {}


def documents(path):
    try:
        import yaml
    except ImportError as missing:
        raise Skip("no python3-yaml") from missing
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def image(name):
    """The image NAME: kit, container or digits."""
    if os.geteuid() != 0 or not shutil.which("debootstrap") or not shutil.which("busybox"):
        raise Skip("as root, with debootstrap and busybox-static")
    if name not in IMAGES:
        side = "mockclipper" if name == "kit" else "container"
        target = name if name == "digits" else None
        IMAGES[name] = chroots.build(f"{side}/deploy/Dockerfile", os.path.join(WORK, name), target)
    return IMAGES[name]


def within(root):
    """Makes /dev/null and the like, which an engine gives each container."""
    os.makedirs(root + "/dev", exist_ok=True)
    if not os.path.exists(root + "/dev/null"):
        os.mknod(root + "/dev/null", 0o20666, os.makedev(1, 3))
        os.chmod(root + "/dev/null", 0o666)


def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("not within %d s: %s" % (seconds, what))


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


@test
def the_image_of_the_kit_runs_as_a_user_without_rights():
    kit = image("kit")
    within(kit.root)
    equal(kit.user, (65532, 65532))
    status, said = kit.run(kit.entrypoint + ["list"])
    equal(status, 0, said)
    contains(said, "registration/heartbeat-first")
    contains(kit.run(kit.entrypoint + kit.command)[1], "check")
    equal(kit.run(["/bin/sh", "-c", "echo >/kit/written"])[0] != 0, True, "can write to its root")


@test
def the_image_of_the_container_runs_as_a_user_without_rights():
    container = image("container")
    within(container.root)
    equal(container.user, (65532, 65532))
    status, said = container.run(container.entrypoint + ["--version"])
    equal(status, 0, said)
    equal(container.run(["/bin/sh", "-c", "echo >/written"])[0] != 0, True, "can write to its root")
    equal(container.run(["/bin/sh", "-c", "echo >/run/clipper/written; rm /run/clipper/written"])[0], 0)


@test
def the_job_brings_the_kit_into_another_image_and_checks_it():
    job, = documents("mockclipper/deploy/job.yaml")
    pod = job["spec"]["template"]["spec"]
    first, check = pod["initContainers"][0], pod["containers"][0]
    user = (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"])
    volume = check["volumeMounts"][0]["mountPath"]
    kit, container = image("kit"), image("container")
    os.mkdir(kit.root + volume)
    os.chmod(kit.root + volume, 0o777)
    status, said = kit.run(first["command"], user=user)
    equal(status, 0, said)
    shutil.rmtree(container.root + volume, ignore_errors=True)
    os.rename(kit.root + volume, container.root + volume)
    environment = {row["name"]: row["value"] for row in check["env"]}
    del container.environment["CLIPPER_METRICS_PORT"]  # this image's own; the kit's container has no metrics
    status, said = container.run(check["command"] + check["args"], environment, user)
    equal(status, 0, said)
    contains(said, "# conformant: ", "# exit status 0", "ok 1 - registration/heartbeat-first")
    equal("not ok" in said, False, said)
    equal(len(xml.etree.ElementTree.parse(container.root + volume + "/report.xml").getroot().findall(".//failure")), 0)
    equal(container.run(check["command"] + ["/bin/false"], environment, user)[0], 1, "a command that is no container")


def serve(options):
    """Clipper in the kit's image, on a port of its own: (process, port)."""
    kit = image("kit")
    port_file = kit.root + "/tmp/port"
    if os.path.exists(port_file):
        os.unlink(port_file)
    output = open(os.path.join(WORK, "serve.log"), "w", encoding="utf-8")
    command = kit.entrypoint + ["serve", "--bind=127.0.0.1:0", "--port-file=/tmp/port"] + options
    process = kit.start(command, stdout=output, stderr=output)
    return process, until(lambda: read(port_file).strip(), "serve listens")


def digits(port, environment):
    container = image("digits")
    within(container.root)
    output = open(os.path.join(WORK, "digits.log"), "w", encoding="utf-8")
    environment = {**environment, "CLIPPER_IP": "127.0.0.1", "CLIPPER_PORT": port, "CLIPPER_METRICS_PORT": "0"}
    return container.start(container.entrypoint, environment, stdout=output, stderr=output)


@test
def compose_serves_the_digits_and_they_are_right():
    services = documents("container/deploy/compose.yaml")[0]["services"]
    clipper = services["clipper"]
    source, inside, _ = clipper["volumes"][0].split(":")
    kit = image("kit")
    image("digits")
    os.makedirs(os.path.dirname(kit.root + inside), exist_ok=True)
    shutil.copy(os.path.join(ROOT, "container/deploy", source), kit.root + inside)
    equal(clipper["command"][:2], ["serve", "--bind=0.0.0.0:7000"])
    equal((services["digits"]["environment"]["CLIPPER_IP"], services["digits"]["environment"]["CLIPPER_PORT"]),
          ("clipper", "7000"))
    process, port = serve(clipper["command"][2:])
    container = digits(port, services["digits"]["environment"])
    try:
        status = process.wait(120)
        equal(status, 0, read(os.path.join(WORK, "serve.log")) + read(os.path.join(WORK, "digits.log")))
        contains(read(os.path.join(WORK, "serve.log")), "accuracy 9")
    finally:
        container.terminate()
        equal(container.wait(15), 0)


@test
def the_deployment_is_ready_when_registered_and_ends_within_its_grace():
    pod = documents("container/deploy/deployment.yaml")[0]["spec"]["template"]
    described = pod["spec"]["containers"][0]
    environment = {row["name"]: row["value"] for row in described["env"]}
    ready = described["readinessProbe"]["exec"]["command"]
    container = image("digits")
    within(container.root)
    equal(container.run(ready)[0], 1, "ready before it is started")
    equal(str(described["ports"][0]["containerPort"]), pod["metadata"]["annotations"]["prometheus.io/port"])
    equal(container.environment["CLIPPER_METRICS_PORT"], pod["metadata"]["annotations"]["prometheus.io/port"])
    process, port = serve([])
    log = os.path.join(WORK, "digits.log")
    run = digits(port, environment)
    try:
        until(lambda: container.run(ready)[0] == 0, "ready")
        metrics = until(lambda: re.search(r"metrics\S* .*?port=(\d+)", read(log)), "the port of the metrics is logged")
        url = f"http://127.0.0.1:{metrics[1]}{pod['metadata']['annotations']['prometheus.io/path']}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            contains(answer.read().decode(), "# TYPE")
        began = time.monotonic()
        run.terminate()
        equal(run.wait(pod["spec"]["terminationGracePeriodSeconds"]), 0)
        equal(time.monotonic() - began < int(environment["CLIPPER_GRACE_MS"]) / 1000, True)
        equal(container.run(ready)[0], 1, "ready after its end")
    finally:
        run.kill()
        process.terminate()
        process.wait(15)


def wrong_fields(value, kind, client, path):
    """What the API's schema does not know in VALUE, which should be of the type that python3-kubernetes calls KIND."""
    listed = re.fullmatch(r"list\[(.*)\]", kind)
    mapped = re.fullmatch(r"dict\(str, (.*)\)", kind)
    if listed:
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [row for i, each in enumerate(value) for row in wrong_fields(each, listed[1], client, f"{path}[{i}]")]
    if mapped:
        return [row for key, each in value.items() for row in wrong_fields(each, mapped[1], client, f"{path}.{key}")]
    if kind in ("str", "bool", "int", "float"):
        expected = {"str": str, "bool": bool, "int": int, "float": (int, float)}[kind]
        right = isinstance(value, expected) and (kind == "bool" or not isinstance(value, bool))
        return [] if right else [f"{path} is no {kind}: {value!r}"]
    if not hasattr(client, kind):
        return []
    model = getattr(client, kind)
    fields = {outside: inside for inside, outside in model.attribute_map.items()}
    wrong = [f"{path}.{key} is no field of {kind}" for key in value if key not in fields]
    wrong += [row for key, each in value.items() if key in fields
              for row in wrong_fields(each, model.openapi_types[fields[key]], client, f"{path}.{key}")]
    try:  # what is required, and values of an enumeration
        model(**{fields[key]: each for key, each in value.items() if key in fields})
    except ValueError as error:
        wrong.append(f"{path}: {error}")
    return wrong


@test
def the_manifests_follow_the_schema_of_the_api():
    try:
        from kubernetes import client
    except ImportError as missing:
        raise Skip("no python3-kubernetes") from missing
    for path, kind in (("container/deploy/deployment.yaml", "V1Deployment"), ("mockclipper/deploy/job.yaml", "V1Job")):
        manifest, = documents(path)
        empty(wrong_fields(manifest, kind, client, path), path)
        template = manifest["spec"]["template"]
        labels = manifest["spec"].get("selector", {}).get("matchLabels", {})
        equal({key: template["metadata"]["labels"][key] for key in labels}, labels)
        pod = template["spec"]
        equal(pod["enableServiceLinks"], False)
        equal(pod["securityContext"]["runAsNonRoot"], True)
        for container in pod["containers"] + pod.get("initContainers", []):
            rights, volumes = container["securityContext"], {volume["name"] for volume in pod["volumes"]}
            equal((rights["readOnlyRootFilesystem"], rights["capabilities"]), (True, {"drop": ["ALL"]}))
            equal({mount["name"] for mount in container["volumeMounts"]} - volumes, set())
    deployment, = documents("container/deploy/deployment.yaml")
    changed = {**deployment, "spec": {**deployment["spec"], "replica": 2, "replicas": "2"}}
    equal(len(wrong_fields(changed, "V1Deployment", client, "")), 2, "a wrong field is found")


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK)
main()
