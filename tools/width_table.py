#!/usr/bin/env python3
"""Writes compiler/report/width_table.h: how many terminal columns a code point takes.

    tools/width_table.py > compiler/report/width_table.h

The data is Python's copy of the Unicode Character Database (Python 3.11: Unicode 14). Wide are the
East Asian widths W and F; of no width are the categories Mn, Me and Cf and the Hangul vowels and
finals that join the syllable before them.
"""
import unicodedata


def width(c):
    text = chr(c)
    if not assigned(c):  # for these the library's answer means nothing
        return 2 if 0x20000 <= c <= 0x3FFFD else 1
    if 0x1160 <= c <= 0x11FF:
        return 0
    if c != 0xAD and unicodedata.category(text) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(text) in "WF" else 1


def assigned(c):
    return unicodedata.category(chr(c)) not in ("Cn", "Cs")


def ranges(wanted):
    """Ranges of the width; gaps without assigned characters do not split one."""
    out = []
    for c in range(0xA0, 0x110000):
        if 0xD800 <= c < 0xE000 or width(c) != wanted:
            continue
        if out and not any(assigned(x) for x in range(out[-1][1] + 1, c)):
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def table(name, wanted):
    cells = [f"{{{low:#x}, {high:#x}}}," for low, high in ranges(wanted)]
    lines = [""]
    for cell in cells:
        if len(lines[-1]) + len(cell) + 1 > 95:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + cell
    body = "\n".join("    " + line for line in lines)
    return f"static const struct code_range {name}[] = {{\n{body}\n}};\n"


print(f"""/* Made by tools/width_table.py from Unicode {unicodedata.unidata_version}; not edited by hand. */
/* clang-format off */
#ifndef CLAWC_REPORT_WIDTH_TABLE_H
#define CLAWC_REPORT_WIDTH_TABLE_H

#include <stdint.h>

struct code_range {{
    uint32_t low, high;
}};

{table("wide_ranges", 2)}
{table("zero_ranges", 0)}
#endif""")
