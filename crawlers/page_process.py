"""Reads pages in a child process, each within a budget of processor time and memory.

The budget holds for C code too: the system ends the process that exceeds it, the page is named, and the next
one is read by a new process. What was read before is the caller's already. The child gets pages and gives
back what they hold, as JSON; it sees no state, configuration or harvest.
"""

import json
import math
import os
import resource
import select
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import IO, Any, Self

import psutil

from crawlers import load_source
from crawlers.base import Source
from crawlers.engine.describe import describe_error
from crawlers.page_reading import ParserFailed, ReadingLimit, read_page
from ouidire import errors
from ouidire.errors import SourceError
from ouidire.frozen import Frozen
from ouidire.items import Parsed
from ouidire.page import Page
from ouidire.settings.fetch import FetchSettings

FILE_TIMES = 10
"""A file of the operator's own may take so many times the budget of a page: it has 200,000 rows at once."""
SLOWNESS = 3
"""Seconds on the clock for each second of the budget: other processes use the processor too."""
PATIENCE = 30.0
"""Seconds on the clock beyond that, in which a process starts."""
MOMENTS = frozenset({"retry_after"})
"""Attributes of errors that are moments: they travel as text."""
_SIZES = struct.Struct(">QQ")


class ReadingLimits(Frozen):
    """What reading one page may take: seconds of processor, and megabytes of memory."""

    seconds: float
    memory_mb: float

    @classmethod
    def of(cls, fetch: FetchSettings, source: Source[Any]) -> Self:
        """Return the limits of a configuration for a source."""
        times = FILE_TIMES if source.about.access == "file" else 1
        return cls(seconds=fetch.max_page_seconds * times, memory_mb=fetch.max_memory_mb)

    @property
    def on_the_clock(self) -> float:
        """Seconds on the clock after which a page is given up."""
        return self.seconds * SLOWNESS + PATIENCE


class ChildReader:
    """Reads pages in a child process; close it after use, or use it as a context."""

    def __init__(self, limits: ReadingLimits, pid: int, requests: IO[bytes], replies: IO[bytes]) -> None:
        self._limits = limits
        self._pid = pid
        self._requests, self._replies = requests, replies

    @classmethod
    def forked(cls, source: Source[Any], limits: ReadingLimits) -> Self:
        """Start the child as a copy of this process, which must have one thread only."""
        requests, to_child = os.pipe()
        from_child, replies = os.pipe()
        pid = os.fork()
        if pid == 0:
            for ours in (to_child, from_child):
                os.close(ours)
            _serve_and_exit(source, limits, requests, replies)
        for theirs in (requests, replies):
            os.close(theirs)
        return cls(limits, pid, os.fdopen(to_child, "wb"), os.fdopen(from_child, "rb", buffering=0))

    @classmethod
    def started(cls, slug: str, fetch: FetchSettings | None = None) -> Self:
        """Start the child as a new process. Raises UsageError for a source that there is none of."""
        limits = ReadingLimits.of(fetch or FetchSettings(), load_source(slug))
        command = (sys.executable, "-P", "-m", "crawlers.page_process", slug, limits.model_dump_json())
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 (our own interpreter)
        process.returncode = 0  # waited for by `close`
        if process.stdin is None or process.stdout is None:
            raise OSError("the child has no pipes")
        return cls(limits, process.pid, process.stdin, process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        for pipe in (self._requests, self._replies):
            with suppress(OSError):
                pipe.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)

    def read(self, page: Page, *, strict: bool = False) -> Parsed:
        """Return what a page holds; `strict` looks for refusals first, whatever the page holds.

        Raises ReadingLimit for a page that costs too much, SourceError, and ParserFailed.
        """
        head = page.model_dump(mode="json", exclude={"body"}) | {"strict": strict}
        try:
            _send(self._requests, json.dumps(head).encode(), page.body)
            answer = self._answer()
        except TimeoutError as error:
            self._kill()
            most = self._limits.on_the_clock
            raise ReadingLimit(f"reading it took more than {most:.0f} s; the rest is left unread") from error
        except (OSError, EOFError, ValueError) as error:
            raise ParserFailed("the process that reads pages has ended") from error
        if answer.get("ended"):
            raise ReadingLimit(self._reason(int(answer["ended"])))
        if "limit" in answer:
            raise ReadingLimit(answer["limit"])
        if "error" in answer:
            raise _error(answer)
        return Parsed.model_validate(answer["parsed"])

    def _kill(self) -> None:
        with suppress(psutil.Error):
            child = psutil.Process(self._pid)
            for each in (child, *child.children(recursive=True)):
                each.kill()

    def _reason(self, number: int) -> str:
        if number == signal.SIGXCPU:
            return (
                f"reading it took more than {self._limits.seconds:g} s of processor (fetch.max_page_seconds)"
            )
        if number == signal.SIGSEGV:
            return f"reading it took more memory than fetch.max_memory_mb ({self._limits.memory_mb:g})"
        return f"the process that read it was ended by signal {number}"

    def _answer(self) -> dict[str, Any]:
        until = monotonic() + self._limits.on_the_clock
        head, _ = _receive(self._replies, until=until)
        answer: dict[str, Any] = json.loads(head)
        return answer


