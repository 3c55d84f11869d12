# suite: timed long
"""`mockclipper check` as a user runs it: exit statuses, verdicts, reports, and what a failure tells."""

import json
import os
import re
import shlex
import socket
import struct
import tempfile

from kit import CONTAINER, INCONCLUSIVE, check, odd, results, run, run_check
from tap import BUILD, Skip, contains, equal, main, test, read

GOOD = [CONTAINER, "--model", "probe"]
# For what a machine that does much else could make inconclusive.
UNHURRIED = ["--poll-timeout", "1000", "--activity-timeout", "4000"]


# ---- Exit statuses -----------------------------------------------------------------------------------------

@test
def status_0_when_all_is_as_required():
    graded = ["--model", "probe", "--strict"]
    status, report, cases = results(*graded, command=GOOD, attempts=1)
    doubtful = [case["id"] for case in report["cases"] if case["verdict"] == "inconclusive"]
    if status == INCONCLUSIVE:  # those again, alone
        chosen = [word for case in doubtful for word in ("--scenario", case)]
        status, report, again = results(*graded, "--jobs", "1", *chosen, command=GOOD)
        cases.update(again)
    bad = [(c["id"], c["message"]) for c in cases.values() if c["verdict"] in ("fail", "warn", "inconclusive")]
    equal(status, 0, bad)
    equal(report["status"], 0)
    equal(sorted(c["id"] for c in cases.values() if c["verdict"] == "lenient"),
          ["prediction/metadata-layout", "registration/version-frame"])
    equal({c["verdict"] for c in cases.values()} - {"pass", "lenient", "info", "skip"}, set())
    equal(sum(report["counts"].values()), len(report["cases"]))


@test
def status_1_when_a_must_is_broken():
    status, report, cases = results("--model", "sum", "--scenario", "prediction/one-item:doubles",
                                    command=odd("wrong-sum"))
    equal(status, 1)
    equal(cases["prediction/one-item:doubles"]["verdict"], "fail")
    equal(cases["prediction/one-item:doubles"]["findings"][0]["requirement"], "PRED-12")


@test
def status_1_for_a_warning_only_when_strict():
    one = ["--scenario", "heartbeat/interval", *UNHURRIED]
    status, _, cases = results(*one, command=odd("early-heartbeats"))
    equal((status, cases["heartbeat/interval"]["verdict"]), (0, "warn"))
    equal(cases["heartbeat/interval"]["findings"][0]["requirement"], "HB-7")
    equal(results(*one, "--strict", command=odd("early-heartbeats"))[0], 1)


@test
def status_2_for_wrong_usage():
    for arguments in (["--scenario", "no/such-*"], ["--skip", "nonsense"], ["--profile", "x"], ["--model", "x"],
                      ["--input-type", "x"], ["--report", "x"], ["--jobs", "0"], ["--poll-timeout", "600"],
                      ["--nonsense"], ["--color", "x"]):
        status, out, err = check(*arguments, command=["true"])
        equal((status, out), (2, ""), arguments)
        contains(err, "mockclipper check: ", "--help")
    equal(run("check")[0], 2)


@test
def status_3_when_the_command_cannot_be_started():
    status, _, err = check(command=["/nonexistent/container"])
    equal(status, 3)
    contains(err, "cannot start /nonexistent/container", "No such file")


@test
def status_3_when_a_report_cannot_be_written():
    status, out, err = check("--report", "json=/nonexistent/report", command=GOOD)
    equal((status, out), (3, ""))
    contains(err, "/nonexistent/report", "No such file")
    status, _, err = check("--scenario", "registration/fields", "--report", "json=/dev/full", command=GOOD)
    equal(status, 3)
    contains(err, "/dev/full", "No space left")


@test
def status_5_when_nothing_was_verified():
    status, report, _ = results("--skip", "*", command=GOOD)
    equal((status, report["cases"]), (5, []))


# ---- What it is fed ------------------------------------------------------------------------------------------

