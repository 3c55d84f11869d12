#!/usr/bin/env python3
"""The judges judge: with a bug planted in a copy of the tree, the committed corpus and the test vectors alone make the
target say which promise is broken."""
import os
import shutil
import tempfile

from support import TOP, Tap, missing, run

# Target, file, what is there, what is put there, what the target must say.
BUGS = [
    ("decode_whole", "codec/src/decode.c", "seen <= limits->item_bytes", "seen <= limits->item_bytes + 1",
     "promise D-4"),
    ("decode_whole", "codec/src/grammar.c", "frame.len == 0 || text[0]", "text[0]", "heap-buffer-overflow"),
    ("decode_by_frame", "codec/src/grammar.c", "clear_message(&d->message);\n    d->state_ = FAILED;",
     "d->state_ = FAILED;", "promise D-"),
    ("round_trip", "codec/src/encode.c", "> t->storage->scratch_capacity", "> t->storage->scratch_capacity + 1",
     "heap-buffer-overflow"),
    ("flat", "codec/src/flat.c", "r->next_ = r->more ? r->index + 1 : 0;", "r->next_ = r->index + 1;", "promise F-"),
    ("session", "container/src/session.c", ">= session->config_.activity_timeout_ms",
     "> session->config_.activity_timeout_ms", "promise S-5"),
    ("json_decode", "mockclipper/lines/json_message.c", "json_out_number(out, prediction->id);",
     "json_out_number(out, prediction->id & 0x7fffffff);", "promise J-2"),
    ("elements", "codec/include/clipper/codec.h", "item.len % sizeof(T) == 0 && ", "", "promise T-4"),
]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def find(folder, target, path, old, new):
    """What TARGET prints on its inputs when OLD in PATH is NEW; or why that could not be tried."""
    path = os.path.join(folder, path)
    text = read(path)
    if old not in text:
        return "there is no %r in %s any more" % (old, path)
    write(path, text.replace(old, new, 1))
    built = run(["fuzz/build.sh", target, "B=build/fuzz", "WERROR=0"], cwd=folder)
    write(path, text)
    if built.returncode != 0:
        return built.output
    run(["python3", "fuzz/make_corpus.py", "unpack", target, "corpus/" + target], cwd=folder)
    return run(["build/fuzz/bin/fuzz_" + target, "-runs=0", "corpus/" + target, "seeds/" + target], cwd=folder).output


def main():
    tap = Tap()
    why = missing()
    with tempfile.TemporaryDirectory() as folder:
        for part in ("codec", "container", "mockclipper", "fuzz", "spec"):
            shutil.copytree(os.path.join(TOP, part), os.path.join(folder, part))
        shutil.copy(os.path.join(TOP, "Makefile"), folder)
        run(["python3", "fuzz/make_corpus.py", "seeds", "seeds"], cwd=folder)
        for target, path, old, new, said in BUGS:
            name = "%s finds a bug in %s" % (target, path)
            if why:
                tap.skip(name, why)
                continue
            output = find(folder, target, path, old, new)
            tap.check(said in output, "%s (%s)" % (name, said), output)
    tap.end()


main()