def _error(answer: dict[str, Any]) -> Exception:
    """Return the error that the child met, of the same class and with the same attributes."""
    kind = getattr(errors, answer["error"] or "-", None)
    if not (isinstance(kind, type) and issubclass(kind, SourceError)):
        return ParserFailed(answer["message"])
    error = kind.__new__(kind)
    SourceError.__init__(error, answer["message"])
    for name, value in answer["attributes"].items():
        setattr(error, name, datetime.fromisoformat(value) if name in MOMENTS and value else value)
    return error


# --- The child ---


def serve_pages(source: Source[Any], limits: ReadingLimits, requests: int, replies: int) -> None:
    """Answer for pages until nobody asks any more: by a process that is replaced when a page has ended it."""
    while True:
        pid = os.fork()
        if pid == 0:
            os._exit(_work(source, limits, requests, replies))
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else signal.SIGABRT
        with os.fdopen(replies, "wb", closefd=False) as pipe:
            _send(pipe, json.dumps({"ended": int(number)}).encode())


def _serve_and_exit(source: Source[Any], limits: ReadingLimits, requests: int, replies: int) -> None:
    """Serve in a copy of a process, without its other files, and never return."""
    code = 1
    with suppress(Exception):
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(nothing, standard)
        kept = sorted({2, requests, replies})
        for low, high in zip((2, *kept), (*kept, 4096), strict=True):
            os.closerange(low + 1, high)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        serve_pages(source, limits, requests, replies)
        code = 0
    os._exit(code)


def _work(source: Source[Any], limits: ReadingLimits, requests: int, replies: int) -> int:
    """Answer for pages; return 0 once nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(limits.memory_mb)
    with os.fdopen(requests, "rb", buffering=0) as asked, os.fdopen(replies, "wb") as answered:
        while True:
            try:
                head, body = _receive(asked)
            except EOFError:
                return 0
            fields = json.loads(head)
            strict = fields.pop("strict")
            _limit_time(limits.seconds)
            answer = _answer_for(source, Page.model_validate({**fields, "body": body}), strict=strict)
            data = json.dumps(answer).encode()
            _limit_time(None)  # what is said is said whole
            with suppress(BrokenPipeError):
                _send(answered, data)


def _answer_for(source: Source[Any], page: Page, *, strict: bool) -> dict[str, Any]:
    try:
        return {"parsed": read_page(source, page, strict=strict).model_dump(mode="json")}
    except SourceError as error:
        attributes = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in vars(error).items()
        }
        return {"error": type(error).__name__, "message": str(error), "attributes": attributes}
    except MemoryError:
        return {"limit": "reading it took more memory than fetch.max_memory_mb"}
    except Exception as error:  # noqa: BLE001 (a parser's bug is described, and the next page is read)
        return {"error": "", "message": describe_error(error)}


def _limit_time(seconds: float | None) -> None:
    """Have the system end this process once it has used so many more seconds of processor."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if seconds is None:
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime + seconds), hard))


def _limit_memory(megabytes: float) -> None:
    """Limit how much more address space this process may have than it has now."""
    most = psutil.Process().memory_info().vms + int(megabytes * 1e6)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


# --- Frames: two sizes, a head of JSON, and a body ---


def _send(pipe: IO[bytes], head: bytes, body: bytes = b"") -> None:
    view = memoryview(b"".join((_SIZES.pack(len(head), len(body)), head, body)))
    while view:
        view = view[pipe.write(view) or 0 :]
    pipe.flush()


def _receive(pipe: IO[bytes], *, until: float | None = None) -> tuple[bytes, bytes]:
    """Read one frame. Raises EOFError when there is none, TimeoutError when it is late."""
    head, body = _SIZES.unpack(_exactly(pipe, _SIZES.size, until))
    return _exactly(pipe, head, until), _exactly(pipe, body, until)


def _exactly(pipe: IO[bytes], size: int, until: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        if until is not None and not select.select([pipe], [], [], max(0.0, until - monotonic()))[0]:
            raise TimeoutError
        part = pipe.read(min(size - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def main() -> None:
    """Serve the source and within the limits that the arguments name, by standard input and output."""
    requests, replies = os.dup(0), os.dup(1)
    limits = ReadingLimits.model_validate_json(sys.argv[2])
    _serve_and_exit(load_source(sys.argv[1]), limits, requests, replies)


if __name__ == "__main__":
    main()