ONE_SHAPE = ["--input-type", "doubles", "--scenario", "registration/*", "--scenario", "prediction/*", "--skip", "*mib", "--skip", "*-type*"]


def with_verdict(cases, *verdicts):
    return [case for case in cases.values() if case["verdict"] in verdicts]


@test
def that_no_prediction_is_answered_is_said_once():
    status, _, cases = results(*ONE_SHAPE, command=odd("one-shape"))
    equal(status, 1)
    equal([case["id"] for case in with_verdict(cases, "fail", "warn", "info")], ["registration/fields:doubles"])
    finding, = cases["registration/fields:doubles"]["findings"]
    equal(finding["requirement"], "PRED-13")
    contains(finding["actual"], "registered, but does not answer an input of 1 double: give it samples with --items or --elements")
    equal(cases["registration/heartbeat-first"]["verdict"], "pass")
    equal(cases["prediction/message-ids"]["verdict"], "skip")
    contains(cases["prediction/message-ids"]["reason"], "predictions are not answered: see registration/fields:doubles")


@test
def that_no_prediction_is_answered_is_said_once_without_the_prerequisite():
    _, _, cases = results("--input-type", "doubles", "--scenario", "prediction/*-id*", "--scenario", "timeout/restarted*",
                          "--scenario", "prediction/batch-of-2", command=odd("one-shape"))
    found, = with_verdict(cases, "fail")
    contains(found["findings"][0]["actual"], "does not answer an input of 1 double: give it samples")
    equal({case["verdict"] for case in cases.values() if case != found} <= {"skip", "pass"}, True)


@test
def a_model_of_one_shape_is_checked_with_items_of_that_shape():
    with tempfile.TemporaryDirectory() as folder:
        rows, lines, inputs = (os.path.join(folder, name) for name in ("rows.csv", "items.jsonl", "inputs"))
        os.mkdir(inputs)
        with open(rows, "w", encoding="ascii") as csv, open(lines, "w", encoding="ascii") as json_lines:
            for i in range(8):
                item = struct.pack("<5d", *range(i, i + 5))
                csv.write(",".join(map(str, range(i, i + 5))) + ",a label\n")
                json_lines.write('"%s"\n' % item.hex())
                with open(os.path.join(inputs, str(i)), "wb") as file:
                    file.write(item)
        for fed in (["--elements", "5"], ["--items", rows, "--columns", "1-5"], ["--items", lines], ["--items-dir", inputs]):
            _, _, cases = results(*ONE_SHAPE, *fed, command=odd("one-shape"))
            equal(with_verdict(cases, "fail", "error"), [])
            equal(cases["prediction/batch-of-100"]["verdict"], "pass")
            contains(cases["prediction/ragged-batch:doubles"]["reason"], "--any-shape")
        _, _, cases = results("--input-type", "doubles", "--scenario", "prediction/r*", *fed, "--any-shape",
                              command=odd("one-shape"))
        equal((cases["prediction/ragged-batch:doubles"]["verdict"], cases["prediction/repeated-input"]["verdict"]),
              ("fail", "pass"))
        contains(cases["prediction/ragged-batch:doubles"]["repeat"], "--any-shape", "--items-dir " + inputs)
        status, _, cases = results("--scenario", "prediction/repeated-input", "--items", rows, "--columns", "1-4",
                                   "--input-type", "doubles", command=odd("one-shape"))
        contains(cases["prediction/repeated-input"]["findings"][0]["actual"],
                 "registered, but does not answer item 1 of %s (" % rows)


