#!/usr/bin/env python3
"""Stands in for the clients docker and kubectl in commands that pages show: clients.py docker|kubectl ARGUMENT...

Each knows the options that the pages use, by docker's and Kubernetes's own reference, and refuses others. It holds what is
named against the tree (Dockerfiles and their stages, manifests, kit folder) and against what was built and applied before it,
which it keeps in the folder CLIENTS. Runs from the project's root.
"""
import argparse
import json
import os
import re
import sys

STATE = os.path.join(os.environ["CLIENTS"], "state.json")
GIVEN = {"IMAGE"}  # what a page leaves to its reader


class Parser(argparse.ArgumentParser):
    def __init__(self, name):
        super().__init__(prog=name, add_help=False, allow_abbrev=False)


def demand(condition, what):
    if not condition:
        sys.exit("clients.py: " + what)


def text_of(path):
    demand(os.path.isfile(path), "no file " + path)
    with open(path, encoding="utf-8") as file:
        return file.read()


def build(state, words):
    parser = Parser("docker build")
    parser.add_argument("-t", required=True)
    parser.add_argument("-f", required=True)
    parser.add_argument("--target")
    parser.add_argument("context")
    given = parser.parse_args(words)
    stages = re.findall(r"^FROM \S+ AS (\S+)$", text_of(given.f), re.M)
    demand(given.target is None or given.target in stages, f"{given.f} has no stage {given.target}")
    demand(given.context == ".", "another context: " + given.context)
    state["images"].append(given.t.removesuffix(":0.2.0"))


def run(state, words):
    parser = Parser("docker run")
    for flag in ("--rm", "--read-only", "--init"):
        parser.add_argument(flag, action="store_true")
    for option in ("-e", "-p", "-v", "--network", "--entrypoint"):
        parser.add_argument(option, action="append", default=[])
    parser.add_argument("image")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args(words)
    demand(given.image in state["images"] or given.image in GIVEN, "no image was built by the name of " + given.image)
    demand(all(re.fullmatch(r"\d+:\d+", port) for port in given.p), "no ports: " + " ".join(given.p))
    demand(all(re.fullmatch(r"\w+=\S*", variable) for variable in given.e), "no variables: " + " ".join(given.e))
    places = []
    for volume in given.v:
        source, place, *mode = volume.split(":")
        demand(os.path.isabs(source) and os.path.isabs(place) and mode in ([], ["ro"]), "no volume: " + volume)
        demand(os.path.basename(source) == state["kit"], f"`make kit` makes {state['kit']}, not {source}")
        places.append(place)
    for program in given.entrypoint:
        demand(os.path.dirname(program) in places and os.path.basename(program) in ("mockclipper", "clipper-container"),
               "nothing in the image by the name of " + program)
    state["runs"].append([given.image, *given.arguments])


def compose(_, words):
    parser = Parser("docker compose")
    parser.add_argument("-f", required=True)
    parser.add_argument("command", choices=["up"])
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--abort-on-container-exit", action="store_true")
    parser.add_argument("--exit-code-from")
    given = parser.parse_intermixed_args(words)
    text = text_of(given.f)
    services = re.findall(r"^  (\w+):$", text.split("services:")[1], re.M)
    demand(given.exit_code_from in services, f"{given.f} has no service {given.exit_code_from}")
    for dockerfile, target in re.findall(r"dockerfile: (\S+)\n(?: +target: (\S+))?", text):
        build({"images": []}, ["-t", "x", "-f", dockerfile, *(["--target", target] if target else []), "."])


def kubectl(state, words):
    parser = Parser("kubectl")
    parser.add_argument("command", choices=["apply", "wait", "logs"])
    parser.add_argument("what", nargs="?")
    parser.add_argument("-f")
    parser.add_argument("--for", dest="condition")
    parser.add_argument("--timeout")
    given = parser.parse_intermixed_args(words)
    if given.command == "apply":
        kind, name = re.search(r"^kind: (\w+)\nmetadata:\n  name: (\S+)$", text_of(given.f), re.M).groups()
        state["applied"].append(f"{kind.lower()}/{name}")
        return
    demand(given.what in state["applied"], f"nothing was applied by the name of {given.what}")
    demand(given.command != "wait" or re.fullmatch(r"condition=(complete|failed)", given.condition or ""), "waits for nothing")
    demand(given.timeout is None or re.fullmatch(r"\d+[smh]", given.timeout), f"no time: {given.timeout}")


def main():
    name, *words = sys.argv[1:]
    with open(STATE, encoding="utf-8") as file:
        state = json.load(file)
    if name == "docker":
        demand(words and words[0] in ("build", "run", "compose"), "docker knows no " + " ".join(words[:1]))
        {"build": build, "run": run, "compose": compose}[words[0]](state, words[1:])
    else:
        kubectl(state, words)
    with open(STATE, "w", encoding="utf-8") as file:
        json.dump(state, file)


if __name__ == "__main__":
    main()
