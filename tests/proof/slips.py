#!/usr/bin/env python3
"""slips.py: could the proofs prove anything? Puts slips into copies of the codec, one a copy, and runs prove.py on the
function, as many copies at a time as there are processors: it must fail. Without a slip it must not. Prints a line each,
and the figure last."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GRAMMAR, READINGS, FLAT, ENCODE = ["codec/src/%s.c" % name for name in ("grammar", "readings", "flat", "encode")]
RECOGNISER, DIAGNOSIS, HEADER = "codec/src/recognise.h", "codec/src/diagnosis.c", "codec/include/clipper/codec.h"
# File, function, what is replaced, and by what. In the code:
SLIPS = [
    (RECOGNISER, "recognise_request", "if (count < REQUEST_HEAD)", "if (count < REQUEST_HEAD - 1)"),
    (RECOGNISER, "items_agree", "for (; left > 0; left--, items++", "for (; left > 0; left--, items += 2"),
    (GRAMMAR, "take_delimiter", "? AT_VERSION : AT_MESSAGE_TYPE", "? AT_MESSAGE_TYPE : AT_MESSAGE_TYPE"),
    (READINGS, "size_of_item", "head_words(reading) + item", "head_words(reading) + item + 1"),
    (FLAT, "length_fails", "r->len > r->message_limit_ - r->message_bytes_", "r->len > r->message_limit_"),
    (FLAT, "flat_size", "frames[i].len > SIZE_MAX - size - header", "frames[i].len > SIZE_MAX - size"),
    (ENCODE, "begin", "t->encoded->frames > t->storage->frame_capacity", "0"),
    (ENCODE, "begin", "return t->wrong->error = CLIPPER_NO_SPACE;",
     "return t->storage->frame_capacity ? put(frame, at, 0) : (void)0, t->wrong->error = CLIPPER_NO_SPACE;"),
    (ENCODE, "put_items", "count / 4 : 0", "count / 4 + 1 : 0"),
    (ENCODE, "put_four", "words + 3 * WORD, items + 3", "words + 3 * WORD, items + 4"),
    (HEADER, "clipper_f64_copy", "count = max;", "count = max + 1;"),
    (HEADER, "clipper_i32_at", "index * sizeof(T)", "(index + 1) * sizeof(T)"),
]
# In the contract of a file's function, so that nothing keeps it: found by WP's smoke tests.
CONTRADICTIONS = [
    (READINGS, "head_words", "requires reading \\in {TYPED, UNTYPED};\n    assigns \\nothing;\n    ensures \\result == head_of",
     "requires reading \\in {TYPED, UNTYPED} && reading == 0;\n    assigns \\nothing;\n    ensures \\result == head_of"),
]
# EVA's: file, entry point, and as above.
STUMBLES = [
    (DIAGNOSIS, "text", "char digits[20]", "char digits[19]"),
    (FLAT, "greeting", "*(const uint8_t *)take(input, 1).base", "((const uint8_t *)input->base)[input->len]"),
]


def proves(tree, *arguments):
    return subprocess.run([sys.executable, "-B", os.path.join(tree, "tests/proof/prove.py"), "--effort", "15",
                           *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def copy(folder):
    for part in ("codec", "tests/proof"):
        shutil.copytree(os.path.join(TOP, part), os.path.join(folder, part))


def slip(folder, name, old, new):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(old) != 1:
        sys.exit("slips.py: %s has %d times: %s" % (name, text.count(old), old))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def prove(top, number, name, arguments, old, new, slipped):
    """Whether the proof in a copy of its own says what it must, and what it printed."""
    folder = os.path.join(top, "%d.%d" % (number, slipped))
    copy(folder)
    if slipped:
        slip(folder, name, old, new)
    ran = proves(folder, *arguments)
    broken = ran.returncode == 1 and re.search(r"UNEXPECTED|; [1-9]\d* alarms of EVA", ran.stdout) is not None
    return broken if slipped else ran.returncode == 0, ran.stdout


def main():
    found = wrong = 0
    tries = [(name, ["--only", name, "--function", function, "--no-smoke"], old, new)
             for name, function, old, new in SLIPS]
    tries += [("tests/proof/acsl/%s.acsl.h" % os.path.basename(name)[:-2], ["--only", name, "--function", function], old, new)
              for name, function, old, new in CONTRADICTIONS]
    tries += [(name, ["--only", "EVA " + entry], old, new) for name, entry, old, new in STUMBLES]
    with tempfile.TemporaryDirectory() as top, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [(one, slipped, pool.submit(prove, top, number, *one, slipped))
                   for number, one in enumerate(tries) for slipped in (False, True)]
        for (_, arguments, _, new), slipped, proof in running:
            good, text = proof.result()
            found, wrong = found + (good and slipped), wrong + (not good)
            print("%s %s%s" % ("ok    " if good else "WRONG ", " ".join(arguments), ": " + new if slipped else ""))
            if not good:
                print(text)
            sys.stdout.flush()
    print("%d slips, %d found; %d wrong answers" % (len(tries), found, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