@test
def samples_that_are_no_items_of_the_type_are_skipped_or_refused():
    with tempfile.TemporaryDirectory() as folder:
        rows = os.path.join(folder, "rows.csv")
        with open(rows, "w", encoding="ascii") as file:
            file.write("0.5,1\n")
        chosen = ["--items", rows, "--scenario", "prediction/batch-of-2"]
        _, _, cases = results(*chosen, command=GOOD)
        equal(cases["prediction/batch-of-2:floats"]["verdict"], "pass")
        contains(cases["prediction/batch-of-2:ints"]["reason"], rows + ": row 1, column 1: '0.5' is no element of ints")
        status, _, err = check(*chosen, "--input-type", "ints", command=GOOD)
        equal(status, 2)
        contains(err, "'0.5' is no element of ints")
    for wrong in (["--items", "a", "--items-dir", "b"], ["--elements", "0"], ["--columns", "1"], ["--any-shape"],
                  ["--items", "/nonexistent"], ["--elements", "3", "--items", rows]):
        equal(check(*wrong, command=GOOD)[0], 2, wrong)


# ---- Its own oracle ------------------------------------------------------------------------------------------

COMPARED = ["--input-type", "doubles", "--scenario", "prediction/batch-of-2", "--scenario", "prediction/64-in-flight",
            "--scenario", "load/registered-again*"]
MUTANT = os.path.join(BUILD, "mutant")


@test
def a_model_that_answers_differently_each_time_cannot_be_compared():
    _, _, cases = results(*COMPARED, "--strict", command=odd("moody"))
    equal({case["verdict"] for case in cases.values()}, {"info"})
    contains(cases["prediction/batch-of-2:doubles"]["findings"][0]["actual"], "cannot be told without --model")


@test
def rounding_is_no_other_answer():
    status, _, cases = results(*COMPARED, "--strict", command=odd("rounds"))
    equal((status, {case["verdict"] for case in cases.values()}), (0, {"pass"}))


@test
def answers_mixed_up_in_flight_are_said_to_be():
    _, _, cases = results("--scenario", "prediction/64-in-flight", command=[MUTANT, "--bug", "answers-mixed-in-flight"])
    finding, = cases["prediction/64-in-flight"]["findings"]
    equal(finding["requirement"], "PRED-15")
    contains(finding["actual"], "those of request 5", "answers to requests in flight are mixed up")


@test
def a_bug_in_batches_is_found_where_batches_are_the_matter():
    _, _, cases = results("--input-type", "doubles", "--scenario", "prediction/*", "--scenario", "registration/*", "--skip", "*mib",
                          command=[MUTANT, "--bug", "one-input-only"])
    about_batches = {"batch", "ragged", "changing", "repeated", "all", "empty", "extreme"}
    equal({case["id"].split("/")[1].split("-")[0] for case in with_verdict(cases, "fail", "warn")} - about_batches, set())
    contains(cases["prediction/64-in-flight"]["reason"], "see prediction/batch-of-2")
    equal(cases["prediction/metadata-layout"]["verdict"], "lenient")


# ---- Replies that stay open ---------------------------------------------------------------------------------

@test
def a_reply_glued_onto_one_that_stayed_open_is_seen():
    case = results("--scenario", "prediction/no-items:doubles", command=[MUTANT, "--bug", "glued-reply"], attempts=3)[2]
    case = case["prediction/no-items:doubles"]
    equal(case["verdict"], "warn")
    equal({one["requirement"] for one in case["findings"]}, {"PRED-23"})
    contains(case["findings"][-1]["actual"], "the reply to request 1001 stayed open, and the next message is glued onto it")


# ---- Slow models ----------------------------------------------------------------------------------------------

SLOW = ["--poll-timeout", "500", "--activity-timeout", "4000", "--input-type", "doubles", "--scenario",
        "timeout/prediction-slower-than-poll"]


