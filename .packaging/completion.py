#!/usr/bin/env python3
"""Writes the completion of a command for a shell to standard output: completion.py bash|zsh|fish PROGRAM

Commands, options and choices are what `PROGRAM --help=json` says.
"""
import json
import os
import re
import subprocess
import sys


def commands_of(program):
    """(command, summary, options) of each; the program itself comes first, its command is ""."""
    said = subprocess.run([program, "--help=json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    return [(command.get("name", ""), command.get("summary", ""), command["options"]) for command in json.loads(said)]


def names(option):
    """Its spellings: -l, --long."""
    return (["-" + option["letter"]] if "letter" in option else []) + ["--" + option["name"]]


def wants(option):
    """What comes after the option: None, a list of choices, "file" or "text"."""
    if option["kind"] in ("flag", "help"):
        return None
    if option.get("choices"):
        return option["choices"]
    return "file" if option.get("argument") in ("FILE", "PATH", "FOLDER") else "text"


def summary_of(option):
    """The first clause of its help, without what a shell takes for its own."""
    return re.sub(r"[\[\]:'\"`\\$]", "", re.split(r"[;:(\n]", option["help"])[0]).strip()


# ---- bash --------------------------------------------------------------------------------------------------

def bash(name, commands):
    function = "_" + name.replace("-", "_")
    cases = []
    for command, _, options in commands:
        for option in options:
            patterns = "|".join(f'"{command} {spelling}"' for spelling in names(option))
            kind = wants(option)
            if isinstance(kind, list):
                cases.append(f'    {patterns}) COMPREPLY=($(compgen -W "{" ".join(kind)}" -- "$cur")) ;;')
            elif kind == "file":
                cases.append(f'    {patterns}) COMPREPLY=($(compgen -f -- "$cur")) ;;')
            elif kind == "text":
                cases.append(f"    {patterns}) ;;")
    words = [f'        "{command}") words="{" ".join("--" + option["name"] for option in options)}'
             + (" " + " ".join(other for other, _, _ in commands[1:]) if command == "" else "") + '" ;;'
             for command, _, options in commands]
    known = " | ".join(command for command, _, _ in commands[1:])
    find = f"        {known}) [ -n \"$command\" ] || command=${{COMP_WORDS[i]}} ;;\n" if known else ""
    return f"""# bash completion for {name}
{function}() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} command="" words="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        --)
            COMPREPLY=($(compgen -c -- "$cur") $(compgen -f -- "$cur"))
            return
            ;;
{find}        esac
    done
    [ "$cur" != = ] || cur=""
    [ "$prev" != = ] || prev=${{COMP_WORDS[COMP_CWORD - 2]}}
    case "$command $prev" in
{chr(10).join(cases)}
    *)
        case $command in
{chr(10).join(words)}
        esac
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        ;;
    esac
}}
complete -o default -F {function} {name}
"""


# ---- zsh ---------------------------------------------------------------------------------------------------

def zsh_options(options):
    rows = []
    for option in options:
        kind = wants(option)
        value = "" if kind is None else ":%s:%s" % (
            option["argument"].replace(":", "\\:"), "(%s)" % " ".join(kind) if isinstance(kind, list) else
            "_files" if kind == "file" else "")
        for spelling in names(option):
            equals = "=" if value and spelling.startswith("--") else ""
            again = "*" if option.get("repeatable") else ""
            rows.append("'%s%s%s[%s]%s'" % (again, spelling, equals, summary_of(option), value))
    return " \\\n            ".join(rows)


def zsh(name, commands):
    described = "\n".join("        '%s:%s'" % (command, re.sub("['\\\\:]", "", summary))
                          for command, summary, _ in commands[1:])
    if len(commands) == 1:
        return f"#compdef {name}\n\n_arguments -s -S \\\n            {zsh_options(commands[0][2])}\n"
    case = "    %s)\n        _arguments -s -S \\\n            %s \\\n            '*::command:_normal'\n        ;;"
    cases = "\n".join(case % (command, zsh_options(options)) for command, _, options in commands[1:])
    return f"""#compdef {name}

local -a commands
local context state line curcontext="$curcontext"
_arguments -C -s \\
            {zsh_options(commands[0][2])} \\
            '1: :->command' '*:: :->options'
case $state in
command)
    commands=(
{described}
    )
    _describe command commands
    ;;
options)
    case $words[1] in
{cases}
    esac
    ;;
esac
"""


# ---- fish --------------------------------------------------------------------------------------------------

def fish(name, commands):
    known = " ".join(command for command, _, _ in commands[1:])
    lines = [f"# fish completion for {name}"]
    for command, summary, _ in commands[1:]:
        lines.append("complete -c %s -f -n 'not __fish_seen_subcommand_from %s' -a %s -d '%s'" %
                     (name, known, command, summary.replace("'", "")))
    for command, _, options in commands:
        condition = f" -n '__fish_seen_subcommand_from {command}'" if command else \
            f" -n 'not __fish_seen_subcommand_from {known}'" if known else ""
        for option in options:
            kind = wants(option)
            value = "" if kind is None else " -x -a '%s'" % " ".join(kind) if isinstance(kind, list) else \
                " -r -F" if kind == "file" else " -x"
            lines.append("complete -c %s%s%s -l %s%s -d '%s'" % (
                name, condition, " -s " + option["letter"] if "letter" in option else "", option["name"], value,
                summary_of(option)))
    return "\n".join(lines) + "\n"


def main():
    shell, program = sys.argv[1:]
    sys.stdout.write({"bash": bash, "zsh": zsh, "fish": fish}[shell](os.path.basename(program), commands_of(program)))


if __name__ == "__main__":
    main()
