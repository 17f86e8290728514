#!/usr/bin/env python3
"""Doxygen's input filter: what the headers say in plain comments becomes documentation.

In a type or a namespace, a comment behind a declaration (with the comment lines right below it), or
right above one, is that declaration's documentation. Comparisons `= default`, which compare member by
member, are left out. Bodies of functions stay as they are.

    doxygen_filter.py HEADER    prints it
"""

import re
import sys

SCOPE = re.compile(r"^\s*(?:template\s*<.*>\s*)?(?:inline\s+)?(?:struct|class|enum|namespace|union)\b")
DEFAULTED = re.compile(r"operator(==|<=>)\([^)]*\) const = default;")
TRAILING = re.compile(r"^(\s*)([^/\s][^\"]*?|[^/\s].*\"[^\"]*\"[^\"]*?)(\s+)// (.*)$")
ALONE = re.compile(r"^(\s*)// ?(.*)$")


def filtered(text: str) -> str:
    """The header with its comments as Doxygen reads them, on the same lines."""
    lines = text.split("\n")
    scopes: list[str] = []  # "type" or "code", outermost first
    statement = ""  # what has come of a declaration that is not ended
    result: list[str] = []
    trailing_column = -1  # of a comment behind a declaration in the line before, else -1
    index = 0
    while index < len(lines):
        line = lines[index]
        in_code = "code" in scopes
        alone = ALONE.match(line)
        if alone and not line.lstrip().startswith("///"):
            if trailing_column >= 0 and len(alone[1]) >= trailing_column - 4 and len(alone[1]) > 4:
                result.append(f"{alone[1]}///< {alone[2]}")
                index += 1
                continue
            end = index
            while end < len(lines) and ALONE.match(lines[end]) and not lines[end].lstrip().startswith("///"):
                end += 1
            attached = end < len(lines) and lines[end].strip() not in ("", "}", "};")
            for one in lines[index:end]:
                match = ALONE.match(one)
                result.append(f"{match[1]}/// {match[2]}" if attached and not in_code else one)
            trailing_column = -1
            index = end
            continue
        code = re.sub(r"//.*$", "", line)
        trailing = TRAILING.match(line)
        trailing_column = -1
        if trailing and not in_code and not line.lstrip().startswith("#") and not line.lstrip().startswith("//"):
            trailing_column = len(trailing[1]) + len(trailing[2]) + len(trailing[3])
            line = f"{trailing[1]}{trailing[2]}{trailing[3]}///< {trailing[4]}"
        if DEFAULTED.search(code) and not in_code:
            line = ""
        result.append(line)
        if not code.lstrip().startswith("#"):
            for part in re.findall(r"[{};]|[^{};]+", code):
                if part == "{":
                    # `= {` and `name{` begin values.
                    scopes.append("type" if SCOPE.match(statement) else "code")
                    statement = ""
                elif part == "}":
                    if scopes:
                        scopes.pop()
                    statement = ""
                elif part == ";":
                    statement = ""
                else:
                    statement = f"{statement} {part.strip()}".strip()
        index += 1
    return "\n".join(result)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(filtered(file.read()))