@test
def an_input_that_takes_long_makes_a_slow_model():
    name = "timeout/prediction-slower-than-poll"
    equal(results(*SLOW, "--slow-item", "9999", command=odd("slow-for-some"))[2][name]["verdict"], "pass")
    with tempfile.TemporaryDirectory() as folder:
        rows = os.path.join(folder, "slow.csv")
        with open(rows, "w", encoding="ascii") as file:
            file.write("9999,x\n")
        case = results(*SLOW, "--slow-items", rows, "--columns", "1", command=odd("slow-for-some"))[2][name]
        equal(case["verdict"], "pass")
        contains(case["repeat"], "--slow-items " + rows)
    case = results(*SLOW, "--slow-item", "1", command=odd("slow-for-some"))[2][name]
    equal(case["verdict"], "skip")
    contains(case["reason"], "the slow input takes ", "and this needs one that takes at least 750 ms")
    case = results(*SLOW, command=odd("slow-for-some"))[2][name]
    contains(case["reason"], "does not offer CLIPPER_MODEL_DELAY_MS (name an input that takes long with --slow-items)")
    equal(results(*SLOW, command=GOOD)[2][name]["verdict"], "pass")


@test
def the_variable_that_slows_a_model_is_documented():
    for text in (read("README.md"), read("spec/clipper-rpc.md"), run("check", "--help")[1].decode()):
        contains(text, "CLIPPER_MODEL_DELAY_MS")
    for text in (read("README.md"), read("spec/clipper-rpc.md"), run("check", "--help")[1].decode()):
        contains(text, "CLIPPER_MODEL_PATH")


# ---- What is played ----------------------------------------------------------------------------------------

@test
def globs_choose_scenarios_and_types():
    _, _, cases = results("--scenario", "prediction/ragged-*", "--skip", "*:ints", "--input-type", "ints",
                          "--input-type", "bytes", command=GOOD)
    equal(list(cases), ["prediction/ragged-batch:bytes"])
    _, _, cases = results("--scenario", "heartbeat/interval", "--repeat", "3", command=GOOD)
    equal(list(cases), ["heartbeat/interval", "heartbeat/interval#2", "heartbeat/interval#3"])


@test
def a_type_that_is_not_offered_is_skipped_with_a_reason():
    only_ints = ["sh", "-c", 'test "$CLIPPER_INPUT_TYPE" = ints || exit 9; exec "$@"', "sh", *GOOD]
    chosen = ["--scenario", "registration/fields", "--scenario", "prediction/one-item", "--scenario",
              "prediction/message-ids"]
    status, _, cases = results(*chosen, command=only_ints)
    equal(status, 0)
    equal(cases["registration/fields:ints"]["verdict"], "pass")
    equal(cases["prediction/one-item:ints"]["verdict"], "pass")
    equal((cases["prediction/message-ids"]["verdict"], cases["prediction/message-ids"]["input_type"]), ("pass", "ints"))
    equal(cases["registration/fields:bytes"]["verdict"], "skip")
    contains(cases["registration/fields:bytes"]["reason"], "does not offer the input type bytes", "status 9")
    equal(cases["prediction/one-item:bytes"]["verdict"], "skip")
    equal(results(*chosen, "--input-type", "bytes", command=only_ints)[0], 1)


@test
def a_container_of_another_type_fails_and_says_how_to_check_it():
    status, _, cases = results("--scenario", "registration/fields", command=odd("wrong-type"))
    equal(status, 1)
    contains(cases["registration/fields:ints"]["findings"][0]["actual"], "--input-type")


# ---- What a failure tells ----------------------------------------------------------------------------------

@test
def a_failure_tells_everything_and_can_be_repeated():
    chosen = ["--scenario", "prediction/one-item:doubles", "--model", "sum"]
    status, out, _ = check(*chosen, command=odd("wrong-sum", "a b"))
    equal(status, 1)
    contains(out, "not ok 1 - prediction/one-item:doubles",
             'requirement: "PRED-12"', "PRED-12 MUST", "Output i belongs to input i.",  # requirement and text
             'expected: "output 0 of sum: ', 'actual: "output 0: \\"0\\""',
             "prediction request 1000: 1 item of 8 bytes, doubles", "prediction response 1000: 1 output of 1 bytes",
             "[- 01000000 e8030000 1000000000000000 01000000000000000100000000000000 30]",  # hex
             "container running", "repeat    mockclipper check ")
    line = next(line for line in out.splitlines() if "repeat    mockclipper" in line)
    words = shlex.split(line.split("repeat", 1)[1])
    equal(words[-2:], ["wrong-sum", "a b"])
    equal(words[:2], ["mockclipper", "check"])
    status, out, _ = run_check(*words[2:])
    equal(status, 1)
    contains(out.decode(), "1..1", "not ok 1 - prediction/one-item:doubles", "PRED-12 MUST")


