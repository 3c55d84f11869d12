#!/usr/bin/python3
"""ensure.sh on machines that lack things: what it installs, what it names, how it ends. Prints TAP.

Such a machine is a folder of links to a few tools, which is all the PATH there is, and an apt-get of ours that writes
down what it is asked for and "installs" it by making a command.
"""
import os
import shutil
import subprocess
import tempfile

from tap import main, test

ENSURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ensure.sh")
TOOLS = ["sh", "sed", "tr", "sort", "grep", "mktemp", "rm", "tail", "env", "cat", "chmod"]
# What each package brings, as far as these tests go.
BRINGS = "spin=spin musl-tools=musl-gcc qemu-user=qemu-s390x abigail-tools=abidiff"
APT_GET = """#!/bin/sh
echo "$*" >>"$MACHINE/asked"
case "$1" in update) exit 0 ;; esac
for word; do
    case " $REFUSED " in *" $word "*) echo "E: Unable to locate package $word"; exit 100 ;; esac
done
for pair in $BRINGS; do
    for word; do
        [ "$word" != "${pair%%=*}" ] || { echo '#!/bin/sh' >"$MACHINE/${pair#*=}"; chmod +x "$MACHINE/${pair#*=}"; }
    done
done
"""
# As if all that a build needs were there.
BUILD = ["cc", "make", "pkg-config", "python3"]


class Machine:
    """A machine with a few tools, with apt-get or not, as root or not."""

    def __init__(self, commands, apt=True, root=True, refused=""):
        self.folder = tempfile.mkdtemp(prefix="ensure-")
        self.refused = refused
        for tool in TOOLS:
            os.symlink(shutil.which(tool, path="/usr/bin:/bin"), os.path.join(self.folder, tool))
        for command in commands:
            self.put(command, "#!/bin/sh\n")
        self.put("id", "#!/bin/sh\necho %d\n" % (0 if root else 1000))
        if apt:
            self.put("apt-get", APT_GET)

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def ensure(self, *names):
        environment = {"PATH": self.folder, "MACHINE": self.folder, "BRINGS": BRINGS, "REFUSED": self.refused}
        done = subprocess.run(["/bin/sh", ENSURE, *names], env=environment, capture_output=True, text=True, timeout=60)
        asked = os.path.join(self.folder, "asked")
        self.asked = open(asked, encoding="utf-8").read().splitlines() if os.path.exists(asked) else []
        shutil.rmtree(self.folder)
        return done


@test
def nothing_missing_nothing_done():
    machine = Machine(BUILD + ["abidiff"])
    done = machine.ensure("abi")
    assert (done.returncode, done.stdout, done.stderr, machine.asked) == (0, "", "", []), done


@test
def installs_what_is_missing_and_nothing_else():
    machine = Machine(BUILD)
    done = machine.ensure("abi")
    assert done.returncode == 0, done
    assert machine.asked[0] == "update" and len(machine.asked) == 2, machine.asked
    assert machine.asked[1].split()[-1] == "abigail-tools", machine.asked
    assert "--no-remove" in machine.asked[1], machine.asked
    assert "spin" not in machine.asked[1] and "gcc" not in machine.asked[1], machine.asked


@test
def several_names_at_once():
    machine = Machine(BUILD)
    done = machine.ensure("abi", "model")
    assert done.returncode == 0, done
    assert len(machine.asked) == 2, machine.asked
    assert "abigail-tools" in machine.asked[1] and "spin" in machine.asked[1], machine.asked


@test
def a_must_that_cannot_be_had_is_named():
    machine = Machine(BUILD, refused="abigail-tools")
    done = machine.ensure("abi")
    assert done.returncode == 1, done
    assert "apt-get install abigail-tools" in done.stderr, done.stderr
    assert "Unable to locate package abigail-tools" in done.stderr, done.stderr


@test
def without_apt_it_is_named():
    done = Machine(BUILD, apt=False).ensure("abi")
    assert done.returncode == 1 and "apt-get install abigail-tools" in done.stderr, done


@test
def without_root_and_sudo_it_is_named():
    machine = Machine(BUILD, root=False)
    done = machine.ensure("abi")
    assert done.returncode == 1 and "apt-get install abigail-tools" in done.stderr, done
    assert machine.asked == [], machine.asked


@test
def sudo_serves():
    machine = Machine(BUILD, root=False)
    machine.put("sudo", '#!/bin/sh\nexec "$@"\n')
    done = machine.ensure("abi")
    assert done.returncode == 0 and len(machine.asked) == 2, done


@test
def a_wish_that_cannot_be_had_costs_only_itself():
    machine = Machine(BUILD, refused="gcc-s390x-linux-gnu")
    done = machine.ensure("targets")
    assert done.returncode == 0, done
    last = done.stdout.splitlines()[-1]
    assert last.startswith("Not there, tests that need it are skipped") and "gcc-s390x-linux-gnu" in last, last
    assert "musl-tools" not in last and "qemu-user" not in last, last


@test
def without_libraries_even_a_build_names_them():
    machine = Machine(["cc", "make", "python3"], apt=False)
    done = machine.ensure("build")
    assert done.returncode == 1 and "libzmq3-dev" in done.stderr and "pkg-config" in done.stderr, done.stderr


@test
def an_unknown_name_is_an_error():
    for names in (["proof"], ["check", "proof"], []):
        machine = Machine(BUILD)
        done = machine.ensure(*names)
        assert done.returncode == 2 and done.stderr.startswith("usage: "), done
        assert " prove " in done.stderr and machine.asked == [], done


if __name__ == "__main__":
    main()
