"""measure_codec.py: the codec against its floor and against other codecs."""
import glob
import json
import os
import re
import subprocess
import tempfile

from results import middle, paired, table

ROUNDS = 25
OURS, FLOOR = "clipper", "floor"
COUNTS = (1, 10, 100, 1000)
DUMP_LABEL = re.compile(r"^desc: Trigger: Client Request: (.*)$", re.M)
DUMP_TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.M)


def json_lines(command, **more):
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120, **more)
    return [json.loads(line) for line in run.stdout.splitlines()]


def key(entry):
    return entry["group"], entry["operation"], entry["items"], entry["contender"]


def times(program):
    return {key(entry): entry["ns"] for entry in json_lines([program, "time", str(ROUNDS)])}


def allocations(program, counter):
    environment = dict(os.environ, LD_PRELOAD=counter)
    return {key(entry): entry["allocations"] for entry in json_lines([program, "allocations"], env=environment)}


def instructions(program):
    """Instructions of one run: the difference between the dumps of few and of many runs, over the difference of the
    numbers of runs."""
    dumps = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "--quiet", "--tool=callgrind", "--callgrind-out-file=%s/out" % folder, program,
                        "instructions"], check=True, timeout=120, stderr=subprocess.PIPE)
        for name in glob.glob(folder + "/out.*"):
            with open(name) as file:
                text = file.read()
            label = DUMP_LABEL.search(text)
            if label:
                group, operation, contender, items, runs = label.group(1).split("|")
                dumps.setdefault((group, operation, int(items), contender), []).append(
                    (int(runs), int(DUMP_TOTAL.search(text).group(1))))
    figures = {}
    for subject, pair in dumps.items():
        (few, least), (many, most) = sorted(pair)
        figures[subject] = (most - least) / (many - few)
    return figures


def quartiles(low, high):
    return ("%.0f-%.0f" if low >= 100 else "%.1f-%.1f") % (low, high)


def show(results, group, title, subjects, ns, counts, allocated, floor_of):
    """One table of one operation: a row for each of SUBJECTS."""
    rows = []
    for subject in subjects:
        floor = floor_of(subject)
        time, low, high = middle(ns[subject])
        name = "%s.%s.%d.%s" % (group, subject[1], subject[2], subject[3])
        results.figure(name + ".ns", time, "ns", (low, high))
        results.figure(name + ".instructions", counts[subject], "instructions")
        results.figure(name + ".allocations", allocated[subject], "allocations")
        rows.append([subject[3], subject[2], time, quartiles(low, high), "%.2f" % paired(ns[subject], ns[floor])[0],
                     counts[subject], "%.2f" % (counts[subject] / counts[floor]), allocated[subject]])
    table(title, ["", "n", "ns", "quartiles", "x " + floor_of(subjects[0])[3].split()[0], "instructions", "x", "mallocs"],
          rows)


def show_codec(results, ns, counts, allocated):
    operations = list(dict.fromkeys(subject[1] for subject in ns if subject[0] == "codec"))
    for operation in operations:
        subjects = [subject for n in COUNTS for subject in ns if subject[:3] == ("codec", operation, n)]
        show(results, "codec", "Codec: %s" % operation, subjects, ns, counts, allocated,
             lambda subject: subject[:3] + (FLOOR,))


def show_elements(results, ns, counts, allocated):
    subjects = [subject for subject in ns if subject[0] == "elements"]
    show(results, "elements", "Elements of an item, added up", subjects, ns, counts, allocated,
         lambda subject: subject[:3] + (subject[1],))


def codec_bars(results, counts, allocated):
    def of(operation, n, contender=OURS):
        return counts["codec", operation, n, contender]

    for kind in ("request", "response"):
        decode, encode = "decode " + kind, "encode " + kind
        results.at_most("%s, n = 1: instructions" % decode, of(decode, 1), 160)
        for n in (100, 1000):
            results.at_most("%s, n = %d: instructions / floor" % (decode, n), of(decode, n) / of(decode, n, FLOOR), 1.3)
            results.at_most("%s, n = %d: instructions / floor" % (encode, n), of(encode, n) / of(encode, n, FLOOR), 1.5)
        results.at_least("%s, n = 1000: msgpack-c's instructions / ours" % decode,
                         of(decode, 1000, "msgpack-c") / of(decode, 1000), 10)
        results.at_least("%s, n = 1000: protobuf-c's instructions / ours" % decode,
                         of(decode, 1000, "protobuf-c") / of(decode, 1000), 40)
    ours = [figure for subject, figure in allocated.items() if subject[3] == OURS]
    results.at_most("codec: allocations, all operations", sum(ours), 0)


def element_bars(results, ns, counts):
    for subject in ns:
        plain = subject[:3] + (subject[1],)
        if subject[0] != "elements" or subject == plain:
            continue
        results.at_most("%s / %s: instructions" % (subject[3], subject[1]), counts[subject] / counts[plain], 1.05)
        results.at_most("%s / %s: time" % (subject[3], subject[1]), paired(ns[subject], ns[plain])[0], 1.05)


def measure(results, programs):
    program = os.path.join(programs, "codec_bench")
    ns = times(program)
    counts = instructions(program)
    allocated = allocations(program, os.path.join(programs, "count_allocations.so"))
    show_codec(results, ns, counts, allocated)
    show_elements(results, ns, counts, allocated)
    codec_bars(results, counts, allocated)
    element_bars(results, ns, counts)
