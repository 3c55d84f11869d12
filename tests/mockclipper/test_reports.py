# suite: timed
"""The reports of `mockclipper check` beside TAP: JUnit XML, Markdown, JSON by its schema. They are views of one ledger,
so what they tell is compared with each other; and they hold whatever bytes a container writes."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as tree

from kit import CONTAINER, FAST, await_container, check, new_mark, odd, run, start
from tap import ROOT, TIMEOUT, Skip, contains, equal, main, test

HERE = os.path.join(ROOT, "tests", "mockclipper")
HOSTILE = ["/usr/bin/python3", os.path.join(HERE, "hostile_text.py"), "</script><img src=x onerror=alert(2)>", "a'b"]
GOOD = [CONTAINER, "--model", "probe"]
SOME = ["--scenario", "registration/f*", "--scenario", "prediction/one-item", "--scenario", "malformed/*-type*"]


class Run:
    """One run with all reports."""

    def __init__(self, *arguments, command):
        with tempfile.TemporaryDirectory() as folder:
            reports = {name: os.path.join(folder, name) for name in ("json", "junit", "markdown", "html")}
            options = [word for name, path in reports.items() for word in ("--report", name + "=" + path)]
            self.status, self.out, self.err = check(*arguments, *options, command=command)
            if self.status == 2:
                raise AssertionError(self.err)
            self.bytes = {name: open(path, "rb").read() for name, path in reports.items()}
        self.json = json.loads(self.bytes["json"])
        self.junit = tree.fromstring(self.bytes["junit"])
        self.markdown = self.bytes["markdown"].decode("utf-8", "surrogateescape")
        self.cases = {case["id"]: case for case in self.json["cases"]}


runs = {}


def run_once(name):
    """Runs are made once for all tests."""
    arguments = {"good": ([*SOME, "--model", "probe"], GOOD), "bad": ([*SOME, "--model", "sum"], odd("wrong-sum")),
                 "hostile": (["--scenario", "registration/fields", "--scenario", "prediction/one-item:doubles"], HOSTILE)}
    if name not in runs:
        runs[name] = Run(*arguments[name][0], command=arguments[name][1])
    return runs[name]


def junit_cases(report):
    return {"%s/%s" % (case.get("classname").split(".")[1], case.get("name")): case
            for case in report.junit.iter("testcase")}


def for_all_runs(function):
    for name in ("good", "bad", "hostile"):
        function(run_once(name))


# ---- JUnit -------------------------------------------------------------------------------------------------

@test
def junit_is_valid_by_its_schema():
    if shutil.which("xmllint") is None:
        raise Skip("needs xmllint (libxml2-utils)")

    def validate(report):
        done = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(HERE, "junit.xsd"), "-"],
                              input=report.bytes["junit"], capture_output=True, timeout=60)
        equal(done.returncode, 0, done.stderr.decode()[:2000])
    for_all_runs(validate)


@test
def junit_has_every_case_with_its_result():
    def compare(report):
        found = junit_cases(report)
        equal(set(found), set(report.cases))
        for name, case in report.cases.items():
            result = [child.tag for child in found[name] if not child.tag.startswith("system-")]
            equal(result, {"fail": ["failure"], "error": ["error"], "inconclusive": ["error"],
                           "skip": ["skipped"]}.get(case["verdict"], []), name)
    for_all_runs(compare)
    equal("fail" in {case["verdict"] for case in run_once("bad").json["cases"]}, True)


@test
def junit_counts_what_it_has():
    def compare(report):
        for suite in report.junit.iter("testsuite"):
            for attribute, tag in (("tests", "testcase"), ("failures", "testcase/failure"),
                                   ("errors", "testcase/error"), ("skipped", "testcase/skipped")):
                equal(int(suite.get(attribute)), len(suite.findall(tag)), suite.get("name") + " " + attribute)
            seconds = [float(case.get("time")) for case in suite.iter("testcase")]
            equal(abs(float(suite.get("time")) - sum(seconds)) <= 0.0005 * (len(seconds) + 1), True, "time of " + suite.get("name"))
        equal(int(report.junit.get("tests")), len(report.cases))
        equal(int(report.junit.get("failures")), len(report.junit.findall(".//failure")))
    for_all_runs(compare)


@test
def junit_failures_tell_all():
    failure = junit_cases(run_once("bad"))["prediction/one-item:doubles"].find("failure")
    equal(failure.get("type"), "PRED-12")
    equal(failure.get("message"), run_once("bad").cases["prediction/one-item:doubles"]["message"])
    contains(failure.text, "expected", "actual", "conversation", "prediction request", "repeat",
             "--scenario prediction/one-item:doubles")


@test
def junit_carries_hostile_output_as_text():
    case = junit_cases(run_once("hostile"))["prediction/one-item:doubles"]
    for tag in ("system-out", "system-err"):
        contains(case.find(tag).text, "</script><img src=x onerror=alert(1)>", "]]>", "</failure>", "\ufffd")
        equal(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\uffff]", case.find(tag).text), [])


@test
def junit_tells_known_failures_and_stale_entries_of_a_baseline():
    one = ["--model", "sum", "--scenario", "prediction/one-item"]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "baseline")
        with open(path, "w") as file:
            file.write("prediction/one-item:doubles: PRED-12\nprediction/one-item:ints: something else\n")
        report = Run(*one, "--baseline", path, command=odd("wrong-sum"))
    case = junit_cases(report)["prediction/one-item:doubles"]
    contains(case.find("skipped").get("message"), "known failure", "PRED-12")
    failure = report.junit.find("testsuite[@name='baseline']/testcase/failure")
    contains(failure.text, "prediction/one-item:ints")
    contains(report.markdown, "do not hold", "- line 2, ")


# ---- Markdown ----------------------------------------------------------------------------------------------

def table_of(markdown):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.split("\n") if line.startswith("|")]
    return rows[0][1:], {row[0]: row[1:] for row in rows[2:]}


@test
def markdown_table_counts_the_verdicts():
    def compare(report):
        heads, rows = table_of(report.markdown)
        counts = {verdict: count for verdict, count in report.json["counts"].items() if count}
        equal(dict(zip(heads, map(int, rows["**all**"]))), counts)
        for index, verdict in enumerate(heads):
            inside = sum(int(row[index] or 0) for family, row in rows.items() if family != "**all**")
            equal(inside, counts[verdict], verdict)
    for_all_runs(compare)


@test
def markdown_details_failures_only():
    bad = run_once("bad").markdown
    contains(bad, "# mockclipper: not conformant: 20 fail, ", " of 25\n", "### fail: `prediction/one-item:bytes`; also ints, ",
             "- **PRED-12** (MUST): ", "- expected: ", "- actual: ", "mockclipper check --scenario prediction/one-item:bytes",
             "\n- **fail** `prediction/one-item:doubles`: PRED-12: ")
    good = run_once("good").markdown
    contains(good, "# mockclipper: conformant")
    equal([line for line in good.split("\n") if line.startswith("#")][1:] in ([], ["## Also"]), True)
    equal(len(good) < 3000, True, "short")


def fences_removed(markdown):
    """The text outside of fenced blocks."""
    outside, fence = [], None
    for line in markdown.split("\n"):
        marks = re.match("`{3,}", line)
        if fence is None and marks:
            fence = marks[0]
        elif fence is None:
            outside.append(line)
        elif line == fence:
            fence = None
    equal(fence, None, "every block ends")
    return "\n".join(outside)


@test
def markdown_keeps_hostile_text_in_blocks_or_escaped():
    outside = fences_removed(run_once("hostile").markdown)
    equal(re.findall("<(?!/?details>|/?summary>)", outside), [])
    equal(outside.count("<details>"), outside.count("</details>"))
    contains(outside, "## Not as required")


# ---- JSON --------------------------------------------------------------------------------------------------

def schema():
    with open(os.path.join(ROOT, "spec", "check-report.schema.json"), encoding="utf-8") as file:
        return json.load(file)


def validator():
    try:
        import jsonschema
    except ImportError:
        raise Skip("needs python3-jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


@test
def json_is_valid_by_its_schema():
    valid = validator()
    for_all_runs(lambda report: valid.validate(report.json))
    status, out, _ = run("check", *FAST, "--skip", "*", "--report", "json", "--", "true")
    equal(status, 5)
    valid.validate(json.loads(out))


@test
def the_schema_would_notice_a_change():
    valid = validator()
    for change in (lambda r: r.update(more=1), lambda r: r.pop("counts"), lambda r: r["cases"][0].update(verdict="good"),
                   lambda r: r["cases"][0].pop("conversation"), lambda r: r["cases"][0].update(took_us=-1),
                   lambda r: r["cases"][0].update(id="x"), lambda r: r["cases"][0]["conversation"][0].update(what="x")):
        broken = json.loads(run_once("bad").bytes["json"])
        change(broken)
        equal(valid.is_valid(broken), False)


# ---- Interrupted ---

@test
def tap_has_one_plan_whichever_case_ends_first():
    """The first case of the ledger is the last to end."""
    _, out, _ = check("--scenario", "registration/first-answer-lost", "--scenario", "registration/asked-twice", command=GOOD)
    contains(out, "1..2\nok 1 - registration/first-answer-lost")
    equal(out.count("1..2\n"), 1)


def proven(*arguments, command):
    """What prove says of a run: (its status, its last lines)."""
    if not shutil.which("prove"):
        raise Skip("needs prove (Debian: perl)")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tap")
        check(*arguments, "--report", "tap13=" + path, command=command)
        said = subprocess.run(["prove", "--exec", "cat", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="surrogateescape", check=False, timeout=TIMEOUT)
    return said.returncode, said.stdout


@test
def prove_reads_tap13():
    status, said = proven(*SOME, "--model", "probe", command=GOOD)
    equal(status, 0, said)
    contains(said, "All tests successful", "Result: PASS")
    for name, container in ("bad", odd("wrong-sum")), ("hostile", HOSTILE):
        run_of = run_once(name)
        bad = sum(run_of.json["counts"][verdict] for verdict in ("fail", "error", "inconclusive"))
        arguments = [*SOME, "--model", "sum"] if name == "bad" else ["--scenario", "registration/fields", "--scenario",
                                                                    "prediction/one-item:doubles"]
        status, said = proven(*arguments, command=container)
        equal(status != 0 and bad > 0, True, said)
        contains(said, "Failed %d/%d subtests" % (bad, len(run_of.json["cases"])), "Result: FAIL")
        equal("Parse errors" in said, False, said)


@test
def the_details_in_tap_are_yaml():
    try:
        import yaml
    except ImportError as missing:
        raise Skip("needs PyYAML (Debian: python3-yaml)") from missing
    for arguments, container in ([*SOME, "--model", "sum"], odd("wrong-sum")), (SOME, HOSTILE):
        text = check(*arguments, "--report", "tap", command=container)[1]
        blocks = re.findall(r"^  ---\n(.*?)^  \.\.\.$", text, re.M | re.S)
        equal(len(blocks) > 2, True, text)
        for block in blocks:
            read = yaml.safe_load(block)
            equal({"verdict", "message", "expected", "actual", "details"} - set(read), set(), block)
            contains(read["details"], "expected", read["actual"][:20])


@test
def an_interrupted_run_is_reported_with_what_was_not_played():
    valid, mark = validator(), new_mark()
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in ("json", "junit", "markdown", "html")}
        process = start("--jobs", "1", "--scenario", "prediction/*", *(word for name, path in paths.items() for word in
                        ("--report", name + "=" + path)), command=odd("hang", mark))
        await_container(mark)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
        reports = {name: open(path, "rb").read().decode() for name, path in paths.items()}
    report = json.loads(reports["json"])
    valid.validate(report)
    missing = [case["id"] for case in report["cases"] if case["verdict"] is None]
    equal(report["interrupted"] and len(missing) > 0, True)
    errors = [case for case in tree.fromstring(reports["junit"]).iter("testcase") if case.find("error") is not None]
    equal(set(missing) <= {"prediction/" + case.get("name") for case in errors}, True)
    contains(reports["markdown"], "**Interrupted.**", "`%s`: not played" % missing[0])
    contains(reports["html"], '"interrupted":true')


# ---- Files -------------------------------------------------------------------------------------------------

@test
def two_reports_in_one_place_are_an_error():
    for reports in (["json=x", "tap=x"], ["tap", "json"], ["json=-", "tap"]):
        status, out, err = check(*[word for report in reports for word in ("--report", report)], command=GOOD)
        equal((status, out), (2, ""))
        contains(err, "--report: two reports cannot both go to")
    equal(os.path.exists("x"), False)
    equal(check("--scenario", "registration/heartbeat-first", "--report", "json=/dev/null", "--report", "tap=/dev/null",
                command=GOOD)[0], 0)


@test
def a_report_takes_the_place_of_an_old_one_when_it_is_whole():
    with tempfile.TemporaryDirectory() as folder:
        path, old = os.path.join(folder, "report"), os.path.join(folder, "old")
        with open(old, "w", encoding="utf-8") as file:
            file.write("old")
        os.link(old, path)
        status, _, _ = check("--scenario", "registration/heartbeat-first", "--report", "json=" + path, command=GOOD)
        equal((status, sorted(os.listdir(folder))), (0, ["old", "report"]))
        with open(old, encoding="utf-8") as file, open(path, encoding="utf-8") as new:
            equal((file.read(), json.load(new)["counts"]["pass"]), ("old", 1))


@test
def a_report_that_cannot_be_written_is_an_error():
    for name in ("junit", "markdown", "html"):
        status, _, err = check("--scenario", "registration/heartbeat-first", "--report", name + "=/dev/full", command=GOOD)
        equal(status, 3, name)
        contains(err, "/dev/full", "No space left")


if __name__ == "__main__":
    main()
