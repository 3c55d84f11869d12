#!/usr/bin/env python3
"""Writes manual pages of section 3 in mdoc: man3.py FOLDER VERSION HEADER...

The headers are the manual, so the pages say what they say: one page a header (its introduction, types and constants,
and a list of its functions), one page a function, or a few that share a comment. Further names are links to it.
"""
import os
import re
import sys
import textwrap

FUNCTION = re.compile(r"(?:CLIPPER_API|CLIPPER_INLINE) (?P<type>[^(;]*?)(?P<name>clipper_\w+)\((?P<arguments>[^)]*)\)")
TITLE = re.compile(r"/\* -+ (.*?) -+ \*/$")
DATE = "November 28, 2026"


# ---- A header in pieces ------------------------------------------------------------------------------------

def pieces(text):
    """("title", text), ("comment", text), ("code", text) and ("gap", ""), in order. Code ends with the empty line or
    the comment after it; of a comment the frame is taken off."""
    text = re.sub(r"\n[ \t]*/\*@.*?\*/", "", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus\n.*?\n#endif\n", "", text, flags=re.S)
    lines = re.sub(r"/\* clang-format .*\n", "", text).split("\n")
    at = 0
    while at < len(lines):
        line, first = lines[at], at
        at += 1
        if TITLE.match(line):
            yield "title", TITLE.match(line)[1]
        elif line.startswith("/*"):
            while "*/" not in lines[at - 1]:
                at += 1
            body = "\n".join(lines[first:at])
            yield "comment", textwrap.dedent(
                re.sub(r"^ \* ?", "", re.sub(r"\s*\*/$", "", body[3:]), flags=re.M))
        elif line.strip():
            while at < len(lines) and lines[at].strip() and not lines[at].startswith("/*") or \
                    "\n".join(lines[first:at]).count("{") > "\n".join(lines[first:at]).count("}"):
                at += 1
            yield "code", "\n".join(lines[first:at])
        else:
            yield "gap", ""


class Group:
    """A comment and the declarations right below it."""
    def __init__(self, title, comment):
        self.title, self.comment, self.code = title, comment, ""

    def functions(self):
        return [match.groupdict() for match in FUNCTION.finditer(self.code)] if "##" not in self.code else []

    def is_public(self):
        """What a reader of the manual needs: no guards, no C++, no macro that makes functions."""
        noise = r"^(#(if|else|endif|undef|include).*|#define \w+_H|CLIPPER_ELEMENTS.*)$"
        code = re.sub(noise, "", self.code, flags=re.M)
        return "##" not in self.code and "Private." not in self.comment and "visibility" not in self.code and \
            bool(code.strip() or self.comment.strip() and not self.code.strip())


def groups(text):
    """The introduction, and the groups after it."""
    title, found = "", []
    for kind, what in pieces(text):
        if kind == "title":
            title = what
        elif kind == "comment" or not found:
            found.append(Group(title, what if kind == "comment" else ""))
            found[-1].code = what if kind == "code" else ""
        elif kind == "code":
            if found[-1].code.endswith("\n"):
                found.append(Group(title, ""))
            found[-1].code += what
        elif kind == "gap":
            found[-1].code += "\n"
    return found[0].comment, [group for group in found[1:] if group.is_public()]


# ---- Text as mdoc ------------------------------------------------------------------------------------------

def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"\b(clipper_\w+)\(\)", r"\\fB\1\\fR()", text)
    return "\\&" + text if text[:1] in ".'" else text


def sentences(text):
    """Each sentence begins a line."""
    found = re.split(r"(?<=[a-z)\]A-Z0-9][.;:]) +(?=[A-Z(])", " ".join(text.split()))
    lines = [line for sentence in found for line in textwrap.wrap(sentence, 70, break_on_hyphens=False)]
    return "".join(escape(line) + "\n" for line in lines)


def literal(lines):
    return ".Bd -literal -offset indent\n" + "".join(("\\&" if line[:1] in " .'" else "") +
                                                     escape(line) + "\n" for line in lines) + ".Ed\n"


def paragraph(lines):
    """Lines without an empty one between them: text, a list of terms, or what is laid out by hand."""
    out, text = [], []

    def flush():
        if text:
            out.append(".Pp\n" + sentences(" ".join(text)))
            text.clear()

    while lines:
        row = re.match(r"(\S+(?: \S+)*?)  +(\S.*)$", lines[0])
        nested = 1
        while nested < len(lines) and lines[nested].startswith("  "):
            nested += 1
        if row and re.match(r"[A-Z_]+( [A-Z_]+)*$", row[1]):
            flush()
            out.append(".Bl -tag -width Ds\n.It Fa %s\n%s.El\n" %
                       (row[1], sentences(" ".join([row[2]] + lines[1:nested]))))
            lines = lines[nested:]
        elif row and re.match(r"[\w.*() ,\[\]-]+$", row[1]):
            flush()
            block = [lines.pop(0)]
            while lines and (lines[0].startswith("  ") or re.match(r"\S+(?: \S+)*?  +\S", lines[0])):
                block.append(lines.pop(0))
            out.append(literal(block))
        elif lines[0].startswith("  "):
            flush()
            nested = 1
            while nested < len(lines) and lines[nested].startswith("  "):
                nested += 1
            out.append(literal(textwrap.dedent("\n".join(lines[:nested])).split("\n")))
            lines = lines[nested:]
        else:
            text.append(lines.pop(0))
    flush()
    return "".join(out).replace(".El\n.Bl -tag -width Ds\n", "")


