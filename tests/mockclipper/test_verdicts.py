#!/usr/bin/env python3
# suite: timed long
"""The verdicts of `mockclipper check` on containers that nobody here wrote: what may cost how much, under which profile;
and what `explain`, `list` and spec/requirements.json say of it."""

import json
import os
import shlex
import sys

from kit import CONTAINER, ROOT, odd, results, run
from tap import PYTHON, empty, equal, main, test

with open(os.path.join(ROOT, "spec", "requirements.json"), encoding="utf-8") as requirements_file:
    REQUIREMENTS = {one["id"]: one for one in json.load(requirements_file)}
SCENARIOS = {one["id"]: one for one in json.loads(run("list", "--json")[1])}
PROFILES = ("interop", "document", "release")
ORDER = ("pass", "skip", "info", "lenient", "warn", "inconclusive", "fail")
UNHURRIED = ["--poll-timeout", "500", "--activity-timeout", "3000"]


def verdict_of(requirement, profile):
    """What a breach of it means."""
    if requirement["level"] != "MUST":
        return "info" if requirement["level"] == "MAY" else "warn"
    if profile == "release" and requirement.get("released_breach"):
        return "lenient"
    if requirement["profile"] in ("both", profile):
        return "fail"
    return "lenient" if profile == "interop" else "pass"


def worst(verdicts):
    return max(verdicts, key=ORDER.index)


def is_unsent(scenario):
    return REQUIREMENTS[scenario["requirements"][0]].get("unsent", False)


# ---- What a scenario may at most say ------------------------------------------------------------------------


@test
def the_worst_of_a_scenario_is_that_of_its_requirements():
    for name, scenario in SCENARIOS.items():
        equal(scenario["worst"], {profile: worst(verdict_of(REQUIREMENTS[one], profile)
                                                 for one in scenario["requirements"]) for profile in PROFILES}, name)


@test
def explain_says_the_worst():
    for name, scenario in SCENARIOS.items():
        said = run("explain", name)[1].decode()
        at_worst = said.split("At worst\n")[1].split("\n\n")[0]
        first = at_worst.split("\n")[0].strip()
        expected = scenario["worst"]["interop"]
        for profile in PROFILES[1:]:
            if scenario["worst"][profile] != scenario["worst"]["interop"]:
                expected += "; %s with --profile %s" % (scenario["worst"][profile], profile)
        equal(first, expected, name)
        equal("No Clipper sends such messages" in at_worst, is_unsent(scenario), name)


@test
def what_is_called_a_warning_at_worst_is_called_so_in_words():
    """Where no failure is possible, the text says "warning"; a failure that it names is possible."""
    empty([name for name, scenario in SCENARIOS.items() if scenario["worst"]["interop"] == "warn" and
           "a warning" not in run("explain", name)[1].decode()], "no word of a warning in")


@test
def malformed_traffic_costs_a_should_but_for_an_answer_to_another_type():
    empty([name for name, scenario in SCENARIOS.items() if name.startswith("malformed/") and
           (not is_unsent(scenario) or scenario["worst"]["interop"] != "warn")
           and name != "malformed/another-input-type"], "more than a warning in")
    equal(SCENARIOS["malformed/another-input-type"]["worst"]["interop"], "fail")
    equal(REQUIREMENTS["MAL-20"]["level"], "MUST")


@test
def a_crash_on_legal_traffic_can_fail_in_every_family():
    """But where the container is meant to refuse a setting, or its clock is stepped."""
    beyond = ("process/bad-", "process/kubernetes-port", "timeout/wall-clock-")
    empty([name for name, scenario in SCENARIOS.items() if scenario["worst"]["interop"] != "fail" and
           not is_unsent(scenario) and not name.startswith(beyond)], "no failure possible in")


# ---- A type that is not offered -------------------------------------------------------------------------------

