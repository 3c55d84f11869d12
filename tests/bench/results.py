"""results.py: what was measured, what it must be, and how both are shown."""
import json
import os
import platform
import statistics


def middle(values):
    """Median and quartiles of VALUES, as (median, low, high)."""
    values = sorted(values)
    if len(values) < 4:
        return statistics.median(values), values[0], values[-1]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return median, low, high


def paired(values, others):
    """Median and quartiles of VALUES / OTHERS, figure by figure of the same rounds."""
    return middle([a / b for a, b in zip(values, others)])


class Results:
    def __init__(self):
        self.figures = []
        self.bars = []
        self.skips = []

    def figure(self, name, value, unit, spread=None):
        """One figure; SPREAD is its lower and upper quartile over the rounds, None for a count that is exact."""
        entry = {"name": name, "value": round(value, 4), "unit": unit}
        if spread is not None:
            entry["low"], entry["high"] = round(spread[0], 4), round(spread[1], 4)
        self.figures.append(entry)

    def at_most(self, name, value, limit):
        self.bars.append({"name": name, "value": round(value, 4), "limit": limit, "sense": "at most", "ok": value <= limit})

    def at_least(self, name, value, limit):
        self.bars.append({"name": name, "value": round(value, 4), "limit": limit, "sense": "at least",
                          "ok": value >= limit})

    def skip(self, name, why):
        self.skips.append({"name": name, "why": why})
        print("skipped: %s: %s" % (name, why))

    def all_ok(self):
        return all(bar["ok"] for bar in self.bars)

    def show_bars(self):
        rows = [[bar["name"], number(bar["value"]), "%s %s" % (bar["sense"], number(bar["limit"])),
                 "ok" if bar["ok"] else "MISSED"] for bar in self.bars]
        table("Bars", ["bar", "measured", "limit", ""], rows)
        missed = sum(not bar["ok"] for bar in self.bars)
        print("%d bars held, %d missed, %d not measured" % (len(self.bars) - missed, missed, len(self.skips)))

    def write(self, path, seconds):
        machine = {"processor": processor(), "cores": len(os.sched_getaffinity(0)), "system": platform.release(),
                   "load": os.getloadavg()[0]}
        with open(path, "w") as file:
            json.dump({"machine": machine, "seconds": round(seconds, 1), "figures": self.figures, "bars": self.bars,
                       "skipped": self.skips}, file, indent=1)
            file.write("\n")


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def number(value):
    """Four digits that matter, thousands apart."""
    if value == int(value) or abs(value) >= 1000:
        return "{:,.0f}".format(value)
    return "%.3f" % value if abs(value) < 10 else "%.1f" % value


def table(title, heads, rows):
    """The first column to the left, the others to the right."""
    cells = [heads] + [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    print("\n" + title)
    for at, row in enumerate(cells):
        line = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(line).rstrip())
        if at == 0:
            print("  " + "-" * (sum(widths) + 2 * len(widths) - 2))
