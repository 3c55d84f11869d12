"""The mutation operators: what a slip of the pen makes of a piece of C."""
import os
import re
from typing import NamedTuple

# Each operator's close relatives.
RELATIONS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "++": ["--"], "--": ["++"],
              "+=": ["-=", "="], "-=": ["+=", "="], "*=": ["/="], "/=": ["*="]}
LOGIC = {"&&": ["||"], "||": ["&&"]}
BITS = {"<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"], "|=": ["&=", "="], "&=": ["|="]}
TABLES = {"relation": RELATIONS, "arithmetic": ARITHMETIC, "logic": LOGIC, "bits": BITS}
WIDTHS = {"clipper_load_u32": "clipper_load_u64", "clipper_load_u64": "clipper_load_u32",
          "clipper_store_u32": "clipper_store_u64", "clipper_store_u64": "clipper_store_u32",
          "uint64_t": "uint32_t", "uint32_t": "uint16_t"}
# May be unary: binary only after an operand.
MAYBE_UNARY = {"+", "-", "*", "&"}
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+$")
# The names of a list (errors, fields, states), not quantities: one other name is enough.
NAMES = re.compile(r"(CLIPPER|AT|WIRE|FLAG)_")
# Upper case, but no value.
NO_VALUES = {"NULL", "CLIPPER_INLINE", "CLIPPER_API", "OUT_OF_LINE", "CLIPPER_X", "BITS", "LOAD"}
# Characters of a statement that are shown.
LONG = 160
# What an operand of && or || ends at.
BOUNDARIES = {"&&", "||", "?", ":", ",", ";", "=", "return", "{", "}"}


class Mutant(NamedTuple):
    path: str
    function: str
    operator: str
    line: int
    before: str  # the statement, or its head, in one line
    after: str
    begin: int  # what is replaced: text [begin, end) of the file
    end: int
    text: str

    @property
    def key(self):
        return self.path, self.function, self.before, self.after


def is_binary(source, i):
    before = source.tokens[i - 1]
    if before.kind == "name":
        is_type = before.text in source.types or before.text.endswith("_t")
        return not (is_type or before.text in ("return", "sizeof", "case"))
    return before.kind in ("number", "char") or before.text in (")", "]")


def other_numbers(text):
    digits = re.match(r"0[xX][0-9a-fA-F]+|\d+", text)[0]
    value = int(digits, 0) if digits.lower().startswith("0x") or digits == "0" else int(digits)
    suffix = text[len(digits):]
    return [f"{other}{suffix}" for other in sorted({value + 1, max(value - 1, 0), 0} - {value})]


def token_mutations(source, i, in_enum):
    """(operator, text) for the token at I."""
    kind, text = source.tokens[i][:2]
    if kind == "op":
        for operator, table in TABLES.items():
            if text in table and (text not in MAYBE_UNARY or is_binary(source, i)):
                yield from ((operator, other) for other in table[text])
        if text in ("!", "~") or text == "-" and not is_binary(source, i):
            yield "unary", ""
    elif kind == "number":
        yield from (("constant", other) for other in other_numbers(text))
    elif kind == "char":
        yield from (("constant", f"({text} {sign} 1)") for sign in "+-")
    elif text in WIDTHS:
        yield "width", WIDTHS[text]
    elif (kind == "name" and CONSTANT.match(text) and text not in NO_VALUES and source[i + 1] not in ("(", "##")
          and not in_enum):
        yield from (("constant", f"({text} {sign} 1)") for sign in ("+" if NAMES.match(text) else "+-"))


def operand(source, i, step):
    """The operand of the operator at I in direction STEP, as (begin, end)."""
    k, depth = i + step, 0
    opening, closing = ("([{", ")]}") if step > 0 else (")]}", "([{")
    while True:
        text = source[k]
        if depth == 0 and (text in BOUNDARIES or text and text in closing or text == ""):
            break
        depth += (text in opening) - (text in closing)
        k += step
    return (i + 1, k) if step > 0 else (k + 1, i)


def is_comparison(source, begin, end):
    """One comparison and no more: its relation is mutated to the opposite anyway."""
    words = [source[i] for i in range(begin, end)]
    return sum(word in RELATIONS for word in words) == 1 and not {"&&", "||", "?"} & set(words)