ONLY_INTS = ["sh", "-c", 'test "$CLIPPER_INPUT_TYPE" = ints || exit 9; exec "$@"', "sh", CONTAINER, "--model", "probe"]
OFFERED = ["registration/fields", "prediction/one-item", "prediction/message-ids", "prediction/strings-not-utf8",
           "registration/default-type", "process/sigterm"]


def globs(names):
    return [word for name in names for word in ("--scenario", name)]


def verdicts(cases):
    return {name: (case["verdict"], case["input_type"]) for name, case in cases.items()}


@test
def what_is_not_offered_is_skipped_in_a_run_in_a_part_of_it_and_alone():
    whole = results(*globs(OFFERED), command=ONLY_INTS)[2]
    found = verdicts(whole)
    equal((found["registration/fields:strings"], found["prediction/one-item:strings"], found["prediction/message-ids"],
           found["prediction/one-item:ints"]), (("skip", "strings"), ("skip", "strings"), ("pass", "ints"), ("pass", "ints")))
    parts = {}
    for part in (OFFERED[:1], OFFERED[1:4], OFFERED[4:]):
        parts.update(verdicts(results(*globs(part), command=ONLY_INTS)[2]))
    equal({name: verdict[0] for name, verdict in parts.items()}, {name: verdict[0] for name, verdict in found.items()})
    for name in ("registration/fields:strings", "registration/fields:ints", "prediction/one-item:strings",
                 "prediction/message-ids", "registration/default-type"):
        status, _, again = results(*shlex.split(whole[name]["repeat"].split(" -- ")[0])[2:], command=ONLY_INTS)
        equal((status, verdicts(again)), (0 if found[name][0] == "pass" else 5, {name: found[name]}))


@test
def what_is_refused_by_every_type_or_was_asked_for_is_a_failure():
    refused = ["sh", "-c", "exit 9"]
    for name in ("registration/fields:strings", "prediction/one-item:strings", "prediction/message-ids"):
        equal(one(name, command=refused)[0], "fail")
    chosen = ["--input-type", "strings", "--input-type", "ints"]
    whole = results(*globs(["registration/fields"]), *chosen, command=ONLY_INTS)[2]
    equal(whole["registration/fields:strings"]["verdict"], "fail")
    equal(one("registration/fields:strings", "--input-type", "strings", command=ONLY_INTS)[0], "fail")
    equal("--input-type strings" in whole["registration/fields:strings"]["repeat"], True)


# ---- Played -------------------------------------------------------------------------------------------------


def played(*arguments, command):
    """Verdicts and requirements of the worst findings, by case."""
    _, _, cases = results(*UNHURRIED, *arguments, command=command)
    found = {}
    for name, case in cases.items():
        bad = [one for one in case["findings"] if one["verdict"] == case["verdict"]]
        found[name] = (case["verdict"], bad[0]["requirement"] if bad else None)
    return found


def one(scenario, *arguments, command):
    return played("--scenario", scenario, *arguments, command=command)[scenario]


@test
def suffering_from_malformed_traffic_is_a_warning_however_it_shows():
    for oddity in ("dies-of-malformed", "hangs-on-malformed", "glues-after-malformed", "new-session-after-malformed",
                   "registers-after-malformed", "wrong-id-after-malformed", "two-answers-after-malformed"):
        found = played("--scenario", "malformed/extra-item", "--scenario", "malformed/burst-between-requests",
                       "--scenario", "malformed/length-too-large", "--input-type", "doubles", command=odd(oddity))
        equal({name: verdict for name, (verdict, _) in found.items()},
              dict.fromkeys(found, "warn"), oddity + ": " + str(found))


@test
def a_wrong_answer_to_a_legal_request_fails_after_malformed_traffic_too():
    equal(one("malformed/extra-item", command=odd("wrong-count-after-malformed")), ("fail", "PRED-11"))


