"""C source as tokens, and the statements and conditions of its functions: just enough to mutate it.

Comments (also annotations in comments), strings and preprocessor lines are no tokens. The body of a macro that holds
statements is: it is code. So is nothing that this host's preprocessor leaves out.
"""
import re
import subprocess
from typing import NamedTuple

TOKEN = re.compile(r"""
    (?P<space>(?:\s|\\\n)+)
  | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<number>\d(?:[eEpP][+-]|[\w.])*)
  | (?P<name>[A-Za-z_]\w*(?:\#\#\w+)*)
  | (?P<op><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.S | re.X)
DIRECTIVE = re.compile(r"[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.S)
STATEMENT_MACRO = re.compile(r"[ \t]*#define \w+\([^)]*\)[ \t]*\\\n(?=(?:[^\n\\]|\\\n)*\breturn\b)")

OPENING, CLOSING = "([{", ")]}"
TYPE_WORDS = {"const", "static", "void", "char", "int", "unsigned", "size_t", "enum", "struct", "union"}


class Token(NamedTuple):
    kind: str
    text: str
    begin: int
    end: int


class Piece(NamedTuple):
    """Some tokens [begin, end) of a file, in the function of that name."""
    function: str
    begin: int
    end: int


def active_lines(path, compiler):
    """The lines (from 1) that the preprocessor keeps, as far as they are not macro bodies."""
    text = subprocess.run([*compiler, "-E", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    lines, here, number = set(), False, 0
    for line in text.split("\n"):
        marker = re.match(r'# (\d+) "([^"]*)"', line)
        if marker:
            number, here = int(marker[1]), marker[2] == path
        else:
            if here and line.strip():
                lines.add(number)
            number += 1
    return lines


class Source:
    """A file's tokens, and what its functions are made of."""

    def __init__(self, path, text, active, type_names=()):
        self.path, self.text = path, text
        self.types = TYPE_WORDS | set(type_names)
        self.tokens = []
        self.conditions = []  # Piece, is it a loop's?
        self.statements = []  # Piece: may be deleted
        self.returns = []  # Piece: from the word to the semicolon
        self.elses = []  # Piece: from the word to the end of its statement
        self.units = []  # Piece: a statement, the head of one, or a table; all that is mutated lies in one
        self.owner = {}  # of a token: the function or table that it is in
        self.is_header = path.endswith(".h")
        self._read(active)
        self._find_functions()

    # ---- Tokens

    def _read(self, active):
        at, line, in_macro = 0, 1, 0
        while at < len(self.text):
            at_line_start = at == 0 or self.text[at - 1] == "\n"
            directive = at_line_start and DIRECTIVE.match(self.text, at)
            if directive:
                macro = STATEMENT_MACRO.match(self.text, at)
                end = macro.end() if macro else directive.end()
                in_macro = directive.end() if macro else 0
            else:
                match = TOKEN.match(self.text, at)
                end = match.end()
                if match.lastgroup not in ("space", "comment") and (line in active or at < in_macro):
                    self.tokens.append(Token(match.lastgroup, match.group(), at, end))
            line += self.text.count("\n", at, end)
            at = end

    def __getitem__(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def closing(self, i):
        """The index after the bracket that closes the one at I."""
        depth = 0
        while True:
            depth += (self[i] in OPENING) - (self[i] in CLOSING)
            i += 1
            if depth == 0:
                return i

    def line_of(self, i):
        return self.text.count("\n", 0, self.tokens[i].begin) + 1

    def wording(self, begin, end, replaced=None):
        """The tokens [BEGIN, END) in one line, without comments. REPLACED: (from, to, other text) of them."""
        words, before = [], None
        for i in range(begin, end):
            token = self.tokens[i]
            text = token.text
            if replaced and replaced[0] <= i < replaced[1]:
                text = replaced[2] if i == replaced[0] else ""
            apart = before is not None and token.begin > before and self[i - 1] != "("
            words.append(" " + text if apart and text else text)
            before = token.end
        return "".join(words).strip()

    # ---- Functions and statements

    def _find_functions(self):
        i = 0
        while i < len(self.tokens):
            if self[i] == "extern" and self[i + 1] == "\"C\"":
                i += 3
            elif self[i] != "{":
                i += 1
            elif self[i - 1] == ")":
                i = self._function(i)
            else:
                i = self._table(i)

    def _function(self, body):
        depth, i = 0, body - 1
        while True:  # back to the parenthesis of the parameters
            depth += (self[i] in CLOSING) - (self[i] in OPENING)
            if depth == 0:
                break
            i -= 1
        self.function = self[i - 1]
        return self._own(self.function, body, self._statement(body))

    def _own(self, name, begin, end):
        self.owner.update((i, name) for i in range(begin, end))
        return end

    def _table(self, i):
        end, first = self.closing(i), i
        while first > 0 and self[first - 1] not in (";", "}", ")"):
            first -= 1
        words = [self[k] for k in range(first, i)]
        if not self.is_header and "struct" not in words:  # of a struct only the declaration is there
            name = words[words.index("[") - 1] if "[" in words else words[-1]
            k = i + 1
            while k < end - 1:  # an entry a unit
                entry = k
                while self[k] != "," and k < end - 1:
                    k = self.closing(k) if self[k] in OPENING else k + 1
                self.units.append(Piece(name, entry, k))
                k += 1
            self._own(name, i, end)
        return end

    def _piece(self, begin, end):
        return Piece(self.function, begin, end)

    def _unit(self, begin, end):
        self.units.append(self._piece(begin, end))
        return end

    def _simple_end(self, i):
        """After the semicolon that ends the simple statement at I, or before the brace that ends its block."""
        while self[i] not in (";", "}", ""):
            i = self.closing(i) if self[i] in OPENING else i + 1
        return i + (self[i] == ";")

    def _condition(self, begin, end, loop):
        if end > begin:
            self.conditions.append((self._piece(begin, end), loop))

    def _statement(self, i):
        """Reads the statement at I; returns the index after it."""
        word = self[i]
        if word == "{":
            i += 1
            while self[i] != "}":
                i = self._statement(i)
            return i + 1
        if word in ("if", "while", "switch"):
            head = self._unit(i, self.closing(i + 1))
            if word != "switch":
                self._condition(i + 2, head - 1, word == "while")
            end = self._statement(head)
            if word == "if" and self[end] == "else":
                last = self._statement(end + 1)
                self.elses.append(self._piece(end, last))
                return last
            return end
        if word == "for":
            head = self._unit(i, self.closing(i + 1))
            first = self._simple_end(i + 2)
            self._condition(first, self._simple_end(first) - 1, True)
            return self._statement(head)
        if word == "do":
            end = self._statement(i + 1)
            close = self._unit(end, self.closing(end + 1))
            self._condition(end + 2, close - 1, True)
            return close + 1
        if word in ("case", "default"):
            end = i
            while self[end] != ":":
                end += 1
            return self._statement(self._unit(i, end + 1))
        return self._simple(i)

    def _simple(self, i):
        end = self._simple_end(i)
        self._unit(i, end)
        if self[i] == "return":
            self.returns.append(self._piece(i, end))
        elif end > i + 1 and not (self[i] in self.types or self[i].endswith("_t")):
            self.statements.append(self._piece(i, end))
        return end
