# suite: timed
"""Data in, answers out: what `serve` and `check` make of the files that people have."""

import csv
import json
import os
import pty
import signal
import stat
import struct
import subprocess
import tempfile

from kit import CONTAINER, MOCKCLIPPER, await_value, odd, results, run
from tap import TIMEOUT, contains, equal, main, read, test, write

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


def read_csv(text):
    return list(csv.reader(text.splitlines(keepends=True)))


@test
def answers_are_written():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.csv")
        write(path, "old")
        os.chmod(path, 0o640)
        link = os.path.join(folder, "link")
        os.symlink("out.csv", link)
        text = 'text,label\nplain,plain\n"a,b",c\n"say ""x""\nand y",\n'.encode()
        status, _, err = serve(text, "--header", "--label", "label", "--input-type", "strings", "--output", link,
                               command=ECHO)
        equal((status, err), (0, ""))
        equal(read_csv(read(path)), [["row", "output", "label"], ["2", "plain", "plain"], ["3", "a,b", "c"],
                                     ["4", 'say "x"\nand y', ""]])
        equal((stat.S_IMODE(os.stat(path).st_mode), os.path.islink(link), sorted(os.listdir(folder))),
              (0o640, True, ["link", "out.csv"]))
        path = os.path.join(folder, "out.jsonl")
        equal(serve(b"a\n\xff\n", "--input-type", "strings", "--output", path, command=ECHO)[0], 0)
        equal([json.loads(line) for line in read(path).splitlines()], [{"row": 1, "output": "a"},
                                                                    {"row": 2, "output_hex": "ff"}])
        # What fails leaves the file that was there.
        status, _, err = run("serve", "--count", "1", "--output", path, "--", "sh", "-c", "exit 9")
        equal((status, len(read(path).splitlines())), (3, 2), err)
    status, out, err = run("serve", "--count", "3", "--elements", "2", "--batch", "2", "--output", "-", "--", *SUM)
    rows = read_csv(out.decode())
    equal((status, rows[0], [row[0] for row in rows[1:]]), (0, ["row", "output"], list("123456")), err)
    contains(err, "Clipper listens on", "6 items in 3 requests")
    status, _, err = run("serve", "--count", "1", "--output", "/nonexistent/out", "--", *SUM)
    equal(status, 3)
    contains(err, "cannot write /nonexistent/out: No such file or directory")
    status, _, err = run("serve", "--count", "1", "--output", "/dev/full", "--", *SUM)
    equal(status, 3)
    contains(err, "cannot write /dev/full: No space left on device")
    equal(run("serve", "--output", "x")[0], 2)


@test
def a_signal_says_what_was_not_sent_and_keeps_what_was_answered():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.csv")
        serving = subprocess.Popen([MOCKCLIPPER, "serve", "--json", "--csv", "-", "--rate", "5", "--output", path, "--", *SUM],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        serving.stdin.write(b"1\n" * 1000)
        serving.stdin.close()
        # The first answers are on their way.
        await_value(lambda: b'"registered"' in serving.stdout.readline(), "a container")
        await_value(lambda: os.listdir(folder), "a file")
        equal(os.path.exists(path), False)
        until = os.stat(os.path.join(folder, os.listdir(folder)[0]))
        equal(until.st_mode & 0o777, 0o666 & ~current_umask())
        serving.send_signal(signal.SIGSTOP)
        serving.send_signal(signal.SIGINT)
        serving.send_signal(signal.SIGCONT)
        events = [json.loads(line) for line in serving.stdout]
        serving.stdout.close()
        equal(serving.wait(TIMEOUT), 1)
        stopped, result = events[-2:]
        equal((stopped["event"], stopped["of"], stopped["unsent"]), ("stopped", 1000, 1000 - result["requests"]))
        equal(len(read(path).splitlines()), 1 + result["items"])


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@test
def progress_is_shown_on_terminals_alone():
    rows = b"1\n" * 30
    arguments = ["--csv", "-", "--rate", "10", "--", *SUM]
    equal(run("serve", *arguments, stdin=rows)[2], "")
    terminal, end = pty.openpty()
    done = subprocess.run([MOCKCLIPPER, "serve", *arguments], input=rows, stdout=subprocess.PIPE, stderr=end,
                          env=dict(os.environ, TERM="xterm"), timeout=TIMEOUT, check=False)
    os.close(end)
    shown = os.read(terminal, 100000).decode()
    os.close(terminal)
    equal(done.returncode, 0)
    contains(shown, " of 30 rows, about ", " s left")
    equal(shown.endswith("\r\x1b[K"), True, shown)


@test
def a_row_without_an_answer_is_named():
    for timeout in ("500", "5000", "50000"):
        status, lines, _ = serve(b"1\n2\n3\n", "--batch", "2", "--timeout", timeout, command=odd("hang"))
        texts = [line["text"] for line in lines if line["event"] == "problem"]
        if status == 1:
            break
    equal(texts, ["no answer to request 0, rows 1 to 2", "no answer to request 1, row 3"])


if __name__ == "__main__":
    main()