@test
def an_answer_to_another_input_type_fails_and_dying_of_it_warns():
    equal(one("malformed/another-input-type:doubles", "--input-type", "doubles", command=odd("none")),
          ("fail", "MAL-20"))
    equal(one("malformed/another-input-type:doubles", "--input-type", "doubles", command=odd("dies-of-malformed"))[0],
          "warn")


@test
def what_comes_before_malformed_traffic_is_judged_as_ever():
    equal(one("malformed/extra-item", command=odd("metadata-unasked")), ("fail", "REG-1"))


@test
def a_crash_on_legal_traffic_fails_where_a_should_is_checked():
    for scenario in ("prediction/item-of-1-mib:bytes", "load/memory", "timeout/prediction-slower-than-poll"):
        verdict, requirement = one(scenario, command=odd("crash"))
        equal((verdict, requirement in ("PROC-8", "PRED-13")), ("fail", True), "%s: %s" % (scenario, requirement))


@test
def a_heap_that_finds_its_size_is_no_leak():
    equal(one("load/memory", command=odd("collected-heap"))[0], "pass")


@test
def heartbeats_of_a_closed_socket_are_no_new_session():
    equal(one("timeout/clipper-away", "--poll-timeout", "300", "--activity-timeout", "1500", command=odd("lingers")),
          ("pass", None))


@test
def a_container_that_asserts_the_first_answer_is_only_warned_of():
    asserts = odd("asserts-first-answer")
    equal(one("registration/metadata-only-when-asked", command=asserts)[0], "pass")
    equal(one("registration/keep-alive-first", command=asserts), ("warn", "REG-21"))


@test
def an_end_on_a_signal_is_no_crash_and_no_uncaught_exception():
    equal(one("process/sigterm", command=odd("aborts-on-signal")), ("fail", "PROC-1"))
    equal(one("process/sigterm", command=odd("raises-on-signal")), ("warn", "PROC-6"))
    equal(one("process/sigint", command=odd("none")), ("pass", None))  # with Python's KeyboardInterrupt


# ---- Another version ----------------------------------------------------------------------------------------


@test
def another_version_is_graded_by_what_the_container_does():
    table = {  # interop, document, release
        "serves-version-2": ("fail", "fail", "lenient"),
        "drops-version-2": ("lenient", "fail", "pass"),
        "raises-on-version-2": ("lenient", "fail", "pass"),
        "hangs-on-version-2": ("fail", "fail", "lenient"),
        "crashes-on-version-2": ("fail", "fail", "warn"),
        "none": ("warn", "warn", "warn"),  # exits by itself, but names no version
    }
    for oddity, expected in table.items():
        for profile, verdict in zip(PROFILES, expected):
            found = one("version/request-2", "--profile", profile, command=odd(oddity))
            if oddity != "none":
                equal(found[0], verdict, "%s under %s: %s" % (oddity, profile, found))
    equal(one("version/first-answer-2", command=odd("drops-version-2")), ("lenient", "VER-2"))
    equal(one("version/first-answer-2", command=odd("hangs-on-version-2"))[0], "fail")


@test
def an_exception_that_the_container_itself_reports_is_no_uncaught_one():
    equal(one("version/request-2", command=odd("logs-trace-of-version-2")), ("pass", None))


@test
def an_uncaught_exception_is_no_refusal():
    without = [PYTHON, "-c", "import os; os.environ['CLIPPER_MODEL_NAME']; os.environ['CLIPPER_MODEL_VERSION']"]
    equal(one("process/missing-name", command=without), ("warn", "PROC-9"))
    equal(one("process/missing-version", command=without), ("warn", "PROC-9"))


# ---- Settings -----------------------------------------------------------------------------------------------


@test
def a_container_that_ignores_its_address_is_found():
    for scenario in ("registration/another-address", "registration/host-name"):
        equal(one(scenario, "--start-timeout", "1500", command=odd("ignores-ip")), ("fail", "DEP-2"))
        equal(one(scenario, command=[CONTAINER, "--model", "probe"])[0], "pass")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