@test
def a_crash_is_named_with_its_signal():
    status, _, cases = results("--scenario", "prediction/one-item:ints", command=odd("crash"))
    equal(status, 1)
    case = cases["prediction/one-item:ints"]
    contains(case["findings"][0]["actual"], "killed by signal 6")
    equal(case["process_end"], "killed by signal 6 (Aborted)")


@test
def a_crash_on_another_version_is_a_failure():
    status, _, cases = results("--scenario", "version/heartbeat-2", command=odd("crashes-on-version-2"))
    equal((status, cases["version/heartbeat-2"]["verdict"]), (1, "fail"))
    contains(cases["version/heartbeat-2"]["message"], "a crash: the container was killed by signal 6")


@test
def an_exit_is_named_with_status_and_stderr():
    status, out, _ = check("--scenario", "prediction/one-item:ints", command=odd("exit"))
    equal(status, 1)
    contains(out, "the container exited with status 4", "| out of luck")


@test
def a_hang_is_named_with_the_limit():
    status, _, cases = results("--scenario", "prediction/one-item:ints", *UNHURRIED, command=odd("hang"))
    equal(status, 1)
    finding = cases["prediction/one-item:ints"]["findings"][0]
    contains(finding["expected"], "the response to request 1000 within 3", "3 s + bytes / (16 MB/s) + 4 x lag")
    contains(finding["actual"], "no message for 3", "still running", "measured lag")


@test
def departures_are_found_where_they_are_looked_for():
    for oddity, scenario, requirement in (
            ("metadata-unasked", "registration/heartbeat-first", "REG-1"),
            ("answers-keep-alive", "heartbeat/keep-alive-is-not-answered", "HB-7"),
            ("two-answers", "prediction/one-item:ints", "PRED-6"),
            ("wrong-id", "prediction/message-ids", "PRED-6"),
            ("no-heartbeats", "timeout/silent-clipper", "TMO-9"),
            ("no-heartbeats", "heartbeat/interval", "HB-6"),
            ("serves-version-2", "version/request-2", "VER-3"),
            ("answers-version-2-when-gone", "version/request-2", "VER-3"),
            ("answers-version-2-when-gone", "version/heartbeat-2", "VER-3"),
            ("wrong-type", "registration/fields:doubles", "REG-8")):
        _, _, cases = results("--scenario", scenario, *UNHURRIED, command=odd(oddity))
        found = cases[scenario]["findings"]
        equal([f["requirement"] for f in found], [requirement], "%s in %s: %s" % (oddity, scenario, found))


# ---- Times -------------------------------------------------------------------------------------------------

@test
def heartbeats_that_are_seen_late_are_no_failure():
    status, _, cases = results("--scenario", "heartbeat/interval", "--scenario", "timeout/silent-clipper", "--scenario",
                               "heartbeat/keep-alive-is-not-answered", "--repeat", "5", "--strict",
                               command=odd("late-heartbeats"), attempts=1)
    bad = [(c["id"], c["message"]) for c in cases.values() if c["verdict"] not in ("pass", "inconclusive")]
    equal((bad, status in (0, 4)), ([], True))


@test
def a_heartbeat_at_the_end_of_a_session_is_one_too_many():
    _, _, cases = results("--scenario", "timeout/silent-clipper", *UNHURRIED, command=odd("parting-heartbeat"))
    contains(cases["timeout/silent-clipper"]["message"], "TMO-9: expected no heartbeat when the session ends")


