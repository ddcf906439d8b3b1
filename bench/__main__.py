"""Runs the measurements at 10,000 and 100,000 cases and writes var/bench.json and docs/performance.md."""

import json
import platform
import sys
import tempfile
from pathlib import Path

from app.embedded import servers
from bench import measure, report

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10_000, 100_000)


def main() -> None:
    """Measure each size in a database of its own kind and print the table."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or SIZES
    home = Path(tempfile.mkdtemp(prefix="tiepdan-bench-"))
    home.chmod(0o755)
    with servers(home) as urls:
        figures = [line for size in sizes for line in measure.run(urls, home, size)]
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "bench.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    text = report.markdown(
        figures, machine=f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
    )
    (ROOT / "docs" / "performance.md").write_text(text, encoding="utf-8")
    print(text)


main()
