# suite: timed
"""Data in, answers out: what `serve` and `check` make of the files that people have."""

import json
import os
import struct
import tempfile

from kit import CONTAINER, results, run
from tap import contains, equal, main, test

SUM = [CONTAINER, "--model", "sum", "--log-level", "error"]
ECHO = [CONTAINER, "--model", "echo", "--input-type", "strings", "--log-level", "error"]


def serve(content, *arguments, command=None):
    """Serves CONTENT, in a file that {} stands for. Returns (exit status, JSON lines, stderr)."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.csv")
        with open(path, "wb") as file:
            file.write(content)
        status, out, err = run("serve", "--json", *(each.format(path) for each in ("--csv", "{}", *arguments)), "--",
                               *(command or SUM))
    return status, [json.loads(line) for line in out.decode().splitlines()], err


def sent(content, *arguments, command=None):
    """The items that CONTENT becomes, as bytes."""
    status, lines, err = serve(content, "--verbose", *arguments, command=command)
    equal(status, 0, err)
    return [b"".join(map(bytes.fromhex, line["frames"][7:])) for line in lines
            if line["event"] == "message" and "prediction request" in line["text"]]


def strings(content, *arguments):
    return sent(content, "--input-type", "strings", *arguments, command=ECHO)


def doubles(*values):
    return struct.pack("<%dd" % len(values), *values)


@test
def files_of_spreadsheets_are_read_as_meant():
    equal(strings(b"\xef\xbb\xbfone,two\r\n", "--columns", "1"), [b"one"])
    equal(strings(b'"a,b",c\n"two\nlines",d\n', "--columns", "1"), [b"a,b", b"two\nlines"])
    equal(strings(b'"a,b",c\n'), [b'"a,b",c'])
    equal(strings(b"a;b\n", "--delimiter", ";", "--columns", "2"), [b"b"])
    equal(strings(b"a\tb\n", "--delimiter", "tab", "--columns", "2"), [b"b"])
    equal(strings(b'He said "no, no"\n', "--delimiter", "none"), [b'He said "no, no"'])
    equal(sent(b"\xef\xbb\xbfx,y\n1 ,2\n\"3\",4\n", "--header"), [doubles(1, 2), doubles(3, 4)])
    equal(sent(b"x,y,z\n1,2,3\n", "--header", "--columns", "z,x"), [doubles(3, 1)])
    equal(sent(b"1,2,3\n", "--columns", "3,1"), [doubles(3, 1)])
    equal(sent(b"1,2\n3\n", "--ragged"), [doubles(1, 2), doubles(3)])


@test
def what_is_not_as_meant_is_an_error_that_names_the_place():
    for content, words, *arguments in (
            (b"1\0junk,2\n", "data.csv: row 1, column 1: a NUL byte"),
            (b"1,2,3\n4,5,6\n", "data.csv: row 1 has no column 9", "--columns", "9"),
            (b"1,2\n3\n", "data.csv: row 2 has 1 column, but row 1 has 2"),
            (b"1e400,2\n", "row 1, column 1: '1e400' is beyond the range of doubles\n"),
            (b"1,1e39\n", "row 1, column 2: '1e39' is beyond the range of floats", "--input-type", "floats"),
            (b"0x10,2\n", "row 1, column 1: '0x10' is no element of doubles"),
            (b"1,nan(7)\n", "row 1, column 2: 'nan(7)' is no element of doubles"),
            (b"x,y\n1,2\n", "row 1, column 1: 'x' is no element of doubles; if the first row has names, say --header"),
            ("\ufeff1,2\n".encode("utf-16-le"), "this is UTF-16 (little-endian): save it as UTF-8"),
            (b'"a\nb",1\n"c', "row 2 (line 3), column 1: the quote that begins this field is never closed",
             "--input-type", "strings"),
            (b"x,y\n1,2\n", "the header has no column 'z'", "--header", "--columns", "z"),
            (b"1\n\x1b]0;x\x07\n", "row 2, column 1: '\\x1b]0;x\\x07' is no element")):
        status, _, err = serve(content, *arguments)
        equal(status, 3, (content, err))
        contains(err, words)
        assert "\0" not in err and "\x1b" not in err, err
    for arguments in (["--columns", "x"], ["--columns", "0"], ["--delimiter", "ab"], ["--delimiter", '"'],
                      ["--label", "1-2"], ["--label", "x"], ["--label", "1,2"]):
        equal(serve(b"1,2\n", *arguments)[0], 2, arguments)


@test
def stdin_is_a_file_like_any_other():
    status, out, err = run("serve", "--json", "--csv", "-", "--verify", "sum", "--", *SUM, stdin=b"1,2\n3,4\n")
    equal((status, json.loads(out.splitlines()[-1])["items"]), (0, 2), err)
    status, _, err = run("serve", "--csv", "-", "--", *SUM, stdin=b"1,2\n1,x\n")
    equal((status, err), (3, "mockclipper serve: stdin: row 2, column 2: 'x' is no element of doubles\n"))


@test
def check_reads_the_same_files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.csv")
        with open(path, "wb") as file:
            file.write(b"\xef\xbb\xbfname;x;y\n\"a;b\";1;2\n")
        status, _, cases = results("--scenario", "prediction/batch-of-2", "--input-type", "ints", "--input-type", "doubles",
                                   "--items", path, "--delimiter", ";", "--header", "--columns", "y,x", "--model", "sum",
                                   command=SUM)
    equal((status, sorted(cases)), (0, ["prediction/batch-of-2:doubles", "prediction/batch-of-2:ints"]))
    contains(cases["prediction/batch-of-2:ints"]["repeat"], "--columns y,x --header --delimiter ';'")


@test
def check_reads_stdin_once_for_all_types():
    status, out, err = run("check", "--scenario", "prediction/batch-of-2", "--input-type", "ints", "--input-type", "bytes",
                           "--items", "-", "--model", "sum", "--report", "json", "--", *SUM, stdin=b"1,2\n")
    equal((status, [case["verdict"] for case in json.loads(out)["cases"]]), (0, ["pass", "pass"]), err)


@test
def labels_are_compared_as_numbers_and_rows_named():
    status, lines, _ = serve(b"a,b,label\n\n1,2,3.0\n4,5, 9e0\n6,7,0\n", "--header", "--label", "label")
    equal(status, 0)
    equal((lines[-1]["labelled"], lines[-1]["right"]), (3, 2))
    equal([(line["row"], line["label"], line["answer"]) for line in lines if line["event"] == "mislabelled"],
          [(5, "0", "13")])
    status, out, _ = run("serve", "--items", "-", "--rows", "2-", "--label", "2", "--", *SUM, stdin=b"9,9\n1,2\n")
    contains(out.decode(), 'row 2: the label is "2", the answer "1"\n', "accuracy 0.00 % (0 of 1)")


if __name__ == "__main__":
    main()
