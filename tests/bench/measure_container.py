"""measure_container.py: clipper-container against a raw libzmq echo, under the same load."""
import json
import os
import subprocess

from results import middle, paired, table

RAW, INLINE, WORKER = "raw echo", "inline", "one worker"
RAW_THREAD = "raw, two threads"
IN_FLIGHT = 64


def load(programs, containers, *options):
    """Runs the load generator; returns its slices, as {(shape, container): [slice of each round]}, and the anonymous
    memory of each container when idle, in KiB."""
    command = [os.path.join(programs, "load"), *options]
    command += ["%s=%s" % container for container in containers.items()]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=150)
    slices, idle = {}, {}
    for line in run.stdout.splitlines():
        entry = json.loads(line)
        if "shape" in entry:
            slices.setdefault((entry["shape"], entry["peer"]), []).append(entry)
        else:
            idle[entry["peer"]] = entry["idle_anonymous_kib"]
    for rounds in slices.values():
        rounds.sort(key=lambda entry: entry["round"])
    return slices, idle


def cpu_of_container(entry):
    return entry["cpu_ns"] / entry["requests"]


def cpu_of_both(entry):
    return (entry["cpu_ns"] + entry["load_cpu_ns"]) / entry["requests"]


def rate(entry):
    return entry["requests"] / entry["wall_ns"] * 1e9


def each(rounds, what):
    return [what(entry) for entry in rounds]


def spread(text, low, high):
    return (text + "-" + text) % (low, high)


def throughput(results, slices):
    """64 in flight, all on one core: what each request costs."""
    rows = []
    for (shape, name), rounds in slices.items():
        raw = slices[shape, RAW]
        both, low, high = middle(each(rounds, cpu_of_both))
        alone = middle(each(rounds, cpu_of_container))
        ratio = paired(each(rounds, cpu_of_both), each(raw, cpu_of_both))
        alone_ratio = paired(each(rounds, cpu_of_container), each(raw, cpu_of_container))
        per_second = middle(each(rounds, rate))
        prefix = "container.%s.%s." % (shape, name)
        results.figure(prefix + "cpu_both_ns", both, "ns", (low, high))
        results.figure(prefix + "cpu_container_ns", alone[0], "ns", alone[1:])
        results.figure(prefix + "cpu_both_ratio", ratio[0], "x raw echo", ratio[1:])
        results.figure(prefix + "cpu_container_ratio", alone_ratio[0], "x raw echo", alone_ratio[1:])
        results.figure(prefix + "requests_per_second", per_second[0], "1/s", per_second[1:])
        results.figure(prefix + "peak_rss", max(each(rounds, lambda entry: entry["peak_kib"])), "KiB")
        rows.append([shape, name, rounds[0]["in_flight"], per_second[0], both / 1e3, "%.3f" % ratio[0],
                     spread("%.3f", *ratio[1:]), alone[0] / 1e3, "%.3f" % alone_ratio[0],
                     max(each(rounds, lambda entry: entry["peak_kib"]))])
        if name == INLINE:
            results.at_most("container inline, %s: CPU of both processes / raw echo" % shape, ratio[0], 1.05)
        elif name == WORKER:
            results.at_most("container one worker, %s: CPU of both processes / raw echo" % shape, ratio[0], 1.15)
    table("Container, %d in flight, one core (CPU per request in us)" % IN_FLIGHT,
          ["shape", "", "w", "req/s", "both", "x raw", "quartiles", "container", "x raw", "peak KiB"], rows)


def round_trip(results, slices):
    """One in flight, all on one core: how long an answer takes."""
    rows = []
    for (shape, name), rounds in slices.items():
        row = [shape, name]
        for percentile in ("p50_ns", "p99_ns"):
            values = each(rounds, lambda entry: entry[percentile])
            raw = each(slices[shape, RAW], lambda entry: entry[percentile])
            median, low, high = middle(values)
            ratio = paired(values, raw)
            results.figure("container.%s.%s.%s" % (shape, name, percentile), median, "ns", (low, high))
            row += [median / 1e3, "%.3f" % ratio[0], spread("%.3f", *ratio[1:])]
            if percentile == "p50_ns" and name == INLINE:
                results.at_most("container inline, %s: p50 of the round trip / raw echo" % shape, ratio[0], 1.10)
        rows.append(row)
    table("Container, 1 in flight, one core (round trip in us)",
          ["shape", "", "p50", "x raw", "quartiles", "p99", "x raw", "quartiles"], rows)


