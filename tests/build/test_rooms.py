#!/usr/bin/env python3
"""The table of README's section "The house" holds: which room includes what, and that walls between container and kit
are such for the compiler, too. Within a room neither includes nor calls go in a circle. Prints TAP."""
import glob
import graphlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from tap import BUILD, ROOT, equal, main, output_of, read, test  # noqa: E402

FILES = sorted(glob.glob("codec/**/*.[ch]", root_dir=ROOT, recursive=True) +
               glob.glob("container/**/*.[ch]", root_dir=ROOT, recursive=True) +
               glob.glob("mockclipper/**/*.[ch]", root_dir=ROOT, recursive=True) + glob.glob("fuzz/*.[ch]", root_dir=ROOT))
# {room: what it may include}; the innermost row that a file is under holds for it
ROOMS = {room: set(allowed.split(", ")) for room, allowed in
         re.findall(r"^\| `((?:codec|container|mockclipper|fuzz)\b[^`]*)` \|[^|]*\| ([^|]*) \|$", read("README.md"), re.M)}
LIBRARIES = {"zmq.h": "libzmq", "czmq.h": "czmq", "jansson.h": "jansson", "microhttpd.h": "libmicrohttpd",
             "zlib.h": "zlib"}


def room_of(path):
    return max((room for room in ROOMS if path.startswith(room)), key=len)


def includes(path):
    """What a file includes, as paths in the tree or names of libraries; the system's headers are left out."""
    for header in re.findall(r'^#include [<"]([^>"]+)', read(path), re.M):
        places = [os.path.join(os.path.dirname(path), header), "mockclipper/" + header, "codec/include/" + header,
                  "container/include/" + header, "container/src/" + header]
        found = [place for place in places if os.path.exists(os.path.join(ROOT, place))]
        if found or header in LIBRARIES:
            yield found[0] if found else LIBRARIES[header]


def circle(edges):
    """A circle among {file: files that it needs}, or nothing."""
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        return " -> ".join(error.args[1])


@test
def every_room_includes_what_it_may():
    wrong = []
    for path in FILES:
        room = room_of(path)
        for needed in includes(path):
            home = room_of(needed) if "/" in needed else needed
            name = home.removeprefix("mockclipper/").split("/")[0]
            if home != room and not {name, "all"} & ROOMS[room]:
                wrong.append("%s includes %s" % (path, needed))
    equal(wrong, [])


@test
def every_room_is_in_the_table():
    equal({room for room in ROOMS if room.startswith("mockclipper/")},
          {re.sub("[^/]*$", "", path) for path in FILES if path.startswith("mockclipper/") and path.count("/") < 3})


@test
def includes_go_in_no_circle():
    equal(circle({path: [needed for needed in includes(path) if needed != path] for path in FILES}), None)


@test
def calls_within_a_room_go_in_no_circle():
    for room in sorted({os.path.dirname(path) for path in FILES if re.match("(?!fuzz|container/examples).*[.]c$", path)}):
        objects = sorted(glob.glob(os.path.join(BUILD, "obj", room, "*.o")))
        assert objects, room + " is not built"
        symbols = re.findall(r"^\S*/([^/]+)\.o: (\S+) ([A-Z])\b", output_of(["nm", "-A", "-P", *objects]), re.M)
        home = {name: file for file, name, kind in symbols if kind not in "UVW"}
        calls = {}
        for file, name, kind in symbols:
            if kind == "U" and name in home:
                calls.setdefault(file, set()).add(home[name])
        equal(circle(calls), None, room)


@test
def container_and_kit_cannot_see_each_other():
    with tempfile.TemporaryDirectory() as tree:
        for part in ("codec", "container", "mockclipper", "fuzz"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(tree, part))
        shutil.copy(os.path.join(ROOT, "Makefile"), tree)

        def compiles(folder, header):
            with open(os.path.join(tree, folder, "peek.c"), "w", encoding="utf-8") as file:
                file.write('#include "%s"\n' % header)
            done = subprocess.run(["make", "-s", "B=" + tree, "WERROR=0", "%s/obj/%s/peek.o" % (tree, folder)], cwd=tree,
                                  env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0 or header + ": No such file" in done.stderr, done.stderr
            return done.returncode == 0

        for folder, good, bad in (("container/command", "models.h", ["heap.h", "base/heap.h"]),
                                  ("container/src", "buffer.h", ["heap.h", "base/heap.h", "models.h"]),
                                  ("codec/src", "clipper/flat.h", ["base/heap.h", "clipper/session.h", "buffer.h"]),
                                  ("mockclipper/base", "base/heap.h", ["buffer.h", "clipper/container.h", "models.h"])):
            assert compiles(folder, good), "%s in %s" % (good, folder)
            equal([header for header in bad if compiles(folder, header)], [], folder)


main()