def condition_mutations(source, units):
    """(operator, begin, end, text) for whole conditions and for the operands of && and ||."""
    forced = {}
    for piece, loop in source.conditions:
        if not is_comparison(source, piece.begin, piece.end):
            yield "negate", piece.begin, piece.end, f"!({source.wording(piece.begin, piece.end)})"
        forced[piece.begin, piece.end] = ["0"] if loop else ["0", "1"]
    for unit in units:
        for i in range(unit.begin, unit.end):
            if source[i] in ("&&", "||"):
                for step in (-1, 1):
                    forced.setdefault(operand(source, i, step), ["0", "1"])
            elif source[i] == "?":
                begin, end = operand(source, i, -1)
                if not is_comparison(source, begin, end):
                    yield "negate", begin, end, f"!({source.wording(begin, end)})"
                forced.setdefault((begin, end), ["0", "1"])
    for (begin, end), values in forced.items():
        if end - begin > 1 or source.tokens[begin].kind == "name":
            yield from (("condition", begin, end, value) for value in values)


def statement_mutations(source):
    for piece in source.statements:
        yield "delete", piece.begin, piece.end, ";"
    for piece in source.returns:
        if piece.end - piece.begin > 2:
            expression = source.wording(piece.begin + 1, piece.end - 1)
            yield from (("return", piece.begin + 1, piece.end - 1, value) for value in "01" if value != expression)
    for piece in source.elses:
        yield "else", piece.begin, piece.end, ""


def unit_of(units, begin, end):
    """The unit that holds the tokens [BEGIN, END), or the tokens themselves."""
    for unit in units:
        if unit.begin <= begin and end <= unit.end:
            return unit.begin, unit.end
    return begin, end


def shortened(text):
    return text if len(text) <= LONG else text[:LONG - 6] + " [...]"


def around_change(before, after):
    """AFTER, or, where it is long, what differs from BEFORE and some words around."""
    if len(after) <= LONG:
        return after
    first = len(os.path.commonprefix([before, after]))
    last = len(after) - len(os.path.commonprefix([before[:first - 1:-1], after[:first - 1:-1]]))
    first, last = max(first - 60, 0), last + 60
    return ("[...] " if first else "") + after[first:last].strip() + (" [...]" if last < len(after) else "")


def mutants_of(source):
    """All mutants of a Source, in the order of its text."""
    found = {}

    def add(operator, begin, end, text):
        first, last = unit_of(source.units, begin, end)
        before = source.wording(first, last)
        after = source.wording(first, last, (begin, end, text)) or "(dropped)"
        tokens = source.tokens
        mutant = Mutant(source.path, source.owner[first], operator,
                        source.line_of(begin), shortened(before), around_change(before, after), tokens[begin].begin,
                        tokens[end - 1].end, text)
        found.setdefault((mutant.begin, mutant.end, text), mutant)

    for operator, begin, end, text in [*condition_mutations(source, source.units), *statement_mutations(source)]:
        add(operator, begin, end, text)
    for unit in source.units:
        in_enum = "enum" in (source[unit.begin - 2], source[unit.begin - 3]) or is_enumerator(source, unit)
        for i in range(unit.begin, unit.end):
            for operator, text in token_mutations(source, i, in_enum):
                add(operator, i, i + 1, text)
    return numbered(sorted(found.values(), key=lambda m: (m.begin, m.end, m.text)))


def is_enumerator(source, unit):
    """Does the table that this entry is in begin with the word enum?"""
    i, depth = unit.begin - 1, 0
    while i >= 0 and (depth or source[i] != "{"):
        depth += (source[i] in ")]}") - (source[i] in "([{")
        i -= 1
    return "enum" in (source[i - 1], source[i - 2])


def numbered(mutants):
    """Mutants that read alike are told apart by their number in the function."""
    seen, result = {}, []
    for mutant in mutants:
        count = seen[mutant.key] = seen.get(mutant.key, 0) + 1
        result.append(mutant if count == 1 else mutant._replace(after=f"{mutant.after} #{count}"))
    return result
