# suite: alone
"""Hostile containers cannot hurt the kit: it says what is wrong with them, and ends in time."""

from kit import INCONCLUSIVE, odd, results
from tap import contains, equal, main, test

ONE = ["--scenario", "registration/heartbeat-first"]


def verdict_of(oddity, *arguments, **options):
    status, _, cases = results(*ONE, *arguments, command=odd(oddity), **options)
    return status, cases["registration/heartbeat-first"]


@test
def random_frames_without_end_are_a_failure():
    status, case = verdict_of("garbage")
    equal((status, case["verdict"]), (1, "fail"))
    contains(case["findings"][0]["actual"], "malformed message")


@test
def frames_beyond_the_limit_are_a_failure():
    for limit in ("3000", "12000", "48000"):  # the frame alone takes a good part of it on a busy machine
        status, case = verdict_of("huge-frames", "--start-timeout", limit, attempts=1)
        if status != INCONCLUSIVE:
            break
    equal((status, case["verdict"]), (1, "fail"), case["message"])


@test
def a_thousand_connections_are_survived():
    # They may slow the kit itself down so much that it cannot tell why, however often it is asked.
    status, case = verdict_of("many-connections", attempts=1)
    equal((status, case["verdict"]) in ((1, "fail"), (4, "inconclusive")), True, case["message"])


if __name__ == "__main__":
    main()