def prose(comment):
    """A comment; "WORDS IN CAPITALS" alone on a line is a heading of what is indented below it."""
    out = []
    for block in re.split(r"\n(?:[ \t]*\n)+", comment.strip("\n")):
        lines = block.split("\n")
        if re.match(r"[A-Z][A-Z ,]+$", lines[0]) and len(lines) > 1:
            out.append(".Ss %s\n" % lines.pop(0).capitalize())
            lines = textwrap.dedent("\n".join(lines)).split("\n")
        elif all(line.startswith("  ") for line in lines) and out and out[-1].startswith(".Ss"):
            lines = textwrap.dedent("\n".join(lines)).split("\n")
        out.append(paragraph(lines))
    return re.sub(r"(\.Ss .*\n)\.Pp\n", r"\1", re.sub(r"^\.Pp\n", "", "".join(out)))


def description(comment):
    """The first sentence, for the list of names."""
    text = re.sub(r"^clipper/\w+\.h: ", "", " ".join(comment.split()))
    text = re.split(r"[.;:](?: |$)", text)[0]
    return (text[:1].lower() if re.match(r"[A-Z][a-z ]", text) else text[:1]) + text[1:]


# ---- Pages -------------------------------------------------------------------------------------------------

class Pages:
    def __init__(self, folder, version):
        self.folder, self.version = folder, version

    def write(self, name, body):
        with open(os.path.join(self.folder, name + ".3"), "w", encoding="utf-8") as file:
            file.write(body)

    def page(self, names, described, header, library, body, also):
        """NAMES[0] is the page, the others lead to it."""
        self.write(names[0], ".Dd %s\n.Dt %s 3\n.Os clipper\\-rpc %s\n.Sh NAME\n%s.Nd %s\n.Sh LIBRARY\n%s"
                   ".Sh SYNOPSIS\n.In %s\n%s.Sh SEE ALSO\n%s" % (
                       DATE, names[0].upper(), self.version, " ,\n".join(".Nm " + name for name in names) + "\n",
                       escape(described), library, header, body,
                       " ,\n".join(".Xr %s" % page for page in sorted(also, key=lambda p: (p[-1:], p))) + "\n"))
        for name in names[1:]:
            os.symlink(names[0] + ".3", os.path.join(self.folder, name + ".3"))

    def header(self, path):
        with open(path, encoding="utf-8") as file:
            introduction, found = groups(file.read())
        header = path[path.index("clipper/"):]
        name = header.replace("/", "_").removesuffix(".h")
        side = "codec" if path.startswith("codec/") else "container"
        library = ("The %s library: compile and link with\n.Ql pkg\\-config \\-\\-cflags \\-\\-libs clipper\\-%s .\n" %
                   (side, side))
        title, listed = "", []
        body = ".Sh DESCRIPTION\n" + prose(re.sub(r"^clipper/\w+\.h: .*?\.\n+", "", introduction, flags=re.S))
        for group in found:
            if group.title != title:
                title = group.title
                body += ".Ss %s\n" % title
            functions, described = group.functions(), description(group.comment)
            elements = dict.fromkeys(re.findall(r"clipper_T_(\w+)\(", group.comment))
            if elements:
                kinds = ("i32", "f32", "f64")
                functions = [{"name": "clipper_%s_%s" % (kind, what)} for what in elements for kind in kinds]
                described = title[:1].lower() + title[1:]
            if not functions:
                body += ".Pp\n" + prose(group.comment) if group.comment else ""
                body += literal(group.code.strip("\n").split("\n")) if group.code.strip() else ""
                continue
            names = [function["name"] for function in functions]
            listed.append(names[0] + " 3")
            body += ".Bl -tag -width Ds\n.It Xo\n%s.Xc\n%s.El\n" % (
                "".join(".Xr %s 3%s\n" % (each, " ," if each != names[-1] else "") for each in names),
                sentences(described + "."))
            others = re.sub(FUNCTION.pattern + r"(;|\s*\{.*?\n\})", "", group.code, flags=re.S).strip()
            synopsis = literal(others.split("\n")) if others else ""
            self.page(names, described, header, library,
                      synopsis + "".join(map(prototype, functions)) + ".Sh DESCRIPTION\n" + prose(group.comment),
                      [name + " 3"])
        body = re.sub(r"(\.Ss .*\n)\.Pp\n", r"\1", body.replace(".El\n.Bl -tag -width Ds\n", ""))
        others = {"clipper_codec 3", "clipper_container 3", "clipper-container 1", "mockclipper 1"} - {name + " 3"}
        self.page([name], description(introduction), header, library, body, list(others) + listed)


def prototype(function):
    if "type" not in function:
        return ""
    arguments = [" ".join(argument.split()) for argument in function["arguments"].split(",")]
    return ".Ft %s\n.Fo %s\n%s.Fc\n" % (" ".join(function["type"].split()), function["name"],
                                        "".join('.Fa "%s"\n' % argument for argument in arguments))


def main():
    folder, version, *headers = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    for header in headers:
        Pages(folder, version).header(header)


if __name__ == "__main__":
    main()