def handing_over(results, full, alone):
    """What one worker costs, beside a raw echo that passes each request through a second thread; shown, not judged.
    FULL: slices with many requests in flight, ALONE: with one."""
    rows = []
    for (shape, name), rounds in full.items():
        if name == RAW:
            continue
        cpu = paired(each(rounds, cpu_of_both), each(full[shape, RAW], cpu_of_both))
        p50 = paired([entry["p50_ns"] for entry in alone[shape, name]], [entry["p50_ns"] for entry in alone[shape, RAW]])
        prefix = "container.%s.handing over.%s." % (shape, name)
        results.figure(prefix + "cpu_both_ratio", cpu[0], "x raw echo", cpu[1:])
        results.figure(prefix + "p50_ratio", p50[0], "x raw echo", p50[1:])
        rows.append([shape, name, "%.3f" % cpu[0], spread("%.3f", *cpu[1:]), "%.3f" % p50[0], spread("%.3f", *p50[1:])])
    table("Handing over to a second thread, one core",
          ["shape", "", "CPU x raw, %d in flight" % IN_FLIGHT, "quartiles", "p50 x raw, 1 in flight", "quartiles"], rows)


def two_cores(results, slices):
    """Wall-clock throughput: spreads widely, so that nothing is judged by it."""
    rows = []
    for (shape, name), rounds in slices.items():
        values = each(rounds, rate)
        median = middle(values)[0]
        results.figure("container.%s.%s.two_cores.requests_per_second" % (shape, name), median, "1/s",
                       (min(values), max(values)))
        rows.append([shape, name, median, "%.0f-%.0f" % (min(values), max(values))])
    table("Container, %d in flight, two cores (wall clock; for information)" % IN_FLIGHT,
          ["shape", "", "req/s", "least-most"], rows)


def allocations(results, slices):
    """In the last round, long after the start."""
    rows = []
    for (shape, name), rounds in slices.items():
        last = rounds[-1]
        total, own = last["allocations"] / last["requests"], last["own_allocations"] / last["requests"]
        prefix = "container.%s.%s." % (shape, name)
        results.figure(prefix + "allocations", total, "allocations")
        results.figure(prefix + "own_allocations", own, "allocations")
        rows.append([shape, name, "%.3f" % total, "%.3f" % own])
        if name != RAW:
            results.at_most("container %s, %s: own allocations per request" % (name, shape), own, 0)
    table("Container, allocations per request in the steady state", ["shape", "", "all", "its own code's"], rows)


def memory(results, idle, slices):
    rows = []
    for name, kib in idle.items():
        rounds = slices["1x8B", name]
        requests = sum(entry["requests"] for entry in rounds[1:])
        growth = rounds[-1]["rss_kib"] - rounds[0]["rss_kib"]
        results.figure("container.%s.idle_anonymous" % name, kib, "KiB")
        results.figure("container.%s.growth" % name, growth, "KiB")
        rows.append([name, kib, growth, requests])
        if name != RAW:
            results.at_most("container %s: idle anonymous memory, MiB" % name, kib / 1024, 1)
            results.at_most("container %s: growth over many requests of 1x8B, KiB" % name, growth, 256)
    table("Container, memory in KiB", ["", "idle, anonymous", "growth of RSS", "over requests"], rows)


def measure(results, programs, container):
    command = container + " --model noop --log-level error --workers %d"
    containers = {RAW: os.path.join(programs, "raw_echo"), INLINE: command % 0, WORKER: command % 1}
    slices, idle = load(programs, containers, "--rounds", "11", "--slice", "40", "--in-flight", str(IN_FLIGHT))
    throughput(results, slices)
    memory(results, idle, slices)
    slices, _ = load(programs, containers, "--rounds", "9", "--slice", "40", "--in-flight", "1")
    round_trip(results, slices)
    threads = {RAW: containers[RAW], RAW_THREAD: containers[RAW] + " --thread", WORKER: containers[WORKER]}
    shapes = ("--shapes", "1x8B,1x8KiB,100x8B")
    full, _ = load(programs, threads, "--rounds", "9", "--slice", "30", "--in-flight", str(IN_FLIGHT), *shapes)
    alone, _ = load(programs, threads, "--rounds", "9", "--slice", "30", "--in-flight", "1", *shapes)
    handing_over(results, full, alone)
    counter = os.path.abspath(os.path.join(programs, "count_allocations.so"))
    slices, _ = load(programs, containers, "--rounds", "2", "--slice", "40", "--in-flight", str(IN_FLIGHT),
                     "--allocations", counter)
    allocations(results, slices)
    if len(os.sched_getaffinity(0)) < 2:
        results.skip("container on two cores", "there is only one")
        return
    slices, _ = load(programs, containers, "--rounds", "5", "--slice", "30", "--in-flight", str(IN_FLIGHT), "--cores", "two")
    two_cores(results, slices)
