#!/usr/bin/env python3
"""Cuts the fonts that the page bundles out of the npm packages, for stb_truetype.

  fonts.py text  --npm NODE_MODULES --out DIR            inter-regular.ttf, inter-semibold.ttf, jetbrains-mono.ttf
  fonts.py icons --npm NODE_MODULES --list icons.txt [--font lucide.ttf] [--header icons.gen.h]

`icons` without --font needs nothing but Python, so that a native build gets its header without fontTools.
Glyphs that these files lack are drawn by the browser at run time, so emoji and CJK are left out on purpose: a bundled
black-and-white emoji would win over the browser's coloured one.
"""
import argparse
import json
import logging
import os
import sys

# Nothing in 2600-27BF (emoji-like symbols) and nothing above the BMP. What is rare in each script is left out too, to
# stay in the budget: the browser draws it.
COMMON_RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x017F),  # Latin: basic, Latin-1, Extended-A
    (0x018F, 0x018F), (0x0192, 0x0192), (0x01A0, 0x01A1), (0x01AF, 0x01B0), (0x01CD, 0x01DC), (0x01E6, 0x01E7),
    (0x0218, 0x021B), (0x0232, 0x0233), (0x0237, 0x0237), (0x0259, 0x0259),  # Extended-B as living languages use it
    (0x02BB, 0x02BC), (0x02C6, 0x02C7), (0x02D8, 0x02DD),  # free-standing accents
    (0x0370, 0x03FF), (0x0400, 0x045F), (0x0490, 0x0491),  # Greek, Cyrillic
    (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20BF),  # punctuation, super- and subscripts, currency
    (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF),  # letter-like, arrows, mathematical operators
    (0x2300, 0x23FF), (0x25A0, 0x25FF), (0xFFFD, 0xFFFD),  # keyboard symbols, geometric shapes
]
REGULAR_RANGES = COMMON_RANGES + [
    (0x0180, 0x024F),  # all of Latin Extended-B
    (0x0492, 0x04FF),  # Cyrillic of further languages
    (0x1EA0, 0x1EF9), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E),  # Vietnamese, Welsh, capital sharp s
]
# Headings, labels and buttons; what of other scripts stands in one is drawn by the browser.
SEMIBOLD_RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x017F), (0x0218, 0x021B), (0x02C6, 0x02C7), (0x02D8, 0x02DD),
    (0x0391, 0x03A9), (0x03B1, 0x03C9), (0x0410, 0x044F), (0x0401, 0x0401), (0x0451, 0x0451),  # the alphabets alone
    (0x2010, 0x2027), (0x2030, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
    (0x2260, 0x2265), (0xFFFD, 0xFFFD),
]
MONO_RANGES = COMMON_RANGES + [
    (0x2500, 0x257F), (0x2580, 0x259F),  # box drawing, blocks
]
# Drawn in colour by browsers although they sit inside the ranges above.
EMOJI_IN_RANGES = {0x203C, 0x2049, 0x2139, 0x231A, 0x231B, 0x2328, 0x23CF, *range(0x23E9, 0x23F4),
                   *range(0x23F8, 0x23FB), 0x25AA, 0x25AB, 0x25B6, 0x25C0, *range(0x25FB, 0x25FF)}
# Zero-width code points are the text layer's business, never a glyph.
FORBIDDEN = {*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)}

TEXT_FONTS = [
    ("inter-regular.ttf", "inter-ui/web/Inter-Regular.woff2", REGULAR_RANGES, True),
    ("inter-semibold.ttf", "inter-ui/web/Inter-SemiBold.woff2", SEMIBOLD_RANGES, True),
    # NL: without programming ligatures, which ImGui could not form anyway.
    ("jetbrains-mono.ttf", "jetbrains-mono/fonts/webfonts/JetBrainsMonoNL-Regular.woff2", MONO_RANGES, False),
]
# Together with about 40 kB of icons the fonts stay below 250 kB.
UNITS_PER_EM = 512
TEXT_BUDGET = 205 * 1000
ICON_BUDGET = 45 * 1000


def fail(message):
    sys.exit(f"fonts.py: {message}")


def need(path):
    if not os.path.exists(path):
        fail(f"{path} is missing; was the npm package fetched? (tools/lib/toolchain.sh page)")
    return path


def open_font(path):
    try:
        from fontTools.ttLib import TTFont
        # It remarks on padding in Lucide's font, which says nothing to anyone who builds.
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        return TTFont(need(path), recalcTimestamp=False)
    except ImportError as error:
        fail(f"{error}; install python3-fonttools and python3-brotli")