@test
def a_wall_clock_is_found_out():
    scenarios = ["timeout/wall-clock-forward", "timeout/wall-clock-back"]
    _, _, cases = results("--scenario", "timeout/wall-clock-*", *UNHURRIED, command=odd("wall-clock"))
    if cases[scenarios[0]]["verdict"] == "skip":
        raise Skip(cases[scenarios[0]]["reason"])
    equal([(cases[s]["verdict"], cases[s]["findings"][0]["requirement"]) for s in scenarios], [("warn", "TMO-11")] * 2)
    for right in ("none", "timed-waits"):
        _, _, cases = results("--scenario", "timeout/wall-clock-*", *UNHURRIED, command=odd(right))
        equal([cases[s]["verdict"] for s in scenarios], ["pass", "pass"], right)
    # libfaketime's shared memory is removed, which a process that is killed does not do itself.
    started = re.findall(r"a container is started \(process (\d+)\)", json.dumps(list(cases.values())))
    equal(len(started) >= 2, True)
    equal([name for name in os.listdir("/dev/shm") if name.split("_")[-1] in started], [])


@test
def an_accelerated_container_is_judged_by_its_own_clock():
    slow = ["--poll-timeout", "2000", "--activity-timeout", "8000", "--accelerate", "20", "--report", "json",
            "--scenario", "timeout/silent-clipper", "--scenario", "prediction/one-item:ints", "--"]
    for _ in range(10):
        status, out, err = run_check(*slow, *odd("none"))
        if status == 3 and "libfaketime" in err:
            raise Skip("libfaketime is not on this machine")
        cases = {c["id"]: c for c in json.loads(out)["cases"]}
        if "did not take effect" not in (cases["timeout/silent-clipper"]["reason"] or ""):
            break  # else the container was given no processor for a while
    equal((status, [c["verdict"] for c in cases.values()]), (0, ["pass", "pass"]))
    limits = {t["what"]: t["at_most_us"] for t in cases["timeout/silent-clipper"]["measurements"]}
    equal(limits["a new session after TO"] <= 1500000, True, limits)  # TO + D + D/2, a twentieth of it, + 250 ms, + lag


@test
def an_accelerated_container_may_have_timers_of_its_own():
    for _ in range(7):
        status, out, err = run_check("--accelerate", "5", "--report", "json", "--input-type", "ints", "--scenario",
                                     "timeout/silent-clipper", "--scenario", "heartbeat/told-timers", "--",
                                     *odd("own-timers"))
        if status == 3 and "libfaketime" in err:
            raise Skip("libfaketime is not on this machine")
        cases = {c["id"]: c for c in json.loads(out)["cases"]}
        if all(c["verdict"] not in ("skip", "inconclusive") for c in cases.values()):
            break  # else the machine was too slow to tell
    told = cases["heartbeat/told-timers"]
    equal((told["verdict"], [one["requirement"] for one in told["findings"]]), ("warn", ["DEP-9"]), told)
    # By the container's own clock.
    matches = re.match(r"D is \S+ m?s, not 5\.00 s, and TO is \S+ m?s, not 30\.00 s", told["findings"][0]["actual"])
    equal(matches is not None, True, told["findings"][0]["actual"])
    equal(cases["timeout/silent-clipper"]["verdict"], "pass")


@test
def no_time_is_judged_where_acceleration_does_not_take_effect():
    status, out, err = run_check("--poll-timeout", "1000", "--activity-timeout", "4000", "--accelerate", "10",
                                 "--report", "json", "--scenario", "timeout/silent-clipper", "--scenario",
                                 "prediction/one-item:ints", "--", "sh", "-c", 'unset LD_PRELOAD; exec "$@"', "sh",
                                 *GOOD)
    if status == 3 and "libfaketime" in err:
        raise Skip("libfaketime is not on this machine")
    cases = json.loads(out)["cases"]
    equal((status, [c["verdict"] for c in cases]), (0, ["skip", "pass"]))
    contains(cases[0]["reason"], "acceleration did not take effect: a heartbeat was due after 100 ms, and ")
    equal(re.search("and (came after [1-9].*|none came)$", cases[0]["reason"]) is not None, True, cases[0]["reason"])


