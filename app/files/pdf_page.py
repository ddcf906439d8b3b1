"""A page of a PDF as a picture, in a process of its own: a file that somebody sent may hang or kill what opens it.

Started by `masking.py` as `python -I pdf_page.py PAGE` with the PDF on standard input; the picture (PNG) comes out on
standard output. Exit codes: 0 done, 3 no such page, 4 not readable. Time and memory are bounded; no disk is touched.
"""

import os
import resource
import sys

import typst

SECONDS, MEMORY = 20, 3 * 2**30
SIDE_PT, PPI = 842, 200  # the long side of A4; 2,339 pixels
NO_PAGE, UNREADABLE = 3, 4
# The page at its own proportions, its long side as long as that of A4.
_SOURCE = """
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#let shown(..size) = image("{path}", format: "pdf", page: {page}, ..size)
#context {{
  let own = measure(shown())
  let k = {side}pt / calc.max(own.width, own.height)
  shown(width: own.width * k, height: own.height * k)
}}
"""


def main() -> int:
    """Read, draw, write; return the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    memory = os.memfd_create("page")
    with os.fdopen(memory, "wb", closefd=False) as held:
        held.write(sys.stdin.buffer.read())
    source = _SOURCE.format(path=f"/proc/self/fd/{memory}", page=int(sys.argv[1]), side=SIDE_PT)
    try:
        compiler = typst.Compiler(source.encode(), root="/", ignore_system_fonts=True)
        picture = compiler.compile(format="png", ppi=PPI)
    except RuntimeError as error:
        return NO_PAGE if "does not exist" in str(error) else UNREADABLE
    if not isinstance(picture, bytes):
        return UNREADABLE
    sys.stdout.buffer.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
