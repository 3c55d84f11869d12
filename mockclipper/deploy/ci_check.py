#!/usr/bin/env python3
"""Checks a container in a CI job.

ci_check.py [--reports FOLDER] [--allow STATUS,...] MOCKCLIPPER [OPTION...] -- COMMAND [ARG...]

Runs `MOCKCLIPPER check OPTION... -- COMMAND...` and puts into FOLDER (default: reports)

    report.xml   JUnit: a suite a family, a test a case        report.json  everything, for programs
    report.md    a table and the failures                      report.html  a page with the conversations
    badge.json   for a badge (the endpoint schema of shields.io)

On GitHub the table becomes the job's summary, each failure an annotation, and the step has outputs `status` and `result`.
Ends with the status of check, or 0 where --allow names it: 1 not conformant, 4 inconclusive, 5 nothing was verified.
"""
import argparse
import json
import os
import subprocess
import sys

COLOURS = {0: "brightgreen", 1: "red", 4: "yellow"}


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2])
    parser.add_argument("--reports", default="reports")
    parser.add_argument("--allow", default="", help="statuses that do not fail the job, divided by commas")
    parser.add_argument("mockclipper")
    parser.add_argument("check", nargs=argparse.REMAINDER)
    return parser.parse_args()


def annotation(case):
    """A GitHub workflow command about a case; its text is one line, %0A for each further one."""
    def escape(text):
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    level = {"fail": "error", "error": "error", "warn": "warning", "inconclusive": "warning"}.get(case["verdict"])
    if level is None or case["known"]:
        return ""
    title = escape(case["id"]).replace(":", "%3A").replace(",", "%2C")
    return "::%s title=%s::%s\n" % (level, title, escape("%s\nRepeat it with: %s" % (case["message"], case["repeat"])))


def append(variable, text):
    """To the file that GitHub names by a variable of the environment."""
    if os.environ.get(variable):
        with open(os.environ[variable], "a", encoding="utf-8") as file:
            file.write(text)


def main():
    given = arguments()
    os.makedirs(given.reports, exist_ok=True)
    path = {kind: os.path.join(given.reports, name) for kind, name in
            (("junit", "report.xml"), ("json", "report.json"), ("markdown", "report.md"), ("html", "report.html"))}
    for old in path.values():
        if os.path.exists(old):
            os.unlink(old)
    reports = [part for kind, name in path.items() for part in ("--report", f"{kind}={name}")]
    command = [given.mockclipper, "check", "--report", "tap", *reports, *given.check]
    status = subprocess.run(command, check=False).returncode

    report = {"status": status, "result": "the check could not be run", "counts": {}, "cases": []}
    if os.path.exists(path["json"]):
        with open(path["json"], encoding="utf-8") as file:
            report = json.load(file)
    passed = sum(report["counts"].get(verdict, 0) for verdict in ("pass", "lenient", "info"))
    message = report["result"] + (f" ({passed} of {len(report['cases'])})" if report["cases"] else "")
    with open(os.path.join(given.reports, "badge.json"), "w", encoding="utf-8") as file:
        json.dump({"schemaVersion": 1, "label": "clipper rpc v3", "message": message,
                   "color": COLOURS.get(status, "lightgrey")}, file)

    if os.environ.get("GITHUB_ACTIONS"):
        sys.stdout.write("".join(annotation(case) for case in report["cases"] if "verdict" in case))
        sys.stdout.flush()
    if os.path.exists(path["markdown"]):
        with open(path["markdown"], encoding="utf-8") as file:
            append("GITHUB_STEP_SUMMARY", file.read())
    append("GITHUB_OUTPUT", f"status={status}\nresult={report['result']}\n")
    sys.exit(0 if str(status) in given.allow.split(",") else status)


if __name__ == "__main__":
    main()
