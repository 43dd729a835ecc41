"""The web process: its memory and the time of a rerun of each page, against a bare Streamlit page."""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from bench.lived_in import live_in
from bench.rooms import opened_room
from bench.rows import Row, less_is_better
from bench.servers import WebProcess, bare_page, studio_pages
from bench.visits import Visit, visit
from studio.web.menu import ENTRIES, START, Entry, entry_titled

READ = (
    "What a visitor waits for after every click, asked of the server by its own protocol: the whole page "
    "runs again in a workspace that is in use (3,000 passages, a run of 200 steps, a comparison of 60 "
    "questions, a conversation). The ceiling is a page of a title and one word in a bare Streamlit app with "
    "the same settings; no page of ours can be faster, so ratios are below 1 and say what a page adds."
)
BARE = "bare Streamlit page"
OPENED = {"Runs": "run", "Comparisons": "comparison", "Chat": "conversation"}
BLOCK = 8
ROUNDS = 5
LONGEST_MS = 60
MOST_MEGABYTES = 300
IDLE_SECONDS = 2.0


class Timed:
    """The reruns of one page. They come in blocks, as processor time is counted in hundredths of a second."""

    def __init__(self, tab: Visit, server: WebProcess) -> None:
        self.tab = tab
        self.server = server
        self.seconds: list[float] = []
        self.processor_seconds = 0.0

    def block(self) -> None:
        before = self.server.processor_seconds()
        self.seconds += [self.tab.rerun() for _ in range(BLOCK)]
        self.processor_seconds += self.server.processor_seconds() - before

    @property
    def milliseconds(self) -> float:
        return 1000 * median(self.seconds)

    @property
    def note(self) -> str:
        slow = 1000 * quantiles(self.seconds, n=20)[-1]
        busy = 1000 * self.processor_seconds / len(self.seconds)
        first = 1000 * self.tab.first_seconds
        waits = f"p95 {slow:.0f} ms, processor {busy:.0f} ms, first visit {first:.0f} ms"
        return f"{waits}, {len(self.seconds)} reruns"


def measure(folder: Path) -> list[Row]:
    """One row for memory, one for each page of the menu."""
    with opened_room(folder) as room, ExitStack() as ending:
        opened = live_in(room)
        studio = ending.enter_context(studio_pages(folder))
        bare = ending.enter_context(bare_page(folder / "bare"))
        tabs = {BARE: Timed(ending.enter_context(visit(bare.address, "")), bare)}
        for entry, name, query in _asked(opened):
            path = "" if entry is START else Path(entry.file).stem
            tab = ending.enter_context(visit(studio.address, path, query))
            if tab.title != entry.title:
                raise RuntimeError(f"Asked for the page {entry.title}, the server drew {tab.title}.")
            tabs[name] = Timed(tab, studio)
        _take_turns(list(tabs.values()))
        time.sleep(IDLE_SECONDS)
        return [_memory(studio, bare), *_reruns(tabs)]


def _asked(opened: dict[str, int]) -> list[tuple[Entry, str, str]]:
    """Every page of the menu as it comes, and some with a thing opened: page, row name, query string."""
    pages = [(entry, entry.title, "") for entry in ENTRIES if not entry.hidden]
    things = [
        (entry_titled(title), f"{title}, a {thing} opened", f"{thing}={opened[thing]}")
        for title, thing in OPENED.items()
    ]
    return sorted(pages + things, key=lambda page: ENTRIES.index(page[0]))


def _take_turns(pages: list[Timed]) -> None:
    for turn in range(ROUNDS):
        for page in pages if turn % 2 else reversed(pages):
            page.block()


def _memory(studio: WebProcess, bare: WebProcess) -> Row:
    return less_is_better(
        "Memory of the web process",
        studio.megabytes(),
        (BARE, bare.megabytes()),
        "MB",
        "resident, idle, after all reruns below",
        MOST_MEGABYTES,
    )


def _reruns(tabs: dict[str, Timed]) -> list[Row]:
    ceiling = tabs.pop(BARE)
    return [
        less_is_better(title, page.milliseconds, (BARE, ceiling.milliseconds), "ms", page.note, LONGEST_MS)
        for title, page in tabs.items()
    ]