# ---- Known failures, containers of others ------------------------------------------------------------------

@test
def a_baseline_must_hold_exactly():
    chosen = ["--scenario", "prediction/one-item:doubles", "--scenario", "prediction/message-ids", "--model", "sum"]
    wrong = "prediction/one-item:doubles: PRED-12: expected output 0 of sum\n"
    for text, status, stale in (
            ("# known\n\n" + wrong + "prediction/message-ids: PRED-12\n", 0, []),
            (wrong, 1, []),  # another failure is not known
            (wrong + "prediction/message-ids: PRED-6\n", 1, ["it fails otherwise: PRED-12"]),
            (wrong + "prediction/message-ids: PRED-12\nno/such: x\n", 1, ["there is no such case"]),
            (wrong + "prediction/message-ids: PRED-12\nheartbeat/interval: HB-6\n", 0, [])):  # not played
        with tempfile.NamedTemporaryFile("w", suffix=".baseline") as file:
            file.write(text)
            file.flush()
            done, report, _ = results(*chosen, "--baseline", file.name, command=odd("wrong-sum"))
        equal((done, len(report["stale_baseline"])), (status, len(stale)), text)
        for entry, start in zip(report["stale_baseline"], stale):
            contains(entry["reason"], start)
    with tempfile.NamedTemporaryFile("w", suffix=".baseline") as file:
        file.write("prediction/one-item:doubles: PRED-12\n")
        file.flush()
        status, report, _ = results("--scenario", "prediction/one-item:doubles", "--baseline", file.name, command=GOOD)
        equal((status, report["stale_baseline"][0]["reason"]), (1, "it does not fail any more"))
        status, out, _ = check("--scenario", "prediction/one-item:doubles", "--baseline", file.name, command=GOOD)
        contains(out, "1..2", "not ok 2 - baseline", "it does not fail any more")


@test
def a_bad_baseline_is_refused():
    for path, words in (("/nonexistent/baseline", "No such file"), (os.devnull, None)):
        status, _, err = check("--baseline", path, "--scenario", "registration/fields", command=GOOD)
        equal(status, 3 if words else 0)
        contains(err, words or "")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("nonsense\n")
        file.flush()
        status, _, err = check("--baseline", file.name, command=GOOD)
        equal(status, 3)
        contains(err, "line 1")


# ---- Profiles ----------------------------------------------------------------------------------------------

@test
def each_wire_passes_its_own_profile_and_fails_the_other():
    graded = ["--scenario", "registration/version-frame", "--scenario", "prediction/metadata-layout"]
    for wire, other in (("document", "release"), ("release", "document")):
        command = ["env", "CLIPPER_WIRE=" + wire, *GOOD]
        status, _, cases = results(*graded, command=command)
        equal((status, {c["verdict"] for c in cases.values()}), (0, {"lenient"}))
        status, _, cases = results(*graded, "--profile", wire, command=command)
        equal((status, {c["verdict"] for c in cases.values()}), (0, {"pass"}))
        status, _, cases = results(*graded, "--profile", other, command=command)
        equal((status, {c["verdict"] for c in cases.values()}), (1, {"fail"}))


# ---- Reports -----------------------------------------------------------------------------------------------

@test
def tap_is_complete_and_in_order():
    _, out, _ = check("--scenario", "registration/*", "--input-type", "doubles", command=GOOD)
    lines = out.splitlines()
    equal(lines[0], "TAP version 14")
    numbers = [int(line.split()[1]) for line in lines if line.startswith("ok ")]
    equal(lines[1], "1..%d" % len(numbers))
    equal(numbers, list(range(1, len(numbers) + 1)))


