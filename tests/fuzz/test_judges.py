#!/usr/bin/env python3
# suite: deep long
"""The judges judge: with a bug planted in a copy of the tree, the committed corpus and the test vectors alone make the
target say which promise is broken."""
import os
import shutil
import tempfile

from support import need_libfuzzer
from tap import ROOT, add_test, contains, main, output_of, read, write

# Target, file, what is there, what is put there, what the target must say.
BUGS = [
    ("decode_whole", "codec/src/recognise.h", "seen <= limits->item_bytes", "seen <= limits->item_bytes + 1",
     "promise D-4"),
    ("decode_whole", "codec/src/grammar.c", "frame.len == 0 || text[0]", "text[0]", "heap-buffer-overflow"),
    ("decode_by_frame", "codec/src/grammar.h", "clear_message(&d->message);\n    d->state_ = FAILED;",
     "d->state_ = FAILED;", "promise D-"),
    ("round_trip", "codec/src/encode.c", "> t->storage->scratch_capacity", "> t->storage->scratch_capacity + 1",
     "heap-buffer-overflow"),
    ("flat", "codec/src/flat.c", "r->next_ = r->more ? r->index + 1 : 0;", "r->next_ = r->index + 1;", "promise F-"),
    ("session", "container/src/session.c", ">= session->config_.activity_timeout_ms",
     "> session->config_.activity_timeout_ms", "promise S-5"),
    ("json_decode", "mockclipper/lines/json_message.c", "json_out_key_number(out, \"id\", prediction->id);",
     "json_out_key_number(out, \"id\", prediction->id & 0x7fffffff);", "promise J-2"),
    ("eras", "codec/src/era_content.c", "d->message.leniencies |= CLIPPER_LENIENCY_STRING_ENDS;", ";", "promise A-2"),
    ("csv", "mockclipper/base/csv.c", "if (text[i] == delimiter || strchr(", "if (strchr(", "promise C-2"),
    ("elements", "codec/include/clipper/codec.h", "item.len % sizeof(T) == 0 && ", "", "promise T-4"),
]


def find(target, path, old, new, said):
    """TARGET says SAID of its inputs when OLD in PATH is NEW."""
    need_libfuzzer()
    contains(read(path), old)
    with tempfile.TemporaryDirectory() as folder:
        for part in ("codec", "container", "mockclipper", "fuzz", "spec"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(folder, part))
        shutil.copy(os.path.join(ROOT, "Makefile"), folder)
        write(os.path.join(folder, path), read(path).replace(old, new, 1))
        output_of(["fuzz/build.sh", target, "B=build/fuzz", "WERROR=0"], cwd=folder)
        output_of(["python3", "fuzz/make_corpus.py", "seeds", "seeds"], cwd=folder)
        output_of(["python3", "fuzz/make_corpus.py", "unpack", target, "corpus"], cwd=folder)
        contains(output_of(["build/fuzz/bin/fuzz_" + target, "-runs=0", "corpus", "seeds/" + target], False, cwd=folder),
                 said)


for bug in BUGS:
    add_test("%s finds a bug in %s (%s)" % (*bug[:2], bug[4]), find, *bug)
main()