def use_tabular_digits(font):
    """Numbers in columns must line up, and stb_truetype cannot switch on `tnum`: let the digits *be* the variants."""
    gsub = font["GSUB"].table
    wanted = {i for record in gsub.FeatureList.FeatureRecord if record.FeatureTag == "tnum"
              for i in record.Feature.LookupListIndex}
    swap = {}
    for index in wanted:
        for subtable in gsub.LookupList.Lookup[index].SubTable:
            subtable = getattr(subtable, "ExtSubTable", subtable)
            swap.update(getattr(subtable, "mapping", {}))
    digits = {code: swap[name] for code, name in font.getBestCmap().items()
              if 0x30 <= code <= 0x39 and name in swap}
    if len(digits) != 10:
        fail(f"the font's tnum feature covers {len(digits)} digits of 10")
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(digits)
    widths = {font["hmtx"][name][0] for name in digits.values()}
    if len(widths) != 1:
        fail(f"tabular digits of different widths: {sorted(widths)}")


def cut(font, codes):
    """Keeps the glyphs of `codes`, drops layout, hinting and names; the copyright and licence entries stay (OFL 2)."""
    from fontTools import subset
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "STAT", "gasp", "meta", "MATH", "kern"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    coarsen(font)


def coarsen(font):
    """A coarser grid: at 64 px a step is an eighth of one, and most coordinates fit into a byte."""
    from fontTools.ttLib.scaleUpem import scale_upem
    scale_upem(font, UNITS_PER_EM)


def save(font, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    font.flavor = None
    if "glyf" not in font:
        fail(f"{path}: no TrueType outlines")
    font.save(path)
    return os.path.getsize(path)


def make_text(args):
    total = 0
    for name, source, ranges, tabular in TEXT_FONTS:
        codes = {c for first, last in ranges for c in range(first, last + 1)} - EMOJI_IN_RANGES - FORBIDDEN
        font = open_font(os.path.join(args.npm, source))
        if tabular:
            use_tabular_digits(font)
        cut(font, codes)
        size = save(font, os.path.join(args.out, name))
        total += size
        print(f"{name}: {size} bytes, {len(font.getBestCmap())} characters")
    print(f"together: {total} bytes")
    if total > TEXT_BUDGET:
        fail(f"the text fonts are {total} bytes, the budget is {TEXT_BUDGET}")


def read_icons(args):
    package = os.path.join(args.npm, "lucide-static")
    with open(need(os.path.join(package, "font", "codepoints.json")), encoding="utf-8") as file:
        codepoints = json.load(file)
    with open(args.list, encoding="utf-8") as file:
        names = [line.split("#")[0].strip() for line in file]
    names = sorted({name for name in names if name})
    unknown = [name for name in names if name not in codepoints]
    if unknown:
        hints = "; ".join(f"{name} (have {', '.join(sorted(c for c in codepoints if name in c)[:6]) or 'nothing alike'})"
                          for name in unknown)
        fail(f"{args.list}: Lucide has no icon named {hints}")
    return {name: codepoints[name] for name in names}


def write_header(path, icons):
    lines = ["// Made by tools/lib/fonts.py from tools/lib/icons.txt. Do not edit.", "#pragma once", "",
             "namespace assay {", ""]
    for name, code in icons.items():
        constant = "kIcon" + "".join(part.capitalize() for part in name.split("-"))
        lines.append(f'inline constexpr const char* {constant} = "\\u{code:04X}";')
    lines += ["", "// Where the icons lie: fonts/lucide.ttf has glyphs for nothing else.",
              f"inline constexpr unsigned kIconFirst = 0x{min(icons.values()):04X};",
              f"inline constexpr unsigned kIconLast = 0x{max(icons.values()):04X};", "",
              "struct IconEntry {", "  const char* name;", "  const char* glyph;", "};", "",
              "inline constexpr IconEntry kAllIcons[] = {"]
    lines += [f'    {{"{name}", "\\u{code:04X}"}},' for name, code in icons.items()]
    lines += ["};", "", "}  // namespace assay", ""]
    text = "\n".join(lines)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_icons(args):
    icons = read_icons(args)
    if args.header:
        write_header(args.header, icons)
    if args.font:
        font = open_font(os.path.join(args.npm, "lucide-static", "font", "lucide.ttf"))
        cut(font, set(icons.values()))
        size = save(font, args.font)
        print(f"{os.path.basename(args.font)}: {size} bytes, {len(icons)} icons")
        if size > ICON_BUDGET:
            fail(f"the icon font is {size} bytes, the budget is {ICON_BUDGET}: take icons off {args.list}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    text = commands.add_parser("text")
    text.add_argument("--npm", required=True)
    text.add_argument("--out", required=True)
    icons = commands.add_parser("icons")
    icons.add_argument("--npm", required=True)
    icons.add_argument("--list", required=True)
    icons.add_argument("--font")
    icons.add_argument("--header")
    args = parser.parse_args()
    {"text": make_text, "icons": make_icons}[args.command](args)


if __name__ == "__main__":
    main()