@test
def reports_go_to_files_and_agree():
    with tempfile.TemporaryDirectory() as folder:
        tap, js = os.path.join(folder, "a.tap"), os.path.join(folder, "a.json")
        status, out, _ = check("--scenario", "prediction/*", "--model", "sum", "--report", "tap=" + tap, "--report",
                               "json=" + js, command=odd("wrong-sum"))
        equal(status, 1)
        contains(out, "not conformant", "prediction")
        with open(js, encoding="utf-8") as file:
            report = json.load(file)
        with open(tap, encoding="utf-8") as file:
            lines = file.read().splitlines()
        bad = [line.split(" - ")[1] for line in lines if line.startswith("not ok")]
        equal(bad, [case["id"] for case in report["cases"] if case["verdict"] == "fail"])
        equal(report["counts"]["fail"], len(bad))


@test
def times_are_reported_with_their_limits():
    _, report, cases = results("--scenario", "timeout/silent-clipper", command=GOOD)
    times = cases["timeout/silent-clipper"]["measurements"]
    session = [t for t in times if t["what"] == "a new session after TO"]
    equal(len(session), 1)
    equal(session[0]["at_least_us"] <= session[0]["measured_us"] <= session[0]["at_most_us"], True, session)
    equal(session[0]["formula"], "TO + D + D/2 + 250 ms")
    poll, activity = report["poll_timeout_us"], report["activity_timeout_us"]
    equal(activity * 0.98 < session[0]["measured_us"], True, session)
    # A quarter more where the machine was busy.
    equal(session[0]["at_most_us"] <= 1.25 * (activity + 1.5 * poll + 250000), True, session)


# ---- Lists and explanations --------------------------------------------------------------------------------

@test
def list_has_every_scenario_in_both_forms():
    status, out, _ = run("list")
    equal(status, 0)
    listed = [line.split()[0] for line in out.decode().splitlines()]
    status, out, _ = run("list", "--json")
    equal(status, 0)
    scenarios = json.loads(out)
    equal(listed, [s["id"] for s in scenarios])
    for s in scenarios:
        equal(sorted(s), ["each_type", "id", "input_types", "profile", "requirements", "time", "title", "worst"])


@test
def a_port_for_metrics_that_is_in_use_is_not_the_containers():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        os.environ["CLIPPER_METRICS_PORT"] = str(taken.getsockname()[1])
        try:
            status, out, _ = check("--scenario", "registration/heartbeat-first", command=GOOD)
        finally:
            del os.environ["CLIPPER_METRICS_PORT"]
    equal(status, 0, out)


@test
def explain_knows_scenarios_and_requirements():
    status, out, _ = run("explain", "timeout/silent-clipper")
    equal(status, 0)
    contains(out.decode(), "Passes", "Fails", "TMO-4 MUST", "mockclipper check --scenario timeout/silent-clipper")
    status, out, _ = run("explain", "TMO-4")
    equal(status, 0)
    contains(out.decode(), "TMO-4 MUST, source: document", "timeout/silent-clipper")
    status, _, err = run("explain", "TMO4")
    equal(status, 2)
    contains(err, "TMO-4")


@test
def explain_takes_ids_in_any_form_in_which_they_are_seen():
    full = run("explain", "prediction/one-item")
    equal(full[0], 0)
    for asked in ("prediction/one-item:bytes", "Prediction/One-Item", "prediction/one-it*"):
        equal(run("explain", asked), full, asked)
    equal(run("explain", "tmo-4"), run("explain", "TMO-4"))
    for family in ("timeout", "timeout/", "TIMEOUT", "timeout/*"):
        listed = run("explain", family)[1].decode()
        contains(listed, "timeout/silent-clipper", "timeout/late-answer-stays-home")
        equal({line.split("/")[0] for line in listed.splitlines()}, {"timeout"})
    contains(run("explain", "hb")[1].decode(), "HB-1 ", "HB-11 ")
    contains(run("explain", "*batch*")[1].decode(), "prediction/batch-of-2")
    for nothing in ("timeout/x*", "prediction/one-item:words", "t", ""):
        equal(run("explain", nothing)[0], 2, nothing)


if __name__ == "__main__":
    main()
