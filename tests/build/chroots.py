"""Images without a container engine: the steps of a Dockerfile, carried out in chroots, and what runs in them.

Two bases are known: debian:12-slim is a fresh minimal Debian 12, busybox a root with a static busybox alone. A step's
network is this machine's. Needs root.
"""
import json
import os
import re
import shlex
import shutil
import subprocess

BASE_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/"}


class Image:
    """A root, and how its processes start."""
    def __init__(self, root, parent=None):
        self.root = root
        self.environment = dict(parent.environment if parent else BASE_ENVIRONMENT)
        self.user, self.folder = (parent.user, parent.folder) if parent else ((0, 0), "/")
        self.entrypoint, self.command = (parent.entrypoint, parent.command) if parent else ([], [])

    def path(self, inside):
        return self.root + os.path.join(self.folder, inside)

    def start(self, command, environment=None, user=None, **options):
        """COMMAND in the root, as the image's user, as subprocess.Popen."""
        ids = user or self.user

        def enter():
            os.chroot(self.root)
            os.chdir(self.folder)
            os.setgroups([])
            os.setgid(ids[1])
            os.setuid(ids[0])
        return subprocess.Popen(command, env={**self.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
                                preexec_fn=enter, **options)

    def run(self, command, environment=None, user=None, timeout=600):
        """(status, output) of COMMAND."""
        process = self.start(command, environment, user, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output = process.communicate(timeout=timeout)[0]
        return process.returncode, output


def base(name, root):
    if name.startswith("debian:12"):
        subprocess.run(["tests/build/fresh_root.sh", root], check=True)
    elif name.startswith("busybox"):
        os.makedirs(root + "/bin")
        os.mkdir(root + "/tmp")
        os.chmod(root + "/tmp", 0o1777)
        shutil.copy(shutil.which("busybox"), root + "/bin/busybox")
        subprocess.run(["chroot", root, "/bin/busybox", "--install", "-s", "/bin"], check=True)
    else:
        raise ValueError("no such base: " + name)
    return Image(root)


def instructions(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^#.*\n", "", file.read(), flags=re.M).replace("\\\n", " ")
    return [line.split(None, 1) for line in text.splitlines() if line.strip()]


def copy_context(to):
    """What `COPY .` takes: the files of the project, without those that .dockerignore names."""
    os.makedirs(to, exist_ok=True)
    subprocess.run("git ls-files -zco --exclude-standard | tar --null -T - --ignore-failed-read -cf - | tar -xf - -C "
                   + shlex.quote(to), shell=True, check=True)


def build(dockerfile, folder, target=None):
    """The image that `docker build --target TARGET -f DOCKERFILE .` makes; its stages are in FOLDER."""
    stages, image = {}, None
    for word, rest in instructions(dockerfile):
        if word == "FROM":
            if target in stages:
                break
            source, *name = rest.split(" AS ")
            root = os.path.join(folder, name[0] if name else "last")
            if source in stages:
                subprocess.run(["cp", "-a", stages[source].root, root], check=True)
                image = Image(root, stages[source])
            else:
                image = base(source, root)
            stages[name[0] if name else "last"] = image
        elif word == "RUN":
            status, output = image.run(["/bin/sh", "-c", rest], {"DEBIAN_FRONTEND": "noninteractive"}, timeout=1200)
            if status:
                raise AssertionError(f"RUN {rest}: status {status}\n{output[-3000:]}")
        elif word == "COPY" and rest.startswith("--from="):
            stage, *sources, to = rest.removeprefix("--from=").split()
            into = to.endswith("/") or len(sources) > 1
            os.makedirs(image.path(to) if into else os.path.dirname(image.path(to)), exist_ok=True)
            for source in sources:
                subprocess.run(["cp", "-a", stages[stage].path(source), image.path(to)], check=True)
        elif word == "COPY":
            copy_context(image.path(rest.split()[1]))
        elif word == "WORKDIR":
            image.folder = rest
            os.makedirs(image.path("."), exist_ok=True)
        elif word == "ENV":
            image.environment.update(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "USER":
            image.user = tuple(map(int, rest.split(":")))
        elif word == "ENTRYPOINT":
            image.entrypoint = json.loads(rest)
        elif word == "CMD":
            image.command = json.loads(rest)
        elif word != "EXPOSE":
            raise ValueError("no such instruction here: " + word)
    return image
