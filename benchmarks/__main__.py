"""`make bench`: every figure that is promised, measured here and now. Name one to run it alone."""

import sys

from benchmarks import deliveries, members, pages, sending, sheets, simulator, start, webhook

ALL = {
    "start": start.main,
    "webhook": webhook.main,
    "sending": sending.main,
    "deliveries": deliveries.main,
    "members": members.main,
    "sheets": sheets.main,
    "pages": pages.main,
    "simulator": simulator.main,
}


def main() -> None:
    for name in sys.argv[1:] or ALL:
        if name not in ALL:
            sys.exit(f"no benchmark is called {name}; there are: {', '.join(ALL)}")
        ALL[name]()


if __name__ == "__main__":
    main()
