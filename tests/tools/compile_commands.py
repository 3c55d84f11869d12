#!/usr/bin/env python3
"""Reads what `make -Bn V=1` prints, writes compile_commands.json: a command for each file that is compiled."""
import json
import os
import shlex
import sys

commands = []
for line in sys.stdin:
    words = shlex.split(line) if " -c " in line else []
    if "-c" in words:
        commands.append({"directory": os.getcwd(), "file": words[words.index("-c") + 1], "arguments": words})
json.dump(commands, sys.stdout, indent=1)
